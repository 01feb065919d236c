import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  STRATEGY_PERCENT_MAX,
  STRATEGY_PERCENT_MIN,
  STRATEGY_TOTAL_MINUTES_MAX,
  type Strategy,
  shiftMinutes,
  strategyProblem,
  trafficSteps,
} from '#core/strategy/strategy.ts';

const percent = fc.integer({ min: STRATEGY_PERCENT_MIN, max: STRATEGY_PERCENT_MAX });
const interval = fc.integer({ min: 1, max: STRATEGY_TOTAL_MINUTES_MAX });
const anyStrategy: fc.Arbitrary<Strategy> = fc.oneof(
  fc.record({ kind: fc.constantFrom('canary' as const, 'linear' as const), percent, intervalMinutes: interval }),
  fc.constant<Strategy>({ kind: 'allAtOnce' }),
);

describe('the steps of a strategy', () => {
  test('a canary gives green its share at once and the rest after the interval', () => {
    expect(trafficSteps({ kind: 'canary', percent: 10, intervalMinutes: 5 })).toEqual([
      { atMinutes: 0, greenPercent: 10 },
      { atMinutes: 5, greenPercent: 100 },
    ]);
  });

  test('a linear shift that does not divide 100 ends with a smaller increment', () => {
    expect(trafficSteps({ kind: 'linear', percent: 30, intervalMinutes: 2 })).toEqual([
      { atMinutes: 0, greenPercent: 30 },
      { atMinutes: 2, greenPercent: 60 },
      { atMinutes: 4, greenPercent: 90 },
      { atMinutes: 6, greenPercent: 100 },
    ]);
  });

  test('all at once is one step', () => {
    expect(trafficSteps({ kind: 'allAtOnce' })).toEqual([{ atMinutes: 0, greenPercent: 100 }]);
  });

  test('law: times and shares only grow, and the last step is all traffic', () => {
    fc.assert(
      fc.property(anyStrategy, (strategy) => {
        const steps = trafficSteps(strategy);
        expect(steps[0]?.atMinutes).toBe(0);
        for (const [index, step] of steps.entries()) {
          const next = steps[index + 1];
          if (next === undefined) expect(step.greenPercent).toBe(100);
          else expect(next.atMinutes > step.atMinutes && next.greenPercent > step.greenPercent).toBe(true);
        }
      }),
    );
  });

  test('law: the increments sum to 100 and none is larger than the share asked for, a canary’s last one apart', () => {
    fc.assert(
      fc.property(anyStrategy, (strategy) => {
        const shares = trafficSteps(strategy).map((step) => step.greenPercent);
        const increments = shares.map((share, index) => share - (shares[index - 1] ?? 0));
        expect(increments.reduce((sum, increment) => sum + increment, 0)).toBe(100);
        if (strategy.kind === 'linear') expect(Math.max(...increments)).toBeLessThanOrEqual(strategy.percent);
      }),
    );
  });

  test('law: the shift takes as long as its last step is late', () => {
    fc.assert(fc.property(anyStrategy, (strategy) => expect(trafficSteps(strategy).at(-1)?.atMinutes).toBe(shiftMinutes(strategy))));
  });
});

describe('the limits of a strategy', () => {
  test.each<[Strategy, RegExp | undefined]>([
    [{ kind: 'allAtOnce' }, undefined],
    [{ kind: 'canary', percent: 1, intervalMinutes: 2_880 }, undefined],
    [{ kind: 'canary', percent: 99, intervalMinutes: 1 }, undefined],
    [{ kind: 'linear', percent: 10, intervalMinutes: 320 }, undefined],
    [{ kind: 'canary', percent: 0, intervalMinutes: 5 }, /from 1 to 99, got 0/],
    [{ kind: 'canary', percent: 100, intervalMinutes: 5 }, /from 1 to 99, got 100/],
    [{ kind: 'canary', percent: 2.5, intervalMinutes: 5 }, /whole number/],
    [{ kind: 'canary', percent: Number.NaN, intervalMinutes: 5 }, /whole number/],
    [{ kind: 'linear', percent: 10, intervalMinutes: 0 }, /intervalMinutes must be/],
    [{ kind: 'canary', percent: 10, intervalMinutes: 2_881 }, /at most 2880 minutes/],
    [{ kind: 'linear', percent: 10, intervalMinutes: 321 }, /takes 2889/],
  ])('%j', (strategy, problem) => {
    const found = strategyProblem(strategy);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });

  test('a share below the limit has no steps instead of endless ones', () => {
    expect(trafficSteps({ kind: 'linear', percent: 0, intervalMinutes: 1 })).toEqual([]);
    expect(trafficSteps({ kind: 'linear', percent: Number.NaN, intervalMinutes: 1 })).toEqual([]);
  });
});
