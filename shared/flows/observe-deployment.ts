// One look at everything that tells how a running deployment is doing. What cannot be read is undefined: doubt, never health.
import type { CrashLog } from '#core/breaker/crash-cause.ts';
import { crashLimit } from '#core/breaker/crash-threshold.ts';
import type { Deployment, Plan, ShiftState } from '#core/deployment/deployment.ts';
import { type ProductionWeights, trafficShare, type WatchObservation } from '#core/deployment/watch.ts';
import { type ComparisonSetting, comparisonSetting } from '#core/health/comparison.ts';
import { readComparison } from '#core/health/comparison-reading.ts';
import { latencyEdges } from '#core/health/comparison-rules.ts';
import { type EvidenceRecord, gatherEvidence, startEvidence } from '#core/health/evidence-record.ts';
import { type HealthVerdict, judgeHealth, type TrafficMinute } from '#core/health/health.ts';
import { type CrashCount, noCrashesCounted } from '#ports/crash-store.ts';
import type { TargetHealth } from '#ports/load-balancer.ts';
import type { Ports } from '#ports/ports.ts';
import { readCrashLog } from './read-crash-log.ts';
import { targetsOf, weightsOf } from './sides.ts';

const MINUTE_MILLISECONDS = 60_000;

export async function observeDeployment(ports: Ports, deployment: Deployment, plan: Plan, shift: ShiftState): Promise<WatchObservation> {
  const { serviceKey, taskDefinitionArn } = deployment;
  const revisions = [{ taskDefinitionArn: taskDefinitionArn ?? '', since: shift.startedAt }, { taskDefinitionArn: plan.blue.taskDefinitionArn }];
  const [observedShift, weights, blueTargets, greenTargets, [crashes, blueCrashes] = []] = await Promise.all([
    attempt(ports, "the driver's deployment", () => ports.driver.observe(shift.driverDeploymentId)),
    attempt(ports, 'the production listener', () => weightsOf(ports, plan)),
    attempt(ports, "blue's targets", () => targetsOf(ports, plan, 'blue')),
    attempt(ports, "green's targets", () => targetsOf(ports, plan, 'green')),
    attempt(ports, 'the crash counts', () => ports.crashes.read(serviceKey, revisions)),
  ]);
  const counted = {
    green: crashes?.total ?? deployment.evidence?.crashesSeen.green ?? 0,
    blue: blueCrashes?.total ?? deployment.evidence?.crashesSeen.blue ?? 0,
  };
  const [health, counting, crashLog] = await Promise.all([
    observeHealth(ports, deployment, plan, shift, { weights, greenTargets, crashes: counted }),
    crashes === undefined ? undefined : forgiveCrashes(ports, deployment, plan, crashes, greenTargets),
    crashes === undefined ? undefined : readDecidingLog(ports, deployment, plan, crashes),
  ]);
  return {
    shift: observedShift,
    weights,
    blueHealthyTargets: healthyTargets(blueTargets),
    ...health,
    // An unreadable count cannot end a deployment; the next look reads it again.
    crashes: counting ?? noCrashesCounted,
    crashLog,
  };
}

/** As ECS's resetOnHealthyTask: another healthy target sets the count back. A green that was seen to crash too often is not asked again. */
async function forgiveCrashes(ports: Ports, deployment: Deployment, plan: Plan, crashes: CrashCount, targets: TargetHealth | undefined): Promise<CrashCount> {
  const { resetOnHealthy } = plan.settings;
  const { taskDefinitionArn, serviceKey } = deployment;
  if (resetOnHealthy !== true || targets?.checked !== true || taskDefinitionArn === undefined || targets.healthy === crashes.healthyTargets) return crashes;
  if (isOverLimit(plan, crashes)) return crashes;
  const reset = targets.healthy > (crashes.healthyTargets ?? 0);
  const noted = { targets: targets.healthy, at: ports.now(), reset };
  await attempt(ports, "green's crash count", () => ports.crashes.noteHealthy(serviceKey, taskDefinitionArn, noted));
  return reset ? { ...crashes, count: 0 } : crashes;
}

/** Once crashes have decided, or are about to. */
async function readDecidingLog(ports: Ports, deployment: Deployment, plan: Plan, crashes: CrashCount): Promise<CrashLog | undefined> {
  const { crashLog, rollback, taskDefinitionArn } = deployment;
  const decides = rollback?.cause.kind === 'crashes' || (rollback === undefined && isOverLimit(plan, crashes));
  if (crashLog !== undefined || taskDefinitionArn === undefined || !decides) return undefined;
  return readCrashLog(ports, plan, taskDefinitionArn, crashes);
}

function isOverLimit(plan: Plan, crashes: CrashCount): boolean {
  return crashes.count >= crashLimit(plan.settings.crashThreshold, plan.desiredCount);
}

/**
 * Healthy targets of the group that serves; undefined when nobody knows. A group without any target is known: it has none, though
 * nothing in it is health-checked.
 */
export function healthyTargets(targets: TargetHealth | undefined): number | undefined {
  return targets !== undefined && (targets.checked || targets.total === 0) ? targets.healthy : undefined;
}

export interface SeenBesideMetrics {
  readonly weights: ProductionWeights;
  readonly greenTargets: TargetHealth | undefined;
  /** Crashes of each side's tasks since they are counted. */
  readonly crashes: { readonly blue: number; readonly green: number };
  /** Share of the traffic, 0 to 1, that green would get next: less needs weaker proof. All of it when absent. */
  readonly nextShare?: number;
}

export interface ObservedHealth {
  readonly verdict: HealthVerdict;
  /** The evidence with what is new in it; undefined when nothing could be read. */
  readonly evidence: EvidenceRecord | undefined;
}

/** Health of green as it stands now, with one GetMetricData call; also asked by the AfterAllowTraffic hook. */
export async function observeHealth(ports: Ports, deployment: Deployment, plan: Plan, shift: ShiftState, seen: SeenBesideMetrics): Promise<ObservedHealth> {
  const now = ports.now();
  const rules = plan.settings.health;
  const { alarms } = rules;
  const [evidence, alarmsInAlarm] = await Promise.all([
    readEvidence(ports, deployment, plan, shift, seen, now),
    alarms.length === 0 ? [] : attempt(ports, 'the alarms', () => ports.alarms.inAlarm(alarms)),
  ]);
  const known = evidence ?? deployment.evidence;
  const verdict = judgeHealth(
    rules,
    {
      greenMinutes: evidence === undefined && shift.firstTrafficAt !== undefined ? undefined : greenMinutes(known),
      // What is on record already still counts against green; nothing counts for it while nothing new can be read.
      comparison:
        evidence === undefined && known?.state.crossing === undefined ? undefined : known && readComparison(known.state, settingOf(plan), seen.nextShare),
      greenTargets: seen.greenTargets?.checked === true ? seen.greenTargets : undefined,
      desiredCount: plan.desiredCount,
      greenPercent: trafficShare(seen.weights, plan.greenTargetGroupArn) ?? shift.greenPercent,
      alarmsInAlarm,
    },
    now,
  );
  return { verdict, evidence };
}

function settingOf(plan: Plan): ComparisonSetting {
  return comparisonSetting(plan.settings.health.comparison, plan.baseline, plan.desiredCount);
}

function greenMinutes(evidence: EvidenceRecord | undefined): readonly TrafficMinute[] {
  return (evidence?.minutes ?? []).flatMap(({ minute, green }) => (green === undefined ? [] : [{ minute, ...green }]));
}

/**
 * The evidence on record and the complete minutes since. Only minutes that began after green got production traffic count: the same
 * metrics count what came through the test listener, the failed attempts of smoke checks included.
 */
async function readEvidence(
  ports: Ports,
  deployment: Deployment,
  plan: Plan,
  shift: ShiftState,
  seen: SeenBesideMetrics,
  now: number,
): Promise<EvidenceRecord | undefined> {
  const setting = settingOf(plan);
  const record = deployment.evidence ?? startEvidence(setting, plan.baseline);
  const { firstTrafficAt } = shift;
  // Tasks that crash while green starts up are the crash limit's business.
  // And what has no load balancer has no requests.
  if (firstTrafficAt === undefined || plan.rolling !== undefined) return { ...record, crashesSeen: seen.crashes };
  const from = Math.ceil(firstTrafficAt / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS;
  const minutes = await attempt(ports, 'the metrics', () =>
    ports.metrics.evidence({
      blueTargetGroupArn: plan.blue.targetGroupArn,
      greenTargetGroupArn: plan.greenTargetGroupArn,
      listenerArn: plan.productionListenerArn,
      from: record.state.through === undefined ? from : record.state.through + MINUTE_MILLISECONDS,
      to: now,
      edges: latencyEdges(plan.settings.health.comparison, plan.baseline),
      percentile: plan.settings.health.latency?.percentile,
    }),
  );
  if (minutes === undefined) return undefined;
  const settledBefore = now - plan.settings.health.settleSeconds * 1000;
  return gatherEvidence(record, setting, { from, settledBefore, minutes, crashes: seen.crashes });
}

async function attempt<T>(ports: Ports, what: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    ports.log.warn(`could not read ${what}; holding`, { error: String(error) });
    return undefined;
  }
}
