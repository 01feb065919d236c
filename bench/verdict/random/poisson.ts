// Poisson counts: sequential inversion for small means, Hörmann's transformed rejection (PTRS, 1993) for the rest, whose time does not
// depend on the mean.
import { logFactorial } from './log-factorial.ts';
import type { RandomSource } from './random-source.ts';

const INVERSION_MEAN_MAX = 10;

/** A count with the given mean (>= 0). */
export function poisson(random: RandomSource, mean: number): number {
  if (mean <= 0) return 0;
  return mean < INVERSION_MEAN_MAX ? byInversion(random, mean) : byTransformedRejection(random, mean);
}

function byInversion(random: RandomSource, mean: number): number {
  let probability = Math.exp(-mean);
  let rest = random.uniform();
  let count = 0;
  while (rest > probability) {
    rest -= probability;
    count++;
    probability *= mean / count;
    // Rounding can leave a rest that no term covers any more.
    if (probability === 0) return count;
  }
  return count;
}

function byTransformedRejection(random: RandomSource, mean: number): number {
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const insideBox = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= insideBox) return count;
    if (count < 0 || (distance < 0.013 && v > distance)) continue;
    const bound = Math.log(v) + logInverseAlpha - Math.log(a / (distance * distance) + b);
    if (bound <= count * logMean - mean - logFactorial(count)) return count;
  }
}
