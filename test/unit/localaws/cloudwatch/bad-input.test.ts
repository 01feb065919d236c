// Whatever a caller sends, the answer is an error of AWS or a success: never a crash.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCloudWatch } from '../../../../localaws/cloudwatch/create-cloudwatch.ts';
import { AwsError } from '../../../../localaws/endpoint/aws-error.ts';
import { type RunningRegion, startRegion } from '../../../../localaws/start-region.ts';

let running: RunningRegion;
beforeAll(async () => {
  running = await startRegion({ services: [createCloudWatch], clock: { kind: 'virtual' } });
});
afterAll(() => running.close());

const MEMBERS = [
  'Namespace',
  'MetricName',
  'MetricData',
  'EntityMetricData',
  'MetricDataQueries',
  'Metrics',
  'Dimensions',
  'StartTime',
  'EndTime',
  'Period',
  'Statistics',
  'Statistic',
  'ExtendedStatistics',
  'ExtendedStatistic',
  'AlarmName',
  'AlarmNames',
  'AlarmRule',
  'AlarmActions',
  'EvaluationPeriods',
  'Threshold',
  'ComparisonOperator',
  'StateValue',
  'StateReason',
  'StateReasonData',
  'Unit',
  'DashboardName',
  'DashboardNames',
  'DashboardBody',
  'ResourceARN',
  'Tags',
  'TagKeys',
  'NextToken',
  'MaxRecords',
  'MaxDatapoints',
  'AlarmTypes',
  'ScanBy',
  'RecentlyActive',
];
const VALUES: readonly unknown[] = [
  null,
  '',
  'x',
  0,
  -1,
  1e99,
  Number.NaN,
  true,
  {},
  [],
  [null],
  [{}],
  ['x'],
  [[]],
  [{ Id: 'a', Expression: '(((' }],
  [{ Id: 'a', MetricStat: {} }],
  [{ Id: 'a', MetricStat: { Metric: 'x', Period: 60, Stat: 'Sum' } }],
  [{ MetricName: 'x', Values: 'y' }],
  [{ MetricName: 'x', StatisticValues: {} }],
  new Date(Number.NaN),
];
const SOUND = {
  Namespace: 'Weir',
  MetricName: 'M',
  AlarmName: 'a',
  StartTime: 0,
  EndTime: 600,
  Period: 60,
  Statistics: ['Sum'],
  Dimensions: [],
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 1,
  Threshold: 1,
  Unit: undefined,
  NextToken: undefined,
};

describe('bad input', () => {
  test('no operation crashes on members that are missing or of a wrong kind', async () => {
    const operations = Object.keys(running.dispatcher.service('monitoring')?.operations ?? {});
    expect(operations.length).toBeGreaterThanOrEqual(20);
    const crashes: string[] = [];
    for (const operation of operations) {
      for (const value of VALUES) {
        const input = Object.fromEntries(MEMBERS.map((member) => [member, value]));
        for (const tried of [{}, input, { ...input, ...SOUND }]) {
          await running.dispatcher
            .call('monitoring', operation, tried, { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/r', sessionName: 's' })
            .catch((error: unknown) => {
              if (!(error instanceof AwsError)) crashes.push(`${operation} ${JSON.stringify(value)}: ${String(error)}`);
            });
        }
      }
    }
    expect(crashes).toEqual([]);
  });

  test.each([
    'm1 +',
    '(m1',
    'IF(m1)',
    'FILL(m1)',
    'SUM()',
    'm1[',
    '"',
    '1 1',
    ',',
    '-'.repeat(500),
    '('.repeat(500),
    'NOSUCH(m1)',
    'METRICS(1)',
    'm1 + "x"',
    'FILL(m1, NEVER)',
    '',
    ' ',
  ])('the expression %j is refused clearly', async (Expression) => {
    const MetricStat = { Metric: { Namespace: 'Weir', MetricName: 'M' }, Period: 60, Stat: 'Sum' };
    const MetricDataQueries = [
      { Id: 'm1', MetricStat },
      { Id: 'e1', Expression },
    ];
    await expect(
      running.dispatcher.call('monitoring', 'GetMetricData', { MetricDataQueries, StartTime: 0, EndTime: 600 }, { kind: 'root' }),
    ).rejects.toMatchObject({ code: 'ValidationException' });
  });
});
