// Chance in invented traffic: how many of some requests fail, and how their response times spread. Seeded by whoever brings the dice.

/** A number from 0 up to but not including 1. */
export type Random = () => number;

/** From here on a normal distribution is as good as the exact one, and does not cost a draw for each success. */
const EXACT_MEAN_MAX = 200;

/** How many of some trials succeed, each with the same probability. */
export function binomial(random: Random, trials: number, probability: number): number {
  if (trials <= 0 || probability <= 0) return 0;
  if (probability >= 1) return trials;
  if (probability > 0.5) return trials - binomial(random, trials, 1 - probability);
  const mean = trials * probability;
  if (mean > EXACT_MEAN_MAX) return clamp(Math.round(mean + Math.sqrt(mean * (1 - probability)) * normal(random)), trials);
  // From one success to the next: the gaps between them are geometric.
  const scale = Math.log1p(-probability);
  let successes = 0;
  for (let at = gap(random, scale); at < trials; at += 1 + gap(random, scale)) successes++;
  return successes;
}

function gap(random: Random, scale: number): number {
  return Math.floor(Math.log1p(-random()) / scale);
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}

/** Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
}

/** Requests with the same response time. */
export interface ResponseTimes {
  readonly milliseconds: number;
  readonly requests: number;
}

/** Share of all requests, and their response time as a multiple of the median: a log-normal distribution with sigma 0.5, cut into steps. */
const SPREAD: readonly (readonly [share: number, factor: number])[] = [
  [0.1, 0.439],
  [0.15, 0.627],
  [0.15, 0.797],
  [0.15, 0.969],
  [0.15, 1.173],
  [0.1, 1.401],
  [0.07, 1.628],
  [0.05, 1.872],
  [0.03, 2.132],
  [0.02, 2.4],
  [0.015, 2.725],
  [0.008, 3.143],
  [0.005, 3.691],
  [0.002, 4.689],
];

/** Response times of some requests around a median. */
export function spreadResponseTimes(random: Random, requests: number, medianMilliseconds: number): readonly ResponseTimes[] {
  const times: ResponseTimes[] = [];
  let left = requests;
  let shareLeft = 1;
  for (const [index, [share, factor]] of SPREAD.entries()) {
    const here = index === SPREAD.length - 1 ? left : binomial(random, left, share / shareLeft);
    left -= here;
    shareLeft -= share;
    if (here > 0) times.push({ milliseconds: medianMilliseconds * factor, requests: here });
  }
  return times;
}
