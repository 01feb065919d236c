import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explainManifestDifference } from '#contracts/manifest-difference.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { changed, goodChanges } from './manifest-samples.ts';

function difference(before: Record<string, unknown>, after: Record<string, unknown>) {
  return explainManifestDifference(readManifest(changed(before)), readManifest(changed(after)));
}

describe('the difference of two manifests', () => {
  test('the same manifest has none, nor has one that spells out a default', () => {
    expect(difference({}, {})).toEqual([]);
    expect(difference({}, { bakeTimeMinutes: 5, health: { alarms: [] } })).toEqual([]);
  });

  test('a changed setting is named with both values', () => {
    expect(difference({ health: { alarms: ['a'] } }, { health: { alarms: ['a', 'b'] }, bakeTimeMinutes: 15 })).toEqual([
      { path: 'bakeTimeMinutes', before: 5, after: 15 },
      { path: 'health.alarms', before: ['a'], after: ['a', 'b'] },
    ]);
  });

  test('another strategy: what came and what went', () => {
    expect(difference({}, { strategy: { linear: { percent: 20 } } })).toEqual([
      { path: 'strategy.linear.percent', before: undefined, after: 20 },
      { path: 'strategy.linear.intervalMinutes', before: undefined, after: 3 },
      { path: 'strategy.canary.percent', before: 10, after: undefined },
      { path: 'strategy.canary.intervalMinutes', before: 5, after: undefined },
    ]);
    expect(difference({}, { strategy: { allAtOnce: {} } })[0]).toEqual({ path: 'strategy.allAtOnce', before: undefined, after: {} });
  });

  test('a freeze, a new check and a changed one', () => {
    expect(difference({}, { frozen: { reason: 'x' } })).toEqual([{ path: 'frozen', before: false, after: { reason: 'x' } }]);
    const one = { name: 'a', path: '/a' };
    const added = difference(
      { smokeChecks: [one] },
      {
        smokeChecks: [
          { ...one, attempts: 5 },
          { name: 'b', path: '/b' },
        ],
      },
    );
    expect(added[0]).toEqual({ path: 'smokeChecks[0].attempts', before: 3, after: 5 });
    expect(added).toContainEqual({ path: 'smokeChecks[1].name', before: undefined, after: 'b' });
  });

  test('the first manifest of a service is all new', () => {
    const all = explainManifestDifference(undefined, readManifest(changed({})));
    expect(all).toContainEqual({ path: 'image.repository', before: undefined, after: 'team/orders' });
    expect(all.every((entry) => entry.before === undefined)).toBe(true);
  });

  test('law: the difference backwards has the same paths with the values swapped', () => {
    const any = fc.constantFrom(...Object.values(goodChanges));
    fc.assert(
      fc.property(any, any, (before, after) => {
        const forth = difference(before, after).map((entry) => [entry.path, JSON.stringify(entry.before), JSON.stringify(entry.after)].join(' '));
        const back = difference(after, before).map((entry) => [entry.path, JSON.stringify(entry.after), JSON.stringify(entry.before)].join(' '));
        expect(back.toSorted()).toEqual(forth.toSorted());
      }),
    );
  });
});
