import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shiftInterval, shiftScore } from '../../../../bench/verdict/anchors/mann-whitney.ts';

const Q95 = 1.959963984540054;
const Q98 = 2.3263478740408408;
const ascending = (...values: number[]): Float64Array => Float64Array.from(values).sort();

/** Midranks by definition: one more than the number of smaller values, plus half of the other equal ones. */
function rankSumExcess(sample: readonly number[], control: readonly number[], shift: number): number {
  const all = [...sample.map((value) => value - shift), ...control];
  const rank = (value: number): number => all.filter((other) => other < value).length + (all.filter((other) => other === value).length + 1) / 2;
  const sum = all.slice(0, sample.length).reduce((total, value) => total + rank(value), 0);
  return sum - (sample.length * (sample.length + 1)) / 2 - (sample.length * control.length) / 2;
}

describe('the shift between two samples', () => {
  test('permeability of the chorioamnion (Hollander and Wolfe, the example of R’s wilcox.test): 0.305, from -0.15 to 0.76', () => {
    const atTerm = ascending(0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46);
    const early = ascending(1.15, 0.88, 0.9, 0.74, 1.21);
    const shift = shiftInterval(atTerm, early, Q95);
    expect(shift.estimate).toBeCloseTo(0.305, 9);
    expect(shift.lower).toBeCloseTo(-0.15, 9);
    expect(shift.upper).toBeCloseTo(0.76, 9);
    // U is 35 of 50, so 10 above its mean; (10 - 0.5) / sqrt(50 / 12 * 16) by hand.
    expect(shiftScore(atTerm, early, 0)).toBeCloseTo(9.5 / Math.sqrt((50 / 12) * 16), 12);
  });

  test('many ties, as in minutes without errors: values of an independent implementation with a root finder', () => {
    const some = ascending(0, 0, 0, 1.5, 0, 2, 0, 0, 3, 1, 0, 4);
    const few = ascending(0, 0, 0, 0, 0, 0, 0.5, 0, 0, 0, 1, 0);
    const wide = shiftInterval(some, few, Q98);
    expect([wide.lower, wide.upper, wide.estimate].map((value) => Math.round(value * 1e9) / 1e9 + 0)).toEqual([0, 2, 0]);
    expect(shiftInterval(some, few, Q95).upper).toBeCloseTo(1.5, 9);
    const many = ascending(1, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6, 7);
    const control = ascending(0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3);
    const high = shiftInterval(many, control, Q98);
    expect(high.lower).toBeCloseTo(2, 9);
    expect(high.upper).toBeCloseTo(3, 9);
    expect(high.estimate).toBeCloseTo(3, 9);
  });

  test('samples too small to reject anything: the interval ends at the extreme shifts', () => {
    // Three against three reaches 4 / sqrt(9 / 12 * 7) = 1.75 at most.
    const shift = shiftInterval(ascending(10, 11, 12), ascending(1, 2, 3), Q98);
    expect(shift.lower).toBe(7);
    expect(shift.upper).toBe(11);
    expect(shift.estimate).toBeCloseTo(9, 9);
  });

  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 14 });

  test('law: the estimate is the median of all differences', () => {
    fc.assert(
      fc.property(values, values, (sample, control) => {
        fc.pre(new Set([...sample, ...control]).size > 1);
        const differences = sample.flatMap((left) => control.map((right) => left - right)).toSorted((a, b) => a - b);
        const middle = (differences.length - 1) / 2;
        const median = ((differences[Math.floor(middle)] ?? 0) + (differences[Math.ceil(middle)] ?? 0)) / 2;
        expect(shiftInterval(ascending(...sample), ascending(...control), Q98).estimate).toBeCloseTo(median, 6);
      }),
    );
  });

  test('law: the score is the tie-corrected, continuity-corrected rank sum', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: -6, max: 6 }), (sample, control, shift) => {
        const all = [...sample.map((value) => value - shift), ...control];
        fc.pre(new Set(all).size > 1);
        const excess = rankSumExcess(sample, control, shift);
        const sizes = [...new Set(all)].map((value) => all.filter((other) => other === value).length);
        const ties = sizes.reduce((sum, size) => sum + size ** 3 - size, 0);
        const count = all.length;
        const variance = ((sample.length * control.length) / 12) * (count + 1 - ties / (count * (count - 1)));
        expect(shiftScore(ascending(...sample), ascending(...control), shift)).toBeCloseTo((excess - 0.5 * Math.sign(excess)) / Math.sqrt(variance), 9);
      }),
    );
  });

  test('law: between its ends the interval holds what is not rejected, beyond them what is', () => {
    fc.assert(
      fc.property(values, values, (sample, control) => {
        fc.pre(new Set(sample).size > 1 && new Set(control).size > 1);
        const [x, y] = [ascending(...sample), ascending(...control)];
        const { lower, upper } = shiftInterval(x, y, Q98);
        expect(lower).toBeLessThanOrEqual(upper + 1e-9);
        // A hair inside the ends, away from the ties at the ends themselves.
        if (upper - lower > 0.01) {
          expect(shiftScore(x, y, lower + 0.001)).toBeLessThanOrEqual(Q98);
          expect(shiftScore(x, y, upper - 0.001)).toBeGreaterThanOrEqual(-Q98);
        }
        const [smallest, largest] = [(x[0] ?? 0) - (y.at(-1) ?? 0), (x.at(-1) ?? 0) - (y[0] ?? 0)];
        if (lower > smallest + 0.01) expect(shiftScore(x, y, lower - 0.001)).toBeGreaterThan(Q98);
        if (upper < largest - 0.01) expect(shiftScore(x, y, upper + 0.001)).toBeLessThan(-Q98);
      }),
    );
  });
});
