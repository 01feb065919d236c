// Green against blue in everything that is compared: failed requests, slow requests, crashed tasks, and a limit of the service's own.
// One fold over minutes; the state holds all that later minutes need, so judging again from the minutes gives the same answer.

import { type ComparisonRules, logLimit, rateRulesOf, type SharesOfBudget, sharesOf, sloMargin } from './comparison-rules.ts';
import { type CrashComparison, compareCrashMinute, noCrashes, readCrashes } from './crash-comparison.ts';
import type { Baseline, EvidenceMinute, SideMinute } from './evidence.ts';
import { compareMinute, type RateComparison, type RateRules, readRate, startRateComparison } from './rate-comparison.ts';
import { EFFECT_WEIGHTS, ratesAbove } from './sequential/effects.ts';
import { addMinute, emptyMixture, logSum, logTotal, type Mixture } from './sequential/mixture.ts';
import { type Counts, logRatio } from './sequential/two-sample.ts';

export type MetricName = 'errors' | 'latency' | 'crashes' | 'slo';

/** A metric that crossed its limit: sticky, and the reason of a rollback. */
export interface Crossing {
  readonly metric: MetricName;
  /** Start of the minute that decided, epoch milliseconds. */
  readonly minute: number;
  /** How strong: natural logarithm of the odds against chance, and the limit it crossed. */
  readonly evidence: number;
  readonly limit: number;
  /** What green was compared with. together: blue at the same time; history: blue's history as well; alone: blue serves nothing now. */
  readonly witness: 'together' | 'history' | 'alone' | 'slo';
}

export interface Comparison {
  /** Start of the first and the last minute judged; absent before the first. */
  readonly since?: number;
  readonly through?: number;
  readonly minutes: number;
  readonly errors: RateComparison;
  /** One per latency edge; empty where latency is not compared. */
  readonly latency: readonly RateComparison[];
  readonly crashes: CrashComparison;
  readonly slo: Mixture;
  /** Green's share of the requests in the last minute in which it had any, 0 to 1, and green's requests per minute, older ones fading. */
  readonly greenShare: number;
  readonly greenPerMinute: number;
  /** Blue's requests since green's last one: while traffic is shared, a green that gets none is not a quiet one. */
  readonly blueSinceGreen: number;
  readonly crossing?: Crossing;
}

/** Everything fixed for one deployment: the rules, blue's past, and what follows from both. */
export interface ComparisonSetting {
  readonly rules: ComparisonRules;
  readonly errors: RateRules;
  readonly latency: readonly RateRules[];
  readonly shares: SharesOfBudget;
  readonly crashHistory: { readonly crashes: number; readonly taskMinutes: number };
  readonly tasks: number;
}

/** Minutes of green that say nothing about latency: caches and just-in-time compilers are still cold. */
const COLD_MINUTES = 2;
const TRAFFIC_MEMORY = 0.8;

export function comparisonSetting(rules: ComparisonRules, baseline: Baseline | undefined, tasks: number): ComparisonSetting {
  const { errors, latency } = rateRulesOf(rules, baseline);
  return { rules, errors, latency, shares: sharesOf(rules, latency.length > 0), crashHistory: baseline?.crashes ?? { crashes: 0, taskMinutes: 0 }, tasks };
}

export function startComparison(setting: ComparisonSetting): Comparison {
  return {
    minutes: 0,
    errors: startRateComparison(setting.errors),
    latency: setting.latency.map(startRateComparison),
    crashes: noCrashes,
    slo: emptyMixture,
    greenShare: 0,
    greenPerMinute: 0,
    blueSinceGreen: 0,
  };
}

/** Adds one minute. Minutes come in order and each once; once a limit is crossed the answer stays. */
export function addEvidence(before: Comparison, setting: ComparisonSetting, seen: EvidenceMinute): Comparison {
  const blue = countsOf(seen.blue);
  const green = countsOf(seen.green);
  const requests = blue.requests + green.requests;
  const state: Comparison = {
    ...before,
    since: before.since ?? seen.minute,
    through: seen.minute,
    minutes: before.minutes + 1,
    errors: compareMinute(before.errors, setting.errors, blue, green),
    latency: before.latency.map((edge, at) => addLatency(edge, setting.latency[at], seen, at, before.minutes)),
    crashes: compareCrashMinute(
      before.crashes,
      { history: setting.crashHistory, plannedMinutes: setting.rules.plannedMinutes },
      { crashes: seen.crashes?.blue ?? 0, taskMinutes: blue.requests > 0 ? setting.tasks : 0 },
      { crashes: seen.crashes?.green ?? 0, taskMinutes: setting.tasks },
    ),
    slo: addSlo(before.slo, setting.rules, green),
    greenShare: green.requests === 0 ? before.greenShare : green.requests / requests,
    greenPerMinute: before.minutes === 0 ? green.requests : TRAFFIC_MEMORY * before.greenPerMinute + (1 - TRAFFIC_MEMORY) * green.requests,
    blueSinceGreen: green.requests > 0 ? 0 : before.blueSinceGreen + blue.requests,
  };
  const crossing = before.crossing ?? crossingOf(state, setting, seen.minute);
  return crossing === undefined ? state : { ...state, crossing };
}

function countsOf(side: SideMinute | undefined): Counts {
  return side === undefined ? { requests: 0, bad: 0 } : { requests: side.requests, bad: side.errors };
}

function addLatency(edge: RateComparison, rules: RateRules | undefined, seen: EvidenceMinute, at: number, minutes: number): RateComparison {
  const [blue, green] = [slowOf(seen.blue, at), slowOf(seen.green, at)];
  // Response times follow load and hour of the day: without blue's in the same minute they say nothing about green.
  if (rules === undefined || green === undefined || blue === undefined || minutes < COLD_MINUTES) return edge;
  return compareMinute(edge, rules, blue, green);
}

function slowOf(side: SideMinute | undefined, edge: number): Counts | undefined {
  const slow = side?.slow?.[edge];
  return side === undefined || slow === undefined ? undefined : { requests: side.requests, bad: Math.min(side.requests, slow) };
}

function addSlo(before: Mixture, rules: ComparisonRules, green: Counts): Mixture {
  const limit = sloMargin(rules);
  if (limit === undefined) return before;
  return addMinute(
    before,
    EFFECT_WEIGHTS,
    ratesAbove(limit).map((rate) => logRatio(green, rate, limit)),
    rules.plannedMinutes,
  );
}

/** Log evidence of latency: the mean of the edges' evidence. */
export function latencyEvidence(state: Comparison, setting: ComparisonSetting): number {
  if (state.latency.length === 0) return 0;
  const logs = state.latency.map((edge, at) => readRate(edge, setting.latency[at] ?? setting.errors).relative);
  return logSum(logs) - Math.log(logs.length);
}

/** Odds of 6 to 1 from blue beside it: what the second witness needs to count. */
const CO_WITNESS = Math.log(6);
/** How a metric's share of the budget is divided between its witnesses. Crashes are judged mostly against blue's history. */
const WITNESS_SHARES = { together: 0.69, history: 0.3, alone: 0.01 };
const CRASH_WITNESS_SHARES = { together: 0.3, history: 0.7 };

function crossingOf(state: Comparison, setting: ComparisonSetting, minute: number): Crossing | undefined {
  const found = (metric: MetricName, witness: Crossing['witness'], evidence: number, share: number): Crossing | undefined => {
    const limit = logLimit(setting.rules, share);
    return share > 0 && evidence >= limit ? { metric, witness, minute, evidence, limit } : undefined;
  };
  return (
    errorCrossing(state, setting, found) ?? latencyCrossing(state, setting, found) ?? crashCrossing(state, setting, found) ?? sloCrossing(state, setting, found)
  );
}

type Find = (metric: MetricName, witness: Crossing['witness'], evidence: number, share: number) => Crossing | undefined;

function errorCrossing(state: Comparison, setting: ComparisonSetting, found: Find): Crossing | undefined {
  const { errors: share } = setting.shares;
  const reading = readRate(state.errors, setting.errors);
  const alone = found('errors', 'alone', reading.alone, share * WITNESS_SHARES.alone);
  if (reading.ratio < setting.rules.errors.tolerance) return alone;
  const together = found('errors', 'together', reading.relative, share * WITNESS_SHARES.together);
  const history = reading.relative < CO_WITNESS ? undefined : found('errors', 'history', reading.capped, share * WITNESS_SHARES.history);
  return together ?? history ?? alone;
}

function latencyCrossing(state: Comparison, setting: ComparisonSetting, found: Find): Crossing | undefined {
  return found('latency', 'together', latencyEvidence(state, setting), setting.shares.latency);
}

function crashCrossing(state: Comparison, setting: ComparisonSetting, found: Find): Crossing | undefined {
  const share = setting.shares.crashes;
  const { relative, capped } = readCrashes(state.crashes);
  const together = found('crashes', 'together', relative, share * CRASH_WITNESS_SHARES.together);
  const blueIsThere = state.crashes.blue.taskMinutes > 0;
  if (blueIsThere && relative < CO_WITNESS) return together;
  return together ?? found('crashes', blueIsThere ? 'history' : 'alone', capped, share * CRASH_WITNESS_SHARES.history);
}

/** Where blue breaks the service's limit as well, green is not to blame: only a green that is also worse than blue is. */
function sloCrossing(state: Comparison, setting: ComparisonSetting, found: Find): Crossing | undefined {
  const blueServes = state.greenShare < 1;
  if (blueServes && readRate(state.errors, setting.errors).relative < CO_WITNESS) return undefined;
  return found('slo', 'slo', logTotal(state.slo), setting.shares.slo);
}
