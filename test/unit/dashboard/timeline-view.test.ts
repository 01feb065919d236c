import { expect, test } from '@jest/globals';
import { shortPrincipals } from '../../../dashboard/view/headline.ts';
import { timelineTone } from '../../../dashboard/view/timeline-view.ts';

test.each([
  ['HealthAssessed', 'Health pass: failed: green 0 of 100 (0 %), blue 0 of 900 (0 %)', 'good'],
  ['HealthAssessed', 'Health fail: green failed 8 of 30', 'bad'],
  ['HealthAssessed', 'Health inconclusive: about 40 more green requests needed', 'quiet'],
  ['HookAnswered', 'AfterInstall passed: 2 of 2 green targets are healthy', 'quiet'],
  ['HookAnswered', 'AfterAllowTestTraffic failed: smoke: 500', 'bad'],
  ['StepPassed', 'Goes on from 20 % to 40 %: failed: green 0 of 100 (0 %)', 'quiet'],
  ['AbortRequested', 'ann asked to abort: checkout failed: look', 'attention'],
  ['Concluded', 'RolledBack: alarm went off', 'bad'],
  ['Concluded', 'Succeeded: green serves all production traffic', 'good'],
  ['ShiftObserved', 'AllowTraffic: green has 10 % of production traffic', 'busy'],
] as const)('%s "%s" looks %s', (type, text, tone) => {
  expect(timelineTone({ type, text })).toBe(tone);
});

test('people are called by their names where a line must be short', () => {
  expect(shortPrincipals('arn:aws:iam::111122223333:user/teams/ann asked for it: errors')).toBe('ann asked for it: errors');
  expect(shortPrincipals('arn:aws:sts::111122223333:assumed-role/Deploy/ann@example.com, arn:aws:iam::111122223333:root')).toBe('ann@example.com, root');
  expect(shortPrincipals('from arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:2')).toBe(
    'from arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:2',
  );
});
