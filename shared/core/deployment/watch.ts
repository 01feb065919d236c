// The watch loop's decision: everything observed about a running deployment in, what to record and do next out. Called by the
// `assess` step. Pure and total, so that the same evidence always gives the same decision.
import type { CrashCause, CrashLog } from '#core/breaker/crash-cause.ts';
import { crashLimit } from '#core/breaker/crash-threshold.ts';
import type { EvidenceRecord } from '#core/health/evidence-record.ts';
import type { HealthVerdict } from '#core/health/health.ts';
import { assertNever } from './assert-never.ts';
import type { Deployment, DeploymentEvent, EpochMillis, Plan } from './deployment.ts';
import { describeCause } from './describe-event.ts';
import { driverName } from './driver-kind.ts';
import { stoppedOther } from './outside-deployment.ts';
import { isPaused } from './pause-state.ts';
import { crashCause, type RollbackCause } from './rollback-cause.ts';
import type { ShiftObservation } from './shift-observation.ts';
import { approvalRefusal, awaitsApproval, watchApproval } from './watch-approval.ts';
import { conclude, concludeRollback, held, watch } from './watch-endings.ts';
import { heldActions, type TellHeld } from './watch-held.ts';
import { failedHook, type HookCheck, hookChecks, openHooks } from './watch-hooks.ts';
import { takenOver, watchStopped, yieldTo } from './watch-outside.ts';

/** Real weights of the production listener, percent by target group ARN; undefined when unreadable. */
export type ProductionWeights = Readonly<Record<string, number>> | undefined;

export interface WatchObservation {
  readonly shift: ShiftObservation | undefined;
  readonly weights: ProductionWeights;
  /** Healthy targets of blue's group; undefined when unreadable. */
  readonly blueHealthyTargets: number | undefined;
  readonly verdict: HealthVerdict | undefined;
  /** What the verdict's comparison has seen by now; undefined when nothing new could be read. */
  readonly evidence: EvidenceRecord | undefined;
  readonly crashes: { readonly count: number; readonly lastReason: string; readonly causes?: readonly CrashCause[] };
  /** The end of a crashed task's log, read once crashes decide; undefined when it was not, or could not be. */
  readonly crashLog?: CrashLog | undefined;
}

export type WatchAction =
  | { readonly kind: 'releaseBlue' }
  | { readonly kind: 'askPerson'; readonly question: string }
  | { readonly kind: 'askApproval' }
  | TellHeld
  | HookCheck
  | { readonly kind: 'continueReady' };

export type WatchNext =
  | { readonly kind: 'watch'; readonly waitSeconds: number }
  | { readonly kind: 'rollBack' }
  | { readonly kind: 'conclude' }
  | { readonly kind: 'handOver' };

export interface WatchDecision {
  readonly events: readonly DeploymentEvent[];
  readonly actions: readonly WatchAction[];
  readonly next: WatchNext;
}

/** Seconds between two looks while something can change, and while only blue's end is waited for. Signals wake the loop at once anyway. */
export const WATCH_SECONDS = 30;
export const WATCH_SECONDS_CALM = 60;
/** Rounds of one workflow run; about 14 history events each, far below Step Functions' 25,000. Source: Step Functions quotas. */
export const ROUNDS_PER_RUN_MAX = 1_000;
/** After this long without the driver confirming a rollback, a person is told; the loop keeps trying. */
export const ROLLBACK_LIMIT_MINUTES = 90;
/** How long a driver that goes on shifting may be unreadable before traffic goes back. */
export const UNREAD_LIMIT_MINUTES = 10;
/** Minutes after the bake time in which missing evidence may still arrive, before a person is asked. */
export const ASK_AFTER_MINUTES = 3;
/** How long a rollback waits for blue to get a healthy target when the driver does not go back by itself. */
export const BLUE_RECOVERY_MINUTES = 10;
/** How long after a stop the driver's own rollback is given to appear. */
export const ROLLBACK_GRACE_SECONDS = 60;

/** Share of production traffic on a target group, percent; undefined when the weights could not be read. */
export function trafficShare(weights: ProductionWeights, targetGroupArn: string): number | undefined {
  if (weights === undefined) return undefined;
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return total === 0 ? 0 : (100 * (weights[targetGroupArn] ?? 0)) / total;
}

/** One look. See the types for what may be unknown; what is unknown never moves traffic forward. */
export function decideWatch(deployment: Deployment, observed: WatchObservation, now: EpochMillis): WatchDecision {
  const { plan, shift } = deployment;
  if (plan === undefined || shift === undefined) return { events: [], actions: [], next: { kind: 'conclude' } };
  const greenPercent = trafficShare(observed.weights, plan.greenTargetGroupArn) ?? shift.greenPercent;
  const seen: DeploymentEvent[] = [{ type: 'RoundPassed' }];
  if (observed.shift !== undefined) seen.push({ type: 'ShiftObserved', phase: observed.shift.phase, greenPercent });
  if (observed.verdict !== undefined && deployment.status === 'Shifting') {
    seen.push({ type: 'HealthAssessed', verdict: observed.verdict, evidence: observed.evidence });
  }

  if (observed.crashLog !== undefined && deployment.crashLog === undefined) seen.push({ type: 'CrashLogRead', log: observed.crashLog });

  const decision =
    deployment.status === 'RollingBack' ? watchRollback(deployment, plan, observed, now) : watchShift(deployment, plan, observed, greenPercent, now);
  const next = decision.next.kind === 'watch' && deployment.rounds + 1 >= ROUNDS_PER_RUN_MAX ? { kind: 'handOver' as const } : decision.next;
  return { events: [...seen, ...decision.events], actions: decision.actions, next };
}

function watchShift(deployment: Deployment, plan: Plan, observed: WatchObservation, greenPercent: number, now: EpochMillis): WatchDecision {
  const shift = observed.shift;
  if (shift === undefined) return watchUnread(deployment, plan, observed, now);
  if (shift.takenOverBy !== undefined) return takenOver(deployment, plan, shift.takenOverBy, greenPercent);
  switch (shift.status) {
    case 'succeeded':
      return concludeShift(plan, greenPercent, observed.weights);
    case 'failed':
    case 'stopped':
      // A hook of ours that said no is why the driver ended it, when there is one.
      return rollBack(
        failedHook(deployment) ??
          approvalRefusal(deployment, now) ?? { kind: 'driver', reason: shift.failure ?? `${driverName(plan.driver)} ended it as ${shift.status}` },
        observed,
      );
    case 'running':
    case 'ready': {
      const cause = reasonToRollBack(deployment, plan, observed, now);
      return cause === undefined ? keepWatching(deployment, plan, shift, observed, now) : rollBack(cause, observed);
    }
    default:
      return assertNever(shift.status);
  }
}

/**
 * The driver cannot be read. It goes on shifting traffic by itself all the same, so after a while going back is the safe side; hooks
 * are still answered, for their evidence comes from elsewhere.
 */
function watchUnread(deployment: Deployment, plan: Plan, observed: WatchObservation, now: EpochMillis): WatchDecision {
  const since = deployment.shift?.observedAt ?? now;
  // Before its approval the shift stands still whatever time goes by.
  if (now >= since + UNREAD_LIMIT_MINUTES * 60_000 && !awaitsApproval(deployment)) {
    return rollBack(
      { kind: 'unexpected', reason: `the ${driverName(plan.driver)} deployment could not be read for ${UNREAD_LIMIT_MINUTES} minutes` },
      observed,
    );
  }
  return { events: [], actions: hookChecks(deployment, now), next: { kind: 'watch', waitSeconds: WATCH_SECONDS } };
}

/** The driver says it succeeded; the listener has the last word. */
function concludeShift(plan: Plan, greenPercent: number, weights: ProductionWeights): WatchDecision {
  if (weights !== undefined && greenPercent >= 100) return conclude('Succeeded', 'green serves all production traffic');
  if (weights === undefined) return watch(WATCH_SECONDS);
  return conclude(
    'Held',
    `${driverName(plan.driver)} reports success but the production listener sends green only ${greenPercent} % of the traffic: somebody else changed it`,
  );
}

function reasonToRollBack(deployment: Deployment, plan: Plan, observed: WatchObservation, now: EpochMillis): RollbackCause | undefined {
  if (deployment.abortRequest !== undefined) return { kind: 'operator', by: deployment.abortRequest.by, reason: deployment.abortRequest.reason };
  const limit = crashLimit(plan.settings.crashThreshold, plan.desiredCount);
  if (observed.crashes.count >= limit) return crashCause(observed.crashes, limit);
  const refusal = failedHook(deployment) ?? approvalRefusal(deployment, now);
  if (refusal !== undefined) return refusal;
  if (observed.verdict?.verdict === 'fail') {
    if (observed.verdict.alarms.length > 0) return { kind: 'alarm', alarms: observed.verdict.alarms };
    return { kind: 'health', reasons: observed.verdict.reasons };
  }
  // Once all traffic is on green the bake decides; before that a newer push may still take over.
  if (deployment.supersededBy !== undefined && deployment.shift?.fullTrafficAt === undefined) return { kind: 'superseded', by: deployment.supersededBy };
  if (bakeIsOver(deployment, plan, now) && observed.verdict?.verdict !== 'pass' && plan.settings.onInconclusive === 'rollBack') {
    return { kind: 'inconclusive', reasons: observed.verdict?.reasons ?? ['health could not be read'] };
  }
  return undefined;
}

function bakeIsOver(deployment: Deployment, plan: Plan, now: EpochMillis): boolean {
  const fullTrafficAt = deployment.shift?.fullTrafficAt;
  // While a person holds it, no time runs out.
  return !isPaused(deployment) && fullTrafficAt !== undefined && now >= fullTrafficAt + plan.settings.bakeTimeMinutes * 60_000;
}

function keepWatching(
  deployment: Deployment,
  plan: Plan,
  shift: NonNullable<WatchObservation['shift']>,
  observed: WatchObservation,
  now: EpochMillis,
): WatchDecision {
  const approval = watchApproval(deployment, plan, shift, now);
  if (approval !== undefined) {
    const { events, actions, waitSeconds = WATCH_SECONDS } = approval;
    return { events, actions, next: { kind: 'watch', waitSeconds } };
  }
  const events: DeploymentEvent[] = [];
  const actions: WatchAction[] = [...hookChecks(deployment, now)];
  if (shift.status === 'ready' && !isPaused(deployment) && (shift.pausedAt === undefined || deployment.promoteRequest !== undefined))
    actions.push({ kind: 'continueReady' });
  // Who paused it knows.
  if (!isPaused(deployment)) actions.push(...heldActions(deployment, plan, now));
  const released = deployment.shift?.blueReleasedAt !== undefined;
  if (shift.waitsBeforeBlueEnds && greenMayStay(deployment, plan, observed, now)) {
    // Asked again each round until the driver reports its end: the call may have been lost.
    actions.push({ kind: 'releaseBlue' });
    if (!released) events.push({ type: 'BlueReleased' });
    return { events, actions, next: { kind: 'watch', waitSeconds: WATCH_SECONDS } };
  }
  const question = questionToPerson(deployment, plan, observed, now);
  if (question !== undefined) {
    if (deployment.askedAt === undefined) events.push({ type: 'PersonAsked', question });
    if (deployment.toldAt === undefined) actions.push({ kind: 'askPerson', question });
  }
  return { events, actions, next: { kind: 'watch', waitSeconds: secondsUntilNextLook(deployment, plan, shift, now) } };
}

/** Called while nothing speaks for a rollback. */
function greenMayStay(deployment: Deployment, plan: Plan, observed: WatchObservation, now: EpochMillis): boolean {
  if (isPaused(deployment)) return false;
  if (deployment.promoteRequest !== undefined) return true;
  if (!bakeIsOver(deployment, plan, now)) return false;
  if (observed.verdict?.verdict === 'pass') return true;
  return plan.settings.onInconclusive === 'promote' && observed.verdict?.lacksOnlyProof === true;
}

/** The bake time is over, the evidence is not enough, and the driver waits: somebody who knows more may decide. */
function questionToPerson(deployment: Deployment, plan: Plan, observed: WatchObservation, now: EpochMillis): string | undefined {
  const fullTrafficAt = deployment.shift?.fullTrafficAt;
  if (isPaused(deployment) || fullTrafficAt === undefined || now < fullTrafficAt + (plan.settings.bakeTimeMinutes + ASK_AFTER_MINUTES) * 60_000)
    return undefined;
  const why = observed.verdict?.reasons.join('; ') ?? 'health could not be read';
  return `The bake time is over without enough evidence (${why}). Blue is kept and judging goes on; weir promote or weir abort decides now`;
}

/** The next look: soon while something can change, exactly at the end of the bake time when that comes first. */
function secondsUntilNextLook(deployment: Deployment, plan: Plan, shift: NonNullable<WatchObservation['shift']>, now: EpochMillis): number {
  const calm = shift.waitsBeforeBlueEnds ? WATCH_SECONDS_CALM : WATCH_SECONDS;
  const fullTrafficAt = deployment.shift?.fullTrafficAt;
  const moments = openHooks(deployment).map(({ record }) => record.nextTryAt);
  if (fullTrafficAt !== undefined) moments.push(fullTrafficAt + plan.settings.bakeTimeMinutes * 60_000);
  const ahead = moments.filter((moment) => moment > now).map((moment) => Math.ceil((moment - now) / 1000));
  return Math.min(calm, ...ahead);
}

/**
 * Whether a rollback is complete: all production traffic on blue and the driver at rest. Read from the listener, not from
 * what was asked for.
 */
function watchRollback(deployment: Deployment, plan: Plan, observed: WatchObservation, now: EpochMillis): WatchDecision {
  const bluePercent = trafficShare(observed.weights, plan.blue.targetGroupArn);
  const shift = observed.shift;
  const rollback = deployment.rollback ?? { cause: { kind: 'unexpected', reason: 'no cause recorded' }, mode: 'toBlue', startedAt: now };
  const overdue = now >= rollback.startedAt + ROLLBACK_LIMIT_MINUTES * 60_000;
  if (shift?.takenOverBy !== undefined) {
    const stopped = stoppedOther(deployment, shift.takenOverBy);
    if (stopped === undefined) return yieldTo(shift.takenOverBy.name, 100 - (bluePercent ?? 100));
    return watchStopped(deployment, stopped, bluePercent, overdue);
  }
  if (bluePercent === undefined || shift === undefined) return overdue ? held('the driver or the listener could not be read', undefined) : watch(WATCH_SECONDS);
  const working = shift.rollback === undefined ? shift.status === 'running' || shift.status === 'ready' : shift.rollback.status === 'running';
  if (!working && rollback.mode === 'freeze') return held(describeCause(rollback.cause), bluePercent);
  if (!working && bluePercent >= 100) {
    // The driver starts its own rollback a little after it stopped; ending before it would leave that one unwatched.
    const mayStillStart = shift.rollback === undefined && shift.status !== 'succeeded' && now < rollback.startedAt + ROLLBACK_GRACE_SECONDS * 1000;
    return mayStillStart ? watch(ROLLBACK_GRACE_SECONDS / 4) : concludeRollback(deployment, rollback.cause);
  }
  if (shift.status === 'succeeded') return conclude('Held', `${driverName(plan.driver)} finished before it could be stopped: blue is gone, green serves`);
  if (shift.rollback?.status === 'failed') return held(`${driverName(plan.driver)}'s rollback ${shift.rollback.id} failed`, bluePercent);
  if (overdue) return held('the rollback did not finish in time', bluePercent);
  if (shift.rollback !== undefined) return watch(WATCH_SECONDS);
  if (!working && observed.blueHealthyTargets === 0 && now >= rollback.startedAt + BLUE_RECOVERY_MINUTES * 60_000)
    return held(`${describeCause(rollback.cause)}; blue has had no healthy target for ${BLUE_RECOVERY_MINUTES} minutes`, bluePercent);
  // Asked again: stopping is idempotent, and the first request may have been lost.
  return { events: [], actions: [], next: { kind: 'rollBack' } };
}

/** Going back to a blue without a healthy target would make things worse: then everything stops where it stands. */
function rollBack(cause: RollbackCause, observed: WatchObservation): WatchDecision {
  const mode = observed.blueHealthyTargets === 0 ? 'freeze' : 'toBlue';
  const ended: DeploymentEvent[] = cause.kind === 'approval' ? [{ type: 'ApprovalEnded', kind: cause.end, reason: cause.reason }] : [];
  return { events: [...ended, { type: 'RollbackStarted', cause, mode }], actions: [], next: { kind: 'rollBack' } };
}
