// Evidence from crafted answers of GetMetricData: what is asked, what missing means, and what is not taken for an answer.
import { CloudWatchClient, GetMetricDataCommand, type GetMetricDataOutput, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { slowerThan } from '#adapters/cloudwatch/read-evidence.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import { EVIDENCE_MINUTES_MAX, type EvidenceQuery } from '#ports/health-sources.ts';

const cloudwatch = mockClient(CloudWatchClient);
const client = new CloudWatchClient({ region: 'eu-west-1' });
const MINUTE = 60_000;
const query: EvidenceQuery = {
  blueTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders-blue/1',
  greenTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders-green/2',
  listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/orders/3/4',
  from: MINUTE,
  to: 6 * MINUTE,
  edges: undefined,
  percentile: undefined,
};
const edges = { blue: [100, 250], green: [120, 300] };

const series = (Id: string, ...values: [minute: number, value: number][]): MetricDataResult => ({
  Id,
  StatusCode: 'Complete',
  Timestamps: values.map(([minute]) => new Date(minute * MINUTE)),
  Values: values.map(([, value]) => value),
});
const answer = (...MetricDataResults: MetricDataResult[]): GetMetricDataOutput => ({ MetricDataResults });
const refusal = (name: string) => Object.assign(new Error('TC(0.1:) is not supported'), { name, $fault: 'client' });
const asked = () => cloudwatch.commandCalls(GetMetricDataCommand).map((call) => call.args[0].input);
const evidence = (changes: Partial<EvidenceQuery> = {}) => createAwsMetrics(client).evidence({ ...query, ...changes });

beforeEach(() => {
  cloudwatch.reset();
});

describe('the question', () => {
  test('is one call for all metrics of both sides', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves(answer());
    await evidence({ edges });
    expect(asked()).toHaveLength(1);
    const queries = asked()[0]?.MetricDataQueries ?? [];
    const shown = (name: string, stat: string) => `${name} ${stat}`;
    const common = [
      shown('RequestCount', 'Sum'),
      shown('HTTPCode_Target_5XX_Count', 'Sum'),
      shown('TargetConnectionErrorCount', 'Sum'),
      ...['p50', 'p90', 'p99'].map((stat) => shown('TargetResponseTime', stat)),
    ];
    expect(queries.map(({ MetricStat }) => shown(MetricStat?.Metric?.MetricName ?? '', MetricStat?.Stat ?? ''))).toEqual([
      ...common,
      ...['TC(0.1:)', 'TC(0.25:)'].map((stat) => shown('TargetResponseTime', stat)),
      ...common,
      ...['TC(0.12:)', 'TC(0.3:)'].map((stat) => shown('TargetResponseTime', stat)),
    ]);
    expect(new Set(queries.map(({ Id }) => Id)).size).toBe(queries.length);
    for (const { Id, MetricStat } of queries) {
      expect(Id).toMatch(/^[a-z][a-zA-Z0-9_]*$/);
      expect(MetricStat?.Period).toBe(60);
    }
    expect(queries[0]?.MetricStat?.Metric?.Dimensions).toEqual([
      { Name: 'TargetGroup', Value: 'targetgroup/orders-blue/1' },
      { Name: 'LoadBalancer', Value: 'app/orders/3' },
    ]);
    expect(queries.at(-1)?.MetricStat?.Metric?.Dimensions?.[0]).toEqual({ Name: 'TargetGroup', Value: 'targetgroup/orders-green/2' });
  });

  test('is for whole minutes: from the first that began in the span to the last that ended in it', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves(answer());
    await evidence({ from: MINUTE + 1, to: 6 * MINUTE - 1 });
    await evidence({ from: MINUTE, to: 6 * MINUTE });
    expect(asked().map(({ StartTime, EndTime }) => [StartTime?.getTime(), EndTime?.getTime()])).toEqual([
      [2 * MINUTE, 5 * MINUTE],
      [MINUTE, 6 * MINUTE],
    ]);
  });

  test('is not asked at all for a span without a whole minute', async () => {
    expect(await evidence({ from: MINUTE + 1, to: 3 * MINUTE - 1 })).toEqual([]);
    expect(await evidence({ from: 2 * MINUTE, to: MINUTE })).toEqual([]);
    expect(asked()).toHaveLength(0);
  });

  test('is for a day at the most, so that the answer fits into one page', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves(answer());
    const to = 10_000 * MINUTE;
    await evidence({ from: 0, to, edges: { blue: Array(10).fill(1), green: Array(10).fill(1) } });
    const [input] = asked();
    const minutes = (to - (input?.StartTime?.getTime() ?? 0)) / MINUTE;
    expect(minutes).toBe(EVIDENCE_MINUTES_MAX);
    expect((input?.MetricDataQueries?.length ?? 0) * minutes).toBeLessThanOrEqual(100_800);
    expect(input?.MetricDataQueries?.length).toBeLessThanOrEqual(500);
  });

  test('writes limits in seconds as plain decimals of at most ten places', () => {
    expect([0, 0.1, 1, 5, 10, 33.333_333_333_333, 250, 1_000, 60_000, 100_000_000].map(slowerThan)).toEqual([
      'TC(0:)',
      'TC(0.0001:)',
      'TC(0.001:)',
      'TC(0.005:)',
      'TC(0.01:)',
      'TC(0.0333333333:)',
      'TC(0.25:)',
      'TC(1:)',
      'TC(60:)',
      'TC(100000:)',
    ]);
    // 1e-7 s, and 0.1 + 0.2.
    expect([0.000_1, 300 * (0.1 + 0.2)].map(slowerThan)).toEqual(['TC(0.0000001:)', 'TC(0.09:)']);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, -1]) expect(() => slowerThan(wrong)).toThrow(RangeError);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (edge) => {
        const [, seconds] = /^TC\((\d+(?:\.\d{0,9}[1-9])?):\)$/.exec(slowerThan(edge)) ?? [];
        expect(Math.abs(Number(seconds) * 1_000 - edge)).toBeLessThanOrEqual(1e-7);
      }),
    );
  });
});

describe('the answer', () => {
  test('is both sides by minute; beside requests, no error series means no errors; a side without requests is absent', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves(
        answer(
          series('blue_requests', [1, 90], [2, 80], [3, 0]),
          series('blue_errors', [2, 4], [3, 0]),
          series('blue_refused'),
          series('green_requests', [1, 10], [4, 12]),
          series('green_errors', [4, 12]),
        ),
      );
    expect(await evidence()).toEqual([
      { minute: MINUTE, blue: { requests: 90, errors: 0 }, green: { requests: 10, errors: 0 } },
      { minute: 2 * MINUTE, blue: { requests: 80, errors: 4 } },
      { minute: 4 * MINUTE, green: { requests: 12, errors: 12 } },
    ]);
  });

  test('is in the order of time, whatever the order of the series', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves(answer(series('green_requests', [5, 1], [2, 1]), series('blue_requests', [3, 1])));
    expect((await evidence())?.map(({ minute }) => minute / MINUTE)).toEqual([2, 3, 5]);
  });

  test('counts refused connections as failures, and never more failures than requests', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves(
        answer(
          series('green_requests', [1, 20], [2, 10], [3, 5]),
          series('green_errors', [1, 2], [3, 4]),
          series('green_refused', [1, 5], [2, 10], [3, 4], [4, 3]),
        ),
      );
    expect((await evidence())?.map(({ green }) => green)).toEqual([
      { requests: 20, errors: 7 },
      { requests: 10, errors: 10 },
      { requests: 8, errors: 8 },
      { requests: 3, errors: 3 },
    ]);
  });

  test('has response times in milliseconds, and slow requests rounded and at most as many as requests', async () => {
    cloudwatch
      .on(GetMetricDataCommand)
      .resolves(
        answer(
          series('blue_requests', [1, 100], [2, 100], [3, 100]),
          series('blue_p50', [1, 0.08], [2, 0.08]),
          series('blue_p90', [1, 0.2], [2, 0.09]),
          series('blue_p99', [1, 0.5]),
          series('blue_slow0', [1, 41.6], [2, 100.4]),
          series('blue_slow1', [1, 7.4]),
          series('green_requests', [1, 9]),
          series('green_slow0', [1, 12.2]),
          series('green_slow1', [1, 0]),
        ),
      );
    expect(await evidence({ edges })).toEqual([
      {
        minute: MINUTE,
        blue: { requests: 100, errors: 0, slow: [42, 7], latency: { p50: 80, p90: 200, p99: 500 } },
        green: { requests: 9, errors: 0, slow: [9, 0] },
      },
      // Not all percentiles: none. No count above a limit where times were measured: none was slower.
      { minute: 2 * MINUTE, blue: { requests: 100, errors: 0, slow: [100, 0] } },
      // No time at all: not measured, which is not the same as none.
      { minute: 3 * MINUTE, blue: { requests: 100, errors: 0 } },
    ]);
  });

  test('that is not whole or not readable is none', async () => {
    const unreadable: GetMetricDataOutput[] = [
      { ...answer(series('green_requests', [1, 10])), NextToken: 'more' },
      ...(['PartialData', 'InternalError', 'Forbidden'] as const).map((StatusCode) => answer({ ...series('green_errors', [1, 1]), StatusCode })),
      answer({ Id: 'green_errors', Timestamps: [new Date(MINUTE)], Values: [1] }),
      answer({ ...series('green_requests', [1, 10]), Values: [] }),
      answer(series('green_requests', [1, Number.NaN])),
      answer(series('green_requests', [1, -1])),
      answer({ ...series('green_requests', [1, 10]), Timestamps: [new Date(Number.NaN)] }),
    ];
    for (const output of unreadable) {
      cloudwatch.reset();
      cloudwatch.on(GetMetricDataCommand).resolves(output);
      expect(await evidence()).toBeUndefined();
    }
  });

  test('has whole, possible numbers whatever CloudWatch says', async () => {
    const value = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(50));
    const names = ['requests', 'errors', 'refused', 'p50', 'p90', 'p99', 'slow0', 'slow1'];
    const rows = fc.array(fc.tuple(fc.constantFrom('blue', 'green'), fc.constantFrom(...names), fc.nat(3), value), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(rows, async (points) => {
        cloudwatch.reset();
        const ids = Object.groupBy(points, ([side, name]) => `${side}_${name}`);
        const results = Object.entries(ids).map(([id, of = []]) => series(id, ...of.map(([, , minute, count]): [number, number] => [minute, count])));
        cloudwatch.on(GetMetricDataCommand).resolves(answer(...results));
        for (const { blue, green } of (await evidence({ edges })) ?? []) {
          expect(blue ?? green).toBeDefined();
          for (const side of [blue, green]) {
            if (side === undefined) continue;
            expect(side.requests).toBeGreaterThan(0);
            for (const count of [side.requests, side.errors, ...(side.slow ?? [])]) {
              expect(Number.isSafeInteger(count) && count >= 0 && count <= side.requests).toBe(true);
            }
          }
        }
      }),
    );
  });
});

describe('trimmed counts that are refused', () => {
  test('are done without, and not asked for again', async () => {
    for (const name of ['InvalidParameterValueException', 'InvalidParameterCombinationException', 'ValidationException']) {
      cloudwatch.reset();
      cloudwatch
        .on(GetMetricDataCommand)
        .rejectsOnce(refusal(name))
        .resolves(answer(series('green_requests', [1, 10]), series('green_p50', [1, 0.1])));
      const metrics = createAwsMetrics(client);
      for (const look of [1, 2]) {
        expect([look, await metrics.evidence({ ...query, edges })]).toEqual([look, [{ minute: MINUTE, green: { requests: 10, errors: 0 } }]]);
      }
      expect(asked().map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([16, 12, 12]);
    }
  });

  test('are asked for again when it was something else that was refused', async () => {
    cloudwatch.on(GetMetricDataCommand).rejectsOnce(refusal('ValidationException')).rejectsOnce(refusal('ValidationException')).resolves(answer());
    const metrics = createAwsMetrics(client);
    await expect(metrics.evidence({ ...query, edges })).rejects.toThrow(PermanentError);
    await metrics.evidence({ ...query, edges });
    expect(asked().map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([16, 12, 16]);
  });

  test('are not thought of where no limits were given', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(refusal('InvalidParameterValueException'));
    await expect(evidence()).rejects.toThrow(PermanentError);
    expect(asked()).toHaveLength(1);
  });
});

test('what AWS throws is told apart by whether trying again can help', async () => {
  for (const [name, kind] of [
    ['ThrottlingException', RetryableError],
    ['Throttling', RetryableError],
    ['InternalServiceFault', RetryableError],
    ['AccessDeniedException', PermanentError],
  ] as const) {
    cloudwatch.reset();
    cloudwatch.on(GetMetricDataCommand).rejects(refusal(name));
    await expect(evidence({ edges })).rejects.toThrow(kind);
    expect(asked()).toHaveLength(1);
  }
});

test('more limits than one call has room for are a mistake of the caller', async () => {
  await expect(evidence({ edges: { blue: Array(11).fill(100), green: [] } })).rejects.toThrow(RangeError);
  expect(asked()).toHaveLength(0);
});
