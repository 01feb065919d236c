// Evaluates the alarms on the region's clock: each minute shortly after its end (every 10 s for shorter periods), over the
// completed periods, and composite alarms whenever an alarm under them changes.
import type { Timer } from '../../clock/clock.ts';
import type { AwsShape, Region } from '../../region.ts';
import { ALARMS_MAX, EVALUATION_OFFSET_SECONDS, EVALUATION_STEP_SECONDS, EXTRA_DATAPOINTS } from '../limits.ts';
import { answerQueries } from '../metrics/metric-query.ts';
import type { MetricStore } from '../metrics/metric-store.ts';
import { type Alarm, type AlarmStore, type CompositeAlarm, cloudWatchTime, type MetricAlarm } from './alarm-store.ts';
import { changeState, type NewState } from './change-state.ts';
import { holds } from './composite-rule.ts';
import { type Judgement, judgeDatapoints } from './judge-datapoints.ts';

export interface AlarmEvaluator {
  /** Runs while there are alarms. Called after one was made. */
  start(): void;
  /** Sets a state and what follows from it, as an evaluation or SetAlarmState does. */
  set(alarm: Alarm, next: NewState): void;
  evaluateComposites(): void;
  close(): void;
}

const MINUTE_SECONDS = 60;

export function createAlarmEvaluator(region: Region, metrics: MetricStore, store: AlarmStore): AlarmEvaluator {
  let timer: Timer | undefined;

  const set = (alarm: Alarm, next: NewState): void => {
    if (changeState(region, store, alarm, next)) evaluateComposites();
  };

  /** Until nothing changes: composite alarms may stand on others. A circle of them ends at the limit. */
  const evaluateComposites = (): void => {
    for (let round = 0; round < ALARMS_MAX; round++) {
      let anyChanged = false;
      for (const alarm of store.alarms.values()) {
        if (alarm.kind === 'composite') anyChanged = evaluateComposite(region, store, alarm) || anyChanged;
      }
      if (!anyChanged) return;
    }
  };

  const tick = (): void => {
    timer = undefined;
    const nowSeconds = Math.floor(region.clock.now() / 1_000);
    const isMinuteTurn =
      nowSeconds % MINUTE_SECONDS >= EVALUATION_OFFSET_SECONDS && nowSeconds % MINUTE_SECONDS < EVALUATION_OFFSET_SECONDS + EVALUATION_STEP_SECONDS;
    for (const alarm of [...store.alarms.values()]) {
      if (alarm.kind !== 'metric' || (alarm.period >= MINUTE_SECONDS && !isMinuteTurn)) continue;
      const next = evaluateMetric(metrics, alarm, region.clock.now());
      if (next !== undefined) set(alarm, next);
    }
    arm();
  };

  const arm = (): void => {
    if (timer !== undefined || store.alarms.size === 0) return;
    const isFine = [...store.alarms.values()].some((alarm) => alarm.kind === 'metric' && alarm.period < MINUTE_SECONDS);
    const stepMs = (isFine ? EVALUATION_STEP_SECONDS : MINUTE_SECONDS) * 1_000;
    const offsetMs = (isFine ? 0 : EVALUATION_OFFSET_SECONDS) * 1_000;
    const sinceMs = (region.clock.now() - offsetMs) % stepMs;
    timer = region.clock.schedule(stepMs - sinceMs, tick, 'alarm evaluation');
  };

  return {
    start() {
      // A new alarm with a short period must not wait for the minute that was scheduled before it came.
      timer?.cancel();
      timer = undefined;
      arm();
    },
    set,
    evaluateComposites,
    close() {
      timer?.cancel();
    },
  };
}

function evaluateComposite(region: Region, store: AlarmStore, alarm: CompositeAlarm): boolean {
  const isTrue = holds(alarm.rule, (name) => store.alarms.get(name)?.state.value);
  const value = isTrue ? 'ALARM' : 'OK';
  if (alarm.state.value === value) return false;
  return changeState(region, store, alarm, {
    value,
    reason: `The composite alarm is in ${value} state because its rule evaluates to ${String(isTrue).toUpperCase()}: ${alarm.ruleText}`.slice(0, 1_023),
    reasonData: undefined,
  });
}

function evaluateMetric(metrics: MetricStore, alarm: MetricAlarm, nowMs: number): NewState | undefined {
  const periodMs = alarm.period * 1_000;
  const end = Math.floor(nowMs / periodMs) * periodMs;
  const count = alarm.evaluationPeriods + EXTRA_DATAPOINTS;
  const start = end - count * periodMs;
  const points = answerQueries(metrics, alarm.queries, { startMs: start, endMs: end }, nowMs)(alarm.returned)[0]?.points ?? new Map<number, number>();
  const range = Array.from({ length: count }, (_, index) => points.get((start + index * periodMs) / 1_000));
  const judgement = judgeDatapoints({ ...alarm, datapointsToAlarm: alarm.datapointsToAlarm ?? alarm.evaluationPeriods }, range, alarm.state.value);
  // Without a change the state, its reason and its time stay, as in AWS.
  if (judgement.state === alarm.state.value) return undefined;
  return { value: judgement.state, reason: reasonOf(alarm, judgement), reasonData: reasonData(alarm, judgement, start, nowMs) };
}

/** Numbers in reasons have a decimal point always. */
function shown(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

const WORDS = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
} as const;

function reasonOf(alarm: MetricAlarm, { state, values, filled }: Judgement): string {
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${counted(alarm.evaluationPeriods, 'datapoint')} ${alarm.evaluationPeriods === 1 ? 'was' : 'were'} unknown.`;
  if (values.length === 0) {
    const treated = alarm.treatMissingData === 'breaching' ? 'Breaching' : 'NonBreaching';
    return `Threshold Crossed: no datapoints were received for ${counted(alarm.evaluationPeriods, 'period')} and ${counted(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${treated}].`;
  }
  const list = values.map(shown).join(', ');
  const verb = `${values.length === 1 ? 'was' : 'were'}${state === 'ALARM' ? '' : ' not'}`;
  return `Threshold Crossed: ${counted(values.length, 'datapoint')} [${list}] ${verb} ${WORDS[alarm.comparison]} the threshold (${shown(alarm.threshold)}).`.slice(
    0,
    1_023,
  );
}

function reasonData(alarm: MetricAlarm, { values }: Judgement, startMs: number, nowMs: number): string {
  const single = alarm.returned.kind === 'stat' ? { statistic: alarm.returned.stat } : {};
  const data: AwsShape = {
    version: '1.0',
    queryDate: cloudWatchTime(nowMs),
    startDate: cloudWatchTime(startMs + EXTRA_DATAPOINTS * alarm.period * 1_000),
    ...single,
    period: alarm.period,
    recentDatapoints: [...values].reverse(),
    threshold: alarm.threshold,
  };
  return JSON.stringify(data);
}
