// The reverse question: is green good enough to give it more traffic? Evidence against "green is worse than the margin", kept for a
// few margins at once, because a small next step may be taken on weaker proof than all of the traffic.
import { type Counts, LINE_MAX, logEvidence, logRatio, type Margin, projectOnMargin } from './two-sample.ts';

/** Log evidence per margin and guess, margins in order. Plain numbers: it lives in the deployment's record. */
export type AdvanceEvidence = readonly number[];

/** How good green may be, as factors of blue's rate: twice as good, equal, a little worse. */
const GUESSES = [0.5, 1, 1.1];
/** Most log evidence above the limit that is kept: proof of long ago must not outweigh what goes wrong now. */
const KEPT_ABOVE_LIMIT = 2;
const RATE_MIN = 1e-12;
/** More than anybody waits for. */
const REQUESTS_NEEDED_MAX = 1e9;

/**
 * Adds a minute.
 * @param blueRate blue's rate as expected before the minute was seen
 * @param margins absolute margins (rates), each with the common ratio
 * @param limit log evidence that is enough; the sum is kept at most a little above it
 * @param phi dispersion factor, at least 1
 */
export function addAdvanceMinute(
  evidence: AdvanceEvidence,
  minute: { readonly blue: Counts; readonly green: Counts },
  blueRate: number,
  margins: readonly Margin[],
  limit: number,
  phi: number,
): AdvanceEvidence {
  const { blue, green } = minute;
  return margins.flatMap((margin, at) => {
    const line = margin.ratio * blueRate + margin.offset;
    return GUESSES.map((guess, index) => {
      const before = evidence[at * GUESSES.length + index] ?? 0;
      if (green.requests === 0 || line >= LINE_MAX) return before;
      const greenRate = Math.max(RATE_MIN, Math.min(guess * blueRate, 0.9 * line));
      // Without blue beside it green is compared with the rate blue is known to have.
      const log = blue.requests === 0 ? logRatio(green, greenRate, line) : logEvidence(blue, green, { blue: blueRate, green: greenRate }, margin);
      return Math.min(before + log / phi, limit + KEPT_ABOVE_LIMIT);
    });
  });
}

/** Log evidence that green is within one of the margins: the mean over the guesses. */
export function advanceTotal(evidence: AdvanceEvidence, margin: number): number {
  const own = GUESSES.map((_, index) => evidence[margin * GUESSES.length + index] ?? 0);
  const largest = Math.max(...own);
  return largest + Math.log(own.reduce((sum, log) => sum + Math.exp(log - largest), 0) / own.length);
}

/**
 * How many more green requests are needed, if green is exactly as good as blue: what is missing, divided by what one green request
 * and the blue requests beside it are expected to bring.
 * @param greenShare green's share of the requests, 0 to 1 (1: blue gets none)
 */
export function requestsNeeded(missing: number, blueRate: number, margin: Margin, greenShare: number, phi: number): number {
  if (missing <= 0) return 0;
  if (margin.ratio * blueRate + margin.offset >= LINE_MAX) return REQUESTS_NEEDED_MAX;
  const perBlue = (1 - greenShare) / greenShare;
  const reference = perBlue === 0 ? blueRate : projectOnMargin(perBlue, 1, { blue: blueRate, green: blueRate }, margin);
  const gain = divergence(blueRate, margin.ratio * reference + margin.offset) + (perBlue === 0 ? 0 : perBlue * divergence(blueRate, reference));
  return Math.min(REQUESTS_NEEDED_MAX, Math.ceil((missing * phi) / gain));
}

/** Kullback-Leibler divergence of two Bernoulli distributions, nats. */
function divergence(rate: number, reference: number): number {
  return logRatio({ requests: 1, bad: rate }, rate, reference);
}
