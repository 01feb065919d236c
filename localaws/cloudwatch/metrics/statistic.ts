// The statistics of CloudWatch, from Average to PR(:0.3), over a bin.
import { invalidValue } from '../request-members.ts';
import type { Bin } from './metric-bin.ts';

interface Bounds {
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly arePercent: boolean;
}

export type Statistic =
  | { readonly kind: 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum' }
  | { readonly kind: 'percentile'; readonly percent: number }
  | { readonly kind: 'TM' | 'TC' | 'TS' | 'WM'; readonly bounds: Bounds }
  | { readonly kind: 'PR'; readonly bounds: Bounds };

const SIMPLE = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
const SHORT = /^(p|tm|tc|ts|wm)(\d{1,3}(?:\.\d{1,10})?)$/;
const RANGE = /^(TM|TC|TS|WM|PR)\((-?\d+(?:\.\d{1,10})?)?(%)?:(-?\d+(?:\.\d{1,10})?)?(%)?\)$/;

/** @throws AwsError when CloudWatch has no such statistic. */
export function parseStatistic(given: string): Statistic {
  const simple = SIMPLE.find((kind) => kind === given);
  if (simple !== undefined) return { kind: simple };
  if (given === 'IQM') return { kind: 'TM', bounds: { low: 25, high: 75, arePercent: true } };
  const short = SHORT.exec(given);
  if (short !== null) {
    const percent = Number(short[2]);
    if (percent > 100) throw unknown(given);
    if (short[1] === 'p') return { kind: 'percentile', percent };
    return { kind: String(short[1]).toUpperCase() as 'TM' | 'TC' | 'TS' | 'WM', bounds: { low: undefined, high: percent, arePercent: true } };
  }
  return parseRange(given);
}

function parseRange(given: string): Statistic {
  const [, kind, low, lowPercent, high, highPercent] = RANGE.exec(given) ?? [];
  if (kind === undefined || (low === undefined && high === undefined)) throw unknown(given);
  const arePercent = lowPercent !== undefined || highPercent !== undefined;
  if (arePercent && ((low !== undefined && lowPercent === undefined) || (high !== undefined && highPercent === undefined))) throw unknown(given);
  if (low !== undefined && high !== undefined && Number(low) >= Number(high)) throw unknown(given);
  if (arePercent && [low, high].some((bound) => bound !== undefined && (Number(bound) < 0 || Number(bound) > 100))) throw unknown(given);
  const bounds = { low: low === undefined ? undefined : Number(low), high: high === undefined ? undefined : Number(high), arePercent };
  if (kind !== 'PR') return { kind: kind as 'TM' | 'TC' | 'TS' | 'WM', bounds };
  if (arePercent) throw unknown(given);
  return { kind, bounds };
}

function unknown(given: string): Error {
  return invalidValue(`The value ${given} for parameter Stat is not supported.`);
}

/** The value of a statistic, or undefined where there is none: no samples, or percentiles of a distribution nobody knows. */
export function statisticValue(statistic: Statistic, bin: Bin): number | undefined {
  if (bin.count === 0) return undefined;
  switch (statistic.kind) {
    case 'SampleCount':
      return bin.count;
    case 'Average':
      return bin.sum / bin.count;
    case 'Sum':
      return bin.sum;
    case 'Minimum':
      return bin.min;
    case 'Maximum':
      return bin.max;
    default:
      return bin.values === undefined ? undefined : ofDistribution(statistic, sorted(bin.values), bin.count);
  }
}

type Sorted = readonly (readonly [value: number, count: number])[];

function sorted(values: ReadonlyMap<number, number>): Sorted {
  return [...values].sort((a, b) => a[0] - b[0]);
}

function ofDistribution(statistic: Exclude<Statistic, { kind: (typeof SIMPLE)[number] }>, values: Sorted, total: number): number | undefined {
  if (statistic.kind === 'percentile') return percentile(values, total, statistic.percent);
  const inside = trim(values, total, statistic.bounds);
  switch (statistic.kind) {
    case 'TM':
      return inside.count === 0 ? undefined : inside.sum / inside.count;
    case 'TC':
      return inside.count;
    case 'TS':
      return inside.sum;
    case 'PR':
      return (inside.count / total) * 100;
    case 'WM':
      return winsorizedMean(values, total, statistic.bounds, inside);
  }
}

/** The smallest value that at least this share of the samples does not exceed. AWS does not say how it interpolates. */
function percentile(values: Sorted, total: number, percent: number): number | undefined {
  const wanted = (percent / 100) * total;
  let seen = 0;
  for (const [value, count] of values) {
    seen += count;
    if (seen >= wanted - total * 1e-12) return value;
  }
  return values.at(-1)?.[0];
}

/** Samples between the bounds: values above `low` up to and including `high`, or those between two shares of the order. */
function trim(values: Sorted, total: number, { low, high, arePercent }: Bounds): { count: number; sum: number; below: number; above: number } {
  let count = 0;
  let sum = 0;
  let below = 0;
  let seen = 0;
  const from = arePercent ? ((low ?? 0) / 100) * total : 0;
  const to = arePercent ? ((high ?? 100) / 100) * total : total;
  for (const [value, each] of values) {
    const isAbove = low === undefined || value > low;
    const isWithin = isAbove && (high === undefined || value <= high);
    const part = arePercent ? Math.max(0, Math.min(seen + each, to) - Math.max(seen, from)) : isWithin ? each : 0;
    below += arePercent ? Math.max(0, Math.min(seen + each, from) - seen) : isAbove ? 0 : each;
    seen += each;
    count += part;
    sum += part * value;
  }
  return { count, sum, below, above: total - count - below };
}

function winsorizedMean(values: Sorted, total: number, bounds: Bounds, inside: { sum: number; below: number; above: number }): number | undefined {
  const edge = (bound: number | undefined, otherwise: number): number =>
    bound === undefined ? otherwise : bounds.arePercent ? (percentile(values, total, bound) ?? otherwise) : bound;
  const lowest = edge(bounds.low, values[0]?.[0] ?? 0);
  const highest = edge(bounds.high, values.at(-1)?.[0] ?? 0);
  return (inside.sum + inside.below * lowest + inside.above * highest) / total;
}
