// Tells the world about a deployment: the EventBridge event (best effort in AWS) and the group's SNS triggers.
import type { Region } from '../region.ts';
import { applicationArn, deploymentGroupArn } from './code-deploy-context.ts';
import type { Effect } from './lifecycle/lifecycle.ts';
import type { Deployment } from './model.ts';

export type AnnouncedState = Extract<Effect, { kind: 'Announce' }>['state'];

const TRIGGERS: Readonly<Record<AnnouncedState, { event: string; status: string }>> = {
  START: { event: 'DeploymentStart', status: 'CREATED' },
  SUCCESS: { event: 'DeploymentSuccess', status: 'SUCCEEDED' },
  FAILURE: { event: 'DeploymentFailure', status: 'FAILED' },
  STOP: { event: 'DeploymentStop', status: 'STOPPED' },
  READY: { event: 'DeploymentReady', status: 'READY' },
};

/** Which states AWS announces is not fully documented; START, SUCCESS, FAILURE, STOP and READY are what client libraries know. */
export function announceDeployment(region: Region, deployment: Deployment, state: AnnouncedState): void {
  const { application, group } = deployment;
  region.emit({
    source: 'aws.codedeploy',
    detailType: 'CodeDeploy Deployment State-change Notification',
    resources: [applicationArn(region, application.name), deploymentGroupArn(region, application.name, group.name)],
    detail: {
      instanceGroupId: group.id,
      region: region.name,
      application: application.name,
      deploymentId: deployment.id,
      state,
      deploymentGroup: group.name,
    },
  });
  publishTriggers(region, deployment, TRIGGERS[state].event, TRIGGERS[state].status);
  if (deployment.creator === 'codeDeployRollback' && state === 'START') publishTriggers(region, deployment, 'DeploymentRollback', 'CREATED');
}

function publishTriggers(region: Region, deployment: Deployment, event: string, status: string): void {
  const { application, group, lifecycle } = deployment;
  for (const trigger of deployment.settings.triggerConfigurations) {
    if (!trigger.triggerEvents.includes(event)) continue;
    const message = {
      region: region.name,
      accountId: region.account,
      eventTriggerName: trigger.triggerName,
      applicationName: application.name,
      deploymentId: deployment.id,
      deploymentGroupName: group.name,
      createTime: new Date(deployment.createTime).toUTCString(),
      completeTime: lifecycle.completeTime === undefined ? null : new Date(lifecycle.completeTime).toUTCString(),
      status,
      ...(lifecycle.error === undefined
        ? {}
        : { errorInformation: JSON.stringify({ ErrorCode: lifecycle.error.code, ErrorMessage: lifecycle.error.message }) }),
    };
    const input = {
      TopicArn: trigger.triggerTargetArn,
      Subject: `${status}: AWS CodeDeploy ${deployment.id} in ${region.name} to ${application.name}`,
      Message: JSON.stringify(message),
    };
    const principal = { kind: 'role', roleArn: deployment.settings.serviceRoleArn, sessionName: 'codedeploy' } as const;
    region.call('sns', 'Publish', input, principal).catch((error: unknown) => {
      region.log('codedeploy', `trigger ${trigger.triggerName} of ${deployment.id} not published: ${error instanceof Error ? error.message : String(error)}`);
    });
  }
}
