// Keeps an ECS service's desired count inside a scalable target's range: a change of the range moves the count at once. This is
// no scaling policy's doing, so suspension does not stop it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { validationError } from './input-members.ts';
import { RANGE_CHANGE_DELAY_MS } from './limits.ts';
import { recordActivity, type ScalableTarget, type ScalingActivity, type ScalingContext } from './scaling-state.ts';

/** AWS acts through a service-linked role that nobody can restrict. */
const PRINCIPAL = { kind: 'service', service: 'ecs.application-autoscaling.amazonaws.com' } as const;

/** The service's desired count. @throws AwsError ValidationException when there is no such service. */
export async function desiredCount(context: ScalingContext, cluster: string, service: string): Promise<number> {
  let answer: AwsShape;
  try {
    answer = await context.region.call('ecs', 'DescribeServices', { cluster, services: [service] }, PRINCIPAL);
  } catch (cause) {
    if (!(cause instanceof AwsError) || cause.code !== 'ClusterNotFoundException') throw cause;
    answer = {};
  }
  const found = (answer['services'] as AwsShape[] | undefined)?.[0];
  if (found === undefined || found['status'] === 'INACTIVE') throw validationError(`ECS service doesn't exist: service/${cluster}/${service}`);
  return Number(found['desiredCount'] ?? 0);
}

/** Brings the desired count into the range shortly, with a scaling activity that tells of it. */
export function enforceRange(context: ScalingContext, target: ScalableTarget): void {
  context.region.clock.schedule(
    RANGE_CHANGE_DELAY_MS,
    () => {
      enforce(context, target).catch((error: unknown) => context.region.log('application-autoscaling', `${target.resourceId}: ${String(error)}`));
    },
    `${target.resourceId} capacity range`,
  );
}

async function enforce(context: ScalingContext, target: ScalableTarget): Promise<void> {
  if (context.targets.get(target.resourceId) !== target) return;
  const current = await desiredCount(context, target.cluster, target.service);
  const wanted = Math.min(Math.max(current, target.minCapacity), target.maxCapacity);
  if (wanted === current) return;
  const bound = wanted > current ? 'minimum' : 'maximum';
  const activity: ScalingActivity = {
    id: context.region.ids.uuid(),
    resourceId: target.resourceId,
    description: `Setting desired count to ${wanted}.`,
    cause: `${bound} capacity was set to ${wanted}`,
    startTime: context.region.clock.now(),
    endTime: undefined,
    statusCode: 'InProgress',
    statusMessage: `Successfully set desired count to ${wanted}. Waiting for change to be fulfilled by ecs.`,
  };
  recordActivity(context, activity);
  try {
    await context.region.call('ecs', 'UpdateService', { cluster: target.cluster, service: target.service, desiredCount: wanted }, PRINCIPAL);
    activity.statusCode = 'Successful';
    activity.statusMessage = `Successfully set desired count to ${wanted}. Change successfully fulfilled by ecs.`;
  } catch (error) {
    activity.statusCode = 'Failed';
    activity.statusMessage = `Failed to set desired count to ${wanted}. Reason: ${error instanceof Error ? error.message : String(error)}`;
  }
  activity.endTime = context.region.clock.now();
}
