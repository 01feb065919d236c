// What is kept of the samples of one metric in one stretch of time: the four sums every statistic needs, and how often each
// value occurred, for percentiles. Bins add up, so coarser periods and older data are made by merging.
import { VALUES_PER_BIN_MAX } from '../limits.ts';

export interface Bin {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** How often each value occurred; undefined once samples came as a statistic set, whose distribution nobody knows. */
  values: Map<number, number> | undefined;
}

/** Steps values are rounded to when there are too many different ones: 1 %, then 2 %, 4 %, ... */
const ROUNDING_STEP = 0.01;
const ROUNDING_ATTEMPTS_MAX = 10;

export function emptyBin(): Bin {
  return { count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY, values: new Map() };
}

export function addValue(bin: Bin, value: number, count: number): void {
  bin.count += count;
  bin.sum += value * count;
  bin.min = Math.min(bin.min, value);
  bin.max = Math.max(bin.max, value);
  if (bin.values === undefined) return;
  bin.values.set(value, (bin.values.get(value) ?? 0) + count);
  if (bin.values.size > VALUES_PER_BIN_MAX) bin.values = rounded(bin.values);
}

/** Samples known only by their statistics. One whose samples are all equal has a known distribution after all. */
export function addStatisticSet(bin: Bin, set: { count: number; sum: number; min: number; max: number }): void {
  if (set.count === 1 || set.min === set.max) {
    addValue(bin, set.count === 1 ? set.sum : set.min, set.count);
    return;
  }
  bin.count += set.count;
  bin.sum += set.sum;
  bin.min = Math.min(bin.min, set.min);
  bin.max = Math.max(bin.max, set.max);
  bin.values = undefined;
}

/** Adds what is in `from` to `into`; `from` stays as it is. */
export function mergeBin(into: Bin, from: Bin): void {
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  if (into.values === undefined || from.values === undefined) {
    into.values = undefined;
    return;
  }
  for (const [value, count] of from.values) into.values.set(value, (into.values.get(value) ?? 0) + count);
  if (into.values.size > VALUES_PER_BIN_MAX) into.values = rounded(into.values);
}

function rounded(values: ReadonlyMap<number, number>): Map<number, number> {
  let step = ROUNDING_STEP;
  let result = new Map<number, number>();
  for (let attempt = 0; attempt < ROUNDING_ATTEMPTS_MAX; attempt++) {
    result = new Map();
    for (const [value, count] of values) {
      const near = value === 0 ? 0 : Math.sign(value) * Math.exp(Math.round(Math.log(Math.abs(value)) / step) * step);
      result.set(near, (result.get(near) ?? 0) + count);
    }
    if (result.size <= VALUES_PER_BIN_MAX / 2) break;
    step *= 2;
  }
  return result;
}
