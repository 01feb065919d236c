// CodeDeploy through the AWS SDK.
import { createHash } from 'node:crypto';
import {
  type CodeDeployClient,
  ContinueDeploymentCommand,
  CreateDeploymentCommand,
  CreateDeploymentConfigCommand,
  GetDeploymentCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  GetDeploymentTargetCommand,
  ListDeploymentsCommand,
  PutLifecycleEventHookExecutionStatusCommand,
  StopDeploymentCommand,
  type TrafficRoutingConfig,
} from '@aws-sdk/client-codedeploy';
import type { TimedStrategy } from '#core/strategy/strategy.ts';
import type { CodeDeploy, CodeDeployDeployment, CodeDeployGroup, CreateCodeDeployDeployment } from '#ports/codedeploy.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

/** What makes CreateDeployment's request wrong for good, as far as a person can mend it. Source: CodeDeploy API, CreateDeployment errors. */
const refusals = [
  'InvalidRevisionException',
  'RevisionDoesNotExistException',
  'InvalidDeploymentConfigNameException',
  'DeploymentConfigDoesNotExistException',
  'InvalidECSServiceException',
  'InvalidLoadBalancerInfoException',
  'InvalidRoleException',
  'InvalidTrafficRoutingConfigurationException',
  'InvalidInputException',
  'InvalidAlarmConfigException',
  'InvalidAutoRollbackConfigException',
  'DescriptionTooLongException',
];

const undefinedAnswer = () => undefined;

export function createAwsCodedeploy(client: CodeDeployClient): CodeDeploy {
  return {
    group: (application, deploymentGroup) => group(client, application, deploymentGroup),
    active: (application, deploymentGroup) => active(client, application, deploymentGroup),
    deployment: (id) => deployment(client, id),
    async lifecycle(id, cluster, service) {
      const answer = await callAwsUnless(
        `get the target of CodeDeploy deployment ${id}`,
        { DeploymentNotStartedException: undefinedAnswer, DeploymentTargetDoesNotExistException: undefinedAnswer },
        () => client.send(new GetDeploymentTargetCommand({ deploymentId: id, targetId: `${cluster}:${service}` })),
      );
      return (answer?.deploymentTarget?.ecsTarget?.lifecycleEvents ?? []).map((event) => ({
        name: event.lifecycleEventName ?? '',
        status: event.status ?? '',
        message: event.diagnostics?.message,
      }));
    },
    create: (request) => create(client, request),
    async ensureConfiguration(name, strategy) {
      const found = await callAwsUnless(`get deployment configuration ${name}`, { DeploymentConfigDoesNotExistException: undefinedAnswer }, () =>
        client.send(new GetDeploymentConfigCommand({ deploymentConfigName: name })),
      );
      if (found !== undefined) return;
      await callAwsUnless(`create deployment configuration ${name}`, { DeploymentConfigAlreadyExistsException: undefinedAnswer }, () =>
        client.send(new CreateDeploymentConfigCommand({ deploymentConfigName: name, computePlatform: 'ECS', trafficRoutingConfig: routing(strategy) })),
      );
    },
    async stop(id, rollBack) {
      const answer = await callAwsUnless(`stop CodeDeploy deployment ${id}`, { DeploymentAlreadyCompletedException: () => 'over' as const }, () =>
        client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: rollBack })),
      );
      return answer === 'over' ? 'over' : 'stopping';
    },
    async continue(id, wait) {
      const notWaiting = {
        DeploymentAlreadyCompletedException: undefinedAnswer,
        DeploymentIsNotInReadyStateException: undefinedAnswer,
        InvalidDeploymentStatusException: undefinedAnswer,
      };
      await callAwsUnless(`continue CodeDeploy deployment ${id}`, notWaiting, () =>
        client.send(new ContinueDeploymentCommand({ deploymentId: id, deploymentWaitType: wait })),
      );
    },
    async answerHook(id, executionId, answer) {
      await callAwsUnless(
        `answer a lifecycle hook of CodeDeploy deployment ${id}`,
        { LifecycleEventAlreadyCompletedException: undefinedAnswer, DeploymentDoesNotExistException: undefinedAnswer },
        () => client.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId: id, lifecycleEventHookExecutionId: executionId, status: answer })),
      );
    },
  };
}

async function group(client: CodeDeployClient, application: string, deploymentGroup: string): Promise<CodeDeployGroup | undefined> {
  const answer = await callAwsUnless(
    `get deployment group ${application}/${deploymentGroup}`,
    { DeploymentGroupDoesNotExistException: undefinedAnswer, ApplicationDoesNotExistException: undefinedAnswer },
    () => client.send(new GetDeploymentGroupCommand({ applicationName: application, deploymentGroupName: deploymentGroup })),
  );
  const info = answer?.deploymentGroupInfo;
  const pair = info?.loadBalancerInfo?.targetGroupPairInfoList?.[0];
  const service = info?.ecsServices?.[0];
  const productionListenerArn = pair?.prodTrafficRoute?.listenerArns?.[0];
  if (service === undefined || pair === undefined || productionListenerArn === undefined) return undefined;
  const termination = info?.blueGreenDeploymentConfiguration?.terminateBlueInstancesOnDeploymentSuccess;
  return {
    cluster: service.clusterName ?? '',
    service: service.serviceName ?? '',
    targetGroupNames: (pair.targetGroups ?? []).flatMap((targetGroup) => targetGroup.name ?? []),
    productionListenerArn,
    testListenerArn: pair.testTrafficRoute?.listenerArns?.[0],
    terminationWaitMinutes: termination?.terminationWaitTimeInMinutes ?? 0,
    terminatesBlue: termination?.action !== 'KEEP_ALIVE',
  };
}

async function active(client: CodeDeployClient, application: string, deploymentGroup: string): Promise<readonly string[]> {
  const answer = await callAws(`list active deployments of ${application}/${deploymentGroup}`, () =>
    client.send(
      new ListDeploymentsCommand({
        applicationName: application,
        deploymentGroupName: deploymentGroup,
        includeOnlyStatuses: ['Created', 'Queued', 'InProgress', 'Baking', 'Ready'],
      }),
    ),
  );
  return answer.deployments ?? [];
}

async function deployment(client: CodeDeployClient, id: string): Promise<CodeDeployDeployment | undefined> {
  const answer = await callAwsUnless(`get CodeDeploy deployment ${id}`, { DeploymentDoesNotExistException: undefinedAnswer }, () =>
    client.send(new GetDeploymentCommand({ deploymentId: id })),
  );
  const info = answer?.deploymentInfo;
  if (info === undefined) return undefined;
  const error = info.errorInformation;
  return {
    id,
    status: info.status ?? '',
    description: info.description ?? '',
    creator: info.creator ?? '',
    application: info.applicationName ?? '',
    deploymentGroup: info.deploymentGroupName ?? '',
    error: error === undefined ? undefined : `${error.code ?? 'unknown'}: ${error.message ?? ''}`,
    rollbackId: info.rollbackInfo?.rollbackDeploymentId,
    triggeringId: info.rollbackInfo?.rollbackTriggeringDeploymentId,
    terminationWaitStarted: info.instanceTerminationWaitTimeStarted ?? false,
  };
}

function create(client: CodeDeployClient, request: CreateCodeDeployDeployment): ReturnType<CodeDeploy['create']> {
  const refused = Object.fromEntries(refusals.map((name) => [name, (error: Error) => ({ kind: 'refused' as const, reason: `${name}: ${error.message}` })]));
  return callAwsUnless(
    `create a CodeDeploy deployment for ${request.application}/${request.deploymentGroup}`,
    { ...refused, DeploymentLimitExceededException: (error: Error) => ({ kind: 'limitExceeded' as const, reason: error.message }) },
    async () => {
      const answer = await client.send(
        new CreateDeploymentCommand({
          applicationName: request.application,
          deploymentGroupName: request.deploymentGroup,
          deploymentConfigName: request.configurationName,
          description: request.description,
          revision: {
            revisionType: 'AppSpecContent',
            appSpecContent: { content: request.appSpec, sha256: createHash('sha256').update(request.appSpec).digest('hex') },
          },
          // Whatever the group says: a deployment of ours that fails or is stopped goes back to blue.
          autoRollbackConfiguration: { enabled: true, events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'] },
        }),
      );
      if (answer.deploymentId === undefined) throw new Error('CodeDeploy answered no deployment id');
      return { kind: 'created' as const, id: answer.deploymentId };
    },
  );
}

function routing(strategy: TimedStrategy): TrafficRoutingConfig {
  switch (strategy.kind) {
    case 'canary':
      return { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: strategy.percent, canaryInterval: strategy.intervalMinutes } };
    case 'linear':
      return { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: strategy.percent, linearInterval: strategy.intervalMinutes } };
    case 'allAtOnce':
      return { type: 'AllAtOnce' };
  }
}
