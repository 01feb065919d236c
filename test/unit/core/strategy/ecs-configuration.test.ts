import { describe, expect, test } from '@jest/globals';
import { ecsConfigurationName, ecsStrategyProblem, ecsTrafficConfiguration, nextSharePercent } from '#core/strategy/ecs-configuration.ts';
import type { Strategy } from '#core/strategy/strategy.ts';

describe('strategies in the words of ECS', () => {
  test.each<[Strategy, unknown, string]>([
    [{ kind: 'allAtOnce' }, { strategy: 'BLUE_GREEN' }, 'BLUE_GREEN'],
    [
      { kind: 'canary', percent: 10, intervalMinutes: 5 },
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } },
      'CANARY 10 %, 5 min',
    ],
    [
      { kind: 'linear', percent: 20, intervalMinutes: 2 },
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 20, stepBakeTimeInMinutes: 2 } },
      'LINEAR 20 %, 2 min',
    ],
    [
      { kind: 'adaptive', percent: 5 },
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 5, stepBakeTimeInMinutes: 0 } },
      'LINEAR 5 %, paced by evidence',
    ],
  ])('%j', (strategy, configuration, name) => {
    expect(ecsTrafficConfiguration(strategy)).toEqual(configuration);
    expect(ecsConfigurationName(strategy)).toBe(name);
    expect(ecsStrategyProblem(strategy)).toBeUndefined();
  });

  test.each<[Strategy, RegExp]>([
    [{ kind: 'linear', percent: 2, intervalMinutes: 1 }, /at least 3/],
    [{ kind: 'canary', percent: 10, intervalMinutes: 1_441 }, /at most 1440/],
    [{ kind: 'adaptive', percent: 3 }, /34 steps; at most 33/],
  ])('%j is more than ECS takes', (strategy, problem) => {
    expect(ecsStrategyProblem(strategy)).toMatch(problem);
  });

  test.each<[Strategy, number, number]>([
    [{ kind: 'canary', percent: 10, intervalMinutes: 5 }, 0, 10],
    [{ kind: 'canary', percent: 10, intervalMinutes: 5 }, 10, 100],
    [{ kind: 'adaptive', percent: 30 }, 60.01, 90],
    [{ kind: 'adaptive', percent: 30 }, 90, 100],
    [{ kind: 'allAtOnce' }, 0, 100],
    [{ kind: 'adaptive', percent: 30 }, 100, 100],
  ])('after %j at %d %% comes %d %%', (strategy, now, next) => {
    expect(nextSharePercent(strategy, now)).toBe(next);
  });
});
