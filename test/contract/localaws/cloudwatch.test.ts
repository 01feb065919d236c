// CloudWatch as an unmodified AWS SDK client meets it, over the JSON protocol, and an old client over the query protocol.
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  InvalidParameterValueException,
  ListDashboardsCommand,
  ListMetricsCommand,
  ListTagsForResourceCommand,
  type MetricDataQuery,
  PutCompositeAlarmCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  ResourceNotFound,
  SetAlarmStateCommand,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createCloudWatch } from '../../../localaws/cloudwatch/create-cloudwatch.ts';
import type { AwsShape, ServiceFactory, ServiceName } from '../../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../../localaws/start-region.ts';

const START = Date.UTC(2026, 10, 16, 13, 0, 0);
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A service that only remembers how it was called. */
function recorder(name: ServiceName, operation: string, calls: AwsShape[]): ServiceFactory {
  return () => ({
    name,
    iamPrefix: name,
    wires: [],
    operations: {
      [operation]: {
        handle(input, call) {
          calls.push({ ...input, principal: call.principal });
          return name === 'events' ? { FailedEntryCount: 0, Entries: [] } : {};
        },
      },
    },
  });
}

async function start() {
  const [events, published, invoked]: [AwsShape[], AwsShape[], AwsShape[]] = [[], [], []];
  const services = [createCloudWatch, recorder('events', 'PutEvents', events), recorder('sns', 'Publish', published), recorder('lambda', 'Invoke', invoked)];
  const running = await startRegion({ services, clock: { kind: 'virtual' }, startAt: START });
  const cloudwatch = new CloudWatchClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  closing.push(async () => {
    cloudwatch.destroy();
    await running.close();
  });
  const details = (): AwsShape[] =>
    events
      .flatMap((put) => put['Entries'])
      .filter((entry) => entry.DetailType === 'CloudWatch Alarm State Change')
      .map((entry) => JSON.parse(entry.Detail));
  return { running, cloudwatch, events, details, published, invoked };
}

async function pass(running: RunningRegion, milliseconds: number): Promise<void> {
  let isOver = false;
  running.clock.schedule(milliseconds, () => {
    isOver = true;
  });
  await running.clock.runUntil(() => isOver, milliseconds + 1);
}

const dimensions = [{ Name: 'Service', Value: 'orders' }];

async function put(cloudwatch: CloudWatchClient, name: string, minute: number, values: number[], counts?: number[]): Promise<void> {
  const datum = {
    MetricName: name,
    Dimensions: dimensions,
    Timestamp: new Date(START + minute * 60_000),
    Values: values,
    ...(counts === undefined ? {} : { Counts: counts }),
  };
  await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Weir', MetricData: [datum] }));
}

const stat = (Id: string, MetricName: string, Stat: string, rest: Partial<MetricDataQuery> = {}, Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Weir', MetricName, Dimensions: dimensions }, Period, Stat },
  ...rest,
});

/** Values by query id, oldest first, over the first `minutes`. */
async function ask(cloudwatch: CloudWatchClient, queries: MetricDataQuery[], minutes = 10): Promise<Record<string, number[]>> {
  const { MetricDataResults = [] } = await cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: queries,
      StartTime: new Date(START),
      EndTime: new Date(START + minutes * 60_000),
      ScanBy: 'TimestampAscending',
    }),
  );
  return Object.fromEntries(MetricDataResults.map(({ Id, Values }) => [Id, Values ?? []]));
}

describe('metrics', () => {
  test('answer every statistic of what was put', async () => {
    const { cloudwatch } = await start();
    await put(
      cloudwatch,
      'Latency',
      0,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    await put(cloudwatch, 'Latency', 1, [0.1, 0.5], [9, 1]);
    const names = [
      'Sum',
      'Average',
      'Minimum',
      'Maximum',
      'SampleCount',
      'p50',
      'p99',
      'p99.9',
      'TC(10:20)',
      'TC(:10)',
      'PR(90:)',
      'tm90',
      'TM(10%:90%)',
      'TS(98:)',
      'wm90',
      'IQM',
    ];
    const values = await ask(
      cloudwatch,
      names.map((name, index) => stat(`m${index}`, 'Latency', name)),
    );
    const first = names.map((_, index) => values[`m${index}`]?.[0]);
    expect(first).toEqual(
      [5_050, 50.5, 1, 100, 100, 50, 99, 100, 10, 10, 10, 45.5, 50.5, 199, 49.95 + 0.0, 50.5].map((value, index) =>
        index === 14 ? expect.closeTo(49.95, 5) : value,
      ),
    );
    expect(values['m5']?.[1]).toBe(0.1);
    expect(values['m4']?.[1]).toBe(10);
  });

  test('keep statistic sets, and have no percentile where the distribution is unknown', async () => {
    const { cloudwatch } = await start();
    const set = {
      MetricName: 'Size',
      Dimensions: dimensions,
      Timestamp: new Date(START),
      StatisticValues: { SampleCount: 4, Sum: 20, Minimum: 2, Maximum: 8 },
    };
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Weir', MetricData: [set] }));
    expect(await ask(cloudwatch, [stat('avg', 'Size', 'Average'), stat('p', 'Size', 'p90')])).toEqual({ avg: [5], p: [] });
  });

  test('are evaluated in metric math, where missing is not zero', async () => {
    const { cloudwatch } = await start();
    for (const minute of [0, 1, 2, 3]) await put(cloudwatch, 'Requests', minute, [1], [100]);
    await put(cloudwatch, 'Errors', 1, [1], [5]);
    await put(cloudwatch, 'Errors', 3, [1], [10]);
    const hidden = { ReturnData: false };
    const queries: MetricDataQuery[] = [
      stat('requests', 'Requests', 'Sum', hidden),
      stat('errors', 'Errors', 'Sum', hidden),
      { Id: 'rate', Expression: '100 * errors / requests' },
      { Id: 'filled', Expression: 'FILL(errors, 0) / requests * 100' },
      { Id: 'repeated', Expression: 'FILL(errors, REPEAT)' },
      { Id: 'all', Expression: 'SUM(METRICS())' },
      { Id: 'highest', Expression: 'MAX([requests, errors])' },
      { Id: 'bad', Expression: 'IF(errors > 5, errors, 0)' },
      { Id: 'share', Expression: 'requests / SUM(requests)' },
      { Id: 'nested', Expression: '-(rate + 1) ^ 2' },
      { Id: 'nothing', Expression: 'requests / (requests - requests)' },
    ];
    expect(await ask(cloudwatch, queries, 4)).toEqual({
      rate: [5, 10],
      filled: [0, 5, 0, 10],
      repeated: [5, 5, 10],
      all: [100, 105, 100, 110],
      highest: [100, 100, 100, 100],
      bad: [0, 10],
      share: [0.25, 0.25, 0.25, 0.25],
      nested: [36, 121],
      nothing: [],
    });
  });

  test('come in pages, newest first, from StartTime up to but not including EndTime', async () => {
    const { cloudwatch } = await start();
    for (const minute of [0, 1, 2, 3, 4]) await put(cloudwatch, 'Requests', minute, [minute]);
    const input = {
      MetricDataQueries: [stat('m', 'Requests', 'Sum')],
      StartTime: new Date(START + 60_000),
      EndTime: new Date(START + 4 * 60_000),
      MaxDatapoints: 2,
    };
    const first = await cloudwatch.send(new GetMetricDataCommand(input));
    expect(first.MetricDataResults).toMatchObject([{ Id: 'm', Label: 'Requests', Values: [3, 2], StatusCode: 'PartialData' }]);
    const second = await cloudwatch.send(new GetMetricDataCommand({ ...input, NextToken: first.NextToken }));
    expect(second.MetricDataResults).toMatchObject([{ Values: [1], StatusCode: 'Complete', Timestamps: [new Date(START + 60_000)] }]);
    expect(second.NextToken).toBeUndefined();
    await expect(cloudwatch.send(new GetMetricDataCommand({ ...input, NextToken: 'nonsense' }))).rejects.toMatchObject({ name: 'InvalidNextToken' });
  });

  test('are summed into longer periods, and read by GetMetricStatistics and ListMetrics too', async () => {
    const { cloudwatch } = await start();
    for (const minute of [0, 4, 5, 9]) await put(cloudwatch, 'Requests', minute, [10]);
    expect(await ask(cloudwatch, [stat('m', 'Requests', 'Sum', {}, 300)])).toEqual({ m: [20, 20] });
    const { Datapoints } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Weir',
        MetricName: 'Requests',
        Dimensions: dimensions,
        StartTime: new Date(START),
        EndTime: new Date(START + 600_000),
        Period: 600,
        Statistics: ['Sum', 'Maximum'],
        ExtendedStatistics: ['p50'],
      }),
    );
    expect(Datapoints).toEqual([{ Timestamp: new Date(START), Sum: 40, Maximum: 10, Unit: 'None', ExtendedStatistics: { p50: 10 } }]);
    expect((await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Weir', Dimensions: [{ Name: 'Service' }] }))).Metrics).toEqual([
      { Namespace: 'Weir', MetricName: 'Requests', Dimensions: dimensions },
    ]);
    expect((await cloudwatch.send(new ListMetricsCommand({ Namespace: 'Other' }))).Metrics).toEqual([]);
  });

  test('are refused where AWS refuses them', async () => {
    const { cloudwatch } = await start();
    const one = { MetricName: 'M', Value: 1 };
    await expect(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'AWS/ApplicationELB', MetricData: [one] }))).rejects.toBeInstanceOf(
      InvalidParameterValueException,
    );
    await expect(
      cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Weir', MetricData: [{ ...one, Timestamp: new Date(START - 15 * 86_400_000) }] })),
    ).rejects.toMatchObject({ message: expect.stringContaining('no more than two weeks') });
    await expect(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Weir', MetricData: [{ ...one, Values: [1] }] }))).rejects.toMatchObject({
      name: 'InvalidParameterCombinationException',
    });
    await expect(cloudwatch.send(new PutMetricDataCommand({ Namespace: 'Weir', MetricData: [{ MetricName: 'M' }] }))).rejects.toMatchObject({
      name: 'MissingRequiredParameterException',
    });
    const range = { StartTime: new Date(START), EndTime: new Date(START + 60_000) };
    const failing: [MetricDataQuery[], string][] = [
      [[{ Id: 'e1', Expression: 'm9 + 1' }], 'The metric m9 does not exist'],
      [
        [
          { Id: 'e1', Expression: 'e2' },
          { Id: 'e2', Expression: 'e1' },
        ],
        'circular',
      ],
      [[{ Id: 'e1', Expression: '1 +' }], 'Syntax error'],
      [[{ Id: 'e1', Expression: '1 + 1' }], 'time series'],
      [[{ Id: 'e1', Expression: "SEARCH('x', 'Sum', 60)" }], 'localaws'],
      [[stat('M', 'Requests', 'Sum')], 'parameter Id'],
      [[stat('m', 'Requests', 'p101')], 'Stat'],
      [[stat('m', 'Requests', 'Sum', {}, 61)], 'Period'],
      [[stat('m', 'Requests', 'Sum'), stat('m', 'Requests', 'Sum')], 'more than once'],
    ];
    for (const [MetricDataQueries, message] of failing) {
      await expect(cloudwatch.send(new GetMetricDataCommand({ MetricDataQueries, ...range }))).rejects.toMatchObject({
        message: expect.stringContaining(message),
      });
    }
  });

  test('are served over the query protocol as well', async () => {
    const { running } = await start();
    const call = async (form: Record<string, string>): Promise<string> => {
      const response = await fetch(running.endpointUrl, { method: 'POST', body: new URLSearchParams({ Version: '2010-08-01', ...form }) });
      return response.text();
    };
    await call({
      Action: 'PutMetricData',
      Namespace: 'Weir',
      'MetricData.member.1.MetricName': 'Requests',
      'MetricData.member.1.Value': '7',
      'MetricData.member.1.Timestamp': '2026-11-16T13:00:00Z',
    });
    const answer = await call({
      Action: 'GetMetricStatistics',
      Namespace: 'Weir',
      MetricName: 'Requests',
      StartTime: '2026-11-16T13:00:00Z',
      EndTime: '2026-11-16T13:05:00Z',
      Period: '60',
      'Statistics.member.1': 'Sum',
    });
    expect(answer).toContain('<Sum>7</Sum>');
    expect(answer).toContain('<Timestamp>2026-11-16T13:00:00.000Z</Timestamp>');
  });
});

const alarm = (rest: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommand =>
  new PutMetricAlarmCommand({
    AlarmName: 'orders-5xx',
    AlarmDescription: '5xx on green',
    Namespace: 'Weir',
    MetricName: 'Errors',
    Dimensions: dimensions,
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 5,
    ComparisonOperator: 'GreaterThanThreshold',
    ...rest,
  });

describe('alarms', () => {
  test('begin INSUFFICIENT_DATA, go to ALARM and back, and tell of each change once', async () => {
    const { running, cloudwatch, details, published, invoked } = await start();
    const [topic, ok] = ['arn:aws:sns:us-east-1:000000000000:ops', 'arn:aws:lambda:us-east-1:000000000000:function:calm'];
    await cloudwatch.send(alarm({ TreatMissingData: 'notBreaching', AlarmActions: [topic], OKActions: [ok] }));
    const state = async () => (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['orders-5xx'] }))).MetricAlarms?.[0];
    expect(await state()).toMatchObject({ StateValue: 'INSUFFICIENT_DATA', StateReason: 'Unchecked: Initial alarm creation', ActionsEnabled: true });
    await pass(running, 75_000);
    expect((await state())?.StateValue).toBe('OK');
    await put(cloudwatch, 'Errors', 1, [9]);
    await pass(running, 60_000);
    expect(await state()).toMatchObject({ StateValue: 'ALARM', StateReason: 'Threshold Crossed: 1 datapoint [9.0] was greater than the threshold (5.0).' });
    await pass(running, 600_000);
    expect((await state())?.StateValue).toBe('OK');
    expect(details().map((detail) => `${detail['previousState'].value} -> ${detail['state'].value}`)).toEqual([
      'INSUFFICIENT_DATA -> OK',
      'OK -> ALARM',
      'ALARM -> OK',
    ]);
    expect(details()[1]).toMatchObject({
      alarmName: 'orders-5xx',
      configuration: {
        description: '5xx on green',
        metrics: [
          { metricStat: { metric: { namespace: 'Weir', name: 'Errors', dimensions: { Service: 'orders' } }, period: 60, stat: 'Sum' }, returnData: true },
        ],
      },
      state: { timestamp: '2026-11-16T13:02:10.000+0000', value: 'ALARM', reasonData: expect.stringContaining('"recentDatapoints":[9]') },
    });
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      TopicArn: topic,
      Subject: 'ALARM: "orders-5xx" in us-east-1',
      principal: { kind: 'service', service: 'cloudwatch.amazonaws.com' },
    });
    expect(JSON.parse(published[0]?.['Message'])).toMatchObject({ NewStateValue: 'ALARM', OldStateValue: 'OK', Trigger: { MetricName: 'Errors' } });
    expect(invoked).toHaveLength(2);
    const { AlarmHistoryItems = [] } = await cloudwatch.send(new DescribeAlarmHistoryCommand({ AlarmName: 'orders-5xx', HistoryItemType: 'StateUpdate' }));
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
    ]);
  });

  test('watch metric math, M out of N, and keep their state when they are put again', async () => {
    const { running, cloudwatch } = await start();
    const Metrics: MetricDataQuery[] = [
      stat('errors', 'Errors', 'Sum', { ReturnData: false }),
      stat('requests', 'Requests', 'Sum', { ReturnData: false }),
      { Id: 'rate', Expression: '100 * FILL(errors, 0) / requests', Label: 'Error rate', ReturnData: true },
    ];
    const math = new PutMetricAlarmCommand({
      AlarmName: 'rate',
      Metrics,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    await cloudwatch.send(math);
    for (const minute of [0, 1, 2]) await put(cloudwatch, 'Requests', minute, [1], [100]);
    await put(cloudwatch, 'Errors', 0, [1], [1]);
    await put(cloudwatch, 'Errors', 2, [1], [3]);
    const state = async () => (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'ra' }))).MetricAlarms?.[0];
    await pass(running, 2 * 60_000 + 15_000);
    expect((await state())?.StateValue).toBe('OK');
    await pass(running, 60_000);
    expect(await state()).toMatchObject({ StateValue: 'ALARM', Metrics: [{ Id: 'errors' }, { Id: 'requests' }, { Id: 'rate', Label: 'Error rate' }] });
    await cloudwatch.send(math);
    expect((await state())?.StateValue).toBe('ALARM');
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsForMetricCommand({ Namespace: 'Weir', MetricName: 'Errors', Dimensions: dimensions }));
    expect(MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['rate']);
  });

  test('combine into composite alarms, which follow at once', async () => {
    const { running, cloudwatch, details } = await start();
    for (const AlarmName of ['a', 'b']) await cloudwatch.send(alarm({ AlarmName }));
    await cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'both', AlarmRule: 'ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(b))' }));
    await pass(running, 1);
    const set = (AlarmName: string, StateValue: 'OK' | 'ALARM') => cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'by hand' }));
    await set('a', 'ALARM');
    await set('b', 'ALARM');
    const composites = async () => (await cloudwatch.send(new DescribeAlarmsCommand({ AlarmTypes: ['CompositeAlarm'] }))).CompositeAlarms;
    expect(await composites()).toMatchObject([{ AlarmName: 'both', StateValue: 'ALARM' }]);
    await set('b', 'OK');
    expect((await composites())?.[0]?.StateValue).toBe('OK');
    const own = details().filter((detail) => detail['alarmName'] === 'both');
    expect(own.map((detail) => detail['state'].value)).toEqual(['OK', 'ALARM', 'OK']);
    expect(own[0]?.['configuration']).toEqual({ alarmRule: 'ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(b))' });
    await expect(cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'c', AlarmRule: 'ALARM(nobody)' }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await expect(cloudwatch.send(new PutCompositeAlarmCommand({ AlarmName: 'c', AlarmRule: 'ALARM(a' }))).rejects.toMatchObject({
      message: expect.stringContaining('syntax error'),
    });
    const children = await cloudwatch.send(new DescribeAlarmsCommand({ ChildrenOfAlarmName: 'both' }));
    expect(children.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(['a', 'b']);
  });

  test('run no action while actions are disabled, and are set back by the next evaluation', async () => {
    const { running, cloudwatch, published } = await start();
    await cloudwatch.send(alarm({ AlarmActions: ['arn:aws:sns:us-east-1:000000000000:ops'] }));
    await cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: ['orders-5xx'] }));
    await cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'orders-5xx', StateValue: 'ALARM', StateReason: 'drill', StateReasonData: '{"drill":true}' }));
    await pass(running, 75_000);
    const { MetricAlarms } = await cloudwatch.send(new DescribeAlarmsCommand({ StateValue: 'INSUFFICIENT_DATA' }));
    expect(MetricAlarms).toMatchObject([{ StateReason: 'Insufficient Data: 1 datapoint was unknown.' }]);
    expect(published).toEqual([]);
  });

  test('are refused where AWS refuses them', async () => {
    const { cloudwatch } = await start();
    await expect(cloudwatch.send(alarm({ EvaluationPeriods: 2, DatapointsToAlarm: 3 }))).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(cloudwatch.send(alarm({ EvaluationPeriods: 2_000 }))).rejects.toMatchObject({ message: expect.stringContaining('more than a day') });
    await expect(cloudwatch.send(alarm({ AlarmActions: ['ops'] }))).rejects.toMatchObject({ message: 'Invalid arn syntax: ops' });
    await expect(cloudwatch.send(alarm({ ExtendedStatistic: 'p99' }))).rejects.toMatchObject({ name: 'InvalidParameterCombinationException' });
    await expect(cloudwatch.send(alarm({ ComparisonOperator: 'GreaterThanUpperThreshold' }))).rejects.toMatchObject({
      message: expect.stringContaining('anomaly detection'),
    });
    await expect(cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['nobody'] }))).rejects.toBeInstanceOf(ResourceNotFound);
    await expect(cloudwatch.send(new SetAlarmStateCommand({ AlarmName: 'nobody', StateValue: 'OK', StateReason: '' }))).rejects.toMatchObject({
      name: 'ResourceNotFound',
    });
  });

  test('come in pages, are tagged, and are deleted', async () => {
    const { cloudwatch } = await start();
    for (const AlarmName of ['a', 'b', 'c']) await cloudwatch.send(alarm({ AlarmName, Tags: [{ Key: 'team', Value: AlarmName }] }));
    const first = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
    const second = await cloudwatch.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
    expect([first, second].map(({ MetricAlarms }) => MetricAlarms?.map(({ AlarmName }) => AlarmName))).toEqual([['a', 'b'], ['c']]);
    const ResourceARN = first.MetricAlarms?.[0]?.AlarmArn;
    expect(ResourceARN).toBe('arn:aws:cloudwatch:us-east-1:000000000000:alarm:a');
    await cloudwatch.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'tier', Value: '1' }] }));
    expect((await cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
      { Key: 'team', Value: 'a' },
      { Key: 'tier', Value: '1' },
    ]);
    await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'b'] }));
    expect((await cloudwatch.send(new DescribeAlarmsCommand({}))).MetricAlarms).toHaveLength(1);
    await expect(cloudwatch.send(new ListTagsForResourceCommand({ ResourceARN }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

test('dashboards are kept, listed and deleted', async () => {
  const { cloudwatch } = await start();
  await cloudwatch.send(new PutDashboardCommand({ DashboardName: 'orders', DashboardBody: '{"widgets":[]}' }));
  await expect(cloudwatch.send(new PutDashboardCommand({ DashboardName: 'bad', DashboardBody: 'not json' }))).rejects.toMatchObject({
    name: 'DashboardInvalidInputError',
  });
  expect(await cloudwatch.send(new GetDashboardCommand({ DashboardName: 'orders' }))).toMatchObject({
    DashboardBody: '{"widgets":[]}',
    DashboardArn: 'arn:aws:cloudwatch::000000000000:dashboard/orders',
  });
  expect((await cloudwatch.send(new ListDashboardsCommand({ DashboardNamePrefix: 'or' }))).DashboardEntries).toMatchObject([
    { DashboardName: 'orders', Size: 14 },
  ]);
  await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: ['orders'] }));
  await expect(cloudwatch.send(new GetDashboardCommand({ DashboardName: 'orders' }))).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
