// The deployment circuit breaker: how many tasks of one revision crashed, and whether that is too many. ECS's own formula and options,
// for deployments that ECS's breaker does not cover. Source: aws-contracts.md 3.4 (thresholds, types, resetOnHealthyTask).
//
// The count does not depend on the order in which events arrive, nor on how often: a task crashes once, at the earliest time any event
// gives for it, and a reset forgives exactly the crashes that happened before it.
import { type CrashThreshold, crashLimit } from './crash-threshold.ts';
import type { StopCauseCode } from './stop-cause.ts';

/** Crashed tasks remembered. No limit is higher than this, whatever the threshold says: a service has at most 5,000 tasks. */
export const CRASHED_TASKS_MAX = 1_000;

export interface DeploymentBreakerPolicy {
  readonly threshold: CrashThreshold;
  /** ECS's resetOnHealthyTask: one healthy task sets the count back to zero. Off by default here: a revision that flaps never trips with it on. */
  readonly resetOnHealthy: boolean;
}

/** ECS's threshold, without ECS's reset. */
export const defaultDeploymentBreakerPolicy: DeploymentBreakerPolicy = { threshold: { type: 'BOUNDED_PERCENT', value: 50 }, resetOnHealthy: false };

export interface CrashedTask {
  readonly taskId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly cause: StopCauseCode;
  /** One line. */
  readonly text: string;
}

export interface DeploymentBreaker {
  readonly schema: 1;
  /** Task definition ARN of the revision that is counted. */
  readonly revision: string;
  readonly desiredCount: number;
  /** Ordered by time, then task id. */
  readonly crashed: readonly CrashedTask[];
  /** Crashes up to then are forgiven; 0 when none are. */
  readonly healthyAt: number;
  /** Set once, by the event that decided. Nothing takes it back. */
  readonly trip?: BreakerTrip;
}

export interface BreakerTrip {
  /** When the deciding event happened, epoch milliseconds. */
  readonly at: number;
  readonly count: number;
  readonly limit: number;
  /** The cause most of the crashes share. */
  readonly cause: StopCauseCode;
  /** What ECS said of the last crash. */
  readonly lastText: string;
}

export type BreakerEvent =
  | ({ readonly type: 'TaskCrashed'; readonly revision: string } & CrashedTask)
  | { readonly type: 'TaskBecameHealthy'; readonly revision: string; readonly at: number }
  /** The limit follows the latest desired count, as ECS's does. */
  | { readonly type: 'DesiredCountObserved'; readonly desiredCount: number; readonly at: number };

export function newDeploymentBreaker(revision: string, desiredCount: number): DeploymentBreaker {
  return { schema: 1, revision, desiredCount, crashed: [], healthyAt: 0 };
}

/** The breaker after one event. `trip` is set exactly by the event that brings the count to the limit. */
export function evolveDeploymentBreaker(breaker: DeploymentBreaker, policy: DeploymentBreakerPolicy, event: BreakerEvent): DeploymentBreaker {
  const next = applied(breaker, policy, event);
  if (next.trip !== undefined || next === breaker) return next;
  const count = crashCount(next);
  const limit = breakerLimit(next, policy);
  if (count < limit) return next;
  const counted = next.crashed.filter((crash) => crash.at > next.healthyAt);
  const last = counted.at(-1);
  if (last === undefined) return next;
  return { ...next, trip: { at: event.at, count, limit, cause: commonest(counted), lastText: last.text } };
}

/** Crashes that count now. */
export function crashCount(breaker: DeploymentBreaker): number {
  return breaker.crashed.filter((crash) => crash.at > breaker.healthyAt).length;
}

/** Crashes at which the breaker trips, with the desired count as last seen. */
export function breakerLimit(breaker: DeploymentBreaker, policy: DeploymentBreakerPolicy): number {
  return Math.min(CRASHED_TASKS_MAX, crashLimit(policy.threshold, breaker.desiredCount));
}

function applied(breaker: DeploymentBreaker, policy: DeploymentBreakerPolicy, event: BreakerEvent): DeploymentBreaker {
  if (event.type === 'DesiredCountObserved') {
    return event.desiredCount === breaker.desiredCount ? breaker : { ...breaker, desiredCount: event.desiredCount };
  }
  if (event.revision !== breaker.revision) return breaker;
  if (event.type === 'TaskBecameHealthy') {
    return policy.resetOnHealthy && event.at > breaker.healthyAt ? { ...breaker, healthyAt: event.at } : breaker;
  }
  const known = breaker.crashed.find((crash) => crash.taskId === event.taskId);
  if (known !== undefined && known.at <= event.at) return breaker;
  // A full list only ever belongs to a breaker that has tripped or whose crashes were forgiven; the oldest are the forgiven ones.
  const { taskId, at, cause, text } = event;
  const others = breaker.crashed.filter((crash) => crash !== known).slice(-(CRASHED_TASKS_MAX - 1));
  return { ...breaker, crashed: [...others, { taskId, at, cause, text }].sort(byTime) };
}

function byTime(a: CrashedTask, b: CrashedTask): number {
  return a.at - b.at || (a.taskId < b.taskId ? -1 : 1);
}

/** Of equally common causes the one seen first. */
function commonest(crashes: readonly CrashedTask[]): StopCauseCode {
  const counts = new Map<StopCauseCode, number>();
  for (const { cause } of crashes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['unknown', 0] as [StopCauseCode, number])[0];
}
