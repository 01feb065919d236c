// ECS's own deployments in the few words the driver needs. Only the ecs driver uses it.
import type { LaunchSettings } from '#core/deployment/deployment.ts';
import type { EcsTrafficConfiguration } from '#core/strategy/ecs-configuration.ts';
import type { RollingMonitors } from './deployment-driver.ts';

/** One load balancer entry of a service, as far as its traffic can be shifted. */
export interface NativeRoute {
  readonly targetGroupArn: string;
  readonly alternateTargetGroupArn: string;
  readonly productionRuleArn: string;
  readonly testRuleArn: string | undefined;
}

/** Whose a deployment is: written into the details of Weir's lifecycle hook, which AWS keeps with the deployment. */
export interface DeploymentMark {
  readonly deploymentId: string;
  readonly serviceKey: string;
  readonly taskDefinitionArn: string;
}

export interface NativeService {
  /** Entries without an advanced configuration are not among them. */
  readonly routes: readonly NativeRoute[];
  /** ARN of the newest service deployment, ended or not. */
  readonly newestDeployment: string | undefined;
}

export interface NativeDeployment {
  readonly arn: string;
  /** ECS's word: PENDING, IN_PROGRESS, SUCCESSFUL, ROLLBACK_IN_PROGRESS and so on, or one added later. */
  readonly status: string;
  readonly statusReason: string | undefined;
  /** Also PRE_PRODUCTION_TRAFFIC_SHIFT, which the API's own list of stages lacks. */
  readonly stage: string | undefined;
  readonly targetRevisionArn: string;
  readonly mark: DeploymentMark | undefined;
  /** Ids of PAUSE hooks that wait for an answer. */
  readonly pauses: readonly string[];
}

/** A hook that waits for ContinueServiceDeployment, invoking nothing. */
export interface NativePause {
  readonly stage: 'POST_TEST_TRAFFIC_SHIFT';
  readonly timeoutMinutes: number;
  readonly onTimeout: 'ROLLBACK' | 'CONTINUE';
}

export interface StartNativeDeployment {
  readonly cluster: string;
  readonly service: string;
  readonly taskDefinitionArn: string;
  readonly traffic: EcsTrafficConfiguration;
  readonly mark: DeploymentMark;
  /** A PAUSE hook of this deployment's own; absent: none. */
  readonly pause?: NativePause;
  /** Of a rolling deployment, which gets no hook: ECS's own circuit breaker, alarms and bake. */
  readonly monitors?: RollingMonitors;
  /** Absent: the service's own. */
  readonly capacityProviderStrategy?: NonNullable<LaunchSettings['capacityProviderStrategy']>;
}

export interface EcsDeployments {
  /** undefined when there is no such service. */
  service(cluster: string, service: string): Promise<NativeService | undefined>;
  /** ARNs of the service's newest deployments, newest first. */
  newest(cluster: string, service: string): Promise<readonly string[]>;
  deployment(arn: string): Promise<NativeDeployment | undefined>;
  /** Task definition that a service revision runs; undefined when there is no such revision. */
  taskDefinitionOf(revisionArn: string): Promise<string | undefined>;
  /**
   * UpdateService. Not idempotent, and it has no token: look for the mark first.
   * refused: ECS says what is wrong with the request.
   */
  start(request: StartNativeDeployment): Promise<{ readonly kind: 'started' } | { readonly kind: 'refused'; readonly reason: string }>;
  /** over: the deployment had ended already. unsupported: this kind of stop is not available here. */
  stop(arn: string, stopType: 'ROLLBACK' | 'ABORT'): Promise<'stopping' | 'over' | 'unsupported'>;
  /** Lets a PAUSE hook go on. Does nothing when it was answered before. */
  continue(arn: string, hookId: string): Promise<void>;
}
