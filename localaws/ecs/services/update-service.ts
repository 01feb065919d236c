// UpdateService. What may change depends on the controller: everything that makes new tasks belongs to CodeDeploy or to the
// external controller where there is one.
import { copyShape } from '../../copy-shape.ts';
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { type Strategy, strategyOf } from '../deployments/deployment-records.ts';
import type { ServiceRecord, Workload } from '../ecs-records.ts';
import { activeServiceOf, type EcsParts, type EcsWorld } from '../ecs-world.ts';
import { canonical, choice, flag, invalidParameter, structures, text, whole } from '../input-members.ts';
import { DESIRED_COUNT_MAX, TASK_SETS_PER_SERVICE_MAX } from '../limits.ts';
import { unsettle } from '../scheduler/stability.ts';
import { checkStrategyBalancers } from './advanced-configuration.ts';
import { changeController, nextController } from './change-controller.ts';
import { gracePeriodOf } from './create-service.ts';
import { deploymentConfigurationOf } from './deployment-configuration.ts';
import { emitServiceAction } from './service-events.ts';
import { checkTargetGroups, workloadOf } from './workload-input.ts';

/** What AWS calls each member when it refuses it under a deployment controller of another kind. */
const CONTROLLER_MEMBERS: readonly (readonly [member: string, wording: string])[] = [
  ['taskDefinition', 'task definition'],
  ['networkConfiguration', 'network parameters'],
  ['platformVersion', 'platform version'],
  ['capacityProviderStrategy', 'capacity provider strategy'],
  ['loadBalancers', 'load balancers'],
  ['serviceRegistries', 'service registries'],
];
/** Members that make a new deployment of the ECS controller. */
const DEPLOYING_MEMBERS = [
  'taskDefinition',
  'networkConfiguration',
  'platformVersion',
  'capacityProviderStrategy',
  'loadBalancers',
  'serviceRegistries',
] as const;

/** @throws AwsError InvalidParameterException, ServiceNotFoundException, ServiceNotActiveException, ClusterNotFoundException. */
export async function updateService({ world, deployments }: EcsParts, input: AwsShape): Promise<ServiceRecord> {
  const service = activeServiceOf(world, input);
  const controller = nextController(world, service, input);
  if (controller !== 'ECS') refuseDeployment(service, input);
  const desiredCount = whole(input, 'desiredCount', { min: 0, max: DESIRED_COUNT_MAX }) ?? service.desiredCount;
  const deploymentConfiguration = deploymentConfigurationOf(input, { behaviour: world.behaviour, controller }, service.deploymentConfiguration);
  const workload = controller === 'ECS' ? await nextWorkload(world, service, input, strategyOf(deploymentConfiguration)) : undefined;
  const hasLoadBalancer = ((workload ?? service.workload)?.loadBalancers.length ?? 0) > 0 || service.controller === 'EXTERNAL';
  const grace = namesGracePeriod(input) ? gracePeriodOf(input, hasLoadBalancer) : service.healthCheckGracePeriodSeconds;
  const propagateTags = choice(input, 'propagateTags', ['TASK_DEFINITION', 'SERVICE', 'NONE']) ?? service.propagateTags;
  const rebalancing = choice(input, 'availabilityZoneRebalancing', ['ENABLED', 'DISABLED']) ?? service.availabilityZoneRebalancing;

  // Everything has been judged: from here on the update happens as a whole.
  if (controller !== service.controller) changeController(world, service, controller, workload);
  service.deploymentConfiguration = deploymentConfiguration;
  service.healthCheckGracePeriodSeconds = grace;
  service.propagateTags = propagateTags;
  service.availabilityZoneRebalancing = rebalancing;
  service.enableECSManagedTags = flag(input, 'enableECSManagedTags') ?? service.enableECSManagedTags;
  service.enableExecuteCommand = flag(input, 'enableExecuteCommand') ?? service.enableExecuteCommand;
  if (input['placementConstraints']) service.placementConstraints = copyShape(structures(input, 'placementConstraints'));
  if (input['placementStrategy']) service.placementStrategy = copyShape(structures(input, 'placementStrategy'));
  if (desiredCount !== service.desiredCount) {
    service.desiredCount = desiredCount;
    service.steadyAnnouncedAt = undefined;
    for (const taskSet of service.taskSets) unsettle(world, taskSet);
    emitServiceAction(world, service, 'INFO', 'SERVICE_DESIRED_COUNT_UPDATED', { desiredCount });
  }
  if (workload !== undefined && needsDeployment(service, input, workload)) deployments.begin(service, workload);
  return service;
}

function namesGracePeriod(input: AwsShape): boolean {
  return input['healthCheckGracePeriodSeconds'] !== undefined && input['healthCheckGracePeriodSeconds'] !== null;
}

function refuseDeployment(service: ServiceRecord, input: AwsShape): void {
  const advice = service.controller === 'CODE_DEPLOY' ? ' Use AWS CodeDeploy to trigger a new deployment.' : '';
  for (const [member, wording] of CONTROLLER_MEMBERS) {
    if (input[member] === undefined || input[member] === null) continue;
    throw invalidParameter(`Unable to update ${wording} on services with a ${service.controller} deployment controller.${advice}`);
  }
  if (flag(input, 'forceNewDeployment') === true) {
    throw invalidParameter(`Cannot force a new deployment on services with a ${service.controller} deployment controller.${advice}`);
  }
}

/** What the service of the ECS controller is to run after the request; undefined when the request says nothing of it. */
async function nextWorkload(world: EcsWorld, service: ServiceRecord, input: AwsShape, strategy: Strategy): Promise<Workload | undefined> {
  const before = service.workload;
  const isForced = flag(input, 'forceNewDeployment') === true;
  const changes = DEPLOYING_MEMBERS.filter((member) => input[member] !== undefined && input[member] !== null);
  if (before === undefined) return undefined;
  if (changes.length === 0 && !isForced) {
    await checkStrategyBalancers(world, strategy, before.loadBalancers);
    return undefined;
  }
  const merged: AwsShape = {
    taskDefinition: before.taskDefinition.arn,
    networkConfiguration: before.networkConfiguration,
    platformVersion: before.platformVersion,
    loadBalancers: before.loadBalancers,
    ...Object.fromEntries(changes.map((member) => [member, input[member]])),
  };
  if (structures(merged, 'capacityProviderStrategy').length === 0) {
    if (before.capacityProviderStrategy.length > 0) merged['capacityProviderStrategy'] = before.capacityProviderStrategy;
    else merged['launchType'] = before.launchType;
  }
  // A deregistered task definition may go on running, but not be deployed anew by name.
  const isSameDefinition = text(input, 'taskDefinition') === undefined && before.taskDefinition.status !== 'ACTIVE';
  if (isSameDefinition) throw new AwsError('ClientException', 'TaskDefinition is inactive');
  const workload = workloadOf(world, service.cluster, merged);
  await checkStrategyBalancers(world, strategy, workload.loadBalancers);
  await checkTargetGroups(world, workload, true);
  const active = service.taskSets.filter((taskSet) => taskSet.status !== 'DRAINING').length;
  if (needsDeployment(service, input, workload) && active >= TASK_SETS_PER_SERVICE_MAX) {
    throw invalidParameter(`${TASK_SETS_PER_SERVICE_MAX} active deployments exist, unable to create new deployment.`);
  }
  return workload;
}

function needsDeployment(service: ServiceRecord, input: AwsShape, workload: Workload): boolean {
  return flag(input, 'forceNewDeployment') === true || service.workload === undefined || !sameWorkload(service.workload, workload);
}

function sameWorkload(a: Workload, b: Workload): boolean {
  const plain = (workload: Workload): string => canonical({ ...workload, taskDefinition: workload.taskDefinition.arn });
  return plain(a) === plain(b);
}
