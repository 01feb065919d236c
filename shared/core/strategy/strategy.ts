// How production traffic moves from blue to green, and when. The manifest names one strategy; planning, the driver and the
// command line read it.

/**
 * - canary: `percent` of the traffic at once, the rest `intervalMinutes` later.
 * - linear: `percent` more every `intervalMinutes`, the first at once.
 * - allAtOnce: all of it at once.
 * - adaptive: `percent` more as soon as the evidence allows it. Only a driver that can be held between two steps has it.
 * - rolling: tasks are replaced one after another within the two percentages of the desired count; nobody shifts traffic.
 */
export type Strategy =
  | { readonly kind: 'canary'; readonly percent: number; readonly intervalMinutes: number }
  | { readonly kind: 'linear'; readonly percent: number; readonly intervalMinutes: number }
  | { readonly kind: 'allAtOnce' }
  | { readonly kind: 'adaptive'; readonly percent: number }
  | RollingStrategy;

export interface RollingStrategy {
  readonly kind: 'rolling';
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** A strategy whose steps come by the clock. */
export type TimedStrategy = Exclude<Strategy, { readonly kind: 'adaptive' | 'rolling' }>;

/** A strategy with steps of traffic. */
type SteppedStrategy = Exclude<Strategy, { readonly kind: 'allAtOnce' | 'rolling' }>;

/** Least minutes from one step of an adaptive shift to the next: evidence comes by the minute. */
export const ADAPTIVE_STEP_MINUTES_MIN = 1;

/** From `atMinutes` after the shift began, green has `greenPercent` of production traffic and blue the rest. */
export interface TrafficStep {
  readonly atMinutes: number;
  readonly greenPercent: number;
}

export const STRATEGY_PERCENT_MIN = 1;
/**
 * Largest share of one increment. Source: CodeDeploy user guide, quotas: documented for Lambda deployments; whether ECS
 * deployments have the same limit is unverified, so the stricter reading holds.
 */
export const STRATEGY_PERCENT_MAX = 99;
export const STRATEGY_INTERVAL_MINUTES_MIN = 1;
/**
 * Longest time from the first to the last increment, minutes. Source: CodeDeploy user guide, quotas: documented for Lambda
 * deployments; unverified for ECS, as above.
 */
export const STRATEGY_TOTAL_MINUTES_MAX = 2_880;

/**
 * Every weight the listener will have, in order; the last one is 100. Whole percents that do not divide 100 end with a smaller
 * increment. Times of an adaptive shift are the earliest. A rolling deployment has no steps: how long its tasks take nobody knows.
 */
export function trafficSteps(strategy: Strategy): readonly TrafficStep[] {
  if (strategy.kind === 'allAtOnce' || strategy.kind === 'rolling') return [{ atMinutes: 0, greenPercent: 100 }];
  const { kind, percent } = strategy;
  const intervalMinutes = intervalOf(strategy);
  if (kind === 'canary') {
    return [
      { atMinutes: 0, greenPercent: percent },
      { atMinutes: intervalMinutes, greenPercent: 100 },
    ];
  }
  return Array.from({ length: incrementCount(percent) }, (_, index) => ({
    atMinutes: index * intervalMinutes,
    greenPercent: Math.min(100, (index + 1) * percent),
  }));
}

/** Minutes from the first increment until green has all production traffic; the least of them for an adaptive shift. */
export function shiftMinutes(strategy: Strategy): number {
  if (strategy.kind === 'allAtOnce' || strategy.kind === 'rolling') return 0;
  if (strategy.kind === 'canary') return strategy.intervalMinutes;
  return (incrementCount(strategy.percent) - 1) * intervalOf(strategy);
}

/** Why CodeDeploy would not take this strategy, in words that say what is allowed; undefined when it would. */
export function strategyProblem(strategy: Strategy): string | undefined {
  if (strategy.kind === 'allAtOnce' || strategy.kind === 'rolling') return undefined;
  const { percent } = strategy;
  const intervalMinutes = intervalOf(strategy);
  if (!Number.isInteger(percent) || percent < STRATEGY_PERCENT_MIN || percent > STRATEGY_PERCENT_MAX) {
    return `percent must be a whole number from ${STRATEGY_PERCENT_MIN} to ${STRATEGY_PERCENT_MAX}, got ${percent}`;
  }
  if (!Number.isInteger(intervalMinutes) || intervalMinutes < STRATEGY_INTERVAL_MINUTES_MIN) {
    return `intervalMinutes must be a whole number of at least ${STRATEGY_INTERVAL_MINUTES_MIN}, got ${intervalMinutes}`;
  }
  const total = shiftMinutes(strategy);
  if (total <= STRATEGY_TOTAL_MINUTES_MAX) return undefined;
  return `the whole shift may take at most ${STRATEGY_TOTAL_MINUTES_MAX} minutes, ${percent} % every ${intervalMinutes} minutes takes ${total}`;
}

function intervalOf(strategy: SteppedStrategy): number {
  return strategy.kind === 'adaptive' ? ADAPTIVE_STEP_MINUTES_MIN : strategy.intervalMinutes;
}

/** `percent` of at least 1 keeps this at 100 or fewer; anything smaller is not a strategy and gets no increments. */
function incrementCount(percent: number): number {
  return percent >= STRATEGY_PERCENT_MIN ? Math.ceil(100 / percent) : 0;
}
