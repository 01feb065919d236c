// Scalable targets: the range an ECS service may be scaled in, and whether scaling is suspended.
import { AwsError } from '../endpoint/aws-error.ts';
import { booleanMember, integerMember, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { desiredCount, enforceRange } from './capacity-range.ts';
import { pageOf, stringList, validationError } from './input-members.ts';
import { RESOURCE_IDS_MAX, SCALABLE_TARGETS_MAX } from './limits.ts';
import {
  checkDimensionFilter,
  ECS_DIMENSION,
  requireEcsNamespace,
  requireTarget,
  type ScalableTarget,
  type ScalingContext,
  type SuspendedState,
  scalableResource,
} from './scaling-state.ts';
import { checkedTags } from './tags.ts';

const NOT_SUSPENDED: SuspendedState = { DynamicScalingInSuspended: false, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false };

/** Attributes a request leaves out keep their values. */
function suspendedState(input: AwsShape, current: SuspendedState): SuspendedState {
  const given = structureMember(input, 'SuspendedState');
  if (given === undefined) return current;
  return {
    DynamicScalingInSuspended: booleanMember(given, 'DynamicScalingInSuspended') ?? current.DynamicScalingInSuspended,
    DynamicScalingOutSuspended: booleanMember(given, 'DynamicScalingOutSuspended') ?? current.DynamicScalingOutSuspended,
    ScheduledScalingSuspended: booleanMember(given, 'ScheduledScalingSuspended') ?? current.ScheduledScalingSuspended,
  };
}

function capacityRange(input: AwsShape, current: ScalableTarget | undefined): { minCapacity: number; maxCapacity: number } {
  const minCapacity = integerMember(input, 'MinCapacity') ?? current?.minCapacity;
  const maxCapacity = integerMember(input, 'MaxCapacity') ?? current?.maxCapacity;
  if (minCapacity === undefined || maxCapacity === undefined)
    throw validationError('Both minimum and maximum capacity must be specified when registering a new scalable target.');
  if (minCapacity < 0 || maxCapacity < 0) throw validationError('Minimum capacity and maximum capacity cannot be negative.');
  if (minCapacity > maxCapacity) throw validationError('Maximum capacity cannot be less than minimum capacity.');
  return { minCapacity, maxCapacity };
}

async function register(context: ScalingContext, input: AwsShape): Promise<AwsShape> {
  const { region, targets } = context;
  const { resourceId, cluster, service } = scalableResource(input);
  const tags = checkedTags(input['Tags']);
  capacityRange(input, targets.get(resourceId));
  await desiredCount(context, cluster, service);
  // Read again: another registration may have come while ECS was asked.
  const current = targets.get(resourceId);
  const { minCapacity, maxCapacity } = capacityRange(input, current);
  if (current !== undefined && tags.size > 0)
    throw validationError('Tags can only be specified when a scalable target is created. Use TagResource to tag an existing one.');
  if (current === undefined && targets.size >= SCALABLE_TARGETS_MAX)
    throw new AwsError('LimitExceededException', `The limit of ${SCALABLE_TARGETS_MAX} scalable targets is reached.`);
  const target: ScalableTarget = current ?? {
    arn: region.arn('application-autoscaling', `scalable-target/0ec5${region.ids.hex(32)}`),
    resourceId,
    cluster,
    service,
    createTime: region.clock.now(),
    minCapacity,
    maxCapacity,
    suspendedState: NOT_SUSPENDED,
    policies: new Map(),
    tags,
  };
  const isRangeGiven = integerMember(input, 'MinCapacity') !== undefined || integerMember(input, 'MaxCapacity') !== undefined;
  Object.assign(target, { minCapacity, maxCapacity, suspendedState: suspendedState(input, target.suspendedState) });
  targets.set(resourceId, target);
  if (isRangeGiven) enforceRange(context, target);
  return { ScalableTargetARN: target.arn };
}

function targetInfo(context: ScalingContext, target: ScalableTarget): AwsShape {
  return {
    ServiceNamespace: 'ecs',
    ResourceId: target.resourceId,
    ScalableDimension: ECS_DIMENSION,
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    RoleARN: `arn:aws:iam::${context.region.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: new Date(target.createTime),
    SuspendedState: { ...target.suspendedState },
    ScalableTargetARN: target.arn,
  };
}

function describe(context: ScalingContext, input: AwsShape): AwsShape {
  requireEcsNamespace(input);
  const resourceIds = stringList(input, 'ResourceIds');
  if (resourceIds.length > RESOURCE_IDS_MAX) throw validationError(`At most ${RESOURCE_IDS_MAX} resource IDs can be specified.`);
  checkDimensionFilter(input, resourceIds.length > 0);
  const wanted = [...context.targets.values()].filter((target) => resourceIds.length === 0 || resourceIds.includes(target.resourceId));
  const { page, nextToken } = pageOf(wanted, (target) => target.resourceId, input);
  return { ScalableTargets: page.map((target) => targetInfo(context, target)), NextToken: nextToken };
}

/** For IAM: the ARN of the target a request names; one that does not exist yet has no id to be named by. */
export function targetArn(context: ScalingContext, input: AwsShape): string {
  const resourceId: unknown = input['ResourceId'];
  const target = typeof resourceId === 'string' ? context.targets.get(resourceId) : undefined;
  return target?.arn ?? context.region.arn('application-autoscaling', 'scalable-target/*');
}

export function scalableTargetOperations(
  context: ScalingContext,
): Record<'DeregisterScalableTarget' | 'DescribeScalableTargets' | 'RegisterScalableTarget', Operation> {
  const resources = (input: AwsShape): string[] => [targetArn(context, input)];
  return {
    RegisterScalableTarget: { resources, handle: (input) => register(context, input) },
    DescribeScalableTargets: { handle: (input) => describe(context, input) },
    DeregisterScalableTarget: {
      resources,
      handle(input) {
        const { resourceId } = scalableResource(input);
        requireTarget(context, resourceId);
        context.targets.delete(resourceId);
        return {};
      },
    },
  };
}
