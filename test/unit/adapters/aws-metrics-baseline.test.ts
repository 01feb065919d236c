// Blue's past from crafted answers: which calls it takes, and what they are reduced to.
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { zoneDispersion } from '#core/health/dispersion.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import type { BaselineQuery } from '#ports/health-sources.ts';

const cloudwatch = mockClient(CloudWatchClient);
const metrics = createAwsMetrics(new CloudWatchClient({ region: 'eu-west-1' }));
const MINUTE = 60_000;
const HOUR = 60;
const query: BaselineQuery = {
  targetGroupArns: ['blue/1', 'green/2'].map((name) => `arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/${name}`),
  listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/orders/3/4',
  from: 0,
  to: 12 * HOUR * MINUTE,
};
const zoned = { ...query, availabilityZones: ['eu-west-1b', 'eu-west-1a'] };

const series = (Id: string, ...values: [minute: number, value: number][]): MetricDataResult => ({
  Id,
  StatusCode: 'Complete',
  Timestamps: values.map(([minute]) => new Date(minute * MINUTE)),
  Values: values.map(([, value]) => value),
});
const results = (...MetricDataResults: MetricDataResult[]) => cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults });
const asked = () => cloudwatch.commandCalls(GetMetricDataCommand).map((call) => call.args[0].input);

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(ListMetricsCommand).resolves({ Metrics: [] });
});

describe('the calls', () => {
  test('are one for the zones of each target group and one for the data', async () => {
    const zone = (Value: string) => ({
      Dimensions: [
        { Name: 'TargetGroup', Value: 'x' },
        { Name: 'AvailabilityZone', Value },
      ],
    });
    cloudwatch
      .on(ListMetricsCommand)
      .resolvesOnce({ Metrics: [zone('eu-west-1b'), zone('eu-west-1a')] })
      .resolves({ Metrics: [zone('eu-west-1a')] });
    results();
    await metrics.baseline(query);
    expect(cloudwatch.commandCalls(ListMetricsCommand).map((call) => call.args[0].input)).toEqual(
      ['targetgroup/blue/1', 'targetgroup/green/2'].map((Value) => ({
        Namespace: 'AWS/ApplicationELB',
        MetricName: 'RequestCount',
        Dimensions: [{ Name: 'TargetGroup', Value }, { Name: 'LoadBalancer', Value: 'app/orders/3' }, { Name: 'AvailabilityZone' }],
      })),
    );
    expect(asked()).toHaveLength(1);
    const queries = asked()[0]?.MetricDataQueries ?? [];
    // Per group: three counts, three percentiles, and three counts for each of two zones.
    expect(queries).toHaveLength(2 * (3 + 3 + 2 * 3));
    expect(new Set(queries.map(({ Id }) => Id)).size).toBe(queries.length);
    for (const { Id, MetricStat } of queries) {
      expect(Id).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
      expect(MetricStat?.Period).toBe(MetricStat?.Stat === 'Sum' ? 60 : 3_600);
    }
    expect(queries.at(-1)?.MetricStat?.Metric?.Dimensions).toEqual([
      { Name: 'TargetGroup', Value: 'targetgroup/green/2' },
      { Name: 'LoadBalancer', Value: 'app/orders/3' },
      { Name: 'AvailabilityZone', Value: 'eu-west-1b' },
    ]);
  });

  test('need no list where the zones are given, and stay within what one call may have', async () => {
    results();
    const availabilityZones = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'g'].map((letter) => `us-east-1${letter}`);
    await metrics.baseline({ ...query, availabilityZones, to: 100_000 * MINUTE });
    expect(cloudwatch.commandCalls(ListMetricsCommand)).toHaveLength(0);
    const [input] = asked();
    const minutes = ((input?.EndTime?.getTime() ?? 0) - (input?.StartTime?.getTime() ?? 0)) / MINUTE;
    expect(minutes).toBe(1_440);
    const points = (input?.MetricDataQueries ?? []).reduce((sum, { MetricStat }) => sum + (minutes * 60) / (MetricStat?.Period ?? 1) + 1, 0);
    expect(points).toBeLessThanOrEqual(100_800);
  });

  test('are none for a span without a whole minute, or for no target group', async () => {
    expect(await metrics.baseline({ ...query, to: MINUTE - 1 })).toBeUndefined();
    expect(await metrics.baseline({ ...query, targetGroupArns: [] })).toBeUndefined();
    expect(cloudwatch.calls()).toHaveLength(0);
    await expect(metrics.baseline({ ...query, targetGroupArns: ['a', 'b', 'c'] })).rejects.toThrow(RangeError);
  });

  test('follow an answer in pages, up to a limit', async () => {
    const page = (result: MetricDataResult, StatusCode: 'PartialData' | 'Complete' | 'InternalError', NextToken?: string) => ({
      MetricDataResults: [{ ...result, StatusCode }],
      ...(NextToken === undefined ? {} : { NextToken }),
    });
    const [first, second] = [series('group0_requests', [1, 10]), series('group0_requests', [2, 20])];
    cloudwatch
      .on(GetMetricDataCommand)
      .resolvesOnce(page(first, 'PartialData', 't'))
      .resolves(page(second, 'Complete'));
    expect(await metrics.baseline(query)).toMatchObject({ requests: 30, minutes: 2 });
    expect(asked().map(({ NextToken }) => NextToken)).toEqual([undefined, 't']);
    for (const failing of [
      [page(first, 'PartialData', 't'), page(second, 'PartialData')],
      [page(first, 'InternalError', 't'), page(second, 'Complete')],
    ] as const) {
      cloudwatch.reset();
      cloudwatch.on(ListMetricsCommand).resolves({});
      cloudwatch.on(GetMetricDataCommand).resolvesOnce(failing[0]).resolves(failing[1]);
      expect(await metrics.baseline(query)).toBeUndefined();
    }
    cloudwatch.on(GetMetricDataCommand).resolves(page(first, 'PartialData', 'again'));
    cloudwatch.resetHistory();
    expect(await metrics.baseline(query)).toBeUndefined();
    expect(asked()).toHaveLength(5);
  });

  test('that fail are told apart by whether trying again can help', async () => {
    const refusal = (name: string) => Object.assign(new Error('no'), { name });
    cloudwatch.on(GetMetricDataCommand).rejects(refusal('ThrottlingException'));
    await expect(metrics.baseline(zoned)).rejects.toThrow(RetryableError);
    cloudwatch.on(ListMetricsCommand).rejects(refusal('AccessDeniedException'));
    await expect(metrics.baseline(query)).rejects.toThrow(PermanentError);
  });
});

describe('what they are reduced to', () => {
  test('is the sum over the pair: either may have served, or both', async () => {
    results(
      series('group0_requests', [1, 100], [2, 50]),
      series('group0_errors', [2, 5]),
      series('group1_requests', [2, 50], [3, 100], [4, 0]),
      series('group1_refused', [3, 2]),
    );
    expect(await metrics.baseline(query)).toEqual({ minutes: 3, requests: 300, errors: 7, dispersion: { observed: 0, expected: 0 } });
  });

  test('is nothing without a request, and nothing from part of an answer', async () => {
    results(series('group0_requests', [1, 0]));
    expect(await metrics.baseline(query)).toBeUndefined();
    results(series('group0_requests', [1, 10]), { ...series('group0_errors'), StatusCode: 'PartialData' });
    expect(await metrics.baseline(query)).toBeUndefined();
  });

  test('has the dispersion between the zones, each summed over the pair', async () => {
    const minutes = Array.from({ length: 30 }, (_, minute) => minute);
    const constant = (id: string, value: number) => series(id, ...minutes.map((minute): [number, number] => [minute, value]));
    const bursts = (id: string, every: number) =>
      series(id, ...minutes.filter((minute) => minute % every === 0).map((minute): [number, number] => [minute, 8]));
    results(
      constant('group0_requests', 200),
      constant('group0_zone0_requests', 60),
      constant('group1_zone0_requests', 40),
      constant('group0_zone1_requests', 100),
      bursts('group0_zone0_errors', 4),
      bursts('group1_zone0_refused', 6),
      bursts('group0_zone1_errors', 5),
    );
    const zone = (bad: (minute: number) => number) => new Map(minutes.map((minute) => [minute, { requests: 100, bad: bad(minute) }]));
    const burst = (minute: number, every: number) => (minute % every === 0 ? 8 : 0);
    const expected = zoneDispersion([zone((minute) => burst(minute, 4) + burst(minute, 6)), zone((minute) => burst(minute, 5))]);
    const { dispersion } = (await metrics.baseline(zoned)) ?? {};
    expect(dispersion).toEqual(expected);
    expect((dispersion?.observed ?? 0) / (dispersion?.expected ?? 1)).toBeGreaterThan(4);
  });

  test('has the median hour by requests of each percentile, whichever group served', async () => {
    results(
      // An hour of 600 requests, one of 60 with an incident, and one of 600 in the other group.
      series('group0_requests', [0, 300], [59, 300], [60, 60]),
      series('group0_p50', [0, 0.1], [60, 2]),
      series('group0_p90', [0, 0.2], [60, 5]),
      series('group0_p99', [0, 0.4], [60, 9]),
      series('group1_requests', [130, 599]),
      series('group1_p50', [120, 0.11]),
      series('group1_p90', [120, 0.19]),
      series('group1_p99', [120, 0.5]),
    );
    expect((await metrics.baseline(query))?.latency).toEqual({ p50: 110, p90: 200, p99: 500 });
  });

  test('has no response times where none were measured, or none beside requests', async () => {
    results(series('group0_requests', [0, 10]), series('group0_p50', [0, 0.1]), series('group0_p90', [0, 0.1]));
    expect(await metrics.baseline(query)).not.toHaveProperty('latency');
    const times = (minute: number) => ['p50', 'p90', 'p99'].map((name) => series(`group0_${name}`, [minute, 0.1]));
    results(series('group0_requests', [0, 10]), ...times(60));
    expect(await metrics.baseline(query)).not.toHaveProperty('latency');
  });
});
