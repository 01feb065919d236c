// Scaling policies and activities. Policies are checked and kept, so that tools can read, save and restore them; they are not
// evaluated: nothing here scales on a metric.
import { AwsError, notAvailableLocally } from '../endpoint/aws-error.ts';
import { booleanMember, integerMember, stringMember, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { enumMember, numberMember, pageOf, requiredEnum, requiredString, stringList, structureList, validationError } from './input-members.ts';
import { POLICIES_PER_TARGET_MAX, POLICY_NAME_LENGTH_MAX, STEP_ADJUSTMENTS_MAX } from './limits.ts';
import { targetArn } from './scalable-targets.ts';
import {
  checkDimensionFilter,
  ECS_DIMENSION,
  requireEcsNamespace,
  requireTarget,
  type ScalableTarget,
  type ScalingActivity,
  type ScalingContext,
  type ScalingPolicy,
  scalableResource,
} from './scaling-state.ts';

const POLICY_TYPES = ['StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'] as const;
const ADJUSTMENT_TYPES = ['ChangeInCapacity', 'PercentChangeInCapacity', 'ExactCapacity'] as const;
const ECS_METRICS = [
  'ECSServiceAverageCPUUtilization',
  'ECSServiceAverageMemoryUtilization',
  'ECSServiceAverageCPUUtilizationHighResolution',
  'ECSServiceAverageMemoryUtilizationHighResolution',
  'ALBRequestCountPerTarget',
] as const;
const RESOURCE_LABEL = /^app\/[^/]+\/[^/]+\/targetgroup\/[^/]+\/[^/]+$/;

/** The metric a target tracking policy follows, as text, so that two policies on one metric can be told. */
function metricOf(configuration: AwsShape): string {
  return JSON.stringify(configuration['PredefinedMetricSpecification'] ?? configuration['CustomizedMetricSpecification'] ?? null);
}

function targetTracking(given: AwsShape): AwsShape {
  if (numberMember(given, 'TargetValue') === undefined) throw validationError('TargetValue is required for a target tracking scaling policy.');
  const predefined = structureMember(given, 'PredefinedMetricSpecification');
  const customized = structureMember(given, 'CustomizedMetricSpecification');
  if ((predefined === undefined) === (customized === undefined)) {
    throw validationError('Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified.');
  }
  if (predefined !== undefined) {
    const metric = requiredEnum(predefined, 'PredefinedMetricType', ECS_METRICS);
    const label = stringMember(predefined, 'ResourceLabel');
    if (metric === 'ALBRequestCountPerTarget' && (label === undefined || !RESOURCE_LABEL.test(label))) {
      throw validationError('ALBRequestCountPerTarget needs a ResourceLabel in the form app/LOAD_BALANCER/ID/targetgroup/TARGET_GROUP/ID.');
    }
    if (metric !== 'ALBRequestCountPerTarget' && label !== undefined) throw validationError(`A ResourceLabel can not be specified for ${metric}.`);
  }
  for (const cooldown of ['ScaleOutCooldown', 'ScaleInCooldown']) {
    if ((integerMember(given, cooldown) ?? 0) < 0) throw validationError(`${cooldown} cannot be negative.`);
  }
  booleanMember(given, 'DisableScaleIn');
  return given;
}

function stepScaling(given: AwsShape): AwsShape {
  if (enumMember(given, 'AdjustmentType', ADJUSTMENT_TYPES) === undefined) throw validationError('AdjustmentType is required for a step scaling policy.');
  const steps = structureList(given, 'StepAdjustments');
  if (steps.length === 0) throw validationError('At least one StepAdjustment must be specified.');
  if (steps.length > STEP_ADJUSTMENTS_MAX) throw new AwsError('LimitExceededException', `A policy can have at most ${STEP_ADJUSTMENTS_MAX} step adjustments.`);
  if (steps.some((step) => integerMember(step, 'ScalingAdjustment') === undefined)) throw validationError('Every StepAdjustment needs a ScalingAdjustment.');
  return given;
}

function configurationOf(input: AwsShape, type: string): AwsShape {
  if (type === 'PredictiveScaling') throw notAvailableLocally('application-autoscaling', 'a PredictiveScaling policy');
  const name = type === 'StepScaling' ? 'StepScalingPolicyConfiguration' : 'TargetTrackingScalingPolicyConfiguration';
  const given = structureMember(input, name);
  if (given === undefined) throw validationError(`${name} is required for the policy type ${type}.`);
  return { [name]: type === 'StepScaling' ? stepScaling(given) : targetTracking(given) };
}

function putPolicy(context: ScalingContext, input: AwsShape): AwsShape {
  const { region } = context;
  const name = requiredString(input, 'PolicyName');
  if (name.length > POLICY_NAME_LENGTH_MAX) throw validationError(`PolicyName must be ${POLICY_NAME_LENGTH_MAX} characters or fewer.`);
  const { resourceId } = scalableResource(input);
  const target = requireTarget(context, resourceId);
  const current = target.policies.get(name);
  const type = enumMember(input, 'PolicyType', POLICY_TYPES) ?? current?.type;
  if (type === undefined) throw validationError('PolicyType is required when a scaling policy is created.');
  if (current !== undefined && current.type !== type) throw validationError(`The type of the policy ${name} cannot be changed.`);
  const configuration = configurationOf(input, type);
  requireOwnMetric(target, name, configuration);
  if (current === undefined && target.policies.size >= POLICIES_PER_TARGET_MAX) {
    throw new AwsError('LimitExceededException', `A scalable target can have at most ${POLICIES_PER_TARGET_MAX} scaling policies.`);
  }
  const arn = current?.arn ?? region.arn('autoscaling', `scalingPolicy:${region.ids.uuid()}:resource/ecs/${resourceId}:policyName/${name}`);
  target.policies.set(name, { arn, name, type, configuration, createTime: current?.createTime ?? region.clock.now() });
  return { PolicyARN: arn, Alarms: [] };
}

function requireOwnMetric(target: ScalableTarget, name: string, configuration: AwsShape): void {
  const wanted: AwsShape | undefined = configuration['TargetTrackingScalingPolicyConfiguration'];
  if (wanted === undefined) return;
  const isTaken = [...target.policies.values()].some((policy) => {
    const other: AwsShape | undefined = policy.configuration['TargetTrackingScalingPolicyConfiguration'];
    return policy.name !== name && other !== undefined && metricOf(other) === metricOf(wanted);
  });
  if (isTaken) throw validationError('Only one TargetTrackingScaling policy for a given metric specification is allowed.');
}

function describePolicies(context: ScalingContext, input: AwsShape): AwsShape {
  requireEcsNamespace(input);
  const names = stringList(input, 'PolicyNames');
  const resourceId = stringMember(input, 'ResourceId');
  checkDimensionFilter(input, resourceId !== undefined);
  const wanted = [...context.targets.values()]
    .filter((target) => resourceId === undefined || target.resourceId === resourceId)
    .flatMap((target) => [...target.policies.values()].map((policy) => ({ target, policy })))
    .filter(({ policy }) => names.length === 0 || names.includes(policy.name));
  const { page, nextToken } = pageOf(wanted, ({ policy }) => policy.arn, input);
  return { ScalingPolicies: page.map(({ target, policy }) => policyInfo(target, policy)), NextToken: nextToken };
}

function policyInfo(target: ScalableTarget, policy: ScalingPolicy): AwsShape {
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: 'ecs',
    ResourceId: target.resourceId,
    ScalableDimension: ECS_DIMENSION,
    PolicyType: policy.type,
    ...policy.configuration,
    Alarms: [],
    CreationTime: new Date(policy.createTime),
  };
}

function deletePolicy(context: ScalingContext, input: AwsShape): AwsShape {
  const name = requiredString(input, 'PolicyName');
  const { resourceId } = scalableResource(input);
  if (context.targets.get(resourceId)?.policies.delete(name) !== true) {
    throw new AwsError(
      'ObjectNotFoundException',
      `No scaling policy found for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ${ECS_DIMENSION}: ${name}`,
    );
  }
  return {};
}

function describeActivities(context: ScalingContext, input: AwsShape): AwsShape {
  requireEcsNamespace(input);
  const resourceId = stringMember(input, 'ResourceId');
  checkDimensionFilter(input, resourceId !== undefined);
  booleanMember(input, 'IncludeNotScaledActivities');
  const wanted = context.activities.filter((activity) => resourceId === undefined || activity.resourceId === resourceId).toReversed();
  const { page, nextToken } = pageOf(wanted, (activity) => activity.id, input);
  return { ScalingActivities: page.map(activityInfo), NextToken: nextToken };
}

function activityInfo(activity: ScalingActivity): AwsShape {
  return {
    ActivityId: activity.id,
    ServiceNamespace: 'ecs',
    ResourceId: activity.resourceId,
    ScalableDimension: ECS_DIMENSION,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: new Date(activity.startTime),
    ...(activity.endTime === undefined ? {} : { EndTime: new Date(activity.endTime) }),
    StatusCode: activity.statusCode,
    StatusMessage: activity.statusMessage,
  };
}

type Names = 'DeleteScalingPolicy' | 'DescribeScalingActivities' | 'DescribeScalingPolicies' | 'PutScalingPolicy';

export function scalingPolicyOperations(context: ScalingContext): Record<Names, Operation> {
  const resources = (input: AwsShape): string[] => [targetArn(context, input)];
  return {
    PutScalingPolicy: { resources, handle: (input) => putPolicy(context, input) },
    DescribeScalingPolicies: { handle: (input) => describePolicies(context, input) },
    DeleteScalingPolicy: { resources, handle: (input) => deletePolicy(context, input) },
    DescribeScalingActivities: { handle: (input) => describeActivities(context, input) },
  };
}
