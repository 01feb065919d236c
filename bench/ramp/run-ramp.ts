// One ramp on one world's traffic, on a clock of ticks: the hook before each step and the watch loop ask the product's own decisions with
// the product's own evidence. Only traffic and time are simulated.
import type { Plan } from '#core/deployment/deployment.ts';
import { decideStep } from '#core/deployment/traffic-step.ts';
import { type ComparisonSetting, comparisonSetting } from '#core/health/comparison.ts';
import { readComparison } from '#core/health/comparison-reading.ts';
import type { EvidenceMinute } from '#core/health/evidence.ts';
import { type EvidenceRecord, gatherEvidence, startEvidence } from '#core/health/evidence-record.ts';
import { type HealthVerdict, judgeHealth } from '#core/health/health.ts';
import { ecsTrafficConfiguration, nextSharePercent } from '#core/strategy/ecs-configuration.ts';
import { planOf, settingsOf, shifting, TASKS } from './records.ts';
import { type RampWorld, TICK_SECONDS, TICKS_PER_MINUTE } from './world.ts';

export interface Ramp {
  readonly name: string;
  /** As a manifest says it. */
  readonly strategy: object;
}

export interface RampOutcome {
  /** Minutes from green's first traffic until it had all of it; undefined: not within the time watched. */
  readonly fullTrafficMinutes: number | undefined;
  readonly rolledBackMinutes: number | undefined;
  /** Requests green answered until traffic went back, or in the whole time watched. */
  readonly greenRequests: number;
}

const TICK = TICK_SECONDS * 1000;
/** The watch loop looks every 30 seconds. */
const WATCH_TICKS = 2;

/** @param watchedMinutes after which the run ends; with `untilFull` it ends at full traffic too */
export function runRamp(world: RampWorld, { strategy }: Ramp, watchedMinutes: number, untilFull: boolean): RampOutcome {
  const plan = planOf(settingsOf(strategy), world.baseline);
  const shift = startShift(plan);
  const evidence = startLooking(plan, world.firstTick);
  let greenRequests = 0;
  for (let tick = 0; tick < watchedMinutes * TICKS_PER_MINUTE; tick++) {
    const { blue, green } = world.traffic(tick, shift.percent());
    evidence.count(tick, blue, green);
    greenRequests += green.requests;
    const passed = tick + 1;
    const look = (): HealthVerdict => evidence.verdict(passed, shift.nextPercent());
    const isBad = (passed % WATCH_TICKS === 0 && look().verdict === 'fail') || (shift.isAsked(passed) && shift.ask(passed, look()) === 'goBack');
    if (isBad) {
      // Traffic is back within the next tick.
      const last = world.traffic(passed, shift.percent()).green.requests;
      return { fullTrafficMinutes: undefined, rolledBackMinutes: passed / TICKS_PER_MINUTE, greenRequests: greenRequests + last };
    }
    if (untilFull && shift.percent() >= 100) return { fullTrafficMinutes: passed / TICKS_PER_MINUTE, rolledBackMinutes: undefined, greenRequests };
  }
  const fullAt = shift.fullAt();
  return { fullTrafficMinutes: fullAt === undefined ? undefined : fullAt / TICKS_PER_MINUTE, rolledBackMinutes: undefined, greenRequests };
}

/** The driver's side: the share green has, and when the hook before the next step is asked. */
function startShift(plan: Plan) {
  const { strategy } = plan.settings;
  const traffic = ecsTrafficConfiguration(strategy);
  const bakeTicks = traffic.strategy === 'LINEAR' ? traffic.linearConfiguration.stepBakeTimeInMinutes * TICKS_PER_MINUTE : 0;
  let percent = nextSharePercent(strategy, 0);
  let since = 0;
  let fullAt: number | undefined;
  return {
    percent: () => percent,
    nextPercent: () => nextSharePercent(strategy, percent),
    fullAt: () => fullAt,
    isAsked: (tick: number) => percent < 100 && tick >= since + bakeTicks,
    ask(tick: number, verdict: HealthVerdict) {
      const weights = { expectedPercent: percent, foundPercent: percent, nextPercent: nextSharePercent(strategy, percent) };
      const { kind } = decideStep(shifting, plan, { ...weights, verdict }, tick * TICK);
      if (kind === 'goOn') {
        percent = weights.nextPercent;
        since = tick;
        if (percent >= 100) fullAt = tick;
      }
      return kind;
    },
  };
}

type Counted = { requests: number; errors: number };

/** The health's side: minutes as CloudWatch would give them, gathered and judged by the product. */
function startLooking(plan: Plan, firstTick: number) {
  const rules = plan.settings.health;
  const setting: ComparisonSetting = comparisonSetting(rules.comparison, plan.baseline, TASKS);
  const minutes = new Map<number, { blue: Counted; green: Counted }>();
  let record: EvidenceRecord = startEvidence(setting, plan.baseline);
  const timeOf = (tick: number): number => (firstTick + tick) * TICK;
  const from = Math.ceil(timeOf(0) / 60_000) * 60_000;
  return {
    count(tick: number, blue: Counted, green: Counted) {
      const start = Math.floor(timeOf(tick) / 60_000) * 60_000;
      const minute = minutes.get(start) ?? { blue: { requests: 0, errors: 0 }, green: { requests: 0, errors: 0 } };
      minutes.set(start, { blue: sum(minute.blue, blue), green: sum(minute.green, green) });
    },
    verdict(tick: number, nextPercent: number): HealthVerdict {
      const now = timeOf(tick);
      const since = record.state.through === undefined ? from : record.state.through + 60_000;
      const newest = [...minutes].filter(([minute]) => minute >= since).map(([minute, sides]) => evidenceMinute(minute, sides));
      record = gatherEvidence(record, setting, { from, settledBefore: now - rules.settleSeconds * 1000, minutes: newest, crashes: { blue: 0, green: 0 } });
      for (const minute of minutes.keys()) if (record.state.through !== undefined && minute <= record.state.through) minutes.delete(minute);
      const greenTargets = { healthy: TASKS, total: TASKS };
      const comparison = readComparison(record.state, setting, nextPercent / 100);
      return judgeHealth(rules, { greenMinutes: [], comparison, greenTargets, desiredCount: TASKS, greenPercent: nextPercent, alarmsInAlarm: [] }, now);
    },
  };
}

function sum(one: Counted, other: Counted): Counted {
  return { requests: one.requests + other.requests, errors: one.errors + other.errors };
}

function evidenceMinute(minute: number, { blue, green }: { blue: Counted; green: Counted }): EvidenceMinute {
  return { minute, ...(blue.requests > 0 ? { blue } : {}), ...(green.requests > 0 ? { green } : {}) };
}
