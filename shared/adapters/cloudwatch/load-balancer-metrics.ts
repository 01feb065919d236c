// The load balancer's metrics of a target group: how GetMetricData is asked for them, and what its answer means for one minute.
// Both evidence and baseline are made of them. Source: ALB user guide, "CloudWatch metrics for your Application Load Balancer".
import type { Dimension, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { EpochMillis } from '#core/deployment/deployment.ts';
import type { Percentiles, SideMinute } from '#core/health/evidence.ts';

export const NAMESPACE = 'AWS/ApplicationELB';
export const MINUTE_MS = 60_000;
export const MINUTE_SECONDS = 60;

type TargetGroupMetric = 'RequestCount' | 'HTTPCode_Target_5XX_Count' | 'TargetConnectionErrorCount' | 'TargetResponseTime';

/** Values by the start of their period, epoch milliseconds. */
export type Series = ReadonlyMap<EpochMillis, number>;

/** `LoadBalancer` and `TargetGroup`, as CloudWatch names them: a part of the listener's ARN and a part of the group's. */
export function targetGroupDimensions(listenerArn: string, targetGroupArn: string): readonly Dimension[] {
  const listener = listenerArn.slice(listenerArn.indexOf(':listener/') + ':listener/'.length);
  return [
    { Name: 'TargetGroup', Value: targetGroupArn.slice(targetGroupArn.indexOf(':targetgroup/') + 1) },
    { Name: 'LoadBalancer', Value: listener.split('/').slice(0, 3).join('/') },
  ];
}

/** One query. An `id` begins with a lower-case letter and has only letters, digits and `_`, or CloudWatch refuses it. */
export function metricQuery(id: string, metric: TargetGroupMetric, stat: string, dimensions: readonly Dimension[], periodSeconds: number): MetricDataQuery {
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: NAMESPACE, MetricName: metric, Dimensions: [...dimensions] }, Period: periodSeconds, Stat: stat },
    ReturnData: true,
  };
}

/** The counts every minute is made of: `ID_requests`, `ID_errors` and `ID_refused`. */
export function countQueries(id: string, dimensions: readonly Dimension[]): readonly MetricDataQuery[] {
  return [
    metricQuery(`${id}_requests`, 'RequestCount', 'Sum', dimensions, MINUTE_SECONDS),
    metricQuery(`${id}_errors`, 'HTTPCode_Target_5XX_Count', 'Sum', dimensions, MINUTE_SECONDS),
    metricQuery(`${id}_refused`, 'TargetConnectionErrorCount', 'Sum', dimensions, MINUTE_SECONDS),
  ];
}

/** Response times that are shown: `ID_p50`, `ID_p90` and `ID_p99`, seconds. */
export function percentileQueries(id: string, dimensions: readonly Dimension[], periodSeconds: number): readonly MetricDataQuery[] {
  return PERCENTILES.map((percentile) => metricQuery(`${id}_${percentile}`, 'TargetResponseTime', percentile, dimensions, periodSeconds));
}

const PERCENTILES = ['p50', 'p90', 'p99'] as const;

/**
 * A query's result as a series; a query without a result, or one with none of the period's data, is an empty series.
 * undefined: not what CloudWatch documents (lists of different lengths, a value that is no number or less than 0).
 */
function readSeries(result: MetricDataResult | undefined): Series | undefined {
  const [timestamps, values] = [result?.Timestamps ?? [], result?.Values ?? []];
  if (timestamps.length !== values.length) return undefined;
  const series = new Map<EpochMillis, number>();
  for (const [index, at] of timestamps.entries()) {
    const value = values[index];
    if (value === undefined || !Number.isFinite(value) || value < 0 || !Number.isFinite(at.getTime())) return undefined;
    series.set(at.getTime(), value);
  }
  return series;
}

/** All results by query id; undefined where one is not complete or not readable: a part of the data would look like fewer errors. */
export function readAnswer(results: readonly MetricDataResult[]): ReadonlyMap<string, Series> | undefined {
  const answer = new Map<string, Series>();
  for (const result of results) {
    const series = result.StatusCode === 'Complete' ? readSeries(result) : undefined;
    if (series === undefined || result.Id === undefined) return undefined;
    answer.set(result.Id, series);
  }
  return answer;
}

/**
 * Requests and failures of a minute; undefined without a request. The sums mean:
 * - RequestCount: a target was chosen, whether or not it answered. An older text of AWS counts answered requests only, so a minute has
 *   at least as many requests as failures, whichever of the two holds.
 * - HTTPCode_Target_5XX_Count is not reported for every minute without one: beside requests, missing means none.
 * - TargetConnectionErrorCount is the only trace in the target group's metrics of a target that takes no connections.
 * What ends without an answer after the connection (a timeout, a reset) is counted for the load balancer alone, not for a target group.
 */
export function readCounts(answer: ReadonlyMap<string, Series>, id: string, minute: EpochMillis): SideMinute | undefined {
  const count = (name: string): number => Math.round(answer.get(`${id}_${name}`)?.get(minute) ?? 0);
  const errors = count('errors') + count('refused');
  const requests = Math.max(count('requests'), errors);
  return requests === 0 ? undefined : { requests, errors };
}

/** The percentiles of a period, milliseconds; undefined where one is missing. */
export function readPercentiles(answer: ReadonlyMap<string, Series>, id: string, at: EpochMillis): Percentiles | undefined {
  const [p50, p90, p99] = PERCENTILES.map((percentile) => answer.get(`${id}_${percentile}`)?.get(at));
  if (p50 === undefined || p90 === undefined || p99 === undefined) return undefined;
  return { p50: p50 * 1_000, p90: p90 * 1_000, p99: p99 * 1_000 };
}

/** Starts of all minutes for which a count of this id was reported. */
export function countedMinutes(answer: ReadonlyMap<string, Series>, id: string): readonly EpochMillis[] {
  return ['requests', 'errors', 'refused'].flatMap((name) => [...(answer.get(`${id}_${name}`)?.keys() ?? [])]);
}

/** Whole minutes between two times, at most so many (the newest); undefined where there is none. The end is exclusive, as EndTime is. */
export function wholeMinutes(from: EpochMillis, to: EpochMillis, minutesMax: number): { readonly start: EpochMillis; readonly end: EpochMillis } | undefined {
  const end = Math.floor(to / MINUTE_MS) * MINUTE_MS;
  const start = Math.max(Math.ceil(from / MINUTE_MS) * MINUTE_MS, end - minutesMax * MINUTE_MS);
  return start < end ? { start, end } : undefined;
}
