// The hooks of one stage: all at once, all must end, and the first that fails ends the deployment.
import { setMaxListeners } from 'node:events';
import type { AwsShape } from '../../region.ts';
import { HOOK_TIMEOUT_MINUTES_DEFAULT, HOOKS_PER_SERVICE_MAX } from '../limits.ts';
import type { HookExecution, LifecycleStage } from './deployment-records.ts';
import { type DeploymentRun, touch } from './deployment-run.ts';
import { guarded, rolledBackBecause, sleepUnlessAborted } from './interruption.ts';
import { runLambdaHook } from './lambda-hook.ts';

const MINUTE_MS = 60_000;

/** Percent by service revision ARN. */
export type TrafficWeights = Readonly<Record<string, number>>;

/** What a stage tells its hooks beside its name. Empty but for the stages that move traffic. */
export interface StageTraffic {
  readonly test: TrafficWeights;
  readonly production: TrafficWeights;
}

export const NO_TRAFFIC: StageTraffic = { test: {}, production: {} };

/** How a hook that fails is treated: a deployment ends at once, a rollback may ask again. */
export type OnHookFailure = 'End' | 'Repeat' | 'Ignore';

export function hooksOf(configuration: Readonly<AwsShape>, stage: LifecycleStage): AwsShape[] {
  const hooks: AwsShape[] = configuration['lifecycleHooks'] ?? [];
  return hooks.filter((hook) => hook['lifecycleStages'].includes(stage));
}

/** Runs the hooks of a stage. @throws DeploymentEnding when one of them ends the deployment, or the run's own reason. */
export async function runHooks(run: DeploymentRun, stage: LifecycleStage, traffic: StageTraffic, onFailure: OnHookFailure = 'End'): Promise<void> {
  const hooks = hooksOf(run.deployment.configuration, stage);
  if (hooks.length === 0) return;
  const others = new AbortController();
  const signal = AbortSignal.any([run.signal, others.signal]);
  setMaxListeners(2 * HOOKS_PER_SERVICE_MAX + 2, signal);
  const executions = hooks.map((hook) => newExecution(run, hook));
  run.deployment.hooks = executions;
  touch(run);
  try {
    await Promise.all(hooks.map((hook, index) => runHook({ run, stage, traffic, onFailure, hook, execution: executions[index] as HookExecution, signal })));
  } finally {
    others.abort(run.signal.reason ?? new Error(`the hooks of ${stage} are over`));
  }
}

/** One hook at one stage. */
export interface HookRun {
  readonly run: DeploymentRun;
  readonly stage: LifecycleStage;
  readonly traffic: StageTraffic;
  readonly onFailure: OnHookFailure;
  readonly hook: AwsShape;
  readonly execution: HookExecution;
  readonly signal: AbortSignal;
}

function newExecution({ world }: DeploymentRun, hook: AwsShape): HookExecution {
  const isPause = hook['targetType'] === 'PAUSE';
  const timeout: AwsShape = hook['timeoutConfiguration'] ?? {};
  const minutes = Number(timeout['timeoutInMinutes'] ?? HOOK_TIMEOUT_MINUTES_DEFAULT);
  return {
    id: `ecs-${isPause ? 'pause' : 'lambda'}-${world.region.ids.hex(43)}`,
    targetType: isPause ? 'PAUSE' : 'AWS_LAMBDA',
    targetArn: isPause ? undefined : String(hook['hookTargetArn']),
    status: isPause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    expiresAt: world.region.clock.now() + minutes * MINUTE_MS,
    timeoutAction: timeout['action'] ?? 'ROLLBACK',
    answer: undefined,
  };
}

async function runHook(hookRun: HookRun): Promise<void> {
  const { run, execution, signal } = hookRun;
  emitHookChange(hookRun, execution.targetType === 'PAUSE' ? 'HOOK_AWAITING_ACTION' : 'HOOK_IN_PROGRESS');
  const work = execution.targetType === 'PAUSE' ? pauseForAnswer(hookRun) : runLambdaHook(hookRun);
  const { clock } = run.world.region;
  const ended = new AbortController();
  const timeout = sleepUnlessAborted(clock, execution.expiresAt - clock.now(), AbortSignal.any([signal, ended.signal]), 'ecs hook timeout');
  const outcome = await Promise.race([work, timeout.then(() => 'TIMED_OUT' as const)]).finally(() => {
    execution.answer = undefined;
    ended.abort(new Error('the hook is over'));
    // Whichever lost the race has nobody who waits for it.
    work.catch(() => undefined);
    timeout.catch(() => undefined);
  });
  settle(hookRun, outcome);
}

/** How a hook ended; a failure says why in the words of a statusReason. */
export type HookOutcome = 'SUCCEEDED' | 'TIMED_OUT' | { readonly failure: string };

function settle(hookRun: HookRun, outcome: HookOutcome): void {
  const { run, stage, execution, onFailure } = hookRun;
  execution.status = typeof outcome === 'object' ? 'FAILED' : outcome;
  touch(run);
  emitHookChange(hookRun, `HOOK_${execution.status}`);
  if (outcome === 'SUCCEEDED') return;
  if (outcome === 'TIMED_OUT') {
    if (execution.timeoutAction === 'CONTINUE') return;
    // The text for a pause is AWS's; the one for a function is not known and ours.
    throw rolledBackBecause(execution.targetType === 'PAUSE' ? `${stage} pause hook timed out.` : `${stage} lifecycle hook(s) timed out.`);
  }
  if (onFailure !== 'Ignore') throw rolledBackBecause(`${stage} lifecycle hook(s) failed. ${outcome.failure}`);
}

/** Waits for ContinueServiceDeployment. Nothing is invoked: a pause costs nothing while it lasts. */
async function pauseForAnswer({ execution, signal }: HookRun): Promise<HookOutcome> {
  const { promise, resolve } = Promise.withResolvers<'ROLLBACK' | 'CONTINUE'>();
  execution.answer = resolve;
  const action = await guarded(promise, signal);
  return action === 'CONTINUE' ? 'SUCCEEDED' : { failure: 'The deployment was rolled back at a pause hook.' };
}

/** Sends `ECS Hook State Change`. */
function emitHookChange({ run, stage, execution }: HookRun, eventName: string): void {
  const { deployment, world } = run;
  const isBad = eventName === 'HOOK_FAILED' || eventName === 'HOOK_TIMED_OUT';
  world.region.emit({
    source: 'aws.ecs',
    detailType: 'ECS Hook State Change',
    resources: [deployment.arn],
    detail: {
      eventType: isBad ? 'ERROR' : 'INFO',
      eventName,
      hookId: execution.id,
      hookType: execution.targetType,
      expiresAt: new Date(execution.expiresAt).toISOString(),
      lifecycleStage: stage,
      clusterArn: deployment.service.cluster.arn,
      serviceArn: deployment.service.arn,
      serviceDeploymentArn: deployment.arn,
      updatedAt: new Date(world.region.clock.now()).toISOString(),
    },
  });
}
