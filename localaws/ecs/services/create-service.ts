// CreateService. A CODE_DEPLOY service makes its first task set itself, an EXTERNAL one waits for CreateTaskSet, and the
// ECS controller starts its first deployment.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape, Call } from '../../region.ts';
import { strategyOf } from '../deployments/deployment-records.ts';
import type { ClusterRecord, ControllerType, ServiceRecord, Workload } from '../ecs-records.ts';
import { callerArn, clusterOf, type EcsParts, type EcsWorld, isResourceName } from '../ecs-world.ts';
import { canonical, choice, flag, invalidParameter, requiredText, structure, structures, text, whole } from '../input-members.ts';
import { CLIENT_TOKEN_LENGTH_MAX, DESIRED_COUNT_MAX } from '../limits.ts';
import { tagsOf } from '../tag-list.ts';
import { addTaskSet } from '../task-sets/new-task-set.ts';
import { checkStrategyBalancers } from './advanced-configuration.ts';
import { deploymentConfigurationOf } from './deployment-configuration.ts';
import { checkTargetGroups, workloadOf } from './workload-input.ts';

const GRACE_SECONDS_MAX = 2_147_483_647;
/** Members that only a task set may have under an external controller. */
const TASK_SET_MEMBERS = ['taskDefinition', 'networkConfiguration', 'loadBalancers', 'serviceRegistries', 'launchType', 'platformVersion'] as const;

/** @throws AwsError InvalidParameterException, ClusterNotFoundException, ClientException. */
export async function createService({ world, deployments }: EcsParts, input: AwsShape, call: Call): Promise<ServiceRecord> {
  const name = requiredText(input, 'serviceName', 'Service name cannot be empty.');
  if (!isResourceName(name)) throw invalidParameter('Service name contains invalid characters.');
  const cluster = clusterOf(world, input);
  const token = text(input, 'clientToken');
  if (token !== undefined && token.length > CLIENT_TOKEN_LENGTH_MAX)
    throw invalidParameter(`clientToken must be at most ${CLIENT_TOKEN_LENGTH_MAX} characters.`);
  const existing = cluster.services.get(name);
  const creation = canonical(input);
  if (existing?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.');
  if (existing?.status === 'ACTIVE') {
    if (existing.creation === creation) return existing;
    throw invalidParameter('Creation of service was not idempotent.');
  }
  const service = newService(world, cluster, name, input, creation, callerArn(world, call));
  const workload = await initialWorkload(world, service, input);
  // Only now: while the target groups were asked for, another request may have made the service.
  if (cluster.services.get(name) !== existing) throw invalidParameter('Creation of service was not idempotent.');
  service.workload = workload;
  cluster.services.set(name, service);
  if (service.controller === 'CODE_DEPLOY' && workload !== undefined) {
    addTaskSet(world, service, { workload, status: 'PRIMARY', scalePercent: 100, startedBy: 'ecs-svc' });
  }
  if (service.controller === 'ECS' && workload !== undefined) deployments.begin(service, workload);
  return service;
}

function newService(world: EcsWorld, cluster: ClusterRecord, name: string, input: AwsShape, creation: string, createdBy: string): ServiceRecord {
  const controllerInput = structure(input, 'deploymentController');
  const controller: ControllerType =
    controllerInput === undefined ? 'ECS' : (choice(controllerInput, 'type', ['ECS', 'CODE_DEPLOY', 'EXTERNAL']) ?? invalidController());
  const schedulingStrategy = choice(input, 'schedulingStrategy', ['REPLICA', 'DAEMON']) ?? 'REPLICA';
  if (schedulingStrategy === 'DAEMON') throw invalidParameter('The daemon scheduling strategy is not supported on Fargate.');
  const desiredCount = whole(input, 'desiredCount', { min: 0, max: DESIRED_COUNT_MAX }) ?? (controller === 'EXTERNAL' ? 0 : undefined);
  if (desiredCount === undefined) throw invalidParameter('The desired count must be specified for the replica scheduling strategy.');
  return {
    arn: world.region.arn('ecs', `service/${cluster.name}/${name}`),
    name,
    cluster,
    status: 'ACTIVE',
    controller,
    desiredCount,
    workload: undefined,
    deploymentConfiguration: { ...configurationDefaults(controller), ...deploymentConfigurationOf(input, { behaviour: world.behaviour, controller }) },
    healthCheckGracePeriodSeconds: gracePeriodOf(input, structures(input, 'loadBalancers').length > 0 || controller === 'EXTERNAL'),
    placementConstraints: copyShape(structures(input, 'placementConstraints')),
    placementStrategy: copyShape(structures(input, 'placementStrategy')),
    schedulingStrategy,
    enableECSManagedTags: flag(input, 'enableECSManagedTags') ?? false,
    propagateTags: choice(input, 'propagateTags', ['TASK_DEFINITION', 'SERVICE', 'NONE']) ?? 'NONE',
    enableExecuteCommand: flag(input, 'enableExecuteCommand') ?? false,
    availabilityZoneRebalancing: choice(input, 'availabilityZoneRebalancing', ['ENABLED', 'DISABLED']) ?? 'DISABLED',
    createdAt: world.region.clock.now(),
    createdBy,
    creation,
    tags: tagsOf(input),
    events: [],
    taskSets: [],
    deployments: [],
    revisions: [],
    completedRevision: undefined,
    steadyAnnouncedAt: undefined,
  };
}

/** What DescribeServices says of a service of the ECS controller that was given nothing. */
function configurationDefaults(controller: ControllerType): AwsShape {
  return controller === 'ECS' ? { strategy: 'ROLLING', bakeTimeInMinutes: 0 } : {};
}

function invalidController(): never {
  throw invalidParameter('deploymentController.type must be specified.');
}

/** The health check grace period of a request. @throws AwsError when there is no load balancer to wait for. */
export function gracePeriodOf(input: AwsShape, hasLoadBalancer: boolean): number | undefined {
  const seconds = whole(input, 'healthCheckGracePeriodSeconds', { min: 0, max: GRACE_SECONDS_MAX });
  if (seconds !== undefined && seconds > 0 && !hasLoadBalancer) {
    throw invalidParameter('Health check grace period is only valid for services configured to use load balancers');
  }
  return seconds ?? (hasLoadBalancer ? 0 : undefined);
}

async function initialWorkload(world: EcsWorld, service: ServiceRecord, input: AwsShape): Promise<Workload | undefined> {
  if (service.controller === 'EXTERNAL') {
    const given = TASK_SET_MEMBERS.find((member) => input[member] !== undefined && input[member] !== null);
    if (given !== undefined) throw invalidParameter(`Cannot specify ${given} on services with an EXTERNAL deployment controller. Specify it on the task set.`);
    return undefined;
  }
  const workload = workloadOf(world, service.cluster, input);
  if (service.controller === 'CODE_DEPLOY' && workload.loadBalancers.length !== 1) {
    throw invalidParameter('Services with a CODE_DEPLOY deployment controller must have exactly one load balancer target group.');
  }
  if (service.controller === 'ECS') await checkStrategyBalancers(world, strategyOf(service.deploymentConfiguration), workload.loadBalancers);
  await checkTargetGroups(world, workload, true);
  return workload;
}
