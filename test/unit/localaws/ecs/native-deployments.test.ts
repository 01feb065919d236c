// The pure parts of native ECS deployments: thresholds, steps, weights, and what a hook's answer means.
import { describe, expect, test } from '@jest/globals';
import { failureThreshold } from '../../../../localaws/ecs/deployments/circuit-breaker.ts';
import { mergedDetails, readHookAnswer } from '../../../../localaws/ecs/deployments/hook-answer.ts';
import { trafficSteps, weightsOf } from '../../../../localaws/ecs/deployments/traffic-steps.ts';

describe('the threshold of the circuit breaker', () => {
  test.each([
    [{}, 1, 3],
    [{}, 25, 13],
    [{}, 400, 200],
    [{}, 500, 200],
    [{ thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 50 } }, 500, 250],
    [{ thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 1 } }, 0, 1],
    [{ thresholdConfiguration: { type: 'COUNT', value: 7 } }, 500, 7],
  ])('of %j at a desired count of %i is %i', (breaker, desiredCount, threshold) => {
    expect(failureThreshold(breaker, desiredCount)).toBe(threshold);
  });
});

describe('the steps of a linear deployment', () => {
  const percents = (stepPercent: number, lastLinearStep: 'ShortStepOfItsOwn' | 'JoinedToTheOneBefore'): number[] => {
    const configuration = { linearConfiguration: { stepPercent, stepBakeTimeInMinutes: 6 } };
    return trafficSteps({ strategy: 'LINEAR', configuration, lastLinearStep }, true).map((step) => step.percent);
  };

  test('end with a short one, or with a long one by the switch', () => {
    expect(percents(30, 'ShortStepOfItsOwn')).toEqual([30, 60, 90, 100]);
    expect(percents(30, 'JoinedToTheOneBefore')).toEqual([30, 60, 100]);
    expect(percents(3, 'ShortStepOfItsOwn')).toHaveLength(34);
    expect(percents(3, 'JoinedToTheOneBefore')).toHaveLength(33);
  });

  test.each(['ShortStepOfItsOwn', 'JoinedToTheOneBefore'] as const)('that divide 100 are the same either way (%s)', (lastLinearStep) => {
    expect(percents(25, lastLinearStep)).toEqual([25, 50, 75, 100]);
    expect(percents(100, lastLinearStep)).toEqual([100]);
  });

  test('do not wait after the last', () => {
    const configuration = { linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 6 } };
    expect(trafficSteps({ strategy: 'LINEAR', configuration, lastLinearStep: 'ShortStepOfItsOwn' }, true).map((step) => step.bakeMs)).toEqual([360_000, 0]);
  });
});

test('weights have exactly the ratio of their shares, and never more than 999', () => {
  for (let tenths = 0; tenths <= 1_000; tenths++) {
    const [source, target] = weightsOf(tenths / 10);
    expect(target / (source + target)).toBeCloseTo(tenths / 1_000, 12);
    expect([source, target].every((weight) => Number.isInteger(weight) && weight >= 0 && weight <= 999)).toBe(true);
  }
});

describe('the answer of a hook', () => {
  const read = (answer: unknown, members: string[] = ['callBackDelay']) => readHookAnswer(JSON.stringify(answer), members);

  test('waits thirty seconds unless it says how long, in the member that counts', () => {
    const answer = { hookStatus: 'IN_PROGRESS', callBackDelaySeconds: 90 };
    expect(read({ hookStatus: 'IN_PROGRESS' })).toMatchObject({ kind: 'InProgress', delayMs: 30_000 });
    expect(read(answer)).toMatchObject({ delayMs: 30_000 });
    expect(read(answer, ['callBackDelay', 'callBackDelaySeconds'])).toMatchObject({ delayMs: 90_000 });
  });

  test.each([0, -1, 86_401, '30', true, {}])('with the delay %j is malformed', (callBackDelay) => {
    expect(read({ hookStatus: 'IN_PROGRESS', callBackDelay })).toMatchObject({ kind: 'Malformed' });
  });

  test.each([[[]], ['SUCCEEDED'], [1], [{ HookStatus: 'SUCCEEDED' }], [{ hookStatus: 1 }]])('%j is malformed', (answer) => {
    expect(read(answer)).toMatchObject({ kind: 'Malformed' });
  });

  test('gives details over those before, and keeps those it does not name', () => {
    expect(mergedDetails({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
    expect(mergedDetails({ a: 1 }, undefined)).toEqual({ a: 1 });
    expect(mergedDetails({ a: 1 }, ['b'])).toEqual(['b']);
    expect(mergedDetails(undefined, { b: 2 })).toEqual({ b: 2 });
  });
});
