import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { configurationName, isPredefinedConfiguration, predefinedConfigurations, strategyOfConfiguration } from '#core/strategy/codedeploy-configuration.ts';
import { strategyProblem, type TimedStrategy } from '#core/strategy/strategy.ts';

describe('names of deployment configurations', () => {
  test('every predefined name leads to a strategy and back', () => {
    for (const name of predefinedConfigurations) {
      const strategy = strategyOfConfiguration(name);
      expect(strategy).toBeDefined();
      if (strategy !== undefined) expect(configurationName(strategy)).toBe(name);
    }
    expect(predefinedConfigurations).toHaveLength(5);
  });

  test.each<[TimedStrategy, string]>([
    [{ kind: 'canary', percent: 10, intervalMinutes: 5 }, 'CodeDeployDefault.ECSCanary10Percent5Minutes'],
    [{ kind: 'canary', percent: 10, intervalMinutes: 7 }, 'weir-canary-10-7m'],
    [{ kind: 'linear', percent: 10, intervalMinutes: 3 }, 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes'],
    [{ kind: 'linear', percent: 20, intervalMinutes: 2 }, 'weir-linear-20-2m'],
    [{ kind: 'linear', percent: 10, intervalMinutes: 5 }, 'weir-linear-10-5m'],
    [{ kind: 'allAtOnce' }, 'CodeDeployDefault.ECSAllAtOnce'],
  ])('%j is %s', (strategy, name) => {
    expect(configurationName(strategy)).toBe(name);
    expect(strategyOfConfiguration(name)).toEqual(strategy);
    expect(isPredefinedConfiguration(name)).toBe(name.startsWith('CodeDeployDefault.'));
  });

  test.each([
    'weir-canary-0-5m',
    'weir-canary-100-5m',
    'weir-canary-010-5m',
    'weir-canary-10-0m',
    'weir-canary-10-2881m',
    'weir-linear-1-30m',
    'weir-canary-10-5m ',
    'weir-blue-10-5m',
    'CodeDeployDefault.LambdaAllAtOnce',
    'constructor',
    '',
  ])('%j stands for no strategy', (name) => {
    expect(strategyOfConfiguration(name)).toBeUndefined();
    expect(isPredefinedConfiguration(name)).toBe(false);
  });

  test('law: every allowed strategy survives its name, and equal names mean equal strategies', () => {
    const allowed = fc
      .record({
        kind: fc.constantFrom('canary' as const, 'linear' as const),
        percent: fc.integer({ min: 1, max: 99 }),
        intervalMinutes: fc.integer({ min: 1, max: 2_880 }),
      })
      .filter((strategy) => strategyProblem(strategy) === undefined);
    fc.assert(
      fc.property(allowed, (strategy) => {
        const name = configurationName(strategy);
        expect(strategyOfConfiguration(name)).toEqual(strategy);
        // CodeDeploy refuses longer names, and keeps this prefix to itself.
        expect(name.length).toBeLessThanOrEqual(100);
      }),
    );
  });
});
