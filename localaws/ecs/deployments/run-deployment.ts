// A deployment from PENDING to its end: AWS's stages in AWS's order, hooks at those that have them, and whatever ends it early.
import { BAKE_MINUTES_MAX, DEPLOYMENT_CLEAN_UP_MS, DEPLOYMENT_MS_MAX, DEPLOYMENT_START_DELAY_MS, DEPLOYMENT_STOP_SETTLE_MS, STAGE_MS_MAX } from '../limits.ts';
import { isHealthy, isRolledOut, isRolledOutEarly } from '../scheduler/rolling-plan.ts';
import { unsettle } from '../scheduler/stability.ts';
import { addServiceEvent, emitDeploymentChange } from '../services/service-events.ts';
import { endMonitoring, type LifecycleStage } from './deployment-records.ts';
import { type DeploymentRun, enterStage, touch } from './deployment-run.ts';
import { DeploymentEnding, guarded, rolledBackBecause, sleepUnlessAborted } from './interruption.ts';
import { checkRoute } from './listener-rules.ts';
import { leaveUnfinished, rollBack } from './roll-back.ts';
import { drained, drainOthers } from './scale-revisions.ts';
import { hooksOf, NO_TRAFFIC, runHooks, type StageTraffic } from './stage-hooks.ts';
import { shiftTraffic, weightsByRevision } from './traffic-shift.ts';
import { trafficSteps } from './traffic-steps.ts';
import { watchAlarms } from './watch-alarms.ts';

const MINUTE_MS = 60_000;

/** Runs a deployment to its end. Never rejects. */
export async function runDeployment(run: DeploymentRun, previous: Promise<void> | undefined): Promise<void> {
  const { region } = run.world;
  try {
    await goForward(run, previous);
  } catch (error) {
    await endEarly(run, error).catch((defect: unknown) => {
      region.log('ecs', `${run.deployment.arn}: ${defect instanceof Error ? (defect.stack ?? defect.message) : String(defect)}`);
      leaveUnfinished(run, 'ROLLBACK_FAILED', 'The rollback failed because of an internal error.');
    });
  }
  run.finished();
}

async function goForward(run: DeploymentRun, previous: Promise<void> | undefined): Promise<void> {
  const { deployment, world } = run;
  const { clock } = world.region;
  // A deployment it takes the place of must have let go of the listeners first.
  if (previous !== undefined) await guarded(previous, run.signal);
  await sleepUnlessAborted(clock, DEPLOYMENT_START_DELAY_MS, run.signal, 'ecs deployment start');
  deployment.status = 'IN_PROGRESS';
  deployment.startedAt = clock.now();
  touch(run);
  const stopAlarms = watchAlarms(run);
  const limit = clock.schedule(DEPLOYMENT_MS_MAX, () => run.end(rolledBackBecause('it took longer than 30 days.').ending), 'ecs deployment limit');
  try {
    if (deployment.strategy === 'ROLLING') await rollForward(run);
    else await shiftForward(run);
  } finally {
    stopAlarms();
    limit.cancel();
  }
  succeed(run);
}

async function rollForward(run: DeploymentRun): Promise<void> {
  await reconcile(run);
  await hookStage(run, 'PRE_SCALE_UP');
  await inStage(run, 'SCALE_UP', async () => {
    scaleUp(run);
    await run.untilLooked(() => isRolledOut(run.deployment.service) || isRolledOutEarly(run.world, run.deployment.service));
  });
  await hookStage(run, 'POST_SCALE_UP');
  await bake(run);
  passPointOfNoReturn(run);
}

async function shiftForward(run: DeploymentRun): Promise<void> {
  const { deployment, world } = run;
  // Weights that an unfinished deployment left are set right before they are judged.
  await reconcile(run);
  for (const route of run.routes) await checkRoute(world.region, route);
  await hookStage(run, 'PRE_SCALE_UP');
  await inStage(run, 'SCALE_UP', async () => {
    scaleUp(run);
    await run.untilLooked(() => isFullyHealthy(run));
  });
  await hookStage(run, 'POST_SCALE_UP');
  await moveTraffic(run, 'TEST_TRAFFIC_SHIFT', 100);
  await hookStage(run, 'POST_TEST_TRAFFIC_SHIFT');
  const { lastLinearStep } = world.behaviour;
  for (const step of trafficSteps({ ...deployment, lastLinearStep }, deployment.baseline !== undefined)) {
    const current = { test: {}, production: weightsByRevision(run, deployment.shares.production) };
    await hookStage(run, 'PRE_PRODUCTION_TRAFFIC_SHIFT', current);
    // A step's bake has no stage of its own in the API; its step is shown until the next begins.
    await moveTraffic(run, 'PRODUCTION_TRAFFIC_SHIFT', step.percent);
    if (step.bakeMs > 0) await sleepUnlessAborted(world.region.clock, step.bakeMs, run.signal, 'ecs step bake');
  }
  await hookStage(run, 'POST_PRODUCTION_TRAFFIC_SHIFT');
  await bake(run);
  passPointOfNoReturn(run);
  await inStage(run, 'CLEAN_UP', async () => {
    drainOthers(world, deployment.service, [deployment.target]);
    await run.untilLooked(() => drained(deployment.service, deployment.target));
    await sleepUnlessAborted(world.region.clock, DEPLOYMENT_CLEAN_UP_MS, run.signal, 'ecs clean-up');
  });
}

/**
 * More than one revision has tasks: an earlier deployment was left unfinished. What exactly ECS reconciles is undocumented; here
 * all traffic goes back to the last revision that was deployed completely and the others end, so that the target group pair is free.
 */
async function reconcile(run: DeploymentRun): Promise<void> {
  const { deployment, world } = run;
  const { service, baseline, target } = deployment;
  if (deployment.sources.length < 2 && (deployment.sources.length === 0 || deployment.sources[0] === baseline)) return;
  await hookStage(run, 'RECONCILE_SERVICE');
  await inStage(run, 'RECONCILE_SERVICE', async () => {
    if (baseline !== undefined) {
      await shiftTraffic(run, 'production', 0, 'RECONCILE_SERVICE');
      await shiftTraffic(run, 'test', 0, 'RECONCILE_SERVICE');
    }
    // A rolling deployment replaces the tasks of all earlier ones by itself, within its percentages.
    if (deployment.strategy === 'ROLLING') return;
    const kept = baseline === undefined ? [target] : [baseline, target];
    if (baseline !== undefined && baseline.taskSet.scalePercent !== 100) baseline.taskSet.scalePercent = 100;
    drainOthers(world, service, kept);
    await run.untilLooked(() => drained(service, ...kept));
  });
}

/** A stage that only runs hooks. Without any it is passed at once. */
async function hookStage(run: DeploymentRun, stage: LifecycleStage, traffic: StageTraffic = NO_TRAFFIC): Promise<void> {
  await inStage(run, stage, () => runHooks(run, stage, traffic));
}

async function moveTraffic(run: DeploymentRun, stage: 'TEST_TRAFFIC_SHIFT' | 'PRODUCTION_TRAFFIC_SHIFT', percent: number): Promise<void> {
  const kind = stage === 'TEST_TRAFFIC_SHIFT' ? 'test' : 'production';
  const weights = weightsByRevision(run, percent);
  const traffic = kind === 'test' ? { test: weights, production: {} } : { test: {}, production: weights };
  await inStage(run, stage, async () => {
    const hooksFirst = run.world.behaviour.trafficShiftHooks === 'BeforeTheMove';
    if (hooksFirst) await runHooks(run, stage, traffic);
    await shiftTraffic(run, kind, percent, stage);
    run.signal.throwIfAborted();
    if (!hooksFirst) await runHooks(run, stage, traffic);
  });
}

/** Does the work of a stage within the time a stage may take: 24 hours, or as long as its longest pause. */
async function inStage(run: DeploymentRun, stage: LifecycleStage, work: () => Promise<void>): Promise<void> {
  const { clock } = run.world.region;
  const { strategy, configuration } = run.deployment;
  run.signal.throwIfAborted();
  enterStage(run, stage);
  const pauses = hooksOf(configuration, stage).map((hook) => Number(hook['timeoutConfiguration']?.['timeoutInMinutes'] ?? 0) * MINUTE_MS);
  // A hook's own timeout comes first: it may say CONTINUE.
  const hookedMs = Math.max(STAGE_MS_MAX, ...pauses) + MINUTE_MS;
  // The limit is documented with traffic shifts; rolling deployments are known to try on for much longer.
  const limitMs = strategy === 'ROLLING' ? DEPLOYMENT_MS_MAX : hookedMs;
  // The text is not known and ours.
  const limit = clock.schedule(limitMs, () => run.end(rolledBackBecause(`${stage} took longer than it may.`).ending), 'ecs stage limit');
  try {
    await work();
    run.signal.throwIfAborted();
  } finally {
    limit.cancel();
  }
}

async function bake(run: DeploymentRun): Promise<void> {
  // For a rolling deployment with alarms and no bake time AWS works one out by itself (unverified how); here it is then 0.
  const minutes = Math.min(Number(run.deployment.configuration['bakeTimeInMinutes'] ?? 0), BAKE_MINUTES_MAX);
  await inStage(run, 'BAKE_TIME', () => sleepUnlessAborted(run.world.region.clock, minutes * MINUTE_MS, run.signal, 'ecs bake time'));
}

function scaleUp(run: DeploymentRun): void {
  const { taskSet } = run.deployment.target;
  taskSet.scalePercent = 100;
  unsettle(run.world, taskSet);
}

function isFullyHealthy({ world, deployment }: DeploymentRun): boolean {
  const { service, target } = deployment;
  const { taskSet } = target;
  // A look that began before the scale-up found nothing wanted and nothing missing.
  if (taskSet.computedDesiredCount !== service.desiredCount) return false;
  const now = world.region.clock.now();
  return taskSet.stabilityStatus === 'STEADY_STATE' && [...taskSet.tasks].every((task) => task.desiredStatus === 'STOPPED' || isHealthy(task, now));
}

/** From here on the target is what a later deployment comes from and rolls back to: the source is about to lose its tasks. */
function passPointOfNoReturn(run: DeploymentRun): void {
  const { deployment } = run;
  deployment.service.completedRevision = deployment.target;
  endMonitoring(deployment);
}

function succeed(run: DeploymentRun): void {
  const { deployment, world } = run;
  const { service, target } = deployment;
  if (deployment.stage !== 'CLEAN_UP') enterStage(run, 'CLEAN_UP');
  deployment.status = 'SUCCESSFUL';
  deployment.statusReason = undefined;
  deployment.finishedAt = world.region.clock.now();
  target.taskSet.rollout.state = 'COMPLETED';
  target.taskSet.rollout.reason = `ECS deployment ${target.taskSet.id} completed.`;
  target.taskSet.updatedAt = deployment.finishedAt;
  addServiceEvent(world, service, `(service ${service.name}) (deployment ${target.taskSet.id}) deployment completed.`);
  emitDeploymentChange(world, target.taskSet, 'INFO', 'SERVICE_DEPLOYMENT_COMPLETED');
}

async function endEarly(run: DeploymentRun, error: unknown): Promise<void> {
  const { clock, log } = run.world.region;
  if (!(error instanceof DeploymentEnding)) {
    log('ecs', `${run.deployment.arn}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    await rollBack(run, { kind: 'Failed', reason: 'Service deployment rolled back because of an internal error.', rollsBack: true });
    return;
  }
  const { ending } = error;
  // A failure of the deployment's own work may come while it is being ended from outside: the outside cause was first.
  const cause = run.signal.aborted && run.signal.reason instanceof DeploymentEnding ? run.signal.reason.ending : ending;
  if (cause.kind === 'RollbackRequested') await clock.sleep(DEPLOYMENT_STOP_SETTLE_MS);
  if (cause.kind === 'RollbackRequested' || (cause.kind === 'Failed' && cause.rollsBack)) {
    await rollBack(run, cause);
    return;
  }
  if (cause.kind !== 'Failed') await clock.sleep(DEPLOYMENT_STOP_SETTLE_MS);
  leaveUnfinished(run, 'STOPPED', cause.reason, cause);
}
