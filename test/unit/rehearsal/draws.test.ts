import { describe, expect, test } from '@jest/globals';
import { binomial, spreadResponseTimes } from '#rehearsal/draws.ts';
import { createDice } from '#rehearsal/region/random.ts';

const random = createDice(5, 'draws').random;

describe('binomial draws', () => {
  test.each([
    [1_000, 0.02],
    [1_000, 0.9],
    [40, 0.5],
    [100_000, 0.3],
  ])('of %d trials with %d have the mean and the spread they should', (trials, probability) => {
    const draws = Array.from({ length: 2_000 }, () => binomial(random, trials, probability));
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length;
    const expected = trials * probability;
    const spread = expected * (1 - probability);
    // Five standard errors.
    expect(Math.abs(mean - expected)).toBeLessThan(5 * Math.sqrt(spread / draws.length));
    expect(Math.abs(variance / spread - 1)).toBeLessThan(5 * Math.sqrt(2 / draws.length));
    expect(draws.every((draw) => Number.isInteger(draw) && draw >= 0 && draw <= trials)).toBe(true);
  });

  test('without trials or chance are nothing, and with certainty everything', () => {
    expect([binomial(random, 0, 0.5), binomial(random, 10, 0), binomial(random, 10, 1)]).toEqual([0, 0, 10]);
  });
});

test('response times lose no request and have the median asked for', () => {
  const times = spreadResponseTimes(random, 100_000, 50);
  expect(times.reduce((sum, { requests }) => sum + requests, 0)).toBe(100_000);
  const below = times.filter(({ milliseconds }) => milliseconds < 50).reduce((sum, { requests }) => sum + requests, 0);
  expect(below / 100_000).toBeGreaterThan(0.45);
  expect(below / 100_000).toBeLessThan(0.6);
});
