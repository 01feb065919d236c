// Is green healthy? Green compared with blue, and beside it fixed limits on what the load balancer, the targets and the alarms say.
// Called by the assessment and by the AfterAllowTraffic hook. Not enough evidence is its own answer and never counts as good.
import type { ComparisonReading } from './comparison-reading.ts';
import type { ComparisonRules } from './comparison-rules.ts';
import type { SideMinute } from './evidence.ts';

export interface HealthRules {
  readonly comparison: ComparisonRules;
  /** Fixed limit on the share of green's requests that may fail (5xx and connection errors), percent. */
  readonly errorRate?: { readonly maxPercent: number; readonly minimumRequests: number };
  /** Fixed limit on a percentile of green's response times, milliseconds. */
  readonly latency?: { readonly percentile: number; readonly maxMilliseconds: number; readonly minimumRequests: number };
  /** Share of green's desired tasks that must be healthy targets, percent. */
  readonly healthyHosts: { readonly minimumPercent: number };
  /** Names of CloudWatch alarms that must not be in ALARM. */
  readonly alarms: readonly string[];
  /** How far back requests count for the fixed limits, minutes. */
  readonly windowMinutes: number;
  /** A metric minute counts this long after its end, seconds: CloudWatch publishes late. */
  readonly settleSeconds: number;
}

/** One minute of green's traffic. */
export interface TrafficMinute extends SideMinute {
  /** Start of the minute, epoch milliseconds. */
  readonly minute: number;
}

/** What is known about green now. `undefined` members could not be read: that is doubt, not health. */
export interface HealthEvidence {
  /** Green's minutes since it got production traffic. */
  readonly greenMinutes: readonly TrafficMinute[] | undefined;
  /** Green against blue; undefined when the metrics could not be read. */
  readonly comparison: ComparisonReading | undefined;
  /** Targets of green's group; undefined when unreadable or when the group is in no listener rule yet. */
  readonly greenTargets: { readonly healthy: number; readonly total: number } | undefined;
  readonly desiredCount: number;
  /** Share of production traffic on green, percent. */
  readonly greenPercent: number;
  readonly alarmsInAlarm: readonly string[] | undefined;
}

export interface HealthVerdict {
  readonly verdict: 'pass' | 'fail' | 'inconclusive';
  /** Numbers, not adjectives; at least one. */
  readonly reasons: readonly string[];
  readonly alarms: readonly string[];
  /** Nothing speaks against green, everything could be read, and only the proof that it is as good as blue is missing. */
  readonly lacksOnlyProof: boolean;
  readonly comparison?: ComparisonReading;
  readonly at: number;
}

type Finding = { readonly kind: 'pass' | 'fail' | 'inconclusive'; readonly reason: string };

/**
 * Judges green: fail as soon as one rule is broken by enough evidence; pass when every rule has enough evidence and holds; else
 * inconclusive. With `comparison.observe` the comparison is shown and decides nothing.
 * @param now epoch milliseconds
 */
export function judgeHealth(rules: HealthRules, evidence: HealthEvidence, now: number): HealthVerdict {
  const green = settledMinutes(evidence.greenMinutes, rules, now);
  const compared = judgeComparison(rules, evidence.comparison);
  const fixed = [...judgeErrors(rules, green), ...judgeLatency(rules, green), judgeHosts(rules, evidence), judgeAlarms(rules, evidence)];
  const findings = [...compared, ...fixed];
  const failed = findings.filter((finding) => finding.kind === 'fail');
  const open = findings.filter((finding) => finding.kind === 'inconclusive');
  const deciding = failed.length > 0 ? failed : open.length > 0 ? open : findings;
  return {
    verdict: failed.length > 0 ? 'fail' : open.length > 0 ? 'inconclusive' : 'pass',
    reasons: deciding.map((finding) => finding.reason),
    alarms: rules.alarms.filter((name) => evidence.alarmsInAlarm?.includes(name) ?? false),
    lacksOnlyProof: evidence.comparison?.lacksOnlyProof === true && fixed.every((finding) => finding.kind === 'pass'),
    ...(evidence.comparison === undefined ? {} : { comparison: evidence.comparison }),
    at: now,
  };
}

function judgeComparison(rules: HealthRules, comparison: ComparisonReading | undefined): readonly Finding[] {
  if (rules.comparison.observe) return [];
  if (comparison === undefined) return [{ kind: 'inconclusive', reason: "the load balancer's metrics could not be read" }];
  return comparison.reasons.map((reason) => ({ kind: comparison.verdict, reason }));
}

/** Minutes inside the window whose end is at least the settling time ago: the newest minute is partial and would understate both sides. */
function settledMinutes(minutes: readonly TrafficMinute[] | undefined, rules: HealthRules, now: number): readonly TrafficMinute[] | undefined {
  const newest = now - rules.settleSeconds * 1000 - 60_000;
  const oldest = newest - rules.windowMinutes * 60_000;
  return minutes?.filter((minute) => minute.minute <= newest && minute.minute > oldest);
}

function sum(minutes: readonly TrafficMinute[], of: (minute: TrafficMinute) => number): number {
  return minutes.reduce((total, minute) => total + of(minute), 0);
}

function judgeErrors(rules: HealthRules, minutes: readonly TrafficMinute[] | undefined): readonly Finding[] {
  if (rules.errorRate === undefined) return [];
  const { maxPercent, minimumRequests } = rules.errorRate;
  if (minutes === undefined) return [{ kind: 'inconclusive', reason: "green's requests could not be read" }];
  const requests = sum(minutes, (minute) => minute.requests);
  const errors = sum(minutes, (minute) => minute.errors);
  if (requests < minimumRequests) {
    // Errors beyond what the limit allows for the whole minimum sample decide early: more good requests could not make it pass.
    if (errors > Math.max(1, (minimumRequests * maxPercent) / 100)) {
      return [{ kind: 'fail', reason: `${errors} of ${requests} green requests failed, more than ${maxPercent} % of ${minimumRequests} requests allows` }];
    }
    return [{ kind: 'inconclusive', reason: `${requests} of ${minimumRequests} green requests needed to judge the error rate` }];
  }
  const percent = (100 * errors) / requests;
  const text = `${errors} of ${requests} green requests failed (${percent.toFixed(2)} %, limit ${maxPercent} %)`;
  return [{ kind: percent > maxPercent ? 'fail' : 'pass', reason: text }];
}

function judgeLatency(rules: HealthRules, minutes: readonly TrafficMinute[] | undefined): readonly Finding[] {
  if (rules.latency === undefined) return [];
  const { percentile, maxMilliseconds, minimumRequests } = rules.latency;
  const measured = (minutes ?? []).filter((minute) => minute.limited !== undefined && minute.requests > 0);
  const requests = sum(measured, (minute) => minute.requests);
  if (requests < minimumRequests) return [{ kind: 'inconclusive', reason: `${requests} of ${minimumRequests} green requests needed to judge p${percentile}` }];
  // Percentiles of minutes cannot be merged exactly; weighting by requests is between the minutes' extremes and falls for no single slow minute.
  const weighted = sum(measured, (minute) => (minute.limited ?? 0) * minute.requests) / requests;
  const text = `p${percentile} of green is ${weighted.toFixed(0)} ms over ${requests} requests (limit ${maxMilliseconds} ms)`;
  return [{ kind: weighted > maxMilliseconds ? 'fail' : 'pass', reason: text }];
}

function judgeHosts(rules: HealthRules, evidence: HealthEvidence): Finding {
  const { greenTargets, desiredCount, greenPercent } = evidence;
  if (greenTargets === undefined) return { kind: 'inconclusive', reason: "the health of green's targets could not be read" };
  const needed = Math.max(1, Math.ceil((desiredCount * rules.healthyHosts.minimumPercent) / 100));
  const text = `${greenTargets.healthy} of ${desiredCount} green targets are healthy (${needed} needed)`;
  if (greenTargets.healthy >= needed) return { kind: 'pass', reason: text };
  // Before traffic, missing targets are still starting; the crash limit and the driver's own time limit end that.
  return { kind: greenPercent > 0 ? 'fail' : 'inconclusive', reason: text };
}

function judgeAlarms(rules: HealthRules, evidence: HealthEvidence): Finding {
  if (rules.alarms.length === 0) return { kind: 'pass', reason: 'no alarms configured' };
  if (evidence.alarmsInAlarm === undefined) return { kind: 'inconclusive', reason: 'the alarms could not be read' };
  const red = rules.alarms.filter((name) => evidence.alarmsInAlarm?.includes(name));
  if (red.length > 0) return { kind: 'fail', reason: `alarm ${red.join(', ')} is in ALARM` };
  return { kind: 'pass', reason: `${rules.alarms.length} alarm(s) are quiet` };
}
