// What Application Auto Scaling remembers: scalable targets with their policies, and scaling activities.
import { AwsError, notAvailableLocally } from '../endpoint/aws-error.ts';
import { stringMember } from '../endpoint/json-members.ts';
import type { AwsShape, Region } from '../region.ts';
import { requiredEnum, requiredString, validationError } from './input-members.ts';
import { ACTIVITIES_KEPT_MAX } from './limits.ts';

export const ECS_DIMENSION = 'ecs:service:DesiredCount';

const NAMESPACES = [
  'ecs',
  'elasticmapreduce',
  'ec2',
  'appstream',
  'dynamodb',
  'rds',
  'sagemaker',
  'custom-resource',
  'comprehend',
  'lambda',
  'cassandra',
  'kafka',
  'elasticache',
  'neptune',
  'workspaces',
] as const;

export interface SuspendedState {
  readonly DynamicScalingInSuspended: boolean;
  readonly DynamicScalingOutSuspended: boolean;
  readonly ScheduledScalingSuspended: boolean;
}

export interface ScalingPolicy {
  readonly arn: string;
  readonly name: string;
  readonly type: string;
  /** The member that holds the policy's configuration, with the configuration. */
  readonly configuration: AwsShape;
  readonly createTime: number;
}

export interface ScalableTarget {
  readonly arn: string;
  readonly resourceId: string;
  readonly cluster: string;
  readonly service: string;
  readonly createTime: number;
  minCapacity: number;
  maxCapacity: number;
  suspendedState: SuspendedState;
  readonly policies: Map<string, ScalingPolicy>;
  readonly tags: Map<string, string>;
}

export interface ScalingActivity {
  readonly id: string;
  readonly resourceId: string;
  readonly description: string;
  readonly cause: string;
  readonly startTime: number;
  endTime: number | undefined;
  statusCode: 'Pending' | 'InProgress' | 'Successful' | 'Failed';
  statusMessage: string;
}

export interface ScalingContext {
  readonly region: Region;
  /** By resource id: ECS services have one dimension. */
  readonly targets: Map<string, ScalableTarget>;
  /** Oldest first. */
  readonly activities: ScalingActivity[];
}

/** The namespace of a request. @throws AwsError for namespaces AWS does not have, or that do not run here. */
export function requireEcsNamespace(input: AwsShape): void {
  const namespace = requiredEnum(input, 'ServiceNamespace', NAMESPACES);
  if (namespace !== 'ecs') throw notAvailableLocally('application-autoscaling', `the service namespace ${namespace}`);
}

/** The ECS service a request names. @throws AwsError ValidationException */
export function scalableResource(input: AwsShape): { resourceId: string; cluster: string; service: string } {
  requireEcsNamespace(input);
  const resourceId = requiredString(input, 'ResourceId');
  requireDimension(requiredString(input, 'ScalableDimension'));
  return { resourceId, ...ecsService(resourceId) };
}

function requireDimension(dimension: string | undefined): void {
  if (dimension !== undefined && dimension !== ECS_DIMENSION) {
    throw validationError(`Unsupported service namespace, resource type or scalable dimension: ecs, ${dimension}`);
  }
}

function ecsService(resourceId: string): { cluster: string; service: string } {
  const [, cluster, service] = /^service\/([^/]+)\/([^/]+)$/.exec(resourceId) ?? [];
  if (cluster === undefined || service === undefined)
    throw validationError(`Unsupported service namespace, resource type or scalable dimension: ecs, ${resourceId}`);
  return { cluster, service };
}

/** An optional dimension filter, which AWS takes only together with a resource. */
export function checkDimensionFilter(input: AwsShape, hasResource: boolean): void {
  const dimension = stringMember(input, 'ScalableDimension');
  requireDimension(dimension);
  if (dimension !== undefined && !hasResource) throw validationError('If you specify a scalable dimension, you must also specify a resource ID.');
}

/** @throws AwsError ObjectNotFoundException */
export function requireTarget(context: ScalingContext, resourceId: string): ScalableTarget {
  const target = context.targets.get(resourceId);
  if (target === undefined) {
    throw new AwsError(
      'ObjectNotFoundException',
      `No scalable target registered for service namespace: ecs, resource ID: ${resourceId}, scalable dimension: ${ECS_DIMENSION}`,
    );
  }
  return target;
}

export function recordActivity(context: ScalingContext, activity: ScalingActivity): void {
  context.activities.push(activity);
  if (context.activities.length > ACTIVITIES_KEPT_MAX) context.activities.shift();
}
