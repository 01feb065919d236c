// Every rule Weir is compared with, on minutes made by hand.
import { describe, expect, test } from '@jest/globals';
import { argoDocumented, argoOneMinute } from '../../../../bench/verdict/anchors/argo-rollouts.ts';
import { cloudWatchOneOfOne, cloudWatchTwoOfThree } from '../../../../bench/verdict/anchors/cloudwatch-alarm.ts';
import { ecsExpressMode } from '../../../../bench/verdict/anchors/ecs-express-mode.ts';
import { flaggerCodeDefault, flaggerDocumented } from '../../../../bench/verdict/anchors/flagger.ts';
import { isHigh, kayentaFiveMinutes, kayentaGrowing, kayentaMinutes } from '../../../../bench/verdict/anchors/kayenta-judge.ts';
import { lindonMalek, logGamma, logOdds } from '../../../../bench/verdict/anchors/lindon-malek.ts';
import { zStatistic, zTestEveryMinute } from '../../../../bench/verdict/anchors/z-test.ts';
import type { Decider, SideCount } from '../../../../bench/verdict/decider.ts';

type Pair = readonly [requests: number, errors: number];
const side = ([requests, errors]: Pair): SideCount => ({ requests, errors });
const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);

/** Minutes after which the decider rolls back; undefined if it never does. */
function rollsBackAfter(decider: Decider, greens: readonly Pair[], blues: readonly Pair[] = [], greenShare = 0.5): number | undefined {
  const run = decider.start({ plannedMinutes: 60, history: [] });
  for (const [minute, green] of greens.entries()) {
    if (run.observe({ minute, green: side(green), blue: side(blues[minute] ?? [100, 0]), greenShare }) === 'rollBack') return minute + 1;
  }
  return undefined;
}

const good: Pair = [100, 0];
const bad: Pair = [100, 2];
const none: Pair = [0, 0];

describe('a CloudWatch alarm at more than 1 %', () => {
  test('1 of 1 fires at the first datapoint above the threshold, and not at the threshold', () => {
    expect(rollsBackAfter(cloudWatchOneOfOne, [good, [100, 1], [1000, 10], bad])).toBe(4);
  });

  test('2 of 3 fires at the second breaching datapoint within three', () => {
    expect(rollsBackAfter(cloudWatchTwoOfThree, [bad, good, good, bad, good, bad])).toBe(6);
    expect(rollsBackAfter(cloudWatchTwoOfThree, [bad, bad])).toBe(2);
    expect(rollsBackAfter(cloudWatchTwoOfThree, [bad, good, good, bad, good, good, bad])).toBeUndefined();
  });

  test('a minute without requests is no datapoint: the alarm looks at the last ones there are', () => {
    expect(rollsBackAfter(cloudWatchTwoOfThree, [bad, none, none, none, bad])).toBe(5);
    expect(rollsBackAfter(cloudWatchTwoOfThree, [bad, none, good, none, good, bad])).toBeUndefined();
    expect(rollsBackAfter(cloudWatchOneOfOne, times(60, none))).toBeUndefined();
  });
});

describe('ECS Express Mode', () => {
  test('watches for 6 minutes: 2 datapoints in 3 minutes within them roll back, later ones do not', () => {
    expect(rollsBackAfter(ecsExpressMode, [good, good, good, good, bad, bad])).toBe(6);
    expect(rollsBackAfter(ecsExpressMode, [good, good, good, good, good, bad, bad, bad])).toBeUndefined();
  });
});

describe('Flagger', () => {
  test('rolls back one interval after the check that reached the threshold', () => {
    expect(rollsBackAfter(flaggerDocumented, times(10, bad))).toBe(6);
    expect(rollsBackAfter(flaggerCodeDefault, times(10, bad))).toBe(2);
    expect(rollsBackAfter(flaggerDocumented, times(5, bad))).toBeUndefined();
  });

  test('failed checks are never reset', () => {
    const now: Pair[] = [bad, good, good, bad, good, bad, bad, good, good, bad, good];
    expect(rollsBackAfter(flaggerDocumented, now)).toBe(11);
  });

  test('exactly 99 % is good enough, and no traffic is a failed check', () => {
    expect(rollsBackAfter(flaggerCodeDefault, times(60, [100, 1] as Pair))).toBeUndefined();
    expect(rollsBackAfter(flaggerCodeDefault, times(60, [7000, 70] as Pair))).toBeUndefined();
    expect(rollsBackAfter(flaggerDocumented, [good, none, none, none, none, none, good])).toBe(7);
  });
});

describe('Argo Rollouts', () => {
  const failing: Pair = [100, 6];

  test('the documented example fails with the fourth failed measurement, at 20 minutes', () => {
    expect(rollsBackAfter(argoDocumented, times(30, failing))).toBe(20);
  });

  test('a measurement is over the whole interval: one bad minute in five does not fail it', () => {
    const interval: Pair[] = [failing, good, good, good, good];
    expect(rollsBackAfter(argoDocumented, times(12, interval).flat())).toBeUndefined();
    const worse: Pair[] = [[100, 26], good, good, good, good];
    expect(rollsBackAfter(argoDocumented, times(12, worse).flat())).toBe(20);
  });

  test('failed measurements need not follow each other, and exactly the limit is a success', () => {
    expect(rollsBackAfter(argoOneMinute, [bad, good, bad, good, good, bad, good, bad])).toBe(8);
    expect(rollsBackAfter(argoOneMinute, times(60, [100, 1] as Pair))).toBeUndefined();
  });

  test('more than four measurements in a row without a value end the analysis in error', () => {
    // The measurement at the start has no value either.
    expect(rollsBackAfter(argoOneMinute, times(10, none))).toBe(4);
    expect(rollsBackAfter(argoOneMinute, [none, none, none, good, none, none, none, none, good])).toBeUndefined();
    expect(rollsBackAfter(argoOneMinute, [good, none, none, none, none, none])).toBe(6);
  });
});

describe('the Kayenta judge', () => {
  const values = (...list: number[]): Float64Array => Float64Array.from(list);

  test('a clear shift is High, in any order of the points', () => {
    expect(isHigh(values(1, 2, 1, 2, 1.5, 1.7), values(5, 6, 4, 5.5, 6.5, 7))).toBe(true);
    expect(isHigh(values(5, 6, 4, 5.5, 6.5, 7), values(1, 2, 1, 2, 1.5, 1.7))).toBe(false);
  });

  test('the interval must clear a quarter of the estimate, not only zero', () => {
    // Shifted by 2.5, the interval begins at 0.5, a fifth of the estimate; shifted by 3, at 1, a third of it.
    const blue = Array.from({ length: 20 }, (_, at) => at % 7);
    const shifted = (by: number): Float64Array => values(...blue.map((value) => value + by));
    expect(isHigh(values(...blue), shifted(2.5))).toBe(false);
    expect(isHigh(values(...blue), shifted(3))).toBe(true);
  });

  test('identical points are not High, in whatever order; nor are points that never vary and agree', () => {
    expect(isHigh(values(0, 1, 2, 3, 4), values(4, 3, 2, 1, 0))).toBe(false);
    expect(isHigh(values(0, 0, 0, 0, 0), values(0, 0, 0, 0, 0))).toBe(false);
  });

  test('points that never vary and differ are as far apart as they are', () => {
    expect(isHigh(values(0, 0, 0, 0, 0), values(100, 100, 100, 100, 100))).toBe(true);
    expect(isHigh(values(5, 5, 5, 5, 5), values(1, 1, 1, 1, 1))).toBe(false);
  });

  test('a lower mean is never High, even when the ranks are higher', () => {
    expect(isHigh(values(1, 1, 1, 1, 1, 1, 1, 1, 1, 900), values(2, 2, 2, 2, 2, 2, 2, 2, 2, 2))).toBe(false);
    expect(isHigh(values(1, 1, 1, 1, 1, 1, 1, 1, 1, 9), values(2, 2, 2, 2, 2, 2, 2, 2, 2, 2))).toBe(true);
  });

  const blues: Pair[] = Array.from({ length: 60 }, (_, at) => [1000, at % 5]);
  const greens: Pair[] = Array.from({ length: 60 }, (_, at) => [1000, 20 + (at % 7)]);

  test('as documented it answers after the hour; growing, after five minutes', () => {
    expect(rollsBackAfter(kayentaMinutes, greens, blues)).toBe(60);
    expect(rollsBackAfter(kayentaFiveMinutes, greens, blues)).toBe(60);
    expect(rollsBackAfter(kayentaGrowing, greens, blues)).toBe(5);
    expect(rollsBackAfter(kayentaGrowing, blues, blues)).toBeUndefined();
  });

  test('five-minute points are rates of five minutes, not means of rates', () => {
    // Each five minutes: 1 error of 1 request in one minute and none of 999 in the others: 0.1 %, as on blue.
    const lumpy: Pair[] = times(12, [[1, 1] as Pair, [500, 0] as Pair, [499, 0] as Pair, none, none]).flat();
    const smooth: Pair[] = times(12, [[200, 1] as Pair, [200, 0] as Pair, [200, 0] as Pair, [200, 0] as Pair, [200, 0] as Pair]).flat();
    expect(rollsBackAfter(kayentaFiveMinutes, lumpy, smooth)).toBeUndefined();
  });

  test('minutes without requests count as minutes without errors', () => {
    const rare: Pair[] = Array.from({ length: 60 }, (_, at) => (at % 20 === 0 ? [1, 1] : none));
    expect(rollsBackAfter(kayentaMinutes, rare, times(60, good))).toBeUndefined();
  });
});

describe('the z-test every minute', () => {
  test('the pooled statistic', () => {
    // (0.03 - 0.01) / sqrt(0.02 * 0.98 * 2 / 1000), by hand.
    expect(zStatistic({ requests: 1000, errors: 10 }, { requests: 1000, errors: 30 })).toBeCloseTo(0.02 / Math.sqrt(0.02 * 0.98 * 0.002), 12);
    expect(zStatistic({ requests: 0, errors: 0 }, { requests: 10, errors: 10 })).toBe(0);
    expect(zStatistic({ requests: 10, errors: 0 }, { requests: 10, errors: 0 })).toBe(0);
    expect(zStatistic({ requests: 10, errors: 10 }, { requests: 10, errors: 10 })).toBe(0);
  });

  test('sums up until the difference is significant', () => {
    // 3 % against 1 % per minute of 100 requests: z is 1.01 sqrt(minutes), above 2.326 at the sixth.
    expect(rollsBackAfter(zTestEveryMinute, times(60, [100, 3] as Pair), times(60, [100, 1] as Pair))).toBe(6);
    expect(rollsBackAfter(zTestEveryMinute, times(60, [100, 1] as Pair), times(60, [100, 3] as Pair))).toBeUndefined();
  });
});

describe('Lindon and Malek’s test', () => {
  test('log-gamma: published values', () => {
    expect(logGamma(1)).toBeCloseTo(0, 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
    expect(logGamma(101) / 363.73937555556347).toBeCloseTo(1, 12);
  });

  test('the odds are the product of predictions over the product of shares', () => {
    // Errors g, g, b with k = 100 and share 0.1: (10/100)(11/101)(90/102) over 0.1 * 0.1 * 0.9.
    expect(logOdds(2, 1, 0.1)).toBeCloseTo(Math.log(((10 / 100) * (11 / 101) * (90 / 102)) / (0.1 * 0.1 * 0.9)), 9);
    expect(logOdds(0, 0, 0.1)).toBe(0);
  });

  test('rolls back when green has more errors than its share, not when it has fewer', () => {
    // At a share of 0.1, errors on green alone are 10 times their expectation: 100 : 1 is reached at the fourth by plain shares, later by the mixture.
    const greens: Pair[] = times(60, [100, 1] as Pair);
    const noErrors: Pair[] = times(60, [900, 0] as Pair);
    let errors = 0;
    while (logOdds(errors, 0, 0.1) < Math.log(100)) errors++;
    expect(errors).toBeGreaterThan(4);
    expect(rollsBackAfter(lindonMalek, greens, noErrors, 0.1)).toBe(errors);
    expect(rollsBackAfter(lindonMalek, noErrors, times(60, [900, 90] as Pair), 0.5)).toBeUndefined();
  });

  test('a change of the shares keeps the evidence and is no evidence itself', () => {
    const run = lindonMalek.start({ plannedMinutes: 60, history: [] });
    for (let minute = 0; minute < 60; minute++) {
      const greenShare = minute < 30 ? 0.1 : 0.5;
      const requests = 1000 * greenShare;
      expect(run.observe({ minute, green: side([requests, requests / 10]), blue: side([1000 - requests, (1000 - requests) / 10]), greenShare })).toBe('goOn');
    }
  });
});
