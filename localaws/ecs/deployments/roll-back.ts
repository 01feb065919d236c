// The end of a deployment that does not succeed: a rollback to the revision before it, or the service left as it stands.
import { STAGE_MS_MAX } from '../limits.ts';
import { isRolledOut } from '../scheduler/rolling-plan.ts';
import { addServiceEvent, emitDeploymentChange } from '../services/service-events.ts';
import { addTaskSet } from '../task-sets/new-task-set.ts';
import { deploymentIdOf, endMonitoring, type LifecycleStage, type ServiceRevisionRecord } from './deployment-records.ts';
import { type DeploymentRun, enterStage, touch } from './deployment-run.ts';
import { DeploymentEnding, type EndingCause } from './interruption.ts';
import { drained, drainOthers } from './scale-revisions.ts';
import { type OnHookFailure, runHooks } from './stage-hooks.ts';
import { shiftTraffic, weightsByRevision } from './traffic-shift.ts';

const NO_CANDIDATE = 'No rollback candidate was found to run the rollback.';
/** The text is not known and ours. */
const TOO_LONG: EndingCause = { kind: 'Failed', reason: 'The rollback took longer than it may.', rollsBack: false };

/** Ends a deployment without moving anything. A rolling one is not rolled on: its task set launches nothing more. */
export function leaveUnfinished(run: DeploymentRun, status: 'STOPPED' | 'ROLLBACK_FAILED', reason: string, cause?: EndingCause): void {
  const { deployment, world } = run;
  if (cause?.kind === 'Failed') announceFailure(run, cause);
  if (cause?.kind === 'AbortRequested' && deployment.strategy === 'ROLLING') deployment.target.taskSet.rollout.state = 'FAILED';
  deployment.status = status;
  deployment.statusReason = reason;
  const now = world.region.clock.now();
  if (status === 'STOPPED') deployment.stoppedAt = now;
  deployment.finishedAt = now;
  dropWaitingHooks(run);
  endMonitoring(deployment);
  touch(run);
}

/** Takes all traffic back to the revision before, ends the target's tasks, and says how it went. */
export async function rollBack(run: DeploymentRun, cause: EndingCause): Promise<void> {
  const { deployment, world } = run;
  const { baseline } = deployment;
  announceFailure(run, cause);
  dropWaitingHooks(run);
  endMonitoring(deployment);
  run.renewSignal();
  if (run.signal.aborted) {
    // A newer deployment already has the service: to return anything now would take it away again.
    leaveUnfinished(run, 'STOPPED', String(run.signal.reason.message));
    return;
  }
  if (baseline === undefined) {
    leaveUnfinished(run, 'ROLLBACK_FAILED', NO_CANDIDATE);
    return;
  }
  deployment.status = 'ROLLBACK_IN_PROGRESS';
  deployment.statusReason = cause.reason;
  deployment.startedAt ??= world.region.clock.now();
  deployment.rollback = { reason: cause.reason, startedAt: world.region.clock.now(), revision: baseline };
  touch(run);
  beginReturn(run, baseline, cause);
  // How long a rollback may take is not documented; here as long as a stage.
  const limit = world.region.clock.schedule(STAGE_MS_MAX, () => run.end(TOO_LONG), 'ecs rollback limit');
  try {
    if (deployment.strategy === 'ROLLING') await run.untilLooked(() => isRolledOut(deployment.service));
    else await returnTraffic(run, baseline);
    run.signal.throwIfAborted();
    concludeReturn(run, baseline);
  } catch (error) {
    if (!(error instanceof DeploymentEnding)) throw error;
    leaveUnfinished(run, 'ROLLBACK_FAILED', error.message);
  } finally {
    limit.cancel();
  }
}

function beginReturn(run: DeploymentRun, baseline: ServiceRevisionRecord, cause: EndingCause): void {
  const { deployment, world } = run;
  const { service, target } = deployment;
  const previousId = baseline.taskSet.id;
  service.workload = baseline.workload;
  service.steadyAnnouncedAt = undefined;
  for (const taskSet of service.taskSets) if (taskSet.status === 'PRIMARY') taskSet.status = 'ACTIVE';
  // A rolling rollback is a deployment of its own to the old revision (seen on AWS: a new id whose reason names the old one).
  // Where traffic was shifted, the old tasks are still there and simply take it back.
  const isGone = baseline.taskSet.status === 'DRAINING' || !service.taskSets.includes(baseline.taskSet);
  if (deployment.strategy === 'ROLLING' || isGone) {
    baseline.taskSet = addTaskSet(world, service, { workload: baseline.taskSet.workload, status: 'PRIMARY', scalePercent: 100, startedBy: 'ecs-svc' });
  } else {
    baseline.taskSet.status = 'PRIMARY';
    baseline.taskSet.scalePercent = 100;
  }
  const { rollout } = baseline.taskSet;
  rollout.state = 'IN_PROGRESS';
  // AWS's text for the circuit breaker; for other causes none is known, and it goes without the breaker's name.
  const subject = cause.kind === 'Failed' && cause.monitor === 'CircuitBreaker' ? 'ECS deployment circuit breaker' : 'ECS deployment';
  rollout.reason = `${subject}: rolling back to deploymentId ${previousId}.`;
  target.taskSet.rollout.state = 'FAILED';
  addServiceEvent(world, service, `(service ${service.name}) rolling back to deployment ${previousId}.`);
  emitDeploymentChange(world, baseline.taskSet, 'INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS');
}

async function returnTraffic(run: DeploymentRun, baseline: ServiceRevisionRecord): Promise<void> {
  const { deployment, world } = run;
  await returnShare(run, 'PRODUCTION_TRAFFIC_SHIFT', 'production');
  await returnShare(run, 'TEST_TRAFFIC_SHIFT', 'test');
  drainOthers(world, deployment.service, [baseline]);
  await run.untilLooked(() => drained(deployment.service, baseline));
}

/** Traffic first, then the hooks with the weights reversed: a target of 0 is how a function knows a rollback. */
async function returnShare(run: DeploymentRun, stage: LifecycleStage, kind: 'production' | 'test'): Promise<void> {
  const { deployment, world } = run;
  const { behaviour } = world;
  const wasReached = run.reached.includes(stage);
  // An unfinished deployment before this one may have left its share with the group of the target.
  if (wasReached || deployment.sources.length > 1) await shiftTraffic(run, kind, 0, stage);
  if (behaviour.rollbackHooks === 'Never' || (behaviour.rollbackHooks === 'OnlyReachedStages' && !wasReached)) return;
  deployment.stage = stage;
  touch(run);
  const weights = weightsByRevision(run, 0);
  const onFailure: Record<typeof behaviour.failedRollbackHook, OnHookFailure> = { RepeatUntilTimeout: 'Repeat', FailTheRollback: 'End', Ignore: 'Ignore' };
  const traffic = kind === 'test' ? { test: weights, production: {} } : { test: {}, production: weights };
  await runHooks(run, stage, traffic, onFailure[behaviour.failedRollbackHook]);
}

function concludeReturn(run: DeploymentRun, baseline: ServiceRevisionRecord): void {
  const { deployment, world } = run;
  enterStage(run, 'CLEAN_UP');
  deployment.status = 'ROLLBACK_SUCCESSFUL';
  deployment.finishedAt = world.region.clock.now();
  const { taskSet } = baseline;
  taskSet.rollout.state = 'COMPLETED';
  taskSet.rollout.reason = `ECS deployment ${taskSet.id} completed.`;
  taskSet.updatedAt = deployment.finishedAt;
  addServiceEvent(world, deployment.service, `(service ${deployment.service.name}) (deployment ${taskSet.id}) deployment completed.`);
  emitDeploymentChange(world, taskSet, 'INFO', 'SERVICE_DEPLOYMENT_COMPLETED');
}

function announceFailure(run: DeploymentRun, cause: EndingCause): void {
  const { deployment, world } = run;
  const { rollout } = deployment.target.taskSet;
  const isWatched = deployment.circuitBreaker.status !== 'DISABLED' || deployment.alarms.status !== 'DISABLED';
  rollout.state = 'FAILED';
  rollout.reason = rolloutReason(cause, deploymentIdOf(deployment));
  deployment.target.taskSet.updatedAt = world.region.clock.now();
  const { service } = deployment;
  addServiceEvent(world, service, `(service ${service.name}) (deployment ${deploymentIdOf(deployment)}) deployment failed: ${cause.reason}`);
  if (!isWatched && !world.behaviour.announcesEveryFailure) return;
  emitDeploymentChange(world, deployment.target.taskSet, 'ERROR', 'SERVICE_DEPLOYMENT_FAILED');
}

/** The breaker's text is AWS's; the others follow its form. */
function rolloutReason(cause: EndingCause, deploymentId: string): string {
  if (cause.kind !== 'Failed' || cause.monitor === undefined) return `ECS deployment ${deploymentId} failed: ${cause.reason}`;
  return cause.monitor === 'CircuitBreaker'
    ? 'ECS deployment circuit breaker: tasks failed to start.'
    : `ECS deployment ${deploymentId} failed: alarm detected.`;
}

/** Hooks that nobody can answer any more are no longer among the deployment's. */
function dropWaitingHooks({ deployment }: DeploymentRun): void {
  deployment.hooks = deployment.hooks.filter((hook) => hook.status !== 'AWAITING_ACTION' && hook.status !== 'IN_PROGRESS');
}
