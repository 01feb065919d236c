// log(n!) for the acceptance tests of the samplers: a table for small n, Stirling's series above it.

const TABLE_SIZE = 256;
const table = Float64Array.from({ length: TABLE_SIZE }, () => 0);
for (let n = 2; n < TABLE_SIZE; n++) table[n] = (table[n - 1] ?? 0) + Math.log(n);

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** log(n!) for a whole number n >= 0; the relative error is below 1e-13. */
export function logFactorial(n: number): number {
  if (n < TABLE_SIZE) return table[n] ?? 0;
  const inverse = 1 / n;
  const square = inverse * inverse;
  // Abramowitz and Stegun 6.1.40.
  return (n + 0.5) * Math.log(n) - n + HALF_LOG_TWO_PI + inverse * (1 / 12 - square * (1 / 360 - square / 1260));
}
