// What a comparison says, in numbers for people and in one word for the deployment.
import type { Comparison, ComparisonSetting, Crossing, MetricName } from './comparison.ts';
import { latencyEvidence } from './comparison.ts';
import { logLimit, NEXT_SHARES } from './comparison-rules.ts';
import { readCrashes } from './crash-comparison.ts';
import { type RateComparison, type RateRules, rateRequestsNeeded, readRate } from './rate-comparison.ts';
import { logTotal } from './sequential/mixture.ts';
import { type RatioInterval, ratioInterval } from './sequential/rate-bounds.ts';
import type { Counts } from './sequential/two-sample.ts';

/** One metric as it stands. Evidence and limits are natural logarithms of odds; 0 is none. */
export interface MetricReading {
  readonly metric: MetricName;
  readonly blue: Counts;
  readonly green: Counts;
  /** Green's rate divided by blue's, with its 95 % interval; absent where it cannot be said. `high` absent: no upper end. */
  readonly ratio?: number;
  readonly interval?: { readonly low: number; readonly high?: number };
  /** Against green, and the limit at which it is rolled back. */
  readonly evidence: number;
  readonly limit: number;
  /** For going on, and the limit at which it is enough; absent where the metric is not asked. */
  readonly advance?: number;
  readonly advanceLimit?: number;
}

export interface ComparisonReading {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** At least one. */
  readonly reasons: readonly string[];
  readonly metrics: readonly MetricReading[];
  /** Start of the last minute judged, epoch milliseconds; absent before the first. */
  readonly through?: number;
  readonly minutes: number;
  /** Nothing speaks against green, it has been tried by some requests, and only proof is missing. */
  readonly lacksOnlyProof: boolean;
  /** What is still needed if green is as good as blue; absent when nothing is, or when nobody can say. */
  readonly needed?: { readonly requests: number; readonly minutes?: number };
}

/** Expected green requests without a single one from which on silence means that green is not reached: chance 1 in 1,000. */
const SILENCE_EXPECTED = 7;
/** Requests that green must have served before "nothing speaks against it" means anything: at 10 % failures one in 20 would miss it. */
const TRIED_REQUESTS = 30;
/** Odds against green up to which nothing is said to speak against it. */
const UNSUSPICIOUS = Math.log(4);
/** Latency edge (p99) whose proof is asked for before going on. */
const SLOWEST_EDGE = 2;

/**
 * Reads a comparison.
 * @param nextShare share of the traffic, 0 to 1, that green would get next: less needs weaker proof
 */
export function readComparison(state: Comparison, setting: ComparisonSetting, nextShare = 1): ComparisonReading {
  const metrics = metricsOf(state, setting, nextShare);
  const shown = { metrics, minutes: state.minutes, ...(state.through === undefined ? {} : { through: state.through }) };
  if (state.crossing !== undefined) return { ...shown, lacksOnlyProof: false, verdict: 'fail', reasons: [crossingReason(state.crossing, metrics, setting)] };
  const doubtful = { ...shown, verdict: 'inconclusive' as const, lacksOnlyProof: false };
  if (state.minutes === 0) return { ...doubtful, reasons: ['no minute with production traffic is complete yet'] };
  const silence = silenceReason(state);
  if (silence !== undefined) return { ...doubtful, reasons: [silence] };
  const blamed = environmentReason(state, setting);
  if (blamed !== undefined) return { ...doubtful, reasons: [blamed] };
  const missing = missingProof(state, setting, nextShare);
  const slow = latencyEvidence(state, setting);
  if (missing === undefined && slow >= UNSUSPICIOUS) {
    return {
      ...doubtful,
      reasons: [`green may be slower than blue (odds ${odds(slow)}, ${odds(logLimit(setting.rules, setting.shares.latency))} would settle it)`],
    };
  }
  if (missing === undefined)
    return { ...shown, verdict: 'pass', lacksOnlyProof: false, reasons: metrics.filter(({ advance }) => advance !== undefined).map(proofReason) };
  return { ...doubtful, lacksOnlyProof: isUnsuspicious(state, metrics), reasons: [missingReason(state, missing)], needed: missing };
}

function isUnsuspicious(state: Comparison, metrics: readonly MetricReading[]): boolean {
  return state.errors.green.requests >= TRIED_REQUESTS && metrics.every(({ evidence }) => evidence < UNSUSPICIOUS);
}

function nextMargin(nextShare: number): number {
  const at = NEXT_SHARES.findIndex((share) => share >= nextShare);
  return at < 0 ? NEXT_SHARES.length - 1 : at;
}

function metricsOf(state: Comparison, setting: ComparisonSetting, nextShare: number): readonly MetricReading[] {
  const { rules, shares } = setting;
  const errors = readRate(state.errors, setting.errors);
  const advanceLimit = setting.errors.advanceLimit;
  const slowest = state.latency[SLOWEST_EDGE];
  const slowestRules = setting.latency[SLOWEST_EDGE];
  const crashes = readCrashes(state.crashes);
  return [
    {
      metric: 'errors',
      ...sides(state.errors),
      evidence: Math.max(errors.relative, errors.alone),
      limit: logLimit(rules, shares.errors),
      advance: errors.advance[nextMargin(nextShare)] ?? 0,
      advanceLimit,
    },
    ...(slowest === undefined || slowestRules === undefined
      ? []
      : [
          {
            metric: 'latency' as const,
            ...sides(slowest),
            evidence: latencyEvidence(state, setting),
            limit: logLimit(rules, shares.latency),
            advance: readRate(slowest, slowestRules).advance[0] ?? 0,
            advanceLimit: slowestRules.advanceLimit,
          },
        ]),
    {
      metric: 'crashes',
      blue: { requests: state.crashes.blue.taskMinutes, bad: state.crashes.blue.crashes },
      green: { requests: state.crashes.green.taskMinutes, bad: state.crashes.green.crashes },
      evidence: Math.max(crashes.relative, crashes.capped),
      limit: logLimit(rules, shares.crashes),
    },
    ...(rules.sloErrorRate === undefined
      ? []
      : [{ metric: 'slo' as const, ...sides(state.errors), evidence: logTotal(state.slo), limit: logLimit(rules, shares.slo) }]),
  ];
}

function sides({ blue, green }: RateComparison): Pick<MetricReading, 'blue' | 'green' | 'ratio' | 'interval'> {
  const interval = ratioInterval(blue, green);
  const known = blue.bad > 0 && blue.requests > 0 && green.requests > 0;
  return {
    blue,
    green,
    ...(known ? { ratio: (green.bad / green.requests) * (blue.requests / blue.bad) } : {}),
    ...(interval === undefined ? {} : { interval: finite(interval) }),
  };
}

/** Infinity is no JSON number. */
function finite({ low, high }: RatioInterval): { readonly low: number; readonly high?: number } {
  return Number.isFinite(high) ? { low, high } : { low };
}

interface Missing {
  readonly requests: number;
  readonly minutes?: number;
}

/** The green requests still needed, by the metric that needs most; undefined when the proof is there. */
function missingProof(state: Comparison, setting: ComparisonSetting, nextShare: number): Missing | undefined {
  const share = state.greenShare > 0 ? state.greenShare : 1;
  // Once blue serves nothing, latency can no longer be compared, and no amount of traffic proves it.
  const edge = state.greenShare < 1 ? state.latency[SLOWEST_EDGE] : undefined;
  const edgeRules = setting.latency[SLOWEST_EDGE];
  const asked: readonly (readonly [RateComparison, RateRules, number])[] = [
    [state.errors, setting.errors, nextMargin(nextShare)],
    ...(edge === undefined || edgeRules === undefined ? [] : [[edge, edgeRules, 0] as const]),
  ];
  const requests = Math.max(...asked.map(([comparison, rules, margin]) => rateRequestsNeeded(comparison, rules, margin, share)));
  if (requests <= 0) return undefined;
  return state.greenPerMinute > 0 ? { requests, minutes: Math.ceil(requests / state.greenPerMinute) } : { requests };
}

function silenceReason(state: Comparison): string | undefined {
  if (state.greenShare >= 1) return undefined;
  const expected = (state.blueSinceGreen * state.greenShare) / (1 - state.greenShare);
  if (expected < SILENCE_EXPECTED) return undefined;
  return `green has had no requests while blue had ${count(state.blueSinceGreen)}: traffic does not reach it`;
}

/** Blue and green both break the service's limit: something they share is at fault, and neither promoting nor rolling back helps. */
function environmentReason(state: Comparison, setting: ComparisonSetting): string | undefined {
  const limit = setting.rules.sloErrorRate;
  if (limit === undefined || logTotal(state.slo) < logLimit(setting.rules, setting.shares.slo)) return undefined;
  return `green fails more than the limit of ${percent(limit)}, and so does blue (${sideText(state.errors.blue)}): not green's fault, so traffic stays where it is`;
}

function missingReason(state: Comparison, missing: Missing): string {
  const time = missing.minutes === undefined ? 'no traffic to green now' : `${count(missing.minutes)} minute(s) at this traffic`;
  return `about ${count(missing.requests)} more green requests needed, ${time} (so far green ${sideText(state.errors.green)}, blue ${sideText(state.errors.blue)})`;
}

const nouns: Readonly<Record<MetricName, string>> = { errors: 'failed', slo: 'failed', latency: "slower than blue's p99", crashes: 'crashed' };

function proofReason(metric: MetricReading): string {
  return `${nouns[metric.metric]}: green ${sideText(metric.green)}, blue ${sideText(metric.blue)}${ratioText(metric)}; proof ${odds(metric.advance ?? 0)} (${odds(metric.advanceLimit ?? 0)} needed)`;
}

function crossingReason(crossing: Crossing, metrics: readonly MetricReading[], setting: ComparisonSetting): string {
  const metric = metrics.find((candidate) => candidate.metric === crossing.metric);
  const strength = `odds ${odds(crossing.evidence)} against chance (limit ${odds(crossing.limit)})`;
  if (metric === undefined) return strength;
  if (crossing.metric === 'crashes') {
    return `${metric.green.bad} green task(s) crashed in ${count(metric.green.requests)} task-minutes, blue ${metric.blue.bad} in ${count(metric.blue.requests)}; ${strength}`;
  }
  const against = crossing.metric === 'slo' ? `limit ${percent(setting.rules.sloErrorRate ?? 0)}` : `blue ${sideText(metric.blue)}${ratioText(metric)}`;
  const noun = crossing.metric === 'latency' ? "slower than blue's p99 times the tolerance" : nouns[crossing.metric];
  const alone = crossing.witness === 'alone' ? ', more than twice what blue is known to have had' : '';
  return `green ${noun} ${sideText(metric.green)}, ${against}${alone}; ${strength}`;
}

function sideText({ requests, bad }: Counts): string {
  return requests === 0 ? 'no requests' : `${count(bad)} of ${count(requests)} (${percent(bad / requests)})`;
}

function ratioText({ ratio, interval }: MetricReading): string {
  if (ratio === undefined || interval === undefined) return '';
  const high = interval.high === undefined ? 'no upper end' : factor(interval.high);
  return `: ${factor(ratio)} times blue's, 95 % interval ${factor(interval.low)} to ${high}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

function factor(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Natural logarithm of odds as "1,200 to 1". */
export function odds(log: number): string {
  if (log > 27) return 'over 10^11 to 1';
  const value = Math.exp(Math.max(0, log));
  return `${value < 10 ? value.toFixed(1) : count(value)} to 1`;
}
