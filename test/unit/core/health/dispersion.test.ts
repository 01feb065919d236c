// How much two sides differ beyond chance: against the formula worked out by hand, and against simulated traffic.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type DispersionSums, differenceOf, dispersionFactor, noDispersion, withMinute, type ZoneMinutes, zoneDispersion } from '#core/health/dispersion.ts';
import { binomial, randomNumbers } from './random-numbers.ts';

const counts = (requests: number, bad: number) => ({ requests, bad });
const nothing = { blue: counts(0, 0), green: counts(0, 0) };

describe('one minute', () => {
  test('is compared with the share of failures that the ratio of totals gives green', () => {
    // Alike before: th = 100 / 1000, K = 10: expected 10 * .1 * .9 * (1 - 10 / 1000), seen (4 - 1)^2.
    const difference = differenceOf({ blue: counts(999, 9.5), green: counts(999, 9.5) }, counts(900, 6), counts(100, 4));
    expect(difference?.observed).toBeCloseTo(9, 12);
    expect(difference?.expected).toBeCloseTo(10 * 0.1 * 0.9 * 0.99, 12);
    // Green three times as bad before: th = 3 * 100 / (3 * 100 + 900) = 1 / 4.
    const worse = differenceOf({ blue: counts(999, 9.5), green: counts(999, 29.5) }, counts(900, 6), counts(100, 4));
    expect(worse?.observed).toBeCloseTo((4 - 2.5) ** 2, 12);
    expect(worse?.expected).toBeCloseTo(10 * 0.25 * 0.75 * 0.99, 12);
  });

  test('in which nearly everything failed still has a twentieth of the variance', () => {
    expect(differenceOf(nothing, counts(50, 50), counts(50, 50))?.expected).toBeCloseTo(100 * 0.25 * 0.05, 12);
  });

  test('says nothing without failures, or with one side only', () => {
    expect(differenceOf(nothing, counts(10, 0), counts(10, 0))).toBeUndefined();
    expect(differenceOf(nothing, counts(10, 3), counts(0, 0))).toBeUndefined();
    expect(withMinute(noDispersion, nothing, counts(0, 0), counts(10, 3))).toBe(noDispersion);
  });

  test('counts at most nine times what the factor so far makes likely', () => {
    const alike = { blue: counts(999, 9.5), green: counts(999, 9.5) };
    const sums: DispersionSums = { observed: 16, expected: 6 };
    // (16 + 4) / (6 + 4) = 2, and a quarter of what is above 1 for caution.
    expect(dispersionFactor(sums)).toBe(2.25);
    const expected = 100 * 0.25 * 0.9;
    expect(withMinute(sums, alike, counts(500, 0), counts(500, 100))).toEqual({ observed: 16 + 9 * 2 * expected, expected: 6 + expected });
  });

  test('never gives anything but numbers, and a factor of at least 1', () => {
    const side = fc
      .tuple(fc.nat(1_000_000_000), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([requests, share]) => counts(requests, Math.round(requests * share)));
    fc.assert(
      fc.property(side, side, fc.array(fc.tuple(side, side), { maxLength: 20 }), (blue, green, minutes) => {
        let sums = noDispersion;
        for (const [one, other] of minutes) {
          const before = dispersionFactor(sums);
          sums = withMinute(sums, { blue, green }, one, other);
          expect(Number.isFinite(sums.observed) && Number.isFinite(sums.expected)).toBe(true);
          expect(dispersionFactor(sums)).toBeGreaterThanOrEqual(1);
          // Nine times what was measured, and the caution on top.
          expect(dispersionFactor(sums)).toBeLessThanOrEqual(9 * 1.25 * before * (1 + 1e-9));
        }
      }),
    );
  });
});

describe('the zones before the deployment', () => {
  /** Two or more zones in which each failure comes in a burst of the same size, and each burst fails or not on its own. */
  function zonesWith(seed: number, zones: number, minutes: number, burst: number, lasting = 1): ZoneMinutes[] {
    const random = randomNumbers(seed);
    return Array.from({ length: zones }, () => {
      const made = new Map<number, { requests: number; bad: number }>();
      for (let first = 0; first < minutes; first += lasting) {
        const bad = (burst * binomial(random, 500, 0.02)) / lasting;
        for (let minute = first; minute < first + lasting; minute++) made.set(minute, counts(5_000, bad));
      }
      return made;
    });
  }
  const ratio = ({ observed, expected }: DispersionSums): number => observed / expected;

  test('give the sums of the one-minute formula where minutes differ most', () => {
    const [a, b] = [new Map([[0, counts(100, 6)]]), new Map([[0, counts(100, 2)]])];
    const one = differenceOf({ blue: counts(100, 6), green: counts(100, 2) }, counts(100, 6), counts(100, 2));
    // One block whatever its length: all three lengths agree.
    expect(zoneDispersion([a, b])).toEqual(one);
  });

  test('weigh at most 30, and keep their ratio', () => {
    const sums = zoneDispersion(zonesWith(1, 2, 720, 1));
    expect(sums.expected).toBe(30);
    expect(ratio(sums)).toBeGreaterThan(0.9);
    expect(ratio(sums)).toBeLessThan(1.4);
  });

  test('show failures that come in bursts as the size of the bursts', () => {
    for (const zones of [2, 3]) {
      const found = ratio(zoneDispersion(zonesWith(2, zones, 720, 6)));
      expect(found).toBeGreaterThan(5);
      expect(found).toBeLessThan(8);
    }
  });

  test('show noise that lasts longer than a minute in the longer blocks', () => {
    const minutes = zonesWith(3, 2, 720, 5, 5);
    // Fifths of a burst each minute: within a minute as if independent, five together as one burst of 5.
    expect(ratio(zoneDispersion(minutes))).toBeGreaterThan(3.5);
    const perMinute = minutes.map((zone) => new Map([...zone].map(([minute, zoneCounts]) => [minute * 15, zoneCounts])));
    expect(ratio(zoneDispersion(perMinute))).toBeLessThan(1.5);
  });

  test('say nothing where there is nothing to compare', () => {
    expect(zoneDispersion([])).toEqual(noDispersion);
    expect(zoneDispersion(zonesWith(4, 1, 60, 1))).toEqual(noDispersion);
    expect(zoneDispersion([new Map([[0, counts(10, 0)]]), new Map([[0, counts(10, 0)]])])).toEqual(noDispersion);
    // Never in the same block.
    expect(zoneDispersion([new Map([[0, counts(10, 1)]]), new Map([[15, counts(10, 1)]])])).toEqual(noDispersion);
  });

  test('weigh three zones by what they tell, not by the number of pairs', () => {
    const minute = new Map([[0, counts(100, 1)]]);
    const two = zoneDispersion([minute, minute]);
    const three = zoneDispersion([minute, minute, minute]);
    expect(three.expected).toBeCloseTo(2 * two.expected, 12);
    expect(three.observed).toBeCloseTo(0, 12);
  });

  test('do not depend on the order of the zones', () => {
    const zone = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 0, max: 30 })), { maxLength: 20 });
    const made = zone.map((rows): ZoneMinutes => new Map(rows.map(([minute, requests, bad]) => [minute, counts(requests, Math.min(requests, bad))])));
    fc.assert(
      fc.property(made, made, (a, b) => {
        const [forth, back] = [zoneDispersion([a, b]), zoneDispersion([b, a])];
        expect(forth.observed).toBeCloseTo(back.observed, 6);
        expect(forth.expected).toBeCloseTo(back.expected, 6);
        expect(forth.expected).toBeLessThanOrEqual(30);
      }),
    );
  });
});
