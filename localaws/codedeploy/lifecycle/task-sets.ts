// What CodeDeploy does with ECS task sets: creates green, waits for it, makes it primary, deletes the one no longer needed.
// Each effect first looks, so that repeating it after a lost answer changes nothing twice.
import type { AwsShape } from '../../region.ts';
import { describeService, describeTaskSets, type EffectContext, requireFacts, targetService } from './effect-context.ts';
import { DeploymentFailure, RoleCallError } from './role-calls.ts';
import { taskSetFacts } from './target-facts.ts';

/** Creates green, or adopts the task set that already carries this deployment's id. */
export async function createGreen(context: EffectContext): Promise<void> {
  const { deployment } = context;
  const existing = await findGreen(context);
  const green = existing ?? (await context.call('ecs', 'CreateTaskSet', createTaskSetInput(context)))['taskSet'];
  deployment.facts = { ...requireFacts(deployment), green: taskSetFacts(green as AwsShape) };
}

function createTaskSetInput(context: EffectContext): AwsShape {
  const { deployment } = context;
  const { appSpec } = deployment;
  const { blueTaskSet, greenTargetGroup } = requireFacts(deployment);
  const strategy = appSpec.capacityProviderStrategy ?? (blueTaskSet['capacityProviderStrategy'] as AwsShape[] | undefined);
  const hasStrategy = strategy !== undefined && strategy.length > 0;
  return {
    ...targetService(deployment),
    externalId: deployment.id,
    // Also ECS's own token: a retry after a lost answer gets the same task set.
    clientToken: deployment.id,
    taskDefinition: appSpec.taskDefinition,
    loadBalancers: [{ targetGroupArn: greenTargetGroup.arn, containerName: appSpec.containerName, containerPort: appSpec.containerPort }],
    scale: { unit: 'PERCENT', value: 100 },
    ...present('networkConfiguration', appSpec.networkConfiguration ?? blueTaskSet['networkConfiguration']),
    ...present('serviceRegistries', nonEmpty(blueTaskSet['serviceRegistries'])),
    ...present('platformVersion', appSpec.platformVersion ?? blueTaskSet['platformVersion']),
    ...(hasStrategy ? { capacityProviderStrategy: strategy } : present('launchType', blueTaskSet['launchType'])),
  };
}

function present(name: string, value: unknown): AwsShape {
  return value === undefined || value === null || value === '' ? {} : { [name]: value };
}

function nonEmpty(value: unknown): unknown {
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}

async function findGreen(context: EffectContext): Promise<AwsShape | undefined> {
  return (await describeTaskSets(context)).find((taskSet) => taskSet['externalId'] === context.deployment.id && taskSet['status'] !== 'DRAINING');
}

/** Whether green is steady. @throws DeploymentFailure when it is gone. */
export async function checkGreen(context: EffectContext): Promise<boolean> {
  const facts = requireFacts(context.deployment);
  const green = (await describeTaskSets(context)).find((taskSet) => taskSet['taskSetArn'] === facts.green?.arn);
  if (green === undefined || green['status'] === 'DRAINING') {
    throw new DeploymentFailure('ECS_UPDATE_ERROR', 'The Amazon ECS service cannot be updated: the replacement task set no longer exists.');
  }
  context.deployment.facts = { ...facts, green: taskSetFacts(green) };
  return green['stabilityStatus'] === 'STEADY_STATE';
}

/** Makes the task set that now has the traffic the primary one: green, or in a rollback the original. */
export async function promote(context: EffectContext): Promise<void> {
  const { deployment } = context;
  const facts = requireFacts(deployment);
  const wanted = deployment.plan.kind === 'Forward' ? facts.green?.arn : facts.blue.arn;
  if (wanted === undefined) throw new DeploymentFailure('ECS_UPDATE_ERROR', 'The replacement task set no longer exists.');
  const taskSets = await describeTaskSets(context);
  const isPrimary = taskSets.some((taskSet) => taskSet['taskSetArn'] === wanted && taskSet['status'] === 'PRIMARY');
  if (!isPrimary) await context.call('ecs', 'UpdateServicePrimaryTaskSet', { ...targetService(deployment), primaryTaskSet: wanted });
  await refreshTaskSets(context);
}

/** Deletes blue after success, or green in a rollback, with its tasks still running: ECS drains them. */
export async function deleteTaskSet(context: EffectContext): Promise<void> {
  const { deployment } = context;
  const facts = requireFacts(deployment);
  const unwanted = deployment.plan.kind === 'Forward' ? facts.blue : facts.green;
  // A rollback of a deployment whose task set never came to be has nothing to delete.
  if (unwanted === undefined) return;
  try {
    await context.call('ecs', 'DeleteTaskSet', { ...targetService(deployment), taskSet: unwanted.arn, force: true });
  } catch (error) {
    const isGone = error instanceof RoleCallError && error.awsError.code === 'TaskSetNotFoundException';
    if (!isGone) throw error;
  }
  await refreshTaskSets(context);
}

/** Whether the service's desired count is another one than when the deployment began. */
export async function desiredCountChanged(context: EffectContext): Promise<boolean> {
  const service = await describeService(context);
  return Number(service['desiredCount'] ?? 0) !== requireFacts(context.deployment).desiredCount;
}

/** Brings counts and statuses of both task sets up to date. */
export async function refreshTaskSets(context: EffectContext): Promise<void> {
  const { deployment } = context;
  if (deployment.facts === undefined) return;
  const taskSets = await describeTaskSets(context);
  const current = deployment.facts;
  const updated = (known: { arn: string }): AwsShape | undefined => taskSets.find((taskSet) => taskSet['taskSetArn'] === known.arn);
  const gone = { status: 'DRAINING', desiredCount: 0, pendingCount: 0, runningCount: 0 };
  const blue = updated(current.blue);
  const green = current.green === undefined ? undefined : updated(current.green);
  deployment.facts = {
    ...current,
    blue: blue === undefined ? { ...current.blue, ...gone } : taskSetFacts(blue),
    green: current.green === undefined ? undefined : green === undefined ? { ...current.green, ...gone } : taskSetFacts(green),
  };
}
