// CodeDeploy's own API in the few words the driver needs. Only the codedeploy driver uses it.
import type { TimedStrategy } from '#core/strategy/strategy.ts';

export interface CodeDeployGroup {
  readonly cluster: string;
  readonly service: string;
  readonly targetGroupNames: readonly string[];
  readonly productionListenerArn: string;
  readonly testListenerArn: string | undefined;
  readonly terminationWaitMinutes: number;
  readonly terminatesBlue: boolean;
}

export interface CodeDeployDeployment {
  readonly id: string;
  /** CodeDeploy's word: Created, Queued, InProgress, Baking, Succeeded, Failed, Stopped, Ready, or one added later. */
  readonly status: string;
  readonly description: string;
  readonly creator: string;
  readonly application: string;
  readonly deploymentGroup: string;
  readonly error: string | undefined;
  readonly rollbackId: string | undefined;
  /** The deployment this one rolls back. */
  readonly triggeringId: string | undefined;
  readonly terminationWaitStarted: boolean;
}

export interface LifecycleEventState {
  readonly name: string;
  readonly status: string;
  readonly message: string | undefined;
}

export interface CreateCodeDeployDeployment {
  readonly application: string;
  readonly deploymentGroup: string;
  readonly configurationName: string;
  readonly description: string;
  /** AppSpec as JSON text. */
  readonly appSpec: string;
}

export interface CodeDeploy {
  group(application: string, deploymentGroup: string): Promise<CodeDeployGroup | undefined>;
  /** Ids of the group's deployments that are not over, newest first. */
  active(application: string, deploymentGroup: string): Promise<readonly string[]>;
  deployment(id: string): Promise<CodeDeployDeployment | undefined>;
  /** Lifecycle events of the ECS target; empty before the deployment has started. */
  lifecycle(id: string, cluster: string, service: string): Promise<readonly LifecycleEventState[]>;
  /** limitExceeded: the group has an active deployment. refused: CodeDeploy says what is wrong with the request. */
  create(
    request: CreateCodeDeployDeployment,
  ): Promise<{ readonly kind: 'created'; readonly id: string } | { readonly kind: 'limitExceeded' | 'refused'; readonly reason: string }>;
  /** Makes the deployment configuration if it does not exist. */
  ensureConfiguration(name: string, strategy: TimedStrategy): Promise<void>;
  /** over: the deployment had ended already. */
  stop(id: string, rollBack: boolean): Promise<'stopping' | 'over'>;
  /** Does nothing when the deployment does not wait for it. */
  continue(id: string, wait: 'READY_WAIT' | 'TERMINATION_WAIT'): Promise<void>;
  /** Does nothing when the hook was answered before. */
  answerHook(id: string, executionId: string, answer: 'Succeeded' | 'Failed'): Promise<void>;
}
