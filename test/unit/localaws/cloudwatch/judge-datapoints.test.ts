// AWS publishes how missing data is judged as two tables; each row is held here. 0 is within the threshold, X breaches it,
// - is missing; the newest data point is on the right.
import { describe, expect, test } from '@jest/globals';
import type { AlarmState, MissingData } from '../../../../localaws/cloudwatch/alarms/alarm-store.ts';
import { judgeDatapoints } from '../../../../localaws/cloudwatch/alarms/judge-datapoints.ts';

type Expected = AlarmState | 'kept';
const TREATMENTS: readonly MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

function judge(row: string, treatMissingData: MissingData, datapointsToAlarm: number, current: AlarmState): AlarmState {
  const points = row.split(' ').map((mark) => (mark === '-' ? undefined : mark === 'X' ? 10 : 0));
  const alarm = { evaluationPeriods: 3, datapointsToAlarm, threshold: 5, comparison: 'GreaterThanThreshold' as const, treatMissingData };
  return judgeDatapoints(alarm, points, current).state;
}

function expectRow(row: string, datapointsToAlarm: number, expected: readonly Expected[]): void {
  for (const [index, treatment] of TREATMENTS.entries()) {
    for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
      const wanted = expected[index] === 'kept' ? current : expected[index];
      expect([row, treatment, current, judge(row, treatment, datapointsToAlarm, current)]).toEqual([row, treatment, current, wanted]);
    }
  }
}

describe('judging data points', () => {
  test.each<[string, Expected[]]>([
    ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
    ['0 - - - -', ['OK', 'OK', 'OK', 'OK']],
    ['- - - - -', ['INSUFFICIENT_DATA', 'kept', 'ALARM', 'OK']],
    ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['- - X - -', ['ALARM', 'kept', 'ALARM', 'OK']],
  ])('3 out of 3 over %s is what the table of AWS says', (row, expected) => {
    expectRow(row, 3, expected);
  });

  test.each<[string, Expected[]]>([
    ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
    ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
    ['- - - X -', ['ALARM', 'kept', 'ALARM', 'OK']],
  ])('2 out of 3 over %s is what the table of AWS says', (row, expected) => {
    expectRow(row, 2, expected);
  });

  test.each(['- - - - X', '- - - X -'])('a single breaching data point that is too new does not raise 3 out of 3 over %s', (row) => {
    expect(judge(row, 'missing', 3, 'OK')).toBe('OK');
    expect(judge(row, 'missing', 3, 'ALARM')).toBe('ALARM');
  });

  test.each<['GreaterThanOrEqualToThreshold' | 'GreaterThanThreshold' | 'LessThanThreshold' | 'LessThanOrEqualToThreshold', AlarmState[]]>([
    ['GreaterThanOrEqualToThreshold', ['OK', 'ALARM', 'ALARM']],
    ['GreaterThanThreshold', ['OK', 'OK', 'ALARM']],
    ['LessThanThreshold', ['ALARM', 'OK', 'OK']],
    ['LessThanOrEqualToThreshold', ['ALARM', 'ALARM', 'OK']],
  ])('%s compares as its name says', (comparison, expected) => {
    const alarm = { evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 5, comparison, treatMissingData: 'missing' as const };
    expect([4, 5, 6].map((value) => judgeDatapoints(alarm, [value], 'OK').state)).toEqual(expected);
  });
});
