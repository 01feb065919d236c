// Keeps metrics in bins, finer for newer data: AWS's retention (1 s for 3 hours, 1 min for 15 days, 5 min for 63 days, 1 h for
// 455 days). Older bins are merged into the next coarser tier, so memory is bounded however long a run is.
import { DAY_SECONDS, SERIES_MAX } from '../limits.ts';
import { addStatisticSet, addValue, type Bin, emptyBin, mergeBin } from './metric-bin.ts';

export interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  /** Sorted by name. */
  readonly dimensions: readonly Dimension[];
}

export interface Sample {
  readonly metric: MetricName;
  /** Epoch seconds, whole. */
  readonly at: number;
  readonly unit: string;
  readonly highResolution: boolean;
  readonly values: readonly { readonly value: number; readonly count: number }[];
  readonly set: { count: number; sum: number; min: number; max: number } | undefined;
}

interface Tier {
  readonly seconds: number;
  readonly keepSeconds: number;
  /** By epoch second of the bin's start. */
  readonly bins: Map<number, Bin>;
}

interface Series {
  readonly metric: MetricName;
  readonly units: Map<string, readonly Tier[]>;
  lastWrittenAt: number;
  /** Newest sample's epoch second: what ListMetrics judges by. */
  newest: number;
  prunedAt: number;
}

/** A stretch of time in epoch seconds (end exclusive), in buckets of `period` seconds from `start` on. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly period: number;
}

export interface MetricStore {
  add(sample: Sample, nowSeconds: number): void;
  /** Bins by bucket start. Without a unit, samples of all units together. */
  read(metric: MetricName, unit: string | undefined, span: Span): Map<number, Bin>;
  /** Units a metric has samples of. */
  units(metric: MetricName): readonly string[];
  /** Metrics with a sample newer than this epoch second, oldest metric first. */
  list(newerThan: number): readonly MetricName[];
}

const TIERS = [
  { seconds: 1, keepSeconds: 3 * 3_600 },
  { seconds: 60, keepSeconds: 15 * DAY_SECONDS },
  { seconds: 300, keepSeconds: 63 * DAY_SECONDS },
  { seconds: 3_600, keepSeconds: 455 * DAY_SECONDS },
] as const;
/** Between two looks for bins that are too old. */
const PRUNE_SECONDS = 1_800;

export function createMetricStore(): MetricStore {
  const all = new Map<string, Series>();

  const seriesFor = (metric: MetricName, now: number): Series => {
    const key = keyOf(metric);
    const found = all.get(key);
    if (found !== undefined) return found;
    if (all.size >= SERIES_MAX) dropOldest(all);
    const made: Series = { metric, units: new Map(), lastWrittenAt: now, newest: 0, prunedAt: now };
    all.set(key, made);
    return made;
  };

  return {
    add(sample, now) {
      const series = seriesFor(sample.metric, now);
      const tiers = series.units.get(sample.unit) ?? TIERS.map((tier) => ({ ...tier, bins: new Map<number, Bin>() }));
      series.units.set(sample.unit, tiers);
      const tier = tiers.find((candidate) => (candidate.seconds > 1 || sample.highResolution) && sample.at > now - candidate.keepSeconds);
      if (tier === undefined) return;
      const bin = binAt(tier, sample.at);
      for (const { value, count } of sample.values) addValue(bin, value, count);
      if (sample.set !== undefined) addStatisticSet(bin, sample.set);
      series.lastWrittenAt = now;
      series.newest = Math.max(series.newest, sample.at);
      if (now >= series.prunedAt + PRUNE_SECONDS) prune(series, now);
    },
    read(metric, unit, span) {
      const buckets = new Map<number, Bin>();
      const series = all.get(keyOf(metric));
      if (series === undefined) return buckets;
      for (const [candidate, tiers] of series.units) {
        if (unit === undefined || unit === candidate) for (const tier of tiers) collect(tier, span, buckets);
      }
      return buckets;
    },
    units: (metric) => [...(all.get(keyOf(metric))?.units.keys() ?? [])],
    list: (newerThan) => [...all.values()].filter((series) => series.newest > newerThan).map((series) => series.metric),
  };
}

function keyOf(metric: MetricName): string {
  return JSON.stringify([metric.namespace, metric.name, metric.dimensions.map(({ Name, Value }) => [Name, Value])]);
}

function dropOldest(all: Map<string, Series>): void {
  let oldest: [string, Series] | undefined;
  for (const entry of all) if (oldest === undefined || entry[1].lastWrittenAt < oldest[1].lastWrittenAt) oldest = entry;
  if (oldest !== undefined) all.delete(oldest[0]);
}

function binAt(tier: Tier, at: number): Bin {
  const start = Math.floor(at / tier.seconds) * tier.seconds;
  const bin = tier.bins.get(start) ?? emptyBin();
  tier.bins.set(start, bin);
  return bin;
}

function prune(series: Series, now: number): void {
  series.prunedAt = now;
  for (const tiers of series.units.values()) {
    for (const [index, tier] of tiers.entries()) {
      const next = tiers[index + 1];
      for (const [start, bin] of tier.bins) {
        if (start > now - tier.keepSeconds) continue;
        tier.bins.delete(start);
        if (next !== undefined) mergeBin(binAt(next, start), bin);
      }
    }
  }
}

function collect(tier: Tier, span: Span, buckets: Map<number, Bin>): void {
  const put = (start: number, bin: Bin): void => {
    const bucket = span.start + Math.floor((start - span.start) / span.period) * span.period;
    const into = buckets.get(bucket) ?? emptyBin();
    buckets.set(bucket, into);
    mergeBin(into, bin);
  };
  const first = Math.ceil(span.start / tier.seconds) * tier.seconds;
  // Whichever is shorter: walking the asked time or walking what there is.
  if ((span.end - first) / tier.seconds < tier.bins.size) {
    for (let at = first; at < span.end; at += tier.seconds) {
      const bin = tier.bins.get(at);
      if (bin !== undefined) put(at, bin);
    }
    return;
  }
  for (const [at, bin] of tier.bins) if (at >= span.start && at < span.end) put(at, bin);
}
