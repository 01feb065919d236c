// How green is compared with blue: the settings a manifest can make, their defaults, and what follows from them and blue's past.
import { dispersionFactor, noDispersion } from './dispersion.ts';
import type { Baseline } from './evidence.ts';
import { FADING_MINUTES, type RateRules } from './rate-comparison.ts';
import { requestsNeeded } from './sequential/advance.ts';
import { upperBound } from './sequential/rate-bounds.ts';
import type { Margin } from './sequential/two-sample.ts';

export interface ComparisonRules {
  /** How likely a rollback of a green that is no worse than blue may be, over the whole deployment and all metrics, 0 to 1. */
  readonly falseRollback: number;
  /** How that is divided between the metrics; what is not compared leaves its share to errors. Sum at most 1. */
  readonly spend: { readonly errors: number; readonly latency: number; readonly crashes: number; readonly slo: number };
  readonly errors: {
    /** Ratio to blue's error rate from which on a rollback is worth it. */
    readonly tolerance: number;
    /** Absolute difference of error rates (0 to 1) below which nobody cares. */
    readonly ignoredDifference: number;
  };
  /** Factor on blue's response times that green may take; undefined: response times are not compared. */
  readonly latencyTolerance?: number;
  /** Highest share of failed requests the service promises, 0 to 1; undefined: no such limit. */
  readonly sloErrorRate?: number;
  readonly advance: {
    /** How likely going on with a green beyond the margin may be, 0 to 1. */
    readonly falseAdvance: number;
    /** Share of all requests that may fail more than before, 0 to 1, for green to count as good enough. */
    readonly acceptedHarm: number;
  };
  /** Clients stay on one side (sticky sessions): no single minute may decide. */
  readonly sticky: boolean;
  /** Judge and show, without acting. */
  readonly observe: boolean;
  /** Minutes from the first traffic to the end of the bake time. */
  readonly plannedMinutes: number;
}

/** What a manifest without a health section means, for an hour. */
export const COMPARISON_DEFAULTS: ComparisonRules = {
  falseRollback: 0.01,
  spend: { errors: 0.5, latency: 0.2, crashes: 0.25, slo: 0.05 },
  errors: { tolerance: 1.25, ignoredDifference: 1e-5 },
  latencyTolerance: 1.2,
  advance: { falseAdvance: 0.05, acceptedHarm: 0.002 },
  sticky: false,
  observe: false,
  plannedMinutes: 60,
};

/** Blue's error rate times this, plus the ignored difference, is still called equal. */
const ERROR_RATIO = 1.02;
const LATENCY_OFFSET = 1e-3;
/** Nobody cares about a difference of response times below this. */
const LATENCY_IGNORED_MILLISECONDS = 10;
/** Blue's history says: its true error rate is hardly above this multiple of its upper bound, and the offset. */
const CAP_OFFSET = 1e-5;
const CAP_CONFIDENCE = 0.95;
const ALONE_FACTOR = 2;
/** Share of requests slower than each latency edge (p50, p90, p99) by definition. */
const SLOW_SHARES = [0.5, 0.1, 0.01];
/** Green may serve this much more of its requests slowly and still count as good enough. */
const LATENCY_ADVANCE_OFFSET = 0.01;
/** Shares of traffic that a next step may give to green: the margins for going on, by rising strictness. */
export const NEXT_SHARES = [0.1, 0.25, 0.5, 1];
const ADVANCE_OFFSET_MAX = 0.02;
/** Where what is bad comes together, several minutes must agree: none brings more than odds of 10 to 1. */
const SINGLE_MINUTE_LIMIT = Math.log(10);

export interface SharesOfBudget {
  readonly errors: number;
  readonly latency: number;
  readonly crashes: number;
  readonly slo: number;
}

/** The budget's shares as they are used: what is not compared leaves its share to errors. */
export function sharesOf(rules: ComparisonRules, latencyIsCompared: boolean): SharesOfBudget {
  const latency = latencyIsCompared ? rules.spend.latency : 0;
  const slo = rules.sloErrorRate === undefined ? 0 : rules.spend.slo;
  return { errors: 1 - latency - slo - rules.spend.crashes, latency, crashes: rules.spend.crashes, slo };
}

/** Log evidence at which a share of the budget is spent. */
export function logLimit(rules: ComparisonRules, share: number): number {
  return -Math.log(rules.falseRollback * share);
}

export function sloMargin(rules: ComparisonRules): number | undefined {
  const limit = rules.sloErrorRate;
  return limit === undefined ? undefined : Math.min(1 - 1e-6, Math.max(1e-9, limit));
}

/** The margin for giving green a share of the traffic: a ratio not worth a rollback, and the accepted harm spread over that share. */
function advanceMargin(rules: ComparisonRules, share: number): Margin {
  return { ratio: rules.errors.tolerance, offset: Math.min(ADVANCE_OFFSET_MAX, rules.advance.acceptedHarm / share) };
}

/** Blue's counts before the deployment, at the weight that fading counts have in the long run. */
function fadedPrior(requests: number, bad: number, minutes: number): { readonly requests: number; readonly bad: number } {
  const scale = minutes === 0 ? 0 : Math.min(minutes, FADING_MINUTES) / minutes;
  return { requests: requests * scale, bad: bad * scale };
}

/** Response times, milliseconds, from which on a request of each side is slow; undefined where they are not compared. */
export function latencyEdges(
  rules: ComparisonRules,
  baseline: Baseline | undefined,
): { readonly blue: readonly number[]; readonly green: readonly number[] } | undefined {
  const { latencyTolerance } = rules;
  if (latencyTolerance === undefined || baseline?.latency === undefined) return undefined;
  const { p50, p90, p99 } = baseline.latency;
  const blue = [p50, p90, p99];
  return { blue, green: blue.map((edge) => Math.max(edge * latencyTolerance, edge + LATENCY_IGNORED_MILLISECONDS)) };
}

/** Green requests that will prove it good enough for all traffic if it is as good as blue, and blue's requests per minute. */
export function expectedProof(rules: ComparisonRules, baseline: Baseline): { readonly requests: number; readonly perMinute: number } {
  const rate = (baseline.errors + 0.5) / (baseline.requests + 50);
  const requests = requestsNeeded(-Math.log(rules.advance.falseAdvance), rate, advanceMargin(rules, 1), 1, dispersionFactor(baseline.dispersion));
  return { requests, perMinute: baseline.requests / baseline.minutes };
}

/** What each rate is judged by. Latency is empty where blue's response times are unknown or not to be compared. */
export function rateRulesOf(rules: ComparisonRules, baseline: Baseline | undefined): { readonly errors: RateRules; readonly latency: readonly RateRules[] } {
  const bound =
    baseline === undefined || baseline.requests === 0 ? undefined : upperBound({ requests: baseline.requests, bad: baseline.errors }, CAP_CONFIDENCE);
  const shared = {
    plannedMinutes: rules.plannedMinutes,
    advanceLimit: -Math.log(rules.advance.falseAdvance),
    minuteLimit: rules.sticky ? SINGLE_MINUTE_LIMIT : undefined,
  };
  const errors: RateRules = {
    ...shared,
    margin: { ratio: ERROR_RATIO, offset: rules.errors.ignoredDifference },
    cap: bound === undefined ? undefined : bound + CAP_OFFSET,
    prior: baseline === undefined ? { requests: 0, bad: 0 } : fadedPrior(baseline.requests, baseline.errors, baseline.minutes),
    priorDispersion: baseline?.dispersion ?? noDispersion,
    aloneLimit: bound === undefined ? undefined : Math.max(rules.sloErrorRate ?? 0, ALONE_FACTOR * bound),
    advanceMargins: NEXT_SHARES.map((share) => advanceMargin(rules, share)),
  };
  if (rules.latencyTolerance === undefined || baseline?.latency === undefined) return { errors, latency: [] };
  const latency = SLOW_SHARES.map((share): RateRules => {
    const history = fadedPrior(baseline.requests, baseline.requests * share, baseline.minutes);
    return {
      ...shared,
      margin: { ratio: 1, offset: LATENCY_OFFSET },
      cap: undefined,
      prior: history,
      priorDispersion: noDispersion,
      aloneLimit: undefined,
      // Slow requests come together: a stall of a second makes everything in it slow.
      minuteLimit: SINGLE_MINUTE_LIMIT,
      advanceMargins: [{ ratio: 1, offset: LATENCY_ADVANCE_OFFSET }],
    };
  });
  return { errors, latency };
}
