// One rate (failed requests, or slow ones) of green against blue's, folded minute by minute. Everything that later minutes need is in
// the state: plain numbers, small enough for the deployment's record, and the same minutes always give the same state.
import { type DispersionSums, dispersionFactor, noDispersion, withMinute } from './dispersion.ts';
import { type AdvanceEvidence, addAdvanceMinute, advanceTotal, requestsNeeded } from './sequential/advance.ts';
import { EFFECT_WEIGHTS, ratesAbove } from './sequential/effects.ts';
import { addMinute, averageOver, emptyMixture, logTotal, type Mixture } from './sequential/mixture.ts';
import { upperBound } from './sequential/rate-bounds.ts';
import { type Counts, logEvidenceWithCap, logRatio, type Margin } from './sequential/two-sample.ts';

/** What is known before the first minute, and how it is judged. */
export interface RateRules {
  /** Up to this, green's rate bothers nobody. */
  readonly margin: Margin;
  /** Blue's true rate is at most this if nothing is wrong with what both share; undefined where blue's history is unknown. */
  readonly cap: number | undefined;
  /** Counts of blue before the deployment, scaled to the weight they shall have. */
  readonly prior: Counts;
  readonly priorDispersion: DispersionSums;
  /** Green's rate that counts as bad where blue serves nothing it could be compared with; undefined: not judged then. */
  readonly aloneLimit: number | undefined;
  readonly plannedMinutes: number;
  /** Margins for going on, by rising strictness. */
  readonly advanceMargins: readonly Margin[];
  /** Log evidence that is enough to go on. */
  readonly advanceLimit: number;
  /** Most log evidence one minute may bring; undefined: no limit. For clients that stay on one side. */
  readonly minuteLimit: number | undefined;
}

export interface RateComparison {
  readonly blue: Counts;
  readonly green: Counts;
  /** Blue's counts, older ones fading: what blue's rate is expected to be. */
  readonly recentBlue: Counts;
  readonly dispersion: DispersionSums;
  /** Evidence whatever blue's rate does; with blue's history as a second witness; and of green alone. */
  readonly relative: Mixture;
  readonly capped: Mixture;
  readonly alone: Mixture;
  readonly advance: AdvanceEvidence;
}

/** Minutes after which a minute of blue counts half in what is expected of it. */
const HALF_LIFE_MINUTES = 30;
const FADING = 2 ** (-1 / HALF_LIFE_MINUTES);
/** Minutes that fading counts add up to when each minute is alike. */
export const FADING_MINUTES = 1 / (1 - FADING);
/** Half an error in 50 requests: what is expected of a blue nobody has seen. */
const UNSEEN: Counts = { requests: 50, bad: 0.5 };
/** Green alone is compared with this multiple of what blue may be known to have. */
const ALONE_FACTOR = 2;
const ALONE_CONFIDENCE = 0.95;

const none: Counts = { requests: 0, bad: 0 };

export function startRateComparison(rules: RateRules): RateComparison {
  return {
    blue: none,
    green: none,
    recentBlue: rules.prior,
    dispersion: rules.priorDispersion ?? noDispersion,
    relative: emptyMixture,
    capped: emptyMixture,
    alone: emptyMixture,
    advance: [],
  };
}

/** The rate blue is expected to have in the next minute. */
export function expectedBlueRate({ recentBlue }: RateComparison): number {
  return (recentBlue.bad + UNSEEN.bad) / (recentBlue.requests + UNSEEN.requests);
}

/** Adds one minute. A minute without requests on either side changes nothing but the count of minutes. */
export function compareMinute(state: RateComparison, rules: RateRules, blue: Counts, green: Counts): RateComparison {
  const blueRate = expectedBlueRate(state);
  const phi = dispersionFactor(state.dispersion);
  const rates = ratesAbove(Math.min(1 - 1e-6, rules.margin.ratio * blueRate + rules.margin.offset));
  const limited = (log: number): number => Math.min(log / phi, rules.minuteLimit ?? Number.POSITIVE_INFINITY);
  const pairs = rates.map((rate) => logEvidenceWithCap(blue, green, { blue: blueRate, green: rate }, rules.margin, rules.cap ?? 1));
  const add = (mixture: Mixture, logs: readonly number[]): Mixture => addMinute(mixture, EFFECT_WEIGHTS, logs, rules.plannedMinutes);
  return {
    blue: plus(state.blue, blue),
    green: plus(state.green, green),
    recentBlue: { requests: state.recentBlue.requests * FADING + blue.requests, bad: state.recentBlue.bad * FADING + blue.bad },
    dispersion: withMinute(state.dispersion, state, blue, green),
    relative: add(
      state.relative,
      pairs.map(({ relative }) => limited(relative)),
    ),
    capped: add(
      state.capped,
      pairs.map(({ capped }) => (rules.cap === undefined ? 0 : limited(capped))),
    ),
    alone: add(state.alone, aloneEvidence(state, rules, blue, green).map(limited)),
    advance: addAdvanceMinute(state.advance, { blue, green }, blueRate, rules.advanceMargins, rules.advanceLimit, phi),
  };
}

function plus(a: Counts, b: Counts): Counts {
  return { requests: a.requests + b.requests, bad: a.bad + b.bad };
}

/** Without blue beside it, green is held against the most that blue is known to have had, before the deployment or during it. */
export function aloneLimitOf(state: RateComparison, rules: RateRules): number | undefined {
  const during = state.blue.requests === 0 ? 0 : ALONE_FACTOR * upperBound(state.blue, ALONE_CONFIDENCE);
  const limit = Math.max(rules.aloneLimit ?? 0, during);
  return limit > 0 && limit < 1 ? limit : undefined;
}

function aloneEvidence(state: RateComparison, rules: RateRules, blue: Counts, green: Counts): readonly number[] {
  if (blue.requests > 0 || green.requests === 0) return EFFECT_WEIGHTS.map(() => 0);
  const limit = aloneLimitOf(state, rules);
  if (limit === undefined) return EFFECT_WEIGHTS.map(() => 0);
  return ratesAbove(limit).map((rate) => logRatio(green, rate, limit));
}

/** What the minutes so far say. All evidence as natural logarithms; 0 is none. */
export interface RateReading {
  readonly relative: number;
  readonly capped: number;
  readonly alone: number;
  /** Green's rate as a multiple of blue's, by the evidence: the effects weighted with what speaks for them. 1 before the first minute. */
  readonly ratio: number;
  /** Log evidence that green is within the n-th margin for going on. */
  readonly advance: readonly number[];
  readonly phi: number;
}

export function readRate(state: RateComparison, rules: RateRules): RateReading {
  return {
    relative: logTotal(state.relative),
    capped: rules.cap === undefined ? 0 : logTotal(state.capped),
    alone: logTotal(state.alone),
    ratio: ratioOf(state, rules),
    advance: rules.advanceMargins.map((_, margin) => advanceTotal(state.advance, margin)),
    phi: dispersionFactor(state.dispersion),
  };
}

function ratioOf(state: RateComparison, rules: RateRules): number {
  if (state.relative.effects.length === 0) return 1;
  const blueRate = expectedBlueRate(state);
  const rates = ratesAbove(Math.min(1 - 1e-6, rules.margin.ratio * blueRate + rules.margin.offset));
  return Math.exp(
    averageOver(
      state.relative,
      rates.map((rate) => Math.log(rate / blueRate)),
    ),
  );
}

/** Green requests still needed for the n-th margin if green is as good as blue. `share` is green's share of the requests, 0 to 1. */
export function rateRequestsNeeded(state: RateComparison, rules: RateRules, margin: number, share: number): number {
  const wanted = rules.advanceMargins[margin];
  if (wanted === undefined) return 0;
  return requestsNeeded(rules.advanceLimit - advanceTotal(state.advance, margin), expectedBlueRate(state), wanted, share, dispersionFactor(state.dispersion));
}
