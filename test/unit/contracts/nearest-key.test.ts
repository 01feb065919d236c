import { describe, expect, test } from '@jest/globals';
import { nearestKey } from '#contracts/nearest-key.ts';

const keys = ['version', 'service', 'cluster', 'image', 'strategy', 'bakeTimeMinutes', 'onPush', 'health', 'hooks', 'smokeChecks', 'frozen'];

describe('the nearest allowed key', () => {
  test.each<[string, string | undefined]>([
    ['stratgey', 'strategy'],
    ['srtategy', 'strategy'],
    ['Strategy', 'strategy'],
    ['bakeTime', 'bakeTimeMinutes'],
    ['bake_time_minutes', 'bakeTimeMinutes'],
    ['onpush', 'onPush'],
    ['smokeCheck', 'smokeChecks'],
    ['hook', 'hooks'],
    ['images', 'image'],
    ['notifications', undefined],
    ['x', undefined],
    ['', undefined],
    ['strategy'.repeat(20), undefined],
  ])('%s: %s', (unknown, nearest) => {
    expect(nearestKey(unknown, keys)).toBe(nearest);
  });

  test('nothing is near where nothing is allowed', () => {
    expect(nearestKey('percent', [])).toBeUndefined();
  });
});
