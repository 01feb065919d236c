// Decides an alarm's state from its data points: M out of N, and AWS's rules for missing ones. Pure. AWS publishes its rules as
// two tables (alarms-and-missing-data); the tests hold this to every row of them.
import type { AlarmState, Comparison, MissingData } from './alarm-store.ts';

export interface JudgedAlarm {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissingData: MissingData;
}

export interface Judgement {
  readonly state: AlarmState;
  /** Real values the judgement rests on, newest first. */
  readonly values: readonly number[];
  /** How many missing data points had to be filled in. */
  readonly filled: number;
}

const COMPARE: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * @param points the evaluation range, oldest first; undefined where data is missing. Longer than the evaluation periods.
 * @param current the state the alarm is in, kept where the data gives no other.
 */
export function judgeDatapoints(alarm: JudgedAlarm, points: readonly (number | undefined)[], current: AlarmState): Judgement {
  const isBreaching = (value: number): boolean => COMPARE[alarm.comparison](value, alarm.threshold);
  const real = points.filter((point) => point !== undefined);
  if (real.length >= alarm.evaluationPeriods) {
    // Enough real data, further back if need be: how to treat missing data does not matter.
    const newest = real.slice(-alarm.evaluationPeriods);
    const state = newest.filter(isBreaching).length >= alarm.datapointsToAlarm ? 'ALARM' : 'OK';
    return { state, values: newest.reverse(), filled: 0 };
  }
  const filled = alarm.evaluationPeriods - real.length;
  const breaching = real.filter(isBreaching).length;
  const judged = (state: AlarmState): Judgement => ({ state, values: [...real].reverse(), filled });
  switch (alarm.treatMissingData) {
    case 'breaching':
      return judged(breaching + filled >= alarm.datapointsToAlarm ? 'ALARM' : 'OK');
    case 'notBreaching':
      return judged(breaching >= alarm.datapointsToAlarm ? 'ALARM' : 'OK');
    case 'missing':
    case 'ignore':
      break;
  }
  if (real.length === 0) return judged(alarm.treatMissingData === 'missing' ? 'INSUFFICIENT_DATA' : current);
  if (breaching >= alarm.datapointsToAlarm) return judged('ALARM');
  if (breaching < real.length) return judged('OK');
  // Only breaching data, too little of it. Old enough, it raises the alarm although nothing newer came ("premature state").
  const oldestAge = points.length - points.findIndex((point) => point !== undefined);
  if (alarm.treatMissingData === 'missing' && oldestAge >= alarm.datapointsToAlarm) return judged('ALARM');
  // AWS says only that the alarm does not go to ALARM yet; that it stays as it is is unverified.
  return judged(current);
}
