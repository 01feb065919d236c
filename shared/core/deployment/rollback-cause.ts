// Crashes as the cause of a rollback, as the watch loop finds them in what it sees.
import { CRASH_CAUSES_MAX, type CrashCause, orderedCauses } from '#core/breaker/crash-cause.ts';
import type { RollbackCause } from './deployment.ts';

/** Crashes that reached their limit. */
export function crashCause(
  { count, lastReason, causes }: { readonly count: number; readonly lastReason: string; readonly causes?: readonly CrashCause[] },
  threshold: number,
): RollbackCause {
  const kept = orderedCauses(causes ?? []).slice(0, CRASH_CAUSES_MAX);
  return { kind: 'crashes', count, threshold, lastReason, ...(kept.length === 0 ? {} : { causes: kept }) };
}
