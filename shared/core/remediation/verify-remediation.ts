// Did it help? Asked again and again after an action, from what is observed then, until there is an answer or the time is over.
import type { RemediationAction } from './action.ts';

/** What is observed since the action took effect: since its deployment ended, or at once where it needed none. */
export interface RemediationObservation {
  /** Of the deployment the action started; none when it needed none. */
  readonly deployment: 'none' | 'running' | 'succeeded' | 'failed';
  /** When the action took effect, epoch milliseconds; undefined until it has. */
  readonly effectiveAt: number | undefined;
  /** Stopped tasks of the causes the action was to end, since it took effect. undefined: could not be counted. */
  readonly recurrences: number | undefined;
  readonly runningTasks: number | undefined;
  readonly desiredTasks: number | undefined;
}

export type Verification =
  | { readonly kind: 'wait'; readonly until: number; readonly why: string }
  | { readonly kind: 'helped'; readonly why: string }
  | { readonly kind: 'didNotHelp'; readonly why: string }
  /** The time is over without an answer. */
  | { readonly kind: 'inconclusive'; readonly why: string };

interface Patience {
  /** Quiet time that shows it helped, minutes. */
  readonly quietMinutes: number;
  /** Recurrences that are borne: Spot goes on taking back the tasks it has. */
  readonly recurrencesAllowed: number;
}

const patience: Readonly<Record<RemediationAction['kind'], Patience>> = {
  // Memory fills slowly: half an hour without a kill.
  raiseMemory: { quietMinutes: 30, recurrencesAllowed: 0 },
  redeployRevision: { quietMinutes: 10, recurrencesAllowed: 0 },
  pinDigest: { quietMinutes: 10, recurrencesAllowed: 0 },
  shiftCapacity: { quietMinutes: 10, recurrencesAllowed: 1 },
  restoreCapacity: { quietMinutes: 10, recurrencesAllowed: 0 },
  blockPromotion: { quietMinutes: 0, recurrencesAllowed: 0 },
};

/** Longest time from the action to an answer. Within the lease of the budget's place. */
export const VERIFICATION_MILLISECONDS_MAX = 5 * 3_600_000;
const MILLISECONDS_PER_MINUTE = 60_000;
const LOOK_AGAIN_MILLISECONDS = MILLISECONDS_PER_MINUTE;

/** @param startedAt when the action was decided, epoch milliseconds */
export function verifyRemediation(kind: RemediationAction['kind'], seen: RemediationObservation, startedAt: number, now: number): Verification {
  const { quietMinutes, recurrencesAllowed } = patience[kind];
  if (kind === 'blockPromotion') return { kind: 'helped', why: 'recorded: the digest is refused when it is to be deployed' };
  if (seen.deployment === 'failed') return { kind: 'didNotHelp', why: 'the deployment that was to help failed' };
  const recurrences = seen.recurrences ?? 0;
  if (seen.effectiveAt !== undefined && recurrences > recurrencesAllowed) {
    return { kind: 'didNotHelp', why: `it happened ${recurrences} times again after the action took effect` };
  }
  const over = now - startedAt >= VERIFICATION_MILLISECONDS_MAX;
  const later = (why: string, until = now + LOOK_AGAIN_MILLISECONDS): Verification => (over ? { kind: 'inconclusive', why } : { kind: 'wait', until, why });
  if (seen.effectiveAt === undefined || seen.deployment === 'running') return later('the action has not taken effect yet');
  const quietAt = seen.effectiveAt + quietMinutes * MILLISECONDS_PER_MINUTE;
  if (now < quietAt) return later(`quiet until now; ${quietMinutes} minutes show that it helped`, quietAt);
  const { runningTasks, desiredTasks } = seen;
  if (seen.recurrences === undefined || runningTasks === undefined || desiredTasks === undefined) return later('what happened since could not be read');
  if (runningTasks < desiredTasks) return later(`${runningTasks} of ${desiredTasks} tasks run`);
  return { kind: 'helped', why: `${quietMinutes} minutes without it, and ${runningTasks} of ${desiredTasks} tasks run` };
}
