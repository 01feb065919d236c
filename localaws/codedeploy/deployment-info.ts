// A deployment as GetDeployment and BatchGetDeployments show it.
import type { AwsShape } from '../region.ts';
import { type Deployment, isActive } from './model.ts';
import { revisionWithoutContent } from './revisions.ts';

export function deploymentInfo(deployment: Deployment): AwsShape {
  const { lifecycle, settings } = deployment;
  return {
    applicationName: deployment.application.name,
    deploymentGroupName: deployment.group.name,
    deploymentConfigName: deployment.configName,
    deploymentId: deployment.id,
    ...(deployment.previousSha256 === undefined ? {} : { previousRevision: revisionWithoutContent(deployment.previousSha256) }),
    revision: revisionWithoutContent(deployment.sha256),
    status: lifecycle.status,
    ...(lifecycle.error === undefined ? {} : { errorInformation: { ...lifecycle.error } }),
    createTime: new Date(deployment.createTime),
    ...time('startTime', lifecycle.startTime),
    ...time('completeTime', lifecycle.completeTime),
    // AWS fills the overview in only when an ECS deployment is over.
    ...(isActive(deployment) ? {} : { deploymentOverview: overview(deployment) }),
    ...(deployment.description === undefined ? {} : { description: deployment.description }),
    creator: deployment.creator,
    ignoreApplicationStopFailures: false,
    autoRollbackConfiguration: deployment.autoRollback,
    updateOutdatedInstancesOnly: false,
    ...(deployment.rollbackInfo === undefined ? {} : { rollbackInfo: deployment.rollbackInfo }),
    deploymentStyle: settings.deploymentStyle,
    instanceTerminationWaitTimeStarted: lifecycle.terminationWaitStarted,
    blueGreenDeploymentConfiguration: settings.blueGreenDeploymentConfiguration,
    loadBalancerInfo: settings.loadBalancerInfo,
    fileExistsBehavior: 'DISALLOW',
    deploymentStatusMessages: [],
    computePlatform: 'ECS',
    ...(deployment.overrideAlarms === undefined ? {} : { overrideAlarmConfiguration: deployment.overrideAlarms }),
  };
}

export function time(name: string, at: number | undefined): AwsShape {
  return at === undefined ? {} : { [name]: new Date(at) };
}

/** The deployment's single target, in the words of TargetStatus. */
export function targetStatus(deployment: Deployment): 'Pending' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' {
  switch (deployment.lifecycle.status) {
    case 'Created':
      return 'Pending';
    case 'Stopped':
      // TargetStatus has no word for stopped.
      return 'Failed';
    default:
      return deployment.lifecycle.status;
  }
}

function overview(deployment: Deployment): AwsShape {
  return { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0, Ready: 0, [targetStatus(deployment)]: 1 };
}
