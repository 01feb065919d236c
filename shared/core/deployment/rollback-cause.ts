// Why a deployment goes back.
import { CRASH_CAUSES_MAX, type CrashCause, orderedCauses } from '#core/breaker/crash-cause.ts';
import type { LifecycleHook } from './deployment.ts';

export type RollbackCause =
  | { readonly kind: 'health'; readonly reasons: readonly string[] }
  | {
      readonly kind: 'crashes';
      readonly count: number;
      readonly threshold: number;
      readonly lastReason: string;
      /** Most frequent first; absent where none was classified. */
      readonly causes?: readonly CrashCause[];
    }
  | { readonly kind: 'alarm'; readonly alarms: readonly string[] }
  | { readonly kind: 'hook'; readonly hook: LifecycleHook; readonly reason: string }
  | { readonly kind: 'driver'; readonly reason: string }
  | { readonly kind: 'weights'; readonly reason: string }
  /** Somebody else deployed the service, and that deployment is stopped too. */
  | { readonly kind: 'outside'; readonly driverDeploymentId: string; readonly reason: string }
  /** Somebody did not approve, or not enough did in time. */
  | { readonly kind: 'approval'; readonly end: 'rejected' | 'timedOut'; readonly reason: string }
  | { readonly kind: 'operator'; readonly by: string; readonly reason: string }
  | { readonly kind: 'superseded'; readonly by: string }
  | { readonly kind: 'inconclusive'; readonly reasons: readonly string[] }
  | { readonly kind: 'unexpected'; readonly reason: string };

/** Crashes that reached their limit. */
export function crashCause(
  { count, lastReason, causes }: { readonly count: number; readonly lastReason: string; readonly causes?: readonly CrashCause[] },
  threshold: number,
): RollbackCause {
  const kept = orderedCauses(causes ?? []).slice(0, CRASH_CAUSES_MAX);
  return { kind: 'crashes', count, threshold, lastReason, ...(kept.length === 0 ? {} : { causes: kept }) };
}
