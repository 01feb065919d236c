// The half-open breaker's trial: whatever the manifest says, the smallest canary, watched for a while.
import { expect, test } from '@jest/globals';
import { trialStrategy } from '#core/deployment/adjust-settings.ts';
import { type Strategy, strategyProblem } from '#core/strategy/strategy.ts';

test.each<[Strategy, number]>([
  [{ kind: 'allAtOnce' }, 5],
  [{ kind: 'canary', percent: 50, intervalMinutes: 1 }, 5],
  [{ kind: 'canary', percent: 10, intervalMinutes: 30 }, 30],
  [{ kind: 'linear', percent: 20, intervalMinutes: 10 }, 10],
  [{ kind: 'adaptive', percent: 10 }, 5],
])('the trial of %j is a canary of 1 %% for %i minutes', (strategy, intervalMinutes) => {
  const trial = trialStrategy(strategy);
  expect(trial).toEqual({ kind: 'canary', percent: 1, intervalMinutes });
  expect(strategyProblem(trial)).toBeUndefined();
});
