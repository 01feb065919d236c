// How much more two sides differ than independent requests would make them: 1 for independent requests, more where failures come in
// bursts or drift apart. Evidence is divided by it, so that noise between the sides is not taken for a difference.
import type { Counts } from './sequential/two-sample.ts';

/** Squared differences that were seen, and what independent requests would have given. */
export interface DispersionSums {
  readonly observed: number;
  readonly expected: number;
}

export const noDispersion: DispersionSums = { observed: 0, expected: 0 };

/** Weight of the assumption that nothing is wrong, in the unit of `expected`. */
const SEED = 4;
/** More than the variance: what comes in bursts has longer tails than its variance tells, and the measurement is itself uncertain. */
const CAUTION = 1.25;
/** A single minute counts at most this many times what the factor so far makes likely. */
const WINSOR = 9;
/** Variance that is left where one side had almost all that was bad: a share of it. */
const FINITE_MIN = 0.05;

/** The factor, at least 1. */
export function dispersionFactor(sums: DispersionSums): number {
  return 1 + CAUTION * (measuredFactor(sums) - 1);
}

function measuredFactor({ observed, expected }: DispersionSums): number {
  return Math.max(1, (observed + SEED) / (expected + SEED));
}

/**
 * The sums after a minute. Called with the factor's old sums for the minute's own evidence, so that a minute never weighs itself.
 * @param totals what both sides had before the minute: their ratio is what the minute is compared with
 */
export function withMinute(sums: DispersionSums, totals: { readonly blue: Counts; readonly green: Counts }, blue: Counts, green: Counts): DispersionSums {
  const part = differenceOf(totals, blue, green);
  if (part === undefined) return sums;
  const limit = WINSOR * measuredFactor(sums) * part.expected;
  return { observed: sums.observed + Math.min(part.observed, limit), expected: sums.expected + part.expected };
}

/** Squared difference of one minute (or block of minutes), and its variance under independence; undefined where nothing can be said. */
export function differenceOf(totals: { readonly blue: Counts; readonly green: Counts }, blue: Counts, green: Counts): DispersionSums | undefined {
  const bad = blue.bad + green.bad;
  const requests = blue.requests + green.requests;
  if (bad === 0 || blue.requests === 0 || green.requests === 0) return undefined;
  const ratio = ratioOf(totals);
  const share = (ratio * green.requests) / (ratio * green.requests + blue.requests);
  const expected = bad * share * (1 - share) * Math.max(1 - bad / requests, FINITE_MIN);
  return { observed: (green.bad - bad * share) ** 2, expected };
}

/** Green's rate divided by blue's, from totals; half an error each keeps it finite. */
function ratioOf({ blue, green }: { readonly blue: Counts; readonly green: Counts }): number {
  const greenRate = (green.bad + 0.5) / (green.requests + 1);
  const blueRate = (blue.bad + 0.5) / (blue.requests + 1);
  return greenRate / blueRate;
}

/** One availability zone's counts by minute number (epoch minutes); minutes without requests are absent. */
export type ZoneMinutes = ReadonlyMap<number, Counts>;

/** Minutes put together before zones are compared: noise that lasts shows only in longer blocks. */
const BLOCK_MINUTES = [1, 5, 15];
/** The past counts like this much of `expected`, however long it was, so that what the deployment itself shows soon prevails. */
const PRIOR_WEIGHT_MAX = 30;

/**
 * How far the zones of one side differed from each other while nothing was deployed: the dispersion to begin a comparison with.
 * Every two zones are compared as blue and green are, over blocks of 1, 5 and 15 minutes, and the blocks with the largest ratio of
 * observed to expected count. No sums at all with fewer than two zones, or without anything bad: then nothing is known.
 */
export function zoneDispersion(zones: readonly ZoneMinutes[]): DispersionSums {
  const compared = BLOCK_MINUTES.map((minutes) => differencesOf(zones.map((zone) => inBlocks(zone, minutes)))).filter(({ expected }) => expected > 0);
  const largest = compared.reduce<DispersionSums | undefined>(
    (best, sums) => (best === undefined || sums.observed / sums.expected > best.observed / best.expected ? sums : best),
    undefined,
  );
  if (largest === undefined) return noDispersion;
  // With more than two zones the pairs are not independent: of n (n - 1) / 2 pairs only n - 1 tell something new.
  const weight = Math.min(PRIOR_WEIGHT_MAX, (largest.expected * 2) / zones.length);
  return { observed: (largest.observed / largest.expected) * weight, expected: weight };
}

function differencesOf(zones: readonly ZoneMinutes[]): DispersionSums {
  const totals = zones.map(totalOf);
  let [observed, expected] = [0, 0];
  for (const [first, blue] of zones.entries()) {
    for (const [second, green] of zones.entries()) {
      if (second <= first) continue;
      const both = { blue: totals[first] ?? NONE, green: totals[second] ?? NONE };
      for (const [block, counts] of blue) {
        const part = differenceOf(both, counts, green.get(block) ?? NONE);
        observed += part?.observed ?? 0;
        expected += part?.expected ?? 0;
      }
    }
  }
  return { observed, expected };
}

const NONE: Counts = { requests: 0, bad: 0 };

function totalOf(zone: ZoneMinutes): Counts {
  return [...zone.values()].reduce((sum, counts) => ({ requests: sum.requests + counts.requests, bad: sum.bad + counts.bad }), NONE);
}

function inBlocks(zone: ZoneMinutes, minutes: number): ZoneMinutes {
  const blocks = new Map<number, Counts>();
  for (const [minute, { requests, bad }] of zone) {
    const block = Math.floor(minute / minutes);
    const so = blocks.get(block) ?? NONE;
    blocks.set(block, { requests: so.requests + requests, bad: so.bad + bad });
  }
  return blocks;
}
