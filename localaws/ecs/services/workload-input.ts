// How a request says tasks are to be run (task definition, launch type, network, load balancers), judged by AWS's rules.
// CreateService, UpdateService, CreateTaskSet and RunTask share it.
import { copyShape } from '../../copy-shape.ts';
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { checkedStrategy } from '../clusters/capacity-provider-strategy.ts';
import type { ClusterRecord, TaskDefinitionRecord, Workload } from '../ecs-records.ts';
import { ECS_PRINCIPAL, type EcsWorld } from '../ecs-world.ts';
import { choice, invalidParameter, structure, structures, text, texts, whole } from '../input-members.ts';
import { LOAD_BALANCERS_PER_SERVICE_MAX } from '../limits.ts';
import { runnableTaskDefinition } from '../task-definitions/task-definition-operations.ts';
import { checkAdvancedForm } from './advanced-configuration.ts';

const SUBNETS_MAX = 16;
const SECURITY_GROUPS_MAX = 5;
const PLATFORM_VERSIONS = ['LATEST', '1.4.0', '1.3.0'];

/** @throws AwsError InvalidParameterException, ClientException, PlatformUnknownException. */
export function workloadOf(world: EcsWorld, cluster: ClusterRecord, input: AwsShape): Workload {
  const taskDefinition = runnableTaskDefinition(world, input);
  const capacity = capacityOf(cluster, input);
  const isFargate =
    capacity.launchType === 'FARGATE' || capacity.capacityProviderStrategy.some((item) => String(item['capacityProvider']).startsWith('FARGATE'));
  if (isFargate && !taskDefinition.shape['compatibilities'].includes('FARGATE')) {
    throw invalidParameter(`Task definition does not support launch_type FARGATE.`);
  }
  const platformVersion = text(input, 'platformVersion');
  if (platformVersion !== undefined) {
    if (!isFargate) throw invalidParameter('The platform version must be null when specifying an EC2 launch type.');
    if (!PLATFORM_VERSIONS.includes(platformVersion)) throw new AwsError('PlatformUnknownException', 'The specified platform version does not exist.');
  }
  const loadBalancers = structures(input, 'loadBalancers');
  checkLoadBalancers(loadBalancers, taskDefinition);
  const serviceRegistries = structures(input, 'serviceRegistries');
  if (serviceRegistries.length > 0) {
    throw new AwsError('UnsupportedFeatureException', 'localaws: service registries are not available on the local AWS: there is no Cloud Map.');
  }
  return {
    taskDefinition,
    ...capacity,
    platformVersion: platformVersion ?? (isFargate ? 'LATEST' : undefined),
    networkConfiguration: networkOf(input, taskDefinition),
    loadBalancers: copyShape(loadBalancers),
    serviceRegistries: [],
  };
}

function capacityOf(cluster: ClusterRecord, input: AwsShape): Pick<Workload, 'launchType' | 'capacityProviderStrategy'> {
  const launchType = choice(input, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']);
  const given = structures(input, 'capacityProviderStrategy');
  if (launchType !== undefined && given.length > 0) {
    throw invalidParameter('Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.');
  }
  if (given.length > 0) return { launchType: undefined, capacityProviderStrategy: checkedStrategy(given, cluster.capacityProviders) };
  if (launchType === undefined && cluster.defaultCapacityProviderStrategy.length > 0) {
    return { launchType: undefined, capacityProviderStrategy: copyShape(cluster.defaultCapacityProviderStrategy) };
  }
  return { launchType: launchType ?? 'EC2', capacityProviderStrategy: [] };
}

function networkOf(input: AwsShape, taskDefinition: TaskDefinitionRecord): AwsShape | undefined {
  const isAwsvpc = taskDefinition.shape['networkMode'] === 'awsvpc';
  const vpc = structure(structure(input, 'networkConfiguration') ?? {}, 'awsvpcConfiguration');
  if (vpc === undefined) {
    if (isAwsvpc) throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    return undefined;
  }
  if (!isAwsvpc) throw invalidParameter('Network Configuration is not valid for the given networkMode of this task definition.');
  const subnets = texts(vpc, 'subnets');
  const securityGroups = texts(vpc, 'securityGroups');
  if (subnets.length === 0) throw invalidParameter('subnets can not be empty.');
  if (subnets.length > SUBNETS_MAX) throw invalidParameter(`subnets can have at most ${SUBNETS_MAX} items.`);
  if (securityGroups.length > SECURITY_GROUPS_MAX) throw invalidParameter(`securityGroups can have at most ${SECURITY_GROUPS_MAX} items.`);
  const assignPublicIp = choice(vpc, 'assignPublicIp', ['ENABLED', 'DISABLED']) ?? 'DISABLED';
  return { awsvpcConfiguration: { subnets, securityGroups, assignPublicIp } };
}

function checkLoadBalancers(balancers: readonly AwsShape[], taskDefinition: TaskDefinitionRecord): void {
  if (balancers.length > LOAD_BALANCERS_PER_SERVICE_MAX) throw invalidParameter(`load balancers can have at most ${LOAD_BALANCERS_PER_SERVICE_MAX} items.`);
  checkAdvancedForm(balancers);
  const containers: AwsShape[] = taskDefinition.shape['containerDefinitions'];
  for (const balancer of balancers) {
    if (text(balancer, 'targetGroupArn') === undefined) {
      throw text(balancer, 'loadBalancerName') === undefined
        ? invalidParameter('targetGroupArn must be specified.')
        : new AwsError('UnsupportedFeatureException', 'localaws: Classic Load Balancers are not available on the local AWS.');
    }
    const name = text(balancer, 'containerName') ?? '';
    const port = whole(balancer, 'containerPort', { min: 0, max: 65_535 });
    const container = containers.find((candidate) => candidate['name'] === name);
    if (container === undefined) throw invalidParameter(`The container ${name} does not exist in the task definition.`);
    const isMapped = (container['portMappings'] ?? []).some((mapping: AwsShape) => mapping['containerPort'] === port);
    if (port === undefined || !isMapped) throw invalidParameter(`The container ${name} did not have a container port ${String(port)} defined.`);
  }
}

/**
 * Asks the load balancing service for the target groups of a workload.
 * @param mustBeInUse CreateService refuses a group without load balancer; a task set may have one (CodeDeploy's green group).
 * @throws AwsError InvalidParameterException.
 */
export async function checkTargetGroups(world: EcsWorld, workload: Workload, mustBeInUse: boolean): Promise<void> {
  for (const arn of groupArnsOf(workload)) {
    const group = await describeTargetGroup(world, arn);
    const isAwsvpc = workload.taskDefinition.shape['networkMode'] === 'awsvpc';
    const type = group['TargetType'] ?? 'instance';
    if (isAwsvpc && type !== 'ip') {
      throw invalidParameter(
        `The provided target group ${arn} has target type ${type}, which is incompatible with the awsvpc network mode specified in the task definition.`,
      );
    }
    const loadBalancers: unknown[] = group['LoadBalancerArns'] ?? [];
    if (mustBeInUse && loadBalancers.length === 0)
      throw invalidParameter(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`);
  }
}

/** Every target group the tasks of a workload may be put into. */
function groupArnsOf(workload: Workload): string[] {
  return workload.loadBalancers.flatMap((balancer) => {
    const alternate: unknown = balancer['advancedConfiguration']?.['alternateTargetGroupArn'];
    return [String(balancer['targetGroupArn']), ...(typeof alternate === 'string' ? [alternate] : [])];
  });
}

async function describeTargetGroup(world: EcsWorld, arn: string): Promise<AwsShape> {
  const missing = invalidParameter(`The target group ${arn} does not exist.`);
  try {
    const answer = await world.region.call('elasticloadbalancing', 'DescribeTargetGroups', { TargetGroupArns: [arn] }, ECS_PRINCIPAL);
    const group: AwsShape | undefined = answer['TargetGroups']?.[0];
    if (group === undefined) throw missing;
    return group;
  } catch (error) {
    if (error instanceof AwsError && (error.code === 'TargetGroupNotFound' || error.code === 'ValidationError')) throw missing;
    throw error;
  }
}
