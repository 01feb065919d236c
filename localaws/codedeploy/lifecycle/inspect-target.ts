// The first effect of every deployment: looks at the service, its primary task set, the target groups and the listeners, and
// refuses what CodeDeploy cannot deploy before anything is touched.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { describeService, describeTaskSets, type EffectContext, requireFacts } from './effect-context.ts';
import { isApplication, isBehindListener, readListener } from './listener-routes.ts';
import { DeploymentFailure } from './role-calls.ts';
import { type TargetFacts, type TargetGroupFacts, taskSetFacts } from './target-facts.ts';

/** @throws DeploymentFailure, RoleCallError */
export async function inspectTarget(context: EffectContext): Promise<void> {
  await requireRole(context);
  if (context.deployment.plan.kind === 'Rollback') await inspectForRollback(context);
  else await inspectForward(context);
}

/** CodeDeploy looks up the role itself: a role that does not exist has no permissions to be judged by. */
async function requireRole(context: EffectContext): Promise<void> {
  const { serviceRoleArn } = context.deployment.settings;
  if (await roleIsMissing(context.region, serviceRoleArn)) {
    throw new DeploymentFailure('IAM_ROLE_MISSING', `The IAM role ${serviceRoleArn} cannot be found.`);
  }
}

/** Whether IAM says the role does not exist. Where IAM does not run, nobody says so. */
export async function roleIsMissing(region: EffectContext['region'], roleArn: string): Promise<boolean> {
  try {
    await region.call('iam', 'GetRole', { RoleName: roleArn.split('/').at(-1) }, { kind: 'service', service: 'codedeploy.amazonaws.com' });
    return false;
  } catch (error) {
    return error instanceof AwsError && error.code.startsWith('NoSuchEntity');
  }
}

async function inspectForward(context: EffectContext): Promise<void> {
  const { deployment } = context;
  const service = await describeService(context);
  const controller = service['deploymentController']?.['type'];
  if (controller !== 'CODE_DEPLOY') {
    throw new DeploymentFailure(
      'INVALID_ECS_SERVICE',
      `The deployment controller of the Amazon ECS service must be CODE_DEPLOY, not ${String(controller ?? 'ECS')}.`,
    );
  }
  const blueTaskSet = ((service['taskSets'] as AwsShape[] | undefined) ?? []).find((taskSet) => taskSet['status'] === 'PRIMARY');
  if (blueTaskSet === undefined) throw new DeploymentFailure('INVALID_ECS_SERVICE', 'The Amazon ECS service has no primary task set.');
  const [blueTargetGroup, greenTargetGroup] = await targetGroupRoles(context, blueTaskSet);
  await checkListeners(context, blueTargetGroup);
  const facts: TargetFacts = {
    serviceArn: String(service['serviceArn']),
    desiredCount: Number(service['desiredCount'] ?? 0),
    blue: taskSetFacts(blueTaskSet),
    green: undefined,
    blueTargetGroup,
    greenTargetGroup,
    blueTaskSet,
  };
  deployment.facts = facts;
}

/** Blue's group is the one the primary task set is registered in; the other one of the pair is green's. */
async function targetGroupRoles(context: EffectContext, blueTaskSet: AwsShape): Promise<[TargetGroupFacts, TargetGroupFacts]> {
  const [pair] = context.deployment.settings.loadBalancerInfo.targetGroupPairInfoList;
  const names = pair.targetGroups.map((group) => group.name);
  const answer = await context.call('elasticloadbalancing', 'DescribeTargetGroups', { Names: names });
  const groups = ((answer['TargetGroups'] as AwsShape[] | undefined) ?? []).map((group) => ({
    name: String(group['TargetGroupName']),
    arn: String(group['TargetGroupArn']),
  }));
  const blueArns = ((blueTaskSet['loadBalancers'] as AwsShape[] | undefined) ?? []).map((balancer) => balancer['targetGroupArn']);
  const blue = groups.find((group) => blueArns.includes(group.arn));
  const green = groups.find((group) => group !== blue);
  if (blue === undefined || green === undefined) throw notBehindListener(pair.prodTrafficRoute.listenerArns[0]);
  return [blue, green];
}

async function checkListeners(context: EffectContext, blueTargetGroup: TargetGroupFacts): Promise<void> {
  const [pair] = context.deployment.settings.loadBalancerInfo.targetGroupPairInfoList;
  const [productionArn] = pair.prodTrafficRoute.listenerArns;
  const production = await readListener(context.call, productionArn);
  if (context.deployment.plan.moves.length > 1 && !isApplication(production.protocol)) {
    throw new DeploymentFailure(
      'ELASTIC_LOAD_BALANCING_INVALID',
      'Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update Deployment group.',
    );
  }
  if (!isBehindListener(production, blueTargetGroup.arn)) throw notBehindListener(productionArn);
  const testArn = pair.testTrafficRoute?.listenerArns[0];
  if (testArn === undefined) return;
  const test = await readListener(context.call, testArn);
  if (context.behaviour.testListenerMustServePrimary && !isBehindListener(test, blueTargetGroup.arn)) throw notBehindListener(testArn);
}

function notBehindListener(listenerArn: string): DeploymentFailure {
  return new DeploymentFailure(
    'ELASTIC_LOAD_BALANCING_INVALID',
    `The ELB could not be updated due to the following error: Primary taskset target group must be behind listener ${listenerArn}`,
  );
}

/** A rollback needs the original task set alive; and it must know the replacement even if creating it seemed to fail. */
async function inspectForRollback(context: EffectContext): Promise<void> {
  const { deployment } = context;
  const facts = requireFacts(deployment);
  const taskSets = await describeTaskSets(context);
  const blue = taskSets.find((taskSet) => taskSet['taskSetArn'] === facts.blue.arn);
  if (blue === undefined || blue['status'] === 'DRAINING') {
    throw new DeploymentFailure('ECS_UPDATE_ERROR', 'The deployment cannot be rolled back: the original task set no longer exists.');
  }
  const triggering = deployment.rollbackInfo?.rollbackTriggeringDeploymentId;
  const green = taskSets.find((taskSet) => taskSet['taskSetArn'] === facts.green?.arn || taskSet['externalId'] === triggering);
  deployment.facts = { ...facts, blue: taskSetFacts(blue), green: green === undefined ? undefined : taskSetFacts(green) };
}
