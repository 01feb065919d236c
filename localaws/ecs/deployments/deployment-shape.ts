// Service deployments and revisions as the API answers them.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { TaskSetRecord } from '../ecs-records.ts';
import { countTasks } from '../tasks/task-counts.ts';
import type { ServiceDeploymentRecord, ServiceRevisionRecord } from './deployment-records.ts';

/** The ServiceDeployment of the API. */
export function deploymentShape(deployment: ServiceDeploymentRecord): AwsShape {
  const { service, rollback, circuitBreaker, alarms, shares, baseline } = deployment;
  const rest = (share: number): number => Math.round((100 - share) * 10) / 10;
  const sourceShares = (revision: ServiceRevisionRecord): { production: number; test: number } =>
    revision === baseline ? { production: rest(shares.production), test: rest(shares.test) } : { production: 0, test: 0 };
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    createdAt: new Date(deployment.createdAt),
    startedAt: dateOf(deployment.startedAt),
    finishedAt: dateOf(deployment.finishedAt),
    stoppedAt: dateOf(deployment.stoppedAt),
    updatedAt: new Date(deployment.updatedAt),
    sourceServiceRevisions: deployment.sources.map((revision) => revisionSummary(revision, sourceShares(revision))),
    targetServiceRevision: revisionSummary(deployment.target, shares),
    status: deployment.status,
    statusReason: deployment.statusReason,
    lifecycleStage: deployment.stage,
    lifecycleHookDetails: deployment.hooks.map((hook) => ({
      hookId: hook.id,
      targetType: hook.targetType,
      targetArn: hook.targetArn,
      status: hook.status,
      expiresAt: new Date(hook.expiresAt),
      timeoutAction: hook.timeoutAction,
    })),
    deploymentConfiguration: copyShape(deployment.configuration),
    ...(rollback === undefined
      ? {}
      : { rollback: { reason: rollback.reason, startedAt: new Date(rollback.startedAt), serviceRevisionArn: rollback.revision.arn } }),
    deploymentCircuitBreaker: { status: circuitBreaker.status, failureCount: circuitBreaker.failureCount, threshold: circuitBreaker.threshold },
    alarms: {
      status: alarms.status,
      ...(alarms.names.length === 0 ? {} : { alarmNames: [...alarms.names] }),
      ...(alarms.triggered.length === 0 ? {} : { triggeredAlarmNames: [...alarms.triggered] }),
    },
  };
}

function revisionSummary(revision: ServiceRevisionRecord, shares: { production: number; test: number }): AwsShape {
  return {
    ...taskCountMembers(revision),
    requestedTestTrafficWeight: shares.test,
    requestedProductionTrafficWeight: shares.production,
  };
}

function taskCountMembers({ arn, taskSet }: ServiceRevisionRecord): AwsShape {
  const counts = countTasks(taskSet.tasks);
  return { arn, requestedTaskCount: taskSet.computedDesiredCount, runningTaskCount: counts.running, pendingTaskCount: counts.pending };
}

/** The ServiceDeploymentBrief of ListServiceDeployments. */
export function deploymentBrief(deployment: ServiceDeploymentRecord): AwsShape {
  return {
    serviceDeploymentArn: deployment.arn,
    serviceArn: deployment.service.arn,
    clusterArn: deployment.service.cluster.arn,
    startedAt: dateOf(deployment.startedAt),
    createdAt: new Date(deployment.createdAt),
    finishedAt: dateOf(deployment.finishedAt),
    targetServiceRevisionArn: deployment.target.arn,
    status: deployment.status,
    statusReason: deployment.statusReason,
  };
}

/** The ServiceCurrentRevisionSummary of DescribeServices. */
export function currentRevision(revision: ServiceRevisionRecord): AwsShape {
  return taskCountMembers(revision);
}

/** The ServiceRevision of the API. */
export function revisionShape(revision: ServiceRevisionRecord): AwsShape {
  const { workload, service } = revision;
  return {
    serviceRevisionArn: revision.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    taskDefinition: workload.taskDefinition.arn,
    launchType: workload.launchType,
    ...(workload.capacityProviderStrategy.length === 0 ? {} : { capacityProviderStrategy: copyShape(workload.capacityProviderStrategy) }),
    platformVersion: workload.platformVersion === 'LATEST' ? '1.4.0' : workload.platformVersion,
    platformFamily: workload.platformVersion === undefined ? undefined : 'Linux',
    loadBalancers: copyShape(workload.loadBalancers),
    serviceRegistries: copyShape(workload.serviceRegistries),
    networkConfiguration: copyShape(workload.networkConfiguration),
    containerImages: containerImages(revision.taskSet),
    guardDutyEnabled: false,
    createdAt: new Date(revision.createdAt),
    resolvedConfiguration: {
      loadBalancers: workload.loadBalancers.map((balancer, index) => ({
        targetGroupArn: revision.targetGroupArns[index],
        productionListenerRule: balancer['advancedConfiguration']?.['productionListenerRule'],
      })),
    },
  };
}

/** The digest is known once the first task has pulled the image. */
function containerImages(taskSet: TaskSetRecord): AwsShape[] {
  const definitions: AwsShape[] = taskSet.workload.taskDefinition.shape['containerDefinitions'];
  return definitions.map((definition) => ({
    containerName: definition['name'],
    imageDigest: taskSet.imageDigests.get(definition['name']),
    image: definition['image'],
  }));
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}
