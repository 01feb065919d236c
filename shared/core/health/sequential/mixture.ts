// Evidence gathered over minutes, for many effect sizes and many moments at which the effect may have begun. A non-negative
// supermartingale that starts at 1 while green is within the margin: it exceeds 1/alpha with a probability of at most alpha, however
// often one looks and whenever one stops (Ville's inequality).

/** Log evidence per effect size, and the weight of "has not begun yet". Plain numbers: it lives in the deployment's record. */
export interface Mixture {
  /** Log of the weighted evidence per effect; empty before the first minute. */
  readonly effects: readonly number[];
  /** Share of the starting moments that still lie ahead, 0 to 1. */
  readonly ahead: number;
  readonly minutes: number;
}

export const emptyMixture: Mixture = { effects: [], ahead: 1, minutes: 0 };

/** Share of the weight for an effect that is there from the first minute, and for one that begins after the planned minutes. */
const FROM_THE_START = 0.7;
const AFTER_THE_PLAN = 0.02;
/** Share of what is left that each minute after the planned ones takes. */
const LATE_SHARE = 1 / 60;

/** log(exp(a) + exp(b)) without overflow; -Infinity is log 0. */
export function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  return larger === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(Math.min(a, b) - larger));
}

/** log of the sum of exp(values). */
export function logSum(values: readonly number[]): number {
  let larger = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > larger) larger = value;
  if (larger === Number.NEGATIVE_INFINITY) return larger;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - larger);
  return larger + Math.log(sum);
}

/** Weight of the effects that begin in this minute (counted from 0), given the weight still ahead. */
function beginning(minute: number, plannedMinutes: number, ahead: number): number {
  if (minute === 0) return FROM_THE_START;
  if (minute < plannedMinutes) return (1 - FROM_THE_START - AFTER_THE_PLAN) / (plannedMinutes - 1);
  return ahead * LATE_SHARE;
}

/**
 * Adds a minute.
 * @param weights prior weight of each effect, sum 1
 * @param logEvidence the minute's log evidence for each effect, already divided by the dispersion
 * @param plannedMinutes how many minutes were planned when the deployment began: effects are expected to begin within them
 */
export function addMinute(mixture: Mixture, weights: readonly number[], logEvidence: readonly number[], plannedMinutes: number): Mixture {
  const begins = Math.min(mixture.ahead, beginning(mixture.minutes, plannedMinutes, mixture.ahead));
  const effects = weights.map(
    (weight, effect) => logAdd(mixture.effects[effect] ?? Number.NEGATIVE_INFINITY, Math.log(begins * weight)) + (logEvidence[effect] ?? 0),
  );
  return { effects, ahead: Math.max(0, mixture.ahead - begins), minutes: mixture.minutes + 1 };
}

/** Log of the total evidence; 0 before the first minute. */
export function logTotal(mixture: Mixture): number {
  if (mixture.effects.length === 0) return 0;
  return logAdd(logSum(mixture.effects), mixture.ahead > 0 ? Math.log(mixture.ahead) : Number.NEGATIVE_INFINITY);
}

/** Average of a value per effect, each weighted with the evidence for it. */
export function averageOver(mixture: Mixture, values: readonly number[]): number {
  const total = logSum(mixture.effects);
  return mixture.effects.reduce((sum, log, effect) => sum + Math.exp(log - total) * (values[effect] ?? 0), 0);
}
