// Kayenta's NetflixACAJudge on one critical metric, the error rate, direction "increase": the metric is High when the lower end of the
// 98 % Mann-Whitney interval of the shift is above 0.25 x the absolute Hodges-Lehmann estimate and green's mean is at least blue's. A
// critical metric that is High makes the score 0, which fails the canary. Rules: NetflixACAJudge.scala, MannWhitneyClassifier.scala and
// MannWhitney.scala of spinnaker/kayenta. NaN strategy "replace" (advised for error counts): a minute without requests is 0. Outliers
// are kept, Kayenta's default since 2019.
import type { Bin, Decider, Run, SideCount } from '../decider.ts';
import { shiftInterval, shiftScore } from './mann-whitney.ts';

const TOLERANCE = 0.25;
/** 99th percentile of the standard normal distribution: a two-sided interval of 98 %. */
const QUANTILE = 2.3263478740408408;
/** effectSize.allowedIncrease: mean of green over mean of blue. */
const ALLOWED_INCREASE = 1;
/** Smaller than any difference of two error rates that differ, percent. */
const NO_SHIFT = 1e-10;

export interface JudgeRule {
  /** Minutes that make one data point. */
  readonly pointMinutes: number;
  /** Every so many minutes all points so far are judged. */
  readonly judgeEveryMinutes: number;
}

export function kayentaJudge(name: string, rule: JudgeRule): Decider {
  return { name, start: () => judgeRun(rule) };
}

function judgeRun(rule: JudgeRule): Run {
  const blue: number[] = [];
  const green: number[] = [];
  let blueSum: SideCount = { requests: 0, errors: 0 };
  let greenSum: SideCount = { requests: 0, errors: 0 };
  return {
    observe(bin: Bin) {
      blueSum = { requests: blueSum.requests + bin.blue.requests, errors: blueSum.errors + bin.blue.errors };
      greenSum = { requests: greenSum.requests + bin.green.requests, errors: greenSum.errors + bin.green.errors };
      if ((bin.minute + 1) % rule.pointMinutes === 0) {
        blue.push(errorPercent(blueSum));
        green.push(errorPercent(greenSum));
        blueSum = { requests: 0, errors: 0 };
        greenSum = { requests: 0, errors: 0 };
      }
      if ((bin.minute + 1) % rule.judgeEveryMinutes !== 0) return 'goOn';
      return isHigh(Float64Array.from(blue), Float64Array.from(green)) ? 'rollBack' : 'goOn';
    },
  };
}

function errorPercent({ requests, errors }: SideCount): number {
  return requests === 0 ? 0 : (100 * errors) / requests;
}

/** Whether the judge calls green's data points High against blue's. Sorts both in place. */
export function isHigh(blue: Float64Array, green: Float64Array): boolean {
  blue.sort();
  green.sort();
  if (green.every((value, index) => value === blue[index])) return false;
  const [blueMean, greenMean] = [mean(blue), mean(green)];
  // With no error on blue there is no ratio, and Kayenta takes 1.
  if (blueMean > 0 && greenMean / blueMean < ALLOWED_INCREASE) return false;
  if (isConstant(blue) && isConstant(green)) {
    // Kayenta adds noise of 1e-5 of the value so that the test can be computed; the samples stay apart and the interval is the difference.
    return greenMean > blueMean;
  }
  const overlap = (green[0] ?? 0) <= (blue[blue.length - 1] ?? 0);
  // Most looks end here: a shift of nothing is not rejected, so the interval's lower end is not above 0.
  if (overlap && shiftScore(green, blue, NO_SHIFT) <= QUANTILE) return false;
  const { lower, estimate } = shiftInterval(green, blue, QUANTILE);
  return lower > TOLERANCE * Math.abs(estimate);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isConstant(ascending: Float64Array): boolean {
  return ascending[0] === ascending[ascending.length - 1];
}

export const kayentaMinutes = kayentaJudge('Kayenta 60 x 1 min', { pointMinutes: 1, judgeEveryMinutes: 60 });

export const kayentaFiveMinutes = kayentaJudge('Kayenta 12 x 5 min', { pointMinutes: 5, judgeEveryMinutes: 60 });

export const kayentaGrowing = kayentaJudge('Kayenta growing, every 5 min', { pointMinutes: 1, judgeEveryMinutes: 5 });
