// Service revisions and service deployments, as the local ECS remembers them. Times are epoch ms of the region's clock.
import type { AwsShape } from '../../region.ts';
import type { ServiceRecord, TaskSetRecord, Workload } from '../ecs-records.ts';

export type Strategy = 'ROLLING' | 'BLUE_GREEN' | 'LINEAR' | 'CANARY';

/** Every stage in the order of the developer guide. PRE_PRODUCTION and PRODUCTION_TRAFFIC_SHIFT come once for each step. */
export type LifecycleStage =
  | 'RECONCILE_SERVICE'
  | 'PRE_SCALE_UP'
  | 'SCALE_UP'
  | 'POST_SCALE_UP'
  | 'TEST_TRAFFIC_SHIFT'
  | 'POST_TEST_TRAFFIC_SHIFT'
  | 'PRE_PRODUCTION_TRAFFIC_SHIFT'
  | 'PRODUCTION_TRAFFIC_SHIFT'
  | 'POST_PRODUCTION_TRAFFIC_SHIFT'
  | 'BAKE_TIME'
  | 'CLEAN_UP';

/** Stages a hook can be put at. */
export const HOOK_STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
] as const satisfies readonly LifecycleStage[];

export const DEPLOYMENT_STATUSES = [
  'PENDING',
  'SUCCESSFUL',
  'STOPPED',
  'STOP_REQUESTED',
  'IN_PROGRESS',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
  'ROLLBACK_SUCCESSFUL',
  'ROLLBACK_FAILED',
] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

/** What a service is to run, captured when it was asked for. Immutable but for the task set that runs it. */
export interface ServiceRevisionRecord {
  readonly arn: string;
  readonly service: ServiceRecord;
  /** As configured: its load balancers name the two target groups, not which of them serves. */
  readonly workload: Workload;
  /** Per load balancer of the workload: the target group this revision's tasks are in. */
  readonly targetGroupArns: readonly string[];
  readonly createdAt: number;
  /** The task set that runs it; another one when it was ended and rolled back to. */
  taskSet: TaskSetRecord;
}

export type MonitorStatus = 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';

export interface HookExecution {
  /** `ecs-pause-...` or `ecs-lambda-...`. */
  readonly id: string;
  readonly targetType: 'AWS_LAMBDA' | 'PAUSE';
  readonly targetArn: string | undefined;
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  readonly expiresAt: number;
  readonly timeoutAction: 'ROLLBACK' | 'CONTINUE';
  /** Answers a PAUSE hook; undefined once it is answered and for Lambda hooks. */
  answer: ((action: 'ROLLBACK' | 'CONTINUE') => void) | undefined;
}

/** Percent of traffic that the target revision was last given. */
export interface TargetShares {
  production: number;
  test: number;
}

export interface ServiceDeploymentRecord {
  readonly arn: string;
  readonly service: ServiceRecord;
  readonly strategy: Strategy;
  /** The service's deployment configuration when this deployment was asked for. */
  readonly configuration: Readonly<AwsShape>;
  readonly target: ServiceRevisionRecord;
  /** Revisions with tasks when this deployment was asked for, oldest first. */
  readonly sources: readonly ServiceRevisionRecord[];
  /** The source that traffic comes from and a rollback goes to; undefined when the service never completed a deployment. */
  readonly baseline: ServiceRevisionRecord | undefined;
  status: DeploymentStatus;
  statusReason: string | undefined;
  stage: LifecycleStage | undefined;
  /** The hooks of the stage under way, or of the last one that had any. */
  hooks: HookExecution[];
  readonly shares: TargetShares;
  rollback: { readonly reason: string; readonly startedAt: number; readonly revision: ServiceRevisionRecord } | undefined;
  readonly circuitBreaker: { status: MonitorStatus; failureCount: number; threshold: number };
  readonly alarms: { status: MonitorStatus; readonly names: readonly string[]; triggered: string[] };
  readonly createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  updatedAt: number;
}

export function isOver(deployment: ServiceDeploymentRecord): boolean {
  return deployment.finishedAt !== undefined || deployment.stoppedAt !== undefined;
}

export function strategyOf(configuration: Readonly<AwsShape>): Strategy {
  return (configuration['strategy'] as Strategy | undefined) ?? 'ROLLING';
}

/** `ecs-svc/N` of the task set behind a deployment: what events call the deployment's id. */
export function deploymentIdOf(deployment: ServiceDeploymentRecord): string {
  return deployment.target.taskSet.id;
}

/** Nothing is watched any more; what has triggered stays so. */
export function endMonitoring({ circuitBreaker, alarms }: ServiceDeploymentRecord): void {
  for (const monitor of [circuitBreaker, alarms]) if (monitor.status === 'MONITORING') monitor.status = 'MONITORING_COMPLETE';
}
