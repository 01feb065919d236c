import { describe, expect, test } from '@jest/globals';
import { binomial } from '../../../../bench/verdict/random/binomial.ts';
import { gamma } from '../../../../bench/verdict/random/gamma.ts';
import { logFactorial } from '../../../../bench/verdict/random/log-factorial.ts';
import { poisson } from '../../../../bench/verdict/random/poisson.ts';
import { type RandomSource, randomSource, randomSourceFromState } from '../../../../bench/verdict/random/random-source.ts';

const DRAWS = 20_000;
/** Five standard errors: about one failure in two million for a correct sampler, and the seeds are fixed. */
const SIGMAS = 5;

function moments(draw: () => number): { readonly mean: number; readonly variance: number } {
  const values = Array.from({ length: DRAWS }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / DRAWS;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (DRAWS - 1);
  return { mean, variance };
}

/** Mean within five standard errors; variance too, its error being sqrt((kurtosis - 1) / draws) of it. */
function expectMoments(draw: () => number, mean: number, variance: number, kurtosis: number): void {
  const seen = moments(draw);
  expect(Math.abs(seen.mean - mean)).toBeLessThan(SIGMAS * Math.sqrt(variance / DRAWS));
  expect(Math.abs(seen.variance - variance)).toBeLessThan(SIGMAS * variance * Math.sqrt((kurtosis - 1) / DRAWS));
}

/** Pearson's statistic of draws against exact probabilities, in standard deviations above its mean (cells expecting under 10 are pooled). */
function misfit(draw: () => number, probabilities: readonly number[]): number {
  const counts = new Array<number>(probabilities.length).fill(0);
  let outside = 0;
  for (let index = 0; index < DRAWS; index++) {
    const value = draw();
    if (counts[value] === undefined) outside++;
    else counts[value] += 1;
  }
  let statistic = 0;
  let cells = 0;
  let pooled = { seen: outside, expected: DRAWS * (1 - probabilities.reduce((sum, probability) => sum + probability, 0)) };
  for (const [value, probability] of probabilities.entries()) {
    const cell = { seen: counts[value] ?? 0, expected: DRAWS * probability };
    if (cell.expected < 10) {
      pooled = { seen: pooled.seen + cell.seen, expected: pooled.expected + cell.expected };
      continue;
    }
    statistic += (cell.seen - cell.expected) ** 2 / cell.expected;
    cells++;
  }
  if (pooled.expected >= 1) {
    statistic += (pooled.seen - pooled.expected) ** 2 / pooled.expected;
    cells++;
  } else {
    expect(pooled.seen).toBeLessThan(12);
  }
  return (statistic - (cells - 1)) / Math.sqrt(2 * (cells - 1));
}

const poissonProbabilities = (mean: number, size: number): number[] =>
  Array.from({ length: size }, (_, count) => Math.exp(count * Math.log(mean) - mean - logFactorial(count)));

const binomialProbabilities = (trials: number, probability: number): number[] =>
  Array.from({ length: trials + 1 }, (_, count) =>
    Math.exp(
      logFactorial(trials) - logFactorial(count) - logFactorial(trials - count) + count * Math.log(probability) + (trials - count) * Math.log1p(-probability),
    ),
  );

describe('the random source', () => {
  test('equal seeds and names give equal streams, different ones different streams', () => {
    const draw = (source: RandomSource): number[] => Array.from({ length: 5 }, () => source.uniform());
    expect(draw(randomSource(7, 'cell', 3))).toEqual(draw(randomSource(7, 'cell', 3)));
    expect(draw(randomSource(7, 'cell', 3))).not.toEqual(draw(randomSource(8, 'cell', 3)));
    expect(draw(randomSource(7, 'cell', 3))).not.toEqual(draw(randomSource(7, 'cell', 4)));
    expect(draw(randomSource(7, 'cell', 3))).not.toEqual(draw(randomSource(7, 'other cell', 3)));
  });

  test('the generator is xoshiro128**: known words from a known state', () => {
    const source = randomSourceFromState([1, 2, 3, 4]);
    // The first words the authors' C code gives for this state.
    expect([source.word(), source.word(), source.word(), source.word()]).toEqual([11520, 0, 5927040, 70819200]);
    expect(() => randomSourceFromState([0, 0, 0, 0])).toThrow(RangeError);
  });

  test('uniforms have the moments of a uniform and no serial correlation', () => {
    const source = randomSource(1, 'uniform');
    expectMoments(() => source.uniform(), 0.5, 1 / 12, 1.8);
    let product = 0;
    let last = source.uniform();
    for (let index = 0; index < DRAWS; index++) {
      const value = source.uniform();
      product += (value - 0.5) * (last - 0.5);
      last = value;
    }
    expect(Math.abs(product / DRAWS)).toBeLessThan((SIGMAS / 12) * Math.sqrt(1 / DRAWS));
  });

  test('normals have mean 0, variance 1 and normal tails', () => {
    const source = randomSource(2, 'normal');
    expectMoments(() => source.normal(), 0, 1, 3);
    let beyond = 0;
    for (let index = 0; index < DRAWS; index++) if (source.normal() > 2.326348) beyond++;
    expect(Math.abs(beyond - 0.01 * DRAWS)).toBeLessThan(SIGMAS * Math.sqrt(0.01 * 0.99 * DRAWS));
  });
});

describe('log-factorials', () => {
  test('are those of the gamma function, on both sides of the table and at extremes', () => {
    expect(logFactorial(0)).toBe(0);
    expect(logFactorial(5)).toBeCloseTo(Math.log(120), 12);
    // log(255!) + log(256) = log(256!): the series must continue the table.
    expect(logFactorial(256)).toBeCloseTo(logFactorial(255) + Math.log(256), 9);
    // scipy.special.gammaln(1e5 + 1) and gammaln(1e9 + 1).
    expect(logFactorial(1e5)).toBeCloseTo(1051299.2218991218, 6);
    expect(logFactorial(1e9) / 19723265848.226982).toBeCloseTo(1, 12);
  });
});

describe('Poisson counts', () => {
  test.each([0.05, 0.8, 4, 9.9, 10.1, 30])('mean %d: every count is as frequent as its exact probability', (mean) => {
    const source = randomSource(3, 'poisson', mean);
    expect(misfit(() => poisson(source, mean), poissonProbabilities(mean, Math.ceil(mean + 12 * Math.sqrt(mean) + 10)))).toBeLessThan(SIGMAS);
  });

  test.each([0.05, 4, 12, 600, 60_000])('mean %d: mean and variance', (mean) => {
    const source = randomSource(4, 'poisson', mean);
    expectMoments(() => poisson(source, mean), mean, mean, 3 + 1 / mean);
  });

  test('no traffic is no count', () => {
    expect(poisson(randomSource(5), 0)).toBe(0);
  });
});

describe('binomial counts', () => {
  test.each([
    [4, 0.3],
    [20, 0.05],
    [30, 0.5],
    [50, 0.9],
    [60, 0.2],
    [200, 0.5],
    [1000, 0.0005],
    [1000, 0.03],
  ])('%d trials at %d: every count is as frequent as its exact probability', (trials, probability) => {
    const source = randomSource(6, 'binomial', trials, probability);
    expect(misfit(() => binomial(source, trials, probability), binomialProbabilities(trials, probability))).toBeLessThan(SIGMAS);
  });

  test.each([
    [100_000, 0.0001],
    [100_000, 0.001],
    [60_000, 0.05],
    [60_000, 0.5],
    [60_000, 0.999],
  ])('%d trials at %d: mean and variance', (trials, probability) => {
    const source = randomSource(7, 'binomial', trials, probability);
    const variance = trials * probability * (1 - probability);
    const kurtosis = 3 + (1 - 6 * probability * (1 - probability)) / variance;
    expectMoments(() => binomial(source, trials, probability), trials * probability, variance, kurtosis);
  });

  test('ends: no trials, certain failure, certain success', () => {
    const source = randomSource(8);
    expect(binomial(source, 0, 0.5)).toBe(0);
    expect(binomial(source, 1000, 0)).toBe(0);
    expect(binomial(source, 1000, 1)).toBe(1000);
    expect(binomial(source, 1000, 1.5)).toBe(1000);
  });
});

describe('gamma variates', () => {
  test.each([0.1, 0.5, 1, 2.5, 25, 100])('shape %d: mean and variance', (shape) => {
    const source = randomSource(9, 'gamma', shape);
    expectMoments(() => gamma(source, shape), shape, shape, 3 + 6 / shape);
  });

  test('shape 1 is the exponential distribution: 1 in e^3 is beyond 3', () => {
    const source = randomSource(10, 'gamma');
    let beyond = 0;
    for (let index = 0; index < DRAWS; index++) if (gamma(source, 1) > 3) beyond++;
    const expected = Math.exp(-3);
    expect(Math.abs(beyond / DRAWS - expected)).toBeLessThan(SIGMAS * Math.sqrt((expected * (1 - expected)) / DRAWS));
  });
});
