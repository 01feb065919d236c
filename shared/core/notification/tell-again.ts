// How often, and for how long, people are told again where a channel failed: of a deployment's end, and of a version that went bad.
import type { EpochMillis } from '#core/deployment/deployment.ts';

/** Longer than whoever died while telling keeps others from it. */
const SECONDS_MIN = 60;
const SECONDS_MAX = 600;
/** A chat that is down for a morning is waited for; a channel that is named wrongly is given up. */
export const TELL_AGAIN_HOURS_MAX = 6;

/**
 * Seconds until people are told again of what ended at `endedAt`: a minute at first, then half of the time since, at most
 * ten minutes; undefined once six hours are over.
 */
export function secondsUntilToldAgain(endedAt: EpochMillis, now: EpochMillis): number | undefined {
  const since = Math.max(0, now - endedAt) / 1000;
  if (since >= TELL_AGAIN_HOURS_MAX * 3_600) return undefined;
  return Math.min(SECONDS_MAX, Math.max(SECONDS_MIN, Math.ceil(since / 2)));
}
