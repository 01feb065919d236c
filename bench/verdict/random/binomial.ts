// Binomial counts: sequential inversion when few successes are expected, Hörmann's transformed rejection (BTRS, 1993) for the rest.
import { logFactorial } from './log-factorial.ts';
import type { RandomSource } from './random-source.ts';

const INVERSION_MEAN_MAX = 10;

/**
 * Successes in `trials` independent trials.
 * @param trials a whole number >= 0
 * @param probability of one success; values outside [0, 1] count as its ends
 */
export function binomial(random: RandomSource, trials: number, probability: number): number {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  // Both methods want the rarer outcome.
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  return trials * probability < INVERSION_MEAN_MAX ? byInversion(random, trials, probability) : byTransformedRejection(random, trials, probability);
}

function byInversion(random: RandomSource, trials: number, probability: number): number {
  const odds = probability / (1 - probability);
  const none = Math.exp(trials * Math.log1p(-probability));
  let term = none;
  let rest = random.uniform();
  let count = 0;
  while (rest > term) {
    rest -= term;
    count++;
    // Rounding can leave a rest that no term covers: draw again rather than favour the last count.
    if (count > trials) {
      term = none;
      rest = random.uniform();
      count = 0;
      continue;
    }
    term *= ((trials - count + 1) / count) * odds;
  }
  return count;
}

function byTransformedRejection(random: RandomSource, trials: number, probability: number): number {
  const deviation = Math.sqrt(trials * probability * (1 - probability));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const centre = trials * probability + 0.5;
  const insideBox = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * deviation;
  const logOdds = Math.log(probability / (1 - probability));
  const mode = Math.floor((trials + 1) * probability);
  const atMode = logFactorial(mode) + logFactorial(trials - mode);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + centre);
    if (distance >= 0.07 && v <= insideBox) return count;
    if (count < 0 || count > trials) continue;
    const bound = Math.log((v * alpha) / (a / (distance * distance) + b));
    if (bound <= atMode - logFactorial(count) - logFactorial(trials - count) + (count - mode) * logOdds) return count;
  }
}
