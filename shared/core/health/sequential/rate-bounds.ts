// Bounds of a rate and of a ratio of rates from counts. For people, and for limits taken from history; no evidence is computed here.
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import type { Counts } from './two-sample.ts';

/**
 * The rate that the true rate exceeds with a probability of at most `1 - confidence`: the upper Clopper-Pearson bound.
 * 1 without any request. Source: Clopper and Pearson, "The use of confidence or fiducial limits", Biometrika 26 (1934).
 */
export function upperBound({ requests, bad }: Counts, confidence: number): number {
  return bad >= requests ? 1 : betaQuantile(confidence, bad + 1, requests - bad);
}

export interface RatioInterval {
  readonly low: number;
  /** Infinity where blue's rate may be nothing at all. */
  readonly high: number;
}

/**
 * 95 % interval of green's rate divided by blue's. Given the total number of bad requests, green's share of them is binomial for
 * small rates, so a Clopper-Pearson interval of that share becomes one of the ratio. Cautious (too wide) for large rates.
 * undefined where either side had no request or nothing was bad: then anything is possible.
 */
export function ratioInterval(blue: Counts, green: Counts): RatioInterval | undefined {
  const bad = blue.bad + green.bad;
  if (bad === 0 || blue.requests === 0 || green.requests === 0) return undefined;
  const scale = blue.requests / green.requests;
  const lowShare = green.bad === 0 ? 0 : betaQuantile(0.025, green.bad, blue.bad + 1);
  const highShare = blue.bad === 0 ? 1 : betaQuantile(0.975, green.bad + 1, blue.bad);
  const odds = (share: number): number => (share >= 1 ? Number.POSITIVE_INFINITY : share / (1 - share));
  return { low: scale * odds(lowShare), high: scale * odds(highShare) };
}
