// Bounds against published and hand-computed values, and at extremes.
import { expect, test } from '@jest/globals';
import { ratioInterval, upperBound } from '#core/health/sequential/rate-bounds.ts';

test('the upper bound is that of Clopper and Pearson', () => {
  // Zero of n: 1 - 0.05^(1/n); the "rule of three" for large n.
  expect(upperBound({ requests: 10, bad: 0 }, 0.95)).toBeCloseTo(1 - 0.05 ** 0.1, 10);
  expect(upperBound({ requests: 1e9, bad: 0 }, 0.95)).toBeCloseTo(2.995732e-9, 14);
  // Published two-sided 95 % interval of 81 of 263 (Newcombe 1998, Statistics in Medicine 17, table I): 0.2527 to 0.3676.
  expect(upperBound({ requests: 263, bad: 81 }, 0.975)).toBeCloseTo(0.3676, 4);
  expect(upperBound({ requests: 20, bad: 20 }, 0.95)).toBe(1);
  expect(upperBound({ requests: 0, bad: 0 }, 0.95)).toBe(1);
});

test('the interval of the ratio holds the ratio and opens where one side has no errors', () => {
  const equal = ratioInterval({ requests: 1_000, bad: 10 }, { requests: 1_000, bad: 10 });
  expect(equal?.low).toBeLessThan(1);
  expect(equal?.high).toBeGreaterThan(1);
  expect((equal?.low ?? 0) * (equal?.high ?? 0)).toBeCloseTo(1, 6);
  expect(ratioInterval({ requests: 9_000, bad: 0 }, { requests: 1_000, bad: 3 })?.high).toBe(Number.POSITIVE_INFINITY);
  expect(ratioInterval({ requests: 9_000, bad: 3 }, { requests: 1_000, bad: 0 })?.low).toBe(0);
  expect(ratioInterval({ requests: 9_000, bad: 0 }, { requests: 1_000, bad: 0 })).toBeUndefined();
  expect(ratioInterval({ requests: 0, bad: 0 }, { requests: 1_000, bad: 3 })).toBeUndefined();
});
