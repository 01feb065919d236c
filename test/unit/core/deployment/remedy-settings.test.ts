import { expect, test } from '@jest/globals';
import type { DeploymentSettings } from '#core/deployment/deployment.ts';
import type { Remedy } from '#core/deployment/remedy.ts';
import { remedyLaunch, remedySettings } from '#core/deployment/remedy-settings.ts';

const settings = { strategy: { kind: 'canary', percent: 10, intervalMinutes: 5 }, health: { alarms: ['red', 'green'] } } as unknown as DeploymentSettings;
const restore: Remedy = { by: 'remediation r', why: 'it crashes', purpose: 'restore', taskDefinition: { kind: 'serving' }, strategy: 'allAtOnce' };
const { strategy: _none, ...change } = restore;

test('a pushed image is deployed as the manifest says', () => {
  expect(remedySettings(settings, undefined, { hasTestListener: true, alarmsInAlarm: ['red'] })).toBe(settings);
});

test('what worked comes back all at once, where its targets can be checked before', () => {
  expect(remedySettings(settings, restore, { hasTestListener: true, alarmsInAlarm: [] }).strategy).toEqual({ kind: 'allAtOnce' });
  expect(remedySettings(settings, restore, { hasTestListener: false, alarmsInAlarm: [] }).strategy).toEqual(settings.strategy);
  expect(remedySettings(settings, change, { hasTestListener: true, alarmsInAlarm: [] }).strategy).toEqual(settings.strategy);
});

test('alarms that ring already say nothing about a remedy', () => {
  expect(remedySettings(settings, restore, { hasTestListener: true, alarmsInAlarm: ['red'] }).health.alarms).toEqual(['green']);
  expect(remedySettings(settings, restore, { hasTestListener: true, alarmsInAlarm: undefined }).health.alarms).toEqual(['red', 'green']);
});

test('other capacity is asked for only where the remedy says so', () => {
  const launch = { loadBalancerContainer: 'app', loadBalancerPort: 80 };
  const strategy = [{ capacityProvider: 'FARGATE', base: 0, weight: 1 }];
  expect(remedyLaunch(launch, restore)).toBe(launch);
  expect(remedyLaunch(launch, { ...restore, capacityProviderStrategy: strategy })).toEqual({ ...launch, capacityProviderStrategy: strategy });
});
