// Health evidence: one GetMetricData call for both colours, and what its answer means.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createAwsMetrics } from '#adapters/cloudwatch/aws-metrics.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';

const cloudwatch = mockClient(CloudWatchClient);
const metrics = createAwsMetrics(new CloudWatchClient({ region: 'eu-west-1' }));
const MINUTE = 60_000;
const query = {
  blueTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders-blue/1',
  greenTargetGroupArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/orders-green/2',
  listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:1:listener/app/orders/3/4',
  from: 0,
  to: 5 * MINUTE,
  percentile: 99,
};
const series = (Id: string, ...values: [number, number][]) => ({
  Id,
  StatusCode: 'Complete' as const,
  Timestamps: values.map(([minute]) => new Date(minute * MINUTE)),
  Values: values.map(([, value]) => value),
});

beforeEach(() => {
  cloudwatch.reset();
});

test('asks once for everything, by target group and load balancer', async () => {
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  await metrics.traffic(query);
  const calls = cloudwatch.commandCalls(GetMetricDataCommand);
  expect(calls).toHaveLength(1);
  const queries = calls[0]?.args[0].input.MetricDataQueries ?? [];
  expect(queries.map((one) => `${one.Id} ${one.MetricStat?.Stat}`)).toEqual(
    ['blue', 'green'].flatMap((colour) => [`${colour}_requests Sum`, `${colour}_errors Sum`, `${colour}_refused Sum`, `${colour}_latency p99`]),
  );
  expect(queries[4]?.MetricStat?.Metric?.Dimensions).toEqual([
    { Name: 'TargetGroup', Value: 'targetgroup/orders-green/2' },
    { Name: 'LoadBalancer', Value: 'app/orders/3' },
  ]);
});

test('a missing error series beside requests means no errors; connection errors count as requests and as errors', async () => {
  cloudwatch.on(GetMetricDataCommand).resolves({
    MetricDataResults: [
      series('blue_requests', [1, 90]),
      series('green_requests', [1, 10], [2, 20]),
      series('green_refused', [2, 5], [3, 4]),
      series('green_latency', [1, 0.25]),
    ],
  });
  expect(await metrics.traffic(query)).toEqual({
    blue: [{ minute: MINUTE, requests: 90, errors: 0 }],
    green: [
      { minute: MINUTE, requests: 10, errors: 0, latencyMilliseconds: 250 },
      { minute: 2 * MINUTE, requests: 25, errors: 5 },
      { minute: 3 * MINUTE, requests: 4, errors: 4 },
    ],
  });
});

test('part of an answer is no answer', async () => {
  cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ ...series('green_requests', [1, 10]), StatusCode: 'PartialData' }] });
  expect(await metrics.traffic(query)).toBeUndefined();
});

test('what AWS throws is told apart by whether trying again can help', async () => {
  cloudwatch.on(GetMetricDataCommand).rejects(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));
  await expect(metrics.traffic(query)).rejects.toThrow(RetryableError);
  cloudwatch.reset();
  cloudwatch.on(GetMetricDataCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
  await expect(metrics.traffic(query)).rejects.toThrow(PermanentError);
});
