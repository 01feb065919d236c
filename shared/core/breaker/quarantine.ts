// Digests that failed and are not deployed again for a while. The entries have the form the service's record keeps.
import type { StopFault } from './stop-cause.ts';

export interface QuarantineEntry {
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly until: number;
  readonly reason: string;
}

/** A person's decision to deploy in spite of a quarantine or an open breaker. Both are recorded. */
export interface Force {
  readonly by: string;
  readonly why: string;
}

export type DigestJudgement =
  | { readonly kind: 'clear' }
  | { readonly kind: 'quarantined'; readonly until: number; readonly reason: string }
  | { readonly kind: 'forced'; readonly entry: QuarantineEntry; readonly force: Force };

const MILLISECONDS_PER_HOUR = 3_600_000;

/** Whether a digest may be deployed. An entry holds until its time, not at it. */
export function judgeDigest(entries: readonly QuarantineEntry[], digest: string, force: Force | undefined, now: number): DigestJudgement {
  const entry = entries.find((one) => one.digest === digest && one.until > now);
  if (entry === undefined) return { kind: 'clear' };
  if (force !== undefined) return { kind: 'forced', entry, force };
  return { kind: 'quarantined', until: entry.until, reason: entry.reason };
}

/**
 * The entries with one digest more: expired ones and its own older one go, then the oldest beyond the limit. A digest that fails again
 * is never let out earlier than it was to be.
 * @param limit most entries kept
 */
export function withQuarantine(
  entries: readonly QuarantineEntry[],
  failed: { readonly digest: string; readonly reason: string; readonly hours: number },
  limit: number,
  now: number,
): readonly QuarantineEntry[] {
  const kept = entries.filter((entry) => entry.until > now && entry.digest !== failed.digest);
  const before = entries.find((entry) => entry.digest === failed.digest)?.until ?? 0;
  const until = Math.max(before, now + failed.hours * MILLISECONDS_PER_HOUR);
  if (until <= now || limit < 1) return kept;
  return [...kept, { digest: failed.digest, reason: failed.reason, until }].slice(-limit);
}

/** Only an image that is itself to blame is quarantined: one that met a full subnet deserves another try. */
export function blamesImage(fault: StopFault): boolean {
  return fault === 'revision' || fault === 'unknown';
}
