import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { secondsUntilToldAgain, TELL_AGAIN_HOURS_MAX } from '#core/notification/tell-again.ts';

const ENDED_AT = Date.UTC(2026, 10, 23);
const waits = (secondsSince: number): number | undefined => secondsUntilToldAgain(ENDED_AT, ENDED_AT + secondsSince * 1000);

describe('news that a channel did not take', () => {
  test('are tried again after a minute, then less and less often, and at last given up', () => {
    expect([0, 60, 120, 300, 1_200, 10_000, 21_599].map(waits)).toEqual([60, 60, 60, 150, 600, 600, 600]);
    expect(waits(6 * 3_600)).toBeUndefined();
  });

  test('are tried a bounded number of times, however the tries fall', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 90, noNaN: true }), { maxLength: 60 }), (late) => {
        let since = 0;
        let tries = 0;
        for (let wait = waits(since); wait !== undefined; wait = waits(since)) {
          expect(Number.isInteger(wait) && wait >= 60 && wait <= 600).toBe(true);
          since += wait + (late[tries % Math.max(1, late.length)] ?? 0);
          tries++;
        }
        expect(tries).toBeLessThan(60);
        expect(since).toBeGreaterThanOrEqual(TELL_AGAIN_HOURS_MAX * 3_600);
      }),
    );
  });

  test('count from now where the function knows an earlier time than the one that recorded the end', () => {
    expect(secondsUntilToldAgain(ENDED_AT, ENDED_AT - 5_000)).toBe(60);
  });
});
