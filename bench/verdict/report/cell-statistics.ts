// What one decider's outcomes in one cell amount to.
import type { Cell } from '../scenarios/cell.ts';
import type { Outcome } from '../simulate.ts';

export interface CellStatistics {
  /** Share of repetitions rolled back while nothing was wrong with green: all rollbacks in cells without a fault, earlier ones in others. */
  readonly falseRollbacks: number;
  /** Share rolled back within so many minutes of the fault's start. */
  readonly within: (minutes: number) => number;
  /** Minutes from the fault's start to the rollback that half of the repetitions need; infinite where fewer than half are found. */
  readonly medianMinutes: number;
  /** Green requests until that rollback, counted from the first minute of the deployment. */
  readonly medianGreenRequests: number;
}

/** A decider may be used where at most this share of good versions is rolled back. */
export const USABLE_FALSE_MAX = 0.05;

export function cellStatistics(cell: Cell, outcomes: readonly Outcome[]): CellStatistics {
  const hasFault = cell.partner !== undefined;
  const from = cell.faultMinutes?.from ?? 0;
  const rolledBack = outcomes.filter(({ minutes }) => minutes > 0);
  const found = hasFault ? rolledBack.filter(({ minutes }) => minutes > from) : [];
  const minutes = found.map((outcome) => outcome.minutes - from);
  return {
    falseRollbacks: (rolledBack.length - found.length) / outcomes.length,
    within: (limit) => minutes.filter((value) => value <= limit).length / outcomes.length,
    medianMinutes: medianOf(minutes, outcomes.length),
    medianGreenRequests: medianOf(
      found.map(({ greenRequests }) => greenRequests),
      outcomes.length,
    ),
  };
}

/** The value half of `count` repetitions do not exceed, those without a value counting as infinite. */
function medianOf(values: readonly number[], count: number): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(count / 2) - 1] ?? Number.POSITIVE_INFINITY;
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map(Math.log)));
}

/** The lower middle value; NaN without values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1] ?? Number.NaN;
}
