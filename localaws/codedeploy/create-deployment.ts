// CreateDeployment: checks everything AWS checks at once, then puts the deployment on record and lets it start.
import { AwsError } from '../endpoint/aws-error.ts';
import { booleanMember, stringMember, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Call, Operation } from '../region.ts';
import { parseAppSpec } from './app-spec.ts';
import { type CodeDeployContext, deploymentGroupArn, nameForArn } from './code-deploy-context.ts';
import { requireGradualListener } from './group-checks.ts';
import { alarmConfiguration, autoRollbackConfiguration } from './group-options.ts';
import { requireEcsConfig } from './group-settings.ts';
import { initialLifecycle } from './lifecycle/lifecycle.ts';
import { forwardPlan } from './lifecycle/plan.ts';
import { CONCURRENT_DEPLOYMENTS_MAX } from './limits.ts';
import { type Application, type Deployment, type DeploymentGroup, isActive } from './model.ts';
import { applicationName, deploymentConfigName, deploymentGroupName } from './names.ts';
import { descriptionOf, revisionLocation } from './revisions.ts';

export function createDeploymentOperation(context: CodeDeployContext): Operation {
  return {
    resources: (input) => [deploymentGroupArn(context.region, nameForArn(input['applicationName']), nameForArn(input['deploymentGroupName']))],
    handle: (input, call) => createDeployment(context, input, call),
  };
}

async function createDeployment(context: CodeDeployContext, input: AwsShape, call: Call): Promise<AwsShape> {
  const { region, store } = context;
  const application = store.application(applicationName(input));
  const group = store.group(application, deploymentGroupName(input));
  const description = descriptionOf(input);
  refuseServerMembers(input);
  const alarms = alarmConfiguration(structureMember(input, 'overrideAlarmConfiguration'));
  const autoRollback = autoRollbackConfiguration(structureMember(input, 'autoRollbackConfiguration')) ?? group.settings.autoRollbackConfiguration;
  const configName = input['deploymentConfigName'] === undefined ? group.settings.deploymentConfigName : deploymentConfigName(input);
  const location = revisionLocation(structureMember(input, 'revision'));
  requireEcsConfig(store, configName);
  await actAsCaller(context, input, call, configName, alarms !== undefined);
  const revision = application.revisions.get(location.sha256);
  if (revision === undefined) throw new AwsError('RevisionDoesNotExistException', `No revision found for sha256: ${location.sha256}`);
  const appSpec = parseAppSpec(revision.content);
  await requireGradualListener(context, group.settings, configName);
  requireFreeSlot(context, application, group);

  const now = region.clock.now();
  const { settings } = group;
  const deployment: Deployment = {
    id: `d-${region.ids.upper(9)}`,
    application,
    group,
    configName,
    createTime: now,
    creator: 'user',
    description,
    sha256: revision.sha256,
    previousSha256: group.lastSuccessful?.sha256,
    appSpec,
    settings,
    autoRollback,
    overrideAlarms: alarms,
    plan: forwardPlan({
      settings,
      appSpec,
      trafficRoutingConfig: store.config(configName).trafficRoutingConfig,
      alarms: alarms ?? settings.alarmConfiguration,
      autoRollback,
      behaviour: context.behaviour,
    }),
    lifecycle: initialLifecycle(),
    facts: undefined,
    rollbackInfo: undefined,
    lastUpdatedAt: now,
  };
  revision.firstUsedTime ??= now;
  revision.lastUsedTime = now;
  record(context, deployment);
  return { deploymentId: deployment.id };
}

/** Puts a deployment in its group's slot and starts it. */
export function record(context: CodeDeployContext, deployment: Deployment): void {
  context.store.deployments.set(deployment.id, deployment);
  context.store.forgetOldDeployments();
  deployment.group.activeDeploymentId = deployment.id;
  const { id, createTime, sha256 } = deployment;
  deployment.group.lastAttempted = { deploymentId: id, status: deployment.lifecycle.status, createTime, endTime: undefined, sha256 };
  context.runner.start(deployment);
}

/**
 * AWS asks the caller's own permissions for what a deployment uses: reading its deployment config, registering its revision, and
 * changing the group when alarms are overridden. Calling these operations as the caller lets IAM judge them.
 */
async function actAsCaller(context: CodeDeployContext, input: AwsShape, call: Call, configName: string, overridesAlarms: boolean): Promise<void> {
  const { region } = context;
  await region.call('codedeploy', 'GetDeploymentConfig', { deploymentConfigName: configName }, call.principal);
  await region.call('codedeploy', 'RegisterApplicationRevision', { applicationName: input['applicationName'], revision: input['revision'] }, call.principal);
  if (!overridesAlarms) return;
  const group = { applicationName: input['applicationName'], currentDeploymentGroupName: input['deploymentGroupName'] };
  await region.call('codedeploy', 'UpdateDeploymentGroup', group, call.principal);
}

function refuseServerMembers(input: AwsShape): void {
  if (structureMember(input, 'targetInstances') !== undefined) {
    throw new AwsError('InvalidTargetInstancesException', 'The target instance configuration can not be specified for the ECS compute platform');
  }
  if (booleanMember(input, 'ignoreApplicationStopFailures') === true) {
    throw new AwsError(
      'InvalidIgnoreApplicationStopFailuresValueException',
      'The ignoreApplicationStopFailures value must be false for the ECS compute platform',
    );
  }
  if (booleanMember(input, 'updateOutdatedInstancesOnly') === true) {
    throw new AwsError('InvalidUpdateOutdatedInstancesOnlyValueException', 'The updateOutdatedInstancesOnly value must be false for the ECS compute platform');
  }
  const fileExistsBehavior = stringMember(input, 'fileExistsBehavior') ?? 'DISALLOW';
  if (!['DISALLOW', 'OVERWRITE', 'RETAIN'].includes(fileExistsBehavior)) {
    throw new AwsError(
      'InvalidFileExistsBehaviorException',
      'An invalid fileExistsBehavior option was specified. Valid values include "DISALLOW," "OVERWRITE," and "RETAIN."',
    );
  }
}

/** @throws AwsError DeploymentLimitExceededException */
function requireFreeSlot(context: CodeDeployContext, application: Application, group: DeploymentGroup): void {
  // The checks before this waited for other services: the group may be gone.
  context.store.group(context.store.application(application.name), group.name);
  const active = group.activeDeploymentId;
  if (active !== undefined) {
    throw new AwsError('DeploymentLimitExceededException', `The Deployment Group '${group.name}' already has an active Deployment '${active}'`);
  }
  const running = [...context.store.deployments.values()].filter(isActive).length;
  if (running >= CONCURRENT_DEPLOYMENTS_MAX) {
    throw new AwsError('DeploymentLimitExceededException', `The account already has ${CONCURRENT_DEPLOYMENTS_MAX} active deployments`);
  }
}
