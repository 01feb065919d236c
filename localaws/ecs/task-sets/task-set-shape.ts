// A task set as DescribeTaskSets and DescribeServices answer it.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { TaskSetRecord } from '../ecs-records.ts';
import { countTasks } from '../tasks/task-counts.ts';

/** The TaskSet of the API. */
export function taskSetShape(taskSet: TaskSetRecord, include: readonly string[] = []): AwsShape {
  const { workload, service } = taskSet;
  const counts = countTasks(taskSet.tasks);
  return {
    id: taskSet.id,
    taskSetArn: taskSet.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    startedBy: taskSet.startedBy,
    externalId: taskSet.externalId,
    status: taskSet.status,
    taskDefinition: workload.taskDefinition.arn,
    computedDesiredCount: taskSet.computedDesiredCount,
    pendingCount: counts.pending,
    runningCount: counts.running,
    createdAt: new Date(taskSet.createdAt),
    updatedAt: new Date(taskSet.updatedAt),
    launchType: workload.launchType,
    ...(workload.capacityProviderStrategy.length === 0 ? {} : { capacityProviderStrategy: copyShape(workload.capacityProviderStrategy) }),
    platformVersion: workload.platformVersion === 'LATEST' ? '1.4.0' : workload.platformVersion,
    platformFamily: workload.platformVersion === undefined ? undefined : 'Linux',
    networkConfiguration: copyShape(workload.networkConfiguration),
    loadBalancers: copyShape(workload.loadBalancers),
    serviceRegistries: copyShape(workload.serviceRegistries),
    scale: { value: taskSet.scalePercent, unit: 'PERCENT' },
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: new Date(taskSet.stabilityStatusAt),
    tags: include.includes('TAGS') ? copyShape(taskSet.tags) : [],
  };
}
