// What the pair of target groups did in the hours before a deployment: one GetMetricData call for everything, after finding out in
// which zones the targets are. Reduced at once to what judging needs.
import { type CloudWatchClient, GetMetricDataCommand, ListMetricsCommand, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { type ZoneMinutes, zoneDispersion } from '#core/health/dispersion.ts';
import type { Baseline, Percentiles, SideMinute } from '#core/health/evidence.ts';
import { BASELINE_MINUTES_MAX, type BaselineQuery, type Metrics } from '#ports/health-sources.ts';
import { callAws } from '../operating-error.ts';
import {
  countedMinutes,
  countQueries,
  MINUTE_MS,
  NAMESPACE,
  percentileQueries,
  readAnswer,
  readCounts,
  readPercentiles,
  type Series,
  targetGroupDimensions,
  wholeMinutes,
} from './load-balancer-metrics.ts';

/** Zones that are compared at most; a Region has six at the most. */
const ZONES_MAX = 6;
/** Target groups of a pair. With 6 zones and a day: 48 queries and 60,624 data points, of the 500 and 100,800 a call may have. */
const TARGET_GROUPS_MAX = 2;
/** Pages read at most: CloudWatch may cut an answer earlier than its limit. */
const PAGES_MAX = 5;
/** Response times are read by the hour: p99 of a minute with few requests is little more than their maximum. */
const HOUR_SECONDS = 3_600;
const MINUTES_PER_HOUR = 60;

/** Reads a baseline: one ListMetrics call for each target group unless the zones are given, and one GetMetricData call. */
export function baselineReader(client: CloudWatchClient): Metrics['baseline'] {
  return async (query) => {
    if (query.targetGroupArns.length > TARGET_GROUPS_MAX)
      throw new RangeError(`at most ${TARGET_GROUPS_MAX} target groups, not ${query.targetGroupArns.length}`);
    const span = wholeMinutes(query.from, query.to, BASELINE_MINUTES_MAX);
    if (span === undefined || query.targetGroupArns.length === 0) return undefined;
    const zones = [...new Set(query.availabilityZones ?? (await zonesOf(client, query)))].toSorted().slice(0, ZONES_MAX);
    const results = await readAll(client, {
      StartTime: new Date(span.start),
      EndTime: new Date(span.end),
      MetricDataQueries: query.targetGroupArns.flatMap((arn, group) => groupQueries(query, arn, group, zones)),
    });
    const answer = results === undefined ? undefined : readAnswer(results);
    return answer === undefined ? undefined : reduce(answer, query.targetGroupArns.length, zones.length);
  };
}

const groupId = (group: number): string => `group${group}`;
const zoneId = (group: number, zone: number): string => `group${group}_zone${zone}`;

function groupQueries(query: BaselineQuery, targetGroupArn: string, group: number, zones: readonly string[]): readonly MetricDataQuery[] {
  const dimensions = targetGroupDimensions(query.listenerArn, targetGroupArn);
  return [
    ...countQueries(groupId(group), dimensions),
    ...percentileQueries(groupId(group), dimensions, HOUR_SECONDS),
    ...zones.flatMap((zone, index) => countQueries(zoneId(group, index), [...dimensions, { Name: 'AvailabilityZone', Value: zone }])),
  ];
}

/** Zones for which CloudWatch has metrics of these target groups (of the last two weeks). One page: a group has one metric per zone. */
async function zonesOf(client: CloudWatchClient, query: BaselineQuery): Promise<readonly string[]> {
  const answers = await Promise.all(
    query.targetGroupArns.map((targetGroupArn) =>
      callAws('find the zones of the metrics', () =>
        client.send(
          new ListMetricsCommand({
            Namespace: NAMESPACE,
            MetricName: 'RequestCount',
            Dimensions: [...targetGroupDimensions(query.listenerArn, targetGroupArn), { Name: 'AvailabilityZone' }],
          }),
        ),
      ),
    ),
  );
  const dimensions = answers.flatMap(({ Metrics: found = [] }) => found.flatMap((metric) => metric.Dimensions ?? []));
  return dimensions.flatMap(({ Name, Value }) => (Name === 'AvailabilityZone' && Value !== undefined ? [Value] : []));
}

/** All pages, results of a query put together; undefined where there are more pages than are read. */
async function readAll(
  client: CloudWatchClient,
  input: { StartTime: Date; EndTime: Date; MetricDataQueries: MetricDataQuery[] },
): Promise<readonly MetricDataResult[] | undefined> {
  const whole = new Map<string | undefined, MetricDataResult>();
  let token: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const next = token === undefined ? {} : { NextToken: token };
    const answer = await callAws("read the load balancer's past metrics", () =>
      client.send(new GetMetricDataCommand({ ...input, ...next, ScanBy: 'TimestampAscending' })),
    );
    for (const result of answer.MetricDataResults ?? []) whole.set(result.Id, joined(whole.get(result.Id), result));
    token = answer.NextToken;
    if (token === undefined) return [...whole.values()];
  }
  return undefined;
}

/** The status of the last page says whether the whole is complete; one that failed stays failed. */
function joined(before: MetricDataResult | undefined, result: MetricDataResult): MetricDataResult {
  if (before === undefined) return result;
  const hasFailed = before.StatusCode !== 'PartialData' && before.StatusCode !== 'Complete';
  return {
    ...result,
    ...(hasFailed && before.StatusCode !== undefined ? { StatusCode: before.StatusCode } : {}),
    Timestamps: [...(before.Timestamps ?? []), ...(result.Timestamps ?? [])],
    Values: [...(before.Values ?? []), ...(result.Values ?? [])],
  };
}

type Answer = ReadonlyMap<string, Series>;

function reduce(answer: Answer, groups: number, zones: number): Baseline | undefined {
  const perGroup = Array.from({ length: groups }, (_, group) => minutesOf(answer, groupId(group)));
  const minutes = added(perGroup);
  const [requests, errors] = [...minutes.values()].reduce<[number, number]>(([all, bad], side) => [all + side.requests, bad + side.errors], [0, 0]);
  if (requests === 0) return undefined;
  const latency = typicalLatency(answer, perGroup);
  const byZone = Array.from({ length: zones }, (_, zone) => added(Array.from({ length: groups }, (__, group) => minutesOf(answer, zoneId(group, zone)))));
  return {
    minutes: minutes.size,
    requests,
    errors,
    dispersion: zoneDispersion(byZone.map(countsOf)),
    ...(latency === undefined ? {} : { latency }),
  };
}

/** Minutes with requests, by minute number. */
function minutesOf(answer: Answer, id: string): ReadonlyMap<number, SideMinute> {
  const minutes = new Map<number, SideMinute>();
  for (const at of countedMinutes(answer, id)) {
    const side = readCounts(answer, id, at);
    if (side !== undefined) minutes.set(at / MINUTE_MS, side);
  }
  return minutes;
}

function added(several: readonly ReadonlyMap<number, SideMinute>[]): ReadonlyMap<number, SideMinute> {
  const sum = new Map<number, SideMinute>();
  for (const minutes of several) {
    for (const [minute, { requests, errors }] of minutes) {
      const so = sum.get(minute);
      sum.set(minute, { requests: requests + (so?.requests ?? 0), errors: errors + (so?.errors ?? 0) });
    }
  }
  return sum;
}

function countsOf(minutes: ReadonlyMap<number, SideMinute>): ZoneMinutes {
  return new Map([...minutes].map(([minute, { requests, errors }]) => [minute, { requests, bad: errors }]));
}

/**
 * The median over the hours of each target group, weighted with their requests, of p50, p90 and p99: one bad hour in the past must not
 * make a slow green look usual. Weights come from the minutes that were read, so it does not matter whether CloudWatch's hours begin
 * with the clock's or with StartTime (unverified).
 */
function typicalLatency(answer: Answer, perGroup: readonly ReadonlyMap<number, SideMinute>[]): Percentiles | undefined {
  const hours = perGroup.flatMap((minutes, group) =>
    [...(answer.get(`${groupId(group)}_p50`)?.keys() ?? [])].flatMap((at) => {
      const first = at / MINUTE_MS;
      const weight = Array.from({ length: MINUTES_PER_HOUR }, (_, offset) => minutes.get(first + offset)?.requests ?? 0).reduce((sum, one) => sum + one, 0);
      const latency = readPercentiles(answer, groupId(group), at);
      return latency === undefined || weight === 0 ? [] : [{ latency, weight }];
    }),
  );
  if (hours.length === 0) return undefined;
  const median = (name: keyof Percentiles): number => weightedMedian(hours.map(({ latency, weight }) => ({ value: latency[name], weight })));
  return { p50: median('p50'), p90: median('p90'), p99: median('p99') };
}

/** The smallest value that values with at least half of the weight do not exceed. */
function weightedMedian(values: readonly { readonly value: number; readonly weight: number }[]): number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = values.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let seen = 0;
  for (const { value, weight } of sorted) {
    seen += weight;
    if (seen >= half) return value;
  }
  return sorted.at(-1)?.value ?? 0;
}
