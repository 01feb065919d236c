// What ends a deployment before its time, and how whatever it waits for hears of it: an abort signal whose reason is the cause.
import type { Clock } from '../../clock/clock.ts';

/** Why a deployment does not go on. `reason` is what its statusReason will say. */
export type EndingCause =
  /** It failed by itself. `monitor` is set when the circuit breaker or an alarm found out. */
  | { readonly kind: 'Failed'; readonly reason: string; readonly rollsBack: boolean; readonly monitor?: 'CircuitBreaker' | 'Alarms' }
  | { readonly kind: 'RollbackRequested'; readonly reason: string }
  | { readonly kind: 'AbortRequested'; readonly reason: string }
  /** A newer deployment takes its place, or the service is deleted. */
  | { readonly kind: 'Superseded'; readonly reason: string };

export class DeploymentEnding extends Error {
  readonly ending: EndingCause;

  constructor(ending: EndingCause) {
    super(ending.reason);
    this.name = 'DeploymentEnding';
    this.ending = ending;
  }
}

/** A failure that rolls back, in AWS's words: `Service deployment rolled back because ...`. */
export function rolledBackBecause(why: string): DeploymentEnding {
  return new DeploymentEnding({ kind: 'Failed', reason: `Service deployment rolled back because ${why}`, rollsBack: true });
}

/** What `work` answers, or the signal's reason at once when that comes first; `work` is then left to itself. */
export function guarded<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) {
      // Whatever becomes of it is nobody's business any more.
      work.catch(() => undefined);
      abort();
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Sleeps on the clock; an abort takes the timer away and rejects with the signal's reason. */
export async function sleepUnlessAborted(clock: Clock, delayMs: number, signal: AbortSignal, label: string): Promise<void> {
  let cancel = (): void => undefined;
  const slept = new Promise<void>((resolve) => {
    cancel = clock.schedule(delayMs, resolve, label).cancel;
  });
  try {
    await guarded(slept, signal);
  } finally {
    cancel();
  }
}
