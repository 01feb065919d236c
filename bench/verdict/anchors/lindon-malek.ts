// The sequential test for multinomial counts of Lindon and Malek (NeurIPS 2022, arXiv 2011.03567) applied to errors: under "no
// difference" each error falls on green with green's share of the traffic; the alternative is a Dirichlet mixture around that share with
// concentration k. Rolls back when the odds reach 1 : alpha and green has the larger part. k = 100 is what the one open implementation
// (savvi) uses.
import type { Bin, Decider, Run } from '../decider.ts';

const CONCENTRATION = 100;
const ALPHA = 0.01;

export const lindonMalek: Decider = {
  name: 'Lindon-Malek, k = 100, 1 %',
  start(): Run {
    let share = Number.NaN;
    let logOddsBefore = 0;
    let green = 0;
    let blue = 0;
    let expectedGreen = 0;
    let allGreen = 0;
    return {
      observe(bin: Bin) {
        if (bin.greenShare !== share) {
          // The test is for fixed shares. Where they change, what was found so far is kept and a new test is multiplied to it.
          logOddsBefore += logOdds(green, blue, share);
          share = bin.greenShare;
          green = 0;
          blue = 0;
        }
        green += bin.green.errors;
        blue += bin.blue.errors;
        allGreen += bin.green.errors;
        expectedGreen += share * (bin.green.errors + bin.blue.errors);
        const odds = logOddsBefore + logOdds(green, blue, share);
        return odds >= -Math.log(ALPHA) && allGreen > expectedGreen ? 'rollBack' : 'goOn';
      },
    };
  },
};

/**
 * Log odds of the mixture against "an error falls on green with probability `share`".
 * A product over the errors one by one would be the same: B(k*share + green, k*(1-share) + blue) / B(k*share, k*(1-share)), over
 * share^green * (1-share)^blue.
 */
export function logOdds(green: number, blue: number, share: number): number {
  if (green + blue === 0) return 0;
  const a = CONCENTRATION * share;
  const b = CONCENTRATION * (1 - share);
  const mixture = logRising(a, green) + logRising(b, blue) - logRising(a + b, green + blue);
  return mixture - green * Math.log(share) - blue * Math.log1p(-share);
}

/** log of base * (base+1) * ... * (base+count-1). */
function logRising(base: number, count: number): number {
  return logGamma(base + count) - logGamma(base);
}

/** log Gamma(x) for x > 0: Stirling's series, after shifting small arguments up. */
export function logGamma(x: number): number {
  let shift = 0;
  let argument = x;
  while (argument < 12) {
    shift += Math.log(argument);
    argument++;
  }
  const inverse = 1 / argument;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (argument - 0.5) * Math.log(argument) - argument + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
