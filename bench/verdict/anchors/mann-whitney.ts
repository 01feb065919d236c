// The shift between two samples as Kayenta's Mann-Whitney test gives it: the Hodges-Lehmann estimate and its confidence interval by
// normal approximation, midranks for ties and continuity correction, the procedure of R's wilcox.test(exact = FALSE, correct = TRUE).

export interface ShiftInterval {
  readonly lower: number;
  readonly upper: number;
  /** Hodges-Lehmann: the median of all differences between the samples. */
  readonly estimate: number;
}

/** Halvings of the range of shifts: to a trillionth of it. */
const HALVINGS = 40;

/**
 * By how much `sample` is shifted against `control`.
 * @param sample ascending, not empty
 * @param control ascending, not empty; not all values of both samples may be equal
 * @param quantile standard normal quantile of the interval's upper end, for example 2.326 for 98 %
 */
export function shiftInterval(sample: Float64Array, control: Float64Array, quantile: number): ShiftInterval {
  const smallest = first(sample) - last(control);
  const largest = last(sample) - first(control);
  const end = (limit: number): number => {
    // Where even the extreme shift is not rejected, the extreme shift itself is the end of the interval.
    if (shiftScore(sample, control, smallest) <= limit) return smallest;
    if (shiftScore(sample, control, largest) >= limit) return largest;
    return lastShift(smallest, largest, (shift) => shiftScore(sample, control, shift) > limit);
  };
  // Uncorrected, the score is 0 between the two middle differences (or passes 0 at the middle one): the estimate is their mean.
  const below = lastShift(smallest, largest, (shift) => shiftScore(sample, control, shift, 0) > 0);
  const above = lastShift(smallest, largest, (shift) => shiftScore(sample, control, shift, 0) >= 0);
  return { lower: end(quantile), upper: end(-quantile), estimate: (below + above) / 2 };
}

/** The largest shift in the range for which a condition holds that holds up to some shift and not beyond. */
function lastShift(from: number, to: number, holds: (shift: number) => boolean): number {
  let low = from;
  let high = to;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Standardised rank sum of `sample - shift` beside `control`: positive while `sample` is still the larger. Both ascending. Falls as the
 * shift grows.
 * @param continuity correction taken off the rank sum's distance from its mean
 */
export function shiftScore(sample: Float64Array, control: Float64Array, shift: number, continuity = 0.5): number {
  const [m, n] = [sample.length, control.length];
  let i = 0;
  let j = 0;
  let wins = 0;
  let tieSum = 0;
  // Merges both samples, one group of equal values at a time.
  while (i < m || j < n) {
    const left = i < m ? (sample[i] ?? 0) - shift : Number.POSITIVE_INFINITY;
    const right = j < n ? (control[j] ?? 0) : Number.POSITIVE_INFINITY;
    const value = Math.min(left, right);
    const [fromI, fromJ] = [i, j];
    while (i < m && (sample[i] ?? 0) - shift === value) i++;
    while (j < n && control[j] === value) j++;
    wins += (i - fromI) * (fromJ + (j - fromJ) / 2);
    const tied = i - fromI + (j - fromJ);
    tieSum += tied * tied * tied - tied;
  }
  const all = m + n;
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - tieSum / (all * (all - 1))));
  const excess = wins - (m * n) / 2;
  return (excess - continuity * Math.sign(excess)) / deviation;
}

function first(values: Float64Array): number {
  return values[0] ?? Number.NaN;
}

function last(values: Float64Array): number {
  return values[values.length - 1] ?? Number.NaN;
}
