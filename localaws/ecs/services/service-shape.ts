// A service as DescribeServices answers it, with its deployments (controller ECS) or task sets (the other two).
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import { currentRevision } from '../deployments/deployment-shape.ts';
import type { ServiceRecord, TaskSetRecord, Workload } from '../ecs-records.ts';
import { taskSetShape } from '../task-sets/task-set-shape.ts';
import { countTasks } from '../tasks/task-counts.ts';

/** The Service of the API. */
export function serviceShape(service: ServiceRecord, include: readonly string[] = []): AwsShape {
  const counts = countTasks(service.taskSets.flatMap((taskSet) => [...taskSet.tasks]));
  const isNative = service.controller === 'ECS';
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.cluster.arn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.running,
    pendingCount: counts.pending,
    ...workloadMembers(service.workload),
    deploymentConfiguration: copyShape(service.deploymentConfiguration),
    deploymentController: { type: service.controller },
    ...(isNative ? {} : { taskSets: service.taskSets.map((taskSet) => taskSetShape(taskSet, include)) }),
    deployments: isNative ? deploymentsOf(service) : [],
    ...(isNative ? nativeMembers(service) : {}),
    roleArn: `arn:aws:iam::${service.arn.split(':')[4]}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    createdBy: service.createdBy,
    placementConstraints: copyShape(service.placementConstraints),
    placementStrategy: copyShape(service.placementStrategy),
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(include.includes('TAGS') ? { tags: copyShape(service.tags) } : {}),
  };
}

function workloadMembers(workload: Workload | undefined): AwsShape {
  if (workload === undefined) return { loadBalancers: [], serviceRegistries: [] };
  return {
    taskDefinition: workload.taskDefinition.arn,
    launchType: workload.launchType,
    ...(workload.capacityProviderStrategy.length === 0 ? {} : { capacityProviderStrategy: copyShape(workload.capacityProviderStrategy) }),
    platformVersion: workload.platformVersion,
    platformFamily: workload.platformVersion === undefined ? undefined : 'Linux',
    networkConfiguration: copyShape(workload.networkConfiguration),
    loadBalancers: copyShape(workload.loadBalancers),
    serviceRegistries: copyShape(workload.serviceRegistries),
  };
}

/** The primary first, then the others, newest first. */
function deploymentsOf(service: ServiceRecord): AwsShape[] {
  const newestFirst = [...service.taskSets].reverse();
  const [primary, others] = [newestFirst.filter(isPrimary), newestFirst.filter((taskSet) => !isPrimary(taskSet))];
  return [...primary, ...others].map(deploymentShape);
}

function isPrimary(taskSet: TaskSetRecord): boolean {
  return taskSet.status === 'PRIMARY';
}

/** currentServiceDeployment is the newest; whether AWS still names it long after its end is unverified. */
function nativeMembers(service: ServiceRecord): AwsShape {
  const running = service.revisions.filter((revision) => revision.taskSet.status !== 'DRAINING' && service.taskSets.includes(revision.taskSet));
  return { currentServiceDeployment: service.deployments.at(-1)?.arn, currentServiceRevisions: running.map(currentRevision) };
}

function deploymentShape(taskSet: TaskSetRecord): AwsShape {
  const { workload, rollout } = taskSet;
  const counts = countTasks(taskSet.tasks);
  return {
    id: taskSet.id,
    status: taskSet.status === 'DRAINING' ? 'INACTIVE' : taskSet.status,
    taskDefinition: workload.taskDefinition.arn,
    desiredCount: taskSet.computedDesiredCount,
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: rollout.failedTasks,
    createdAt: new Date(taskSet.createdAt),
    updatedAt: new Date(taskSet.updatedAt),
    launchType: workload.launchType,
    ...(workload.capacityProviderStrategy.length === 0 ? {} : { capacityProviderStrategy: copyShape(workload.capacityProviderStrategy) }),
    platformVersion: workload.platformVersion === 'LATEST' ? '1.4.0' : workload.platformVersion,
    platformFamily: workload.platformVersion === undefined ? undefined : 'Linux',
    networkConfiguration: copyShape(workload.networkConfiguration),
    rolloutState: rollout.state,
    rolloutStateReason: rollout.reason,
  };
}
