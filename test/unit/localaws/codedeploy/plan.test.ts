// Traffic moves of deployment configs.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { trafficMoves } from '../../../../localaws/codedeploy/lifecycle/plan.ts';

const linear = (linearPercentage: number, linearInterval: number) => ({ type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage, linearInterval } });

describe('traffic moves', () => {
  test('a canary moves its percentage at once and the rest after its interval', () => {
    expect(trafficMoves({ type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage: 25, canaryInterval: 15 } })).toEqual([
      { greenPercent: 25, afterMs: 0 },
      { greenPercent: 100, afterMs: 900_000 },
    ]);
  });

  test('linear ends with a smaller move where its percentage does not divide 100', () => {
    expect(trafficMoves(linear(40, 1)).map((move) => move.greenPercent)).toEqual([40, 80, 100]);
  });

  test('anything else is all at once', () => {
    expect(trafficMoves({ type: 'AllAtOnce' })).toEqual([{ greenPercent: 100, afterMs: 0 }]);
    expect(trafficMoves(undefined)).toEqual([{ greenPercent: 100, afterMs: 0 }]);
  });

  test('every linear config rises with each move and ends at exactly 100', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), (percentage) => {
        const percents = trafficMoves(linear(percentage, 1)).map((move) => move.greenPercent);
        expect(percents.at(-1)).toBe(100);
        expect(percents.every((percent, index) => index === 0 || percent > (percents[index - 1] ?? 0))).toBe(true);
      }),
    );
  });
});
