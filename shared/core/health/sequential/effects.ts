// The effect sizes the tests look for, from "a little worse" to "everything fails", and how likely each is before anything was seen.

/** Steps on the log-odds scale above the margin's line. */
const STEPS = [0.1, 0.2, 0.35, 0.55, 0.85, 1.25, 1.8, 2.5, 3.5, 5, 7, 10];

/** Prior weight of each effect; sum 1. The order is that of `ratesAbove`. */
export const EFFECT_WEIGHTS: readonly number[] = [0.03, 0.04, 0.09, 0.12, 0.12, 0.12, 0.12, 0.1, 0.1, 0.08, 0.05, 0.03];

const RATE_MAX = 1 - 1e-9;

/** Rates above `rate` (between 0 and 1, both excluded), one per effect, ascending. */
export function ratesAbove(rate: number): readonly number[] {
  const odds = rate / (1 - rate);
  return STEPS.map((step) => {
    const raised = odds * Math.exp(step);
    return Math.min(RATE_MAX, raised / (1 + raised));
  });
}

/** Factors above an event rate that has no upper bound (crashes per hour), one per effect. */
export const EFFECT_FACTORS: readonly number[] = STEPS.map((step) => Math.exp(step));
