// After a deployment succeeded its health goes on being judged for a while. A revision that goes bad then is replaced by the last
// successful one before it, with all traffic at once, by the same workflow and with the cause.
import type { GuardedTarget } from '#core/deployment/guard-state.ts';
import type { HealthVerdict } from '#core/health/health.ts';

export type GuardMode = 'auto' | 'propose' | 'off';

export interface GuardPolicy {
  readonly mode: GuardMode;
  /** How long it is watched after success, minutes. */
  readonly minutes: number;
}

export const defaultGuardPolicy: GuardPolicy = { mode: 'auto', minutes: 30 };

/** A deployment that succeeded. */
export interface GuardedDeployment {
  readonly deploymentId: string;
  readonly taskDefinitionArn: string;
  readonly digest: string;
  readonly succeededAt: number;
  /** restore: it went back to an earlier revision itself. */
  readonly purpose: 'change' | 'restore';
}

export interface GuardObservation {
  readonly verdict: Pick<HealthVerdict, 'verdict' | 'reasons'> | undefined;
  /** Whether the deployment's breaker limit of crashed tasks was reached since success, with the cause; undefined when it was not. */
  readonly crashes: { readonly count: number; readonly limit: number; readonly lastText: string } | undefined;
  /** The deployment that holds the service now, if any. */
  readonly runningDeployment: string | undefined;
  /** Since when every look has found it bad, epoch milliseconds; undefined when this is the first. */
  readonly badSince?: number | undefined;
  /** The last deployment that succeeded on the service. */
  readonly lastSuccess: string | undefined;
}

/** The revision to go back to: the last success before the guarded one. */
export interface GuardTarget extends GuardedTarget {
  /** Its image is in the registry and not quarantined; undefined when it could not be found out. */
  readonly deployable: boolean | undefined;
}

export type GuardDecision =
  | { readonly kind: 'watch'; readonly until: number }
  /** Nothing left to watch: the time is over, it is off, or something newer has taken its place. */
  | { readonly kind: 'over'; readonly why: string }
  | {
      readonly kind: 'redeploy' | 'propose';
      readonly target: GuardTarget;
      readonly strategy: 'allAtOnce';
      readonly cause: string;
      readonly evidence: readonly string[];
      /** The digest that went bad: to be quarantined. */
      readonly quarantine: string;
    }
  | { readonly kind: 'alert'; readonly cause: string; readonly evidence: readonly string[] };

/** Longest window, minutes: bounded so that a wrong manifest cannot keep a watch for ever. */
export const GUARD_MINUTES_MAX = 1_440;
/** How long it is tried to find out whether the revision before can be deployed, until a person is told that nobody knows. */
export const LOOKUP_MINUTES = 5;
const MILLISECONDS_PER_MINUTE = 60_000;

export function decideGuard(
  guarded: GuardedDeployment,
  target: GuardTarget | undefined,
  policy: GuardPolicy,
  seen: GuardObservation,
  now: number,
): GuardDecision {
  if (policy.mode === 'off') return { kind: 'over', why: 'the guard window is off in the manifest' };
  if (seen.lastSuccess !== undefined && seen.lastSuccess !== guarded.deploymentId)
    return { kind: 'over', why: `deployment ${seen.lastSuccess} succeeded since` };
  if (seen.runningDeployment !== undefined && seen.runningDeployment !== guarded.deploymentId) {
    return { kind: 'over', why: `deployment ${seen.runningDeployment} is running: it watches the service` };
  }
  const until = guardEnd(guarded, policy);
  if (now >= until) return { kind: 'over', why: 'the guard window has passed' };
  const cause = regressionOf(seen, guarded, now);
  if (cause === undefined) return { kind: 'watch', until };
  const evidence = [
    ...(seen.verdict?.reasons ?? []),
    ...(seen.crashes === undefined ? [] : [`${seen.crashes.count} tasks crashed (limit ${seen.crashes.limit}), last: ${seen.crashes.lastText}`]),
  ];
  const alert = (why: string): GuardDecision => ({ kind: 'alert', cause: `${cause}; ${why}`, evidence });
  // Two revisions that both go bad would otherwise replace each other for ever.
  if (guarded.purpose === 'restore') return alert('this was itself the way back: a person has to decide');
  if (target === undefined) return alert('there is no successful revision before this one');
  if (target.taskDefinitionArn === guarded.taskDefinitionArn) return alert('the successful revision before this one is the same');
  // One call that failed is no reason to give the way back up; the next look asks again.
  if (target.deployable === undefined && now < Math.min(until - MILLISECONDS_PER_MINUTE, (seen.badSince ?? now) + LOOKUP_MINUTES * MILLISECONDS_PER_MINUTE))
    return { kind: 'watch', until };
  if (target.deployable !== true) return alert(`the image of the successful revision before, ${target.digest}, is not known to be deployable`);
  return { kind: policy.mode === 'auto' ? 'redeploy' : 'propose', target, strategy: 'allAtOnce', cause, evidence, quarantine: guarded.digest };
}

/** When the window of a deployment ends, epoch milliseconds. */
export function guardEnd(guarded: GuardedDeployment, policy: GuardPolicy): number {
  return guarded.succeededAt + Math.min(GUARD_MINUTES_MAX, Math.max(0, policy.minutes)) * MILLISECONDS_PER_MINUTE;
}

/** Not enough evidence is no regression: the revision has proven itself already. */
function regressionOf(seen: GuardObservation, guarded: GuardedDeployment, now: number): string | undefined {
  const minutes = Math.max(0, Math.floor((now - guarded.succeededAt) / MILLISECONDS_PER_MINUTE));
  if (seen.crashes !== undefined && seen.crashes.count >= seen.crashes.limit) return `its tasks crash, ${minutes} minutes after success`;
  if (seen.verdict?.verdict === 'fail') return `it went bad ${minutes} minutes after success`;
  return undefined;
}
