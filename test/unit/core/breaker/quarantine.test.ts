// Digests that failed are refused for a while, unless a person insists.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blamesImage, judgeDigest, type QuarantineEntry, withQuarantine } from '#core/breaker/quarantine.ts';
import { newServiceRecord } from '#core/service/service-record.ts';

const HOUR = 3_600_000;
const failed = (digest: string, hours = 24) => ({ digest, reason: 'exit code 1', hours });

describe('a quarantined digest', () => {
  const entries = withQuarantine([], failed('sha256:bad'), 20, 0);

  test('is refused until its time, and says so', () => {
    expect(judgeDigest(entries, 'sha256:bad', undefined, 24 * HOUR - 1)).toEqual({ kind: 'quarantined', until: 24 * HOUR, reason: 'exit code 1' });
    expect(judgeDigest(entries, 'sha256:bad', undefined, 24 * HOUR)).toEqual({ kind: 'clear' });
    expect(judgeDigest(entries, 'sha256:good', undefined, 1)).toEqual({ kind: 'clear' });
  });

  test('is let through by force, with who and why', () => {
    const force = { by: 'ann', why: 'the database was down' };
    expect(judgeDigest(entries, 'sha256:bad', force, 1)).toEqual({ kind: 'forced', entry: entries[0], force });
    expect(judgeDigest(entries, 'sha256:good', force, 1)).toEqual({ kind: 'clear' });
  });

  test('is never let out earlier by failing again', () => {
    expect(withQuarantine(entries, failed('sha256:bad', 1), 20, HOUR)).toEqual([{ digest: 'sha256:bad', reason: 'exit code 1', until: 24 * HOUR }]);
    expect(withQuarantine([], failed('sha256:bad', 0), 20, HOUR)).toEqual([]);
  });

  test("has the form of the service record's list", () => {
    const record = newServiceRecord('prod/orders', {}, { onPush: 'queue', frozen: undefined }, 0);
    expect({ ...record, quarantine: entries }.quarantine.map(({ digest }) => digest)).toEqual(['sha256:bad']);
  });

  test('only when the image is to blame', () => {
    expect((['revision', 'unknown', 'environment', 'nobody'] as const).map(blamesImage)).toEqual([true, true, false, false]);
  });
});

describe('laws of the quarantine', () => {
  test('the list is bounded, has each digest once, and the newest is in it', () => {
    const step = fc.record({ digest: fc.constantFrom('a', 'b', 'c', 'd', 'e'), hours: fc.integer({ min: 1, max: 720 }), after: fc.nat(100 * HOUR) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        let now = 0;
        let entries: readonly QuarantineEntry[] = [];
        for (const { digest, hours, after } of steps) {
          now += after;
          entries = withQuarantine(entries, failed(digest, hours), limit, now);
          expect(judgeDigest(entries, digest, undefined, now).kind).toBe('quarantined');
          expect(entries.length).toBeLessThanOrEqual(limit);
          expect(new Set(entries.map((entry) => entry.digest)).size).toBe(entries.length);
          expect(entries.every((entry) => entry.until > now)).toBe(true);
        }
      }),
    );
  });
});
