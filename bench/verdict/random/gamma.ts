// Gamma variates (Marsaglia and Tsang 2000).
import type { RandomSource } from './random-source.ts';

/** A variate of the Gamma distribution with the given shape (> 0) and scale 1: mean and variance are the shape. */
export function gamma(random: RandomSource, shape: number): number {
  // Below 1 the method needs the boost gamma(shape) = gamma(shape + 1) * uniform^(1/shape).
  if (shape < 1) return gamma(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const cube = (1 + c * x) ** 3;
    if (cube <= 0) continue;
    const logUniform = Math.log(1 - random.uniform());
    if (logUniform < 0.5 * x * x + d - d * cube + d * Math.log(cube)) return d * cube;
  }
}
