// The evidence of one minute for "green is worse than blue by more than the margin", as a likelihood ratio that is fair whatever
// blue's rate does. Folded over minutes in mixture.ts.

/** Requests of one side in one minute, and how many of them were bad (failed, or slow). */
export interface Counts {
  readonly requests: number;
  readonly bad: number;
}

/** The worst green that nobody minds: green's rate at most `ratio` times blue's rate plus `offset` (rates from 0 to 1). */
export interface Margin {
  readonly ratio: number;
  readonly offset: number;
}

/** A pair of rates that is on the other side of the margin, guessed before the minute was seen. */
export interface Alternative {
  readonly blue: number;
  readonly green: number;
}

const ROOT_TOLERANCE = 1e-12;
const ROOT_STEPS_MAX = 60;
/** Rates are kept this far from 0 and 1: the logarithms stay finite. */
const RATE_MIN = 1e-15;
const RATE_MAX = 1 - 1e-12;
/** Highest rate of green that the margin may allow and still leave something beyond it. */
export const LINE_MAX = 0.999;

/**
 * Blue's rate on the margin's line that is nearest to the alternative, for these numbers of requests (the reverse information
 * projection: the root of the derivative of the expected log ratio). With it the ratio of likelihoods has an expectation of at most 1
 * wherever green's true rate is within the margin, for every true rate of blue: with a, b the slopes of the ratio in the two rates,
 * E[e] = (1 + a(qG - L))^nG (1 + b(qB - p0))^nB <= exp(nG a (qG - L - ratio (qB - p0))) <= 1, because ratio nG a + nB b = 0 at the root.
 * For rates alone (ratio 1, offset 0) it is the e-variable of Turner, Ly and Gruenwald, "Generic E-variables for exact sequential
 * k-sample tests"; a line with a slope and an offset needs only the step above.
 * Works for alternatives above the line (green is worse) and below it (green is good enough).
 */
export function projectOnMargin(blueRequests: number, greenRequests: number, alternative: Alternative, margin: Margin): number {
  const { ratio, offset } = margin;
  const end = Math.min(RATE_MAX, Math.max(RATE_MIN, (alternative.green - offset) / ratio));
  let low = Math.min(alternative.blue, end);
  let high = Math.max(alternative.blue, end);
  let at = startOf(blueRequests, greenRequests, alternative, ratio, low, high);
  for (let step = 0; step < ROOT_STEPS_MAX; step++) {
    const line = ratio * at + offset;
    const lineVariance = line * (1 - line);
    const blueVariance = at * (1 - at);
    const slope = (ratio * greenRequests * (alternative.green - line)) / lineVariance + (blueRequests * (alternative.blue - at)) / blueVariance;
    if (slope > 0) low = at;
    else high = at;
    const change =
      (ratio * ratio * greenRequests * (-lineVariance - (alternative.green - line) * (1 - 2 * line))) / (lineVariance * lineVariance) +
      (blueRequests * (-blueVariance - (alternative.blue - at) * (1 - 2 * at))) / (blueVariance * blueVariance);
    const newton = at - slope / change;
    // Newton where it stays between the bounds, else the geometric middle: rates span many powers of ten.
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - at) <= ROOT_TOLERANCE * at) return next;
    at = next;
  }
  return at;
}

/** The root for an offset of 0, where it solves a quadratic equation: a good place to start. */
function startOf(blueRequests: number, greenRequests: number, { blue, green }: Alternative, ratio: number, low: number, high: number): number {
  const a = ratio * (greenRequests + blueRequests);
  const b = greenRequests * (green + ratio) + blueRequests * (1 + ratio * blue);
  const c = greenRequests * green + blueRequests * blue;
  // The smaller root, written so that nothing cancels.
  const root = (2 * c) / (b + Math.sqrt(Math.max(0, b * b - 4 * a * c)));
  return root > low && root < high ? root : Math.sqrt(low * high);
}

/** Log of the likelihood ratio of one side: `rate` against `reference`, both between 0 and 1. */
export function logRatio({ requests, bad }: Counts, rate: number, reference: number): number {
  const good = requests - bad;
  // 0 * log(0 / 0) is nothing, not NaN.
  return (bad === 0 ? 0 : bad * Math.log(rate / reference)) + (good === 0 ? 0 : good * (Math.log1p(-rate) - Math.log1p(-reference)));
}

/** Nothing to compare, or a blue so bad that no green is beyond the margin. */
function isSilent(blue: Counts, green: Counts, alternative: Alternative, margin: Margin): boolean {
  return blue.requests === 0 || green.requests === 0 || margin.ratio * alternative.blue + margin.offset >= LINE_MAX;
}

/**
 * Log evidence of one minute for the alternative against everything within the margin. 0 where a side had no requests: without
 * traffic on both there is nothing to compare.
 */
export function logEvidence(blue: Counts, green: Counts, alternative: Alternative, margin: Margin): number {
  if (isSilent(blue, green, alternative, margin)) return 0;
  const at = projectOnMargin(blue.requests, green.requests, alternative, margin);
  return logRatio(green, alternative.green, margin.ratio * at + margin.offset) + logRatio(blue, alternative.blue, at);
}

/**
 * The same with one more assumption: blue's true rate is at most `cap`. Much stronger at low traffic, wrong in a shared outage.
 * Answers both, because they share their work.
 */
export function logEvidenceWithCap(
  blue: Counts,
  green: Counts,
  alternative: Alternative,
  margin: Margin,
  cap: number,
): { readonly relative: number; readonly capped: number } {
  if (isSilent(blue, green, alternative, margin)) return { relative: 0, capped: 0 };
  const at = projectOnMargin(blue.requests, green.requests, alternative, margin);
  const relative = logRatio(green, alternative.green, margin.ratio * at + margin.offset) + logRatio(blue, alternative.blue, at);
  const below = Math.min(at, Math.max(cap, alternative.blue));
  if (below >= at) return { relative, capped: relative };
  return { relative, capped: logRatio(green, alternative.green, margin.ratio * below + margin.offset) + logRatio(blue, alternative.blue, below) };
}
