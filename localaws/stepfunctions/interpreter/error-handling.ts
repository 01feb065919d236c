// Retry and Catch around the work of Task, Parallel and Map states.
import type { Retrier } from '../definition/definition.ts';
import { RETRY_ATTEMPTS_DEFAULT, RETRY_BACKOFF_RATE_DEFAULT, RETRY_INTERVAL_SECONDS_DEFAULT, RETRY_MAX_DELAY_SECONDS_MAX } from '../limits.ts';
import { dataFlowOf, leaveState } from './data-flow.ts';
import { ExecutionFault, errorOutputOf, matchesError } from './faults.ts';
import { sleepUnlessInterrupted } from './interruption.ts';
import type { Transition, Visit } from './run.ts';

/** Runs the work of a state until it succeeds, or no retrier has an attempt left; then the catchers have their say. */
export async function withErrorHandling(visit: Visit, attempt: (visit: Visit) => Promise<Transition>): Promise<Transition> {
  const used = new Map<Retrier, number>();
  for (;;) {
    try {
      return await attempt(visit);
    } catch (error) {
      if (!(error instanceof ExecutionFault)) throw error;
      if (await retry(visit, error, used)) continue;
      return await catchFault(visit, error);
    }
  }
}

/** Waits for the next attempt; false when no retrier of the state wants one. */
async function retry(visit: Visit, fault: ExecutionFault, used: Map<Retrier, number>): Promise<boolean> {
  const retrier = visit.state.Retry?.find((candidate) => candidate.ErrorEquals.some((name) => matchesError(name, fault)));
  if (retrier === undefined) return false;
  const attempts = used.get(retrier) ?? 0;
  if (attempts >= (retrier.MaxAttempts ?? RETRY_ATTEMPTS_DEFAULT)) return false;
  used.set(retrier, attempts + 1);
  visit.retryCount++;
  const { frame } = visit;
  const { clock, ids } = frame.run.region;
  await sleepUnlessInterrupted(clock, 1000 * retryDelaySeconds(retrier, attempts, ids.random), frame.interruption, `retry of ${visit.name}`);
  return true;
}

/** Seconds before the attempt that follows `attempts` earlier retries. */
export function retryDelaySeconds(retrier: Retrier, attempts: number, random: () => number): number {
  const interval = retrier.IntervalSeconds ?? RETRY_INTERVAL_SECONDS_DEFAULT;
  const rate = retrier.BackoffRate ?? RETRY_BACKOFF_RATE_DEFAULT;
  const delay = Math.min(interval * rate ** attempts, retrier.MaxDelaySeconds ?? RETRY_MAX_DELAY_SECONDS_MAX);
  return retrier.JitterStrategy === 'FULL' ? random() * delay : delay;
}

async function catchFault(visit: Visit, fault: ExecutionFault): Promise<Transition> {
  const catcher = visit.state.Catch?.find((candidate) => candidate.ErrorEquals.some((name) => matchesError(name, fault)));
  if (catcher === undefined) throw fault;
  return leaveState(visit, await dataFlowOf(visit).caught(visit, catcher, { ...errorOutputOf(fault) }), catcher.Next);
}
