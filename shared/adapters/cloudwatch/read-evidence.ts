// Both sides' minutes from one GetMetricData call: counts, response times, and how many requests were slower than given limits.
import { type CloudWatchClient, GetMetricDataCommand, type GetMetricDataOutput, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { EpochMillis } from '#core/deployment/deployment.ts';
import type { EvidenceMinute, SideMinute } from '#core/health/evidence.ts';
import { EVIDENCE_MINUTES_MAX, type EvidenceQuery, type Metrics } from '#ports/health-sources.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import {
  countedMinutes,
  countQueries,
  MINUTE_SECONDS,
  metricQuery,
  percentileQueries,
  readAnswer,
  readCounts,
  readPercentiles,
  type Series,
  targetGroupDimensions,
  wholeMinutes,
} from './load-balancer-metrics.ts';

type Edges = NonNullable<EvidenceQuery['edges']>;
type Side = keyof Edges;
const SIDES: readonly Side[] = ['blue', 'green'];

/** Latency limits of one side. With them a call has at most 2 * (6 + 10) queries, so a day of minutes is far from 100,800 data points. */
const EDGES_MAX = 10;
/** Decimal places CloudWatch takes in the bounds of a statistic. */
const BOUND_DECIMALS = 10;

const WHAT = "read the load balancer's metrics";
/** How CloudWatch says that it does not take a query. Which of them it would use for a statistic is not documented. */
const REFUSALS = [
  'InvalidParameterValueException',
  'InvalidParameterValue',
  'InvalidParameterCombinationException',
  'InvalidParameterCombination',
  'ValidationException',
  'ValidationError',
];
const refused = Object.fromEntries(REFUSALS.map((name) => [name, () => undefined]));

/**
 * Reads evidence. GetMetricData takes any statistic, and trimmed counts with absolute bounds are documented, `TC(0.005:0.030)` (CloudWatch
 * user guide, "CloudWatch statistics definitions"); that it has them of a target group's TargetResponseTime is unverified. So a
 * refusal is answered by asking again without them, and remembered as long as this process lives: minutes then have no `slow`.
 */
export function evidenceReader(client: CloudWatchClient): Metrics['evidence'] {
  let trimmedCountsAreRefused = false;
  return async (query) => {
    const span = wholeMinutes(query.from, query.to, EVIDENCE_MINUTES_MAX);
    if (span === undefined) return [];
    const plain = (): Promise<GetMetricDataOutput> => callAws(WHAT, () => client.send(commandOf(query, span, undefined)));
    if (query.edges === undefined || trimmedCountsAreRefused) return readMinutes(await plain(), undefined);
    const command = commandOf(query, span, query.edges);
    const answer = await callAwsUnless(WHAT, refused, () => client.send(command));
    if (answer !== undefined) return readMinutes(answer, query.edges);
    const answerWithout = await plain();
    // Only now is it known that the trimmed counts were what was refused.
    trimmedCountsAreRefused = true;
    return readMinutes(answerWithout, undefined);
  };
}

function commandOf(query: EvidenceQuery, span: { readonly start: EpochMillis; readonly end: EpochMillis }, edges: Edges | undefined): GetMetricDataCommand {
  return new GetMetricDataCommand({
    StartTime: new Date(span.start),
    EndTime: new Date(span.end),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: SIDES.flatMap((side) => sideQueries(side, query, edges?.[side] ?? [])),
  });
}

function sideQueries(side: Side, query: EvidenceQuery, edges: readonly number[]): readonly MetricDataQuery[] {
  if (edges.length > EDGES_MAX) throw new RangeError(`at most ${EDGES_MAX} latency limits, not ${edges.length}`);
  const dimensions = targetGroupDimensions(query.listenerArn, side === 'blue' ? query.blueTargetGroupArn : query.greenTargetGroupArn);
  return [
    ...countQueries(side, dimensions),
    ...percentileQueries(side, dimensions, MINUTE_SECONDS),
    ...(query.percentile === undefined ? [] : [metricQuery(`${side}_limited`, 'TargetResponseTime', `p${query.percentile}`, dimensions, MINUTE_SECONDS)]),
    ...edges.map((edge, index) => metricQuery(`${side}_slow${index}`, 'TargetResponseTime', slowerThan(edge), dimensions, MINUTE_SECONDS)),
  ];
}

/**
 * The statistic that counts samples above a limit: `TC(0.25:)` for 250 ms, the bound itself not counted. Never in exponent form.
 * @throws RangeError for a limit that is no time
 */
export function slowerThan(edgeMilliseconds: number): string {
  if (!Number.isFinite(edgeMilliseconds) || edgeMilliseconds < 0 || edgeMilliseconds > Number.MAX_SAFE_INTEGER) {
    throw new RangeError(`a latency limit is a number of milliseconds, not ${edgeMilliseconds}`);
  }
  return `TC(${(edgeMilliseconds / 1_000).toFixed(BOUND_DECIMALS).replace(/\.?0+$/, '')}:)`;
}

function readMinutes(output: GetMetricDataOutput, edges: Edges | undefined): readonly EvidenceMinute[] | undefined {
  // The whole answer fits into one page, so another page means that something was left out.
  const answer = output.NextToken === undefined ? readAnswer(output.MetricDataResults ?? []) : undefined;
  if (answer === undefined) return undefined;
  const starts = [...new Set(SIDES.flatMap((side) => countedMinutes(answer, side)))].toSorted((a, b) => a - b);
  return starts.flatMap((minute) => {
    const [blue, green] = SIDES.map((side) => readSide(answer, side, minute, edges?.[side]));
    if (blue === undefined && green === undefined) return [];
    return [{ minute, ...(blue === undefined ? {} : { blue }), ...(green === undefined ? {} : { green }) }];
  });
}

function readSide(answer: ReadonlyMap<string, Series>, side: Side, minute: EpochMillis, edges: readonly number[] | undefined): SideMinute | undefined {
  const counts = readCounts(answer, side, minute);
  if (counts === undefined) return undefined;
  const latency = readPercentiles(answer, side, minute);
  const slow = edges === undefined ? undefined : readSlow(answer, side, minute, edges.length, counts.requests);
  const limited = answer.get(`${side}_limited`)?.get(minute);
  return {
    ...counts,
    ...(slow === undefined ? {} : { slow }),
    ...(latency === undefined ? {} : { latency }),
    ...(limited === undefined ? {} : { limited: limited * 1_000 }),
  };
}

/**
 * Slow requests by limit. Interpolated counts are rounded, and never more than there were requests. Whether nothing above a limit is
 * 0 or no value is not documented: where response times were measured in the minute, both mean none. Else: not measured.
 */
function readSlow(answer: ReadonlyMap<string, Series>, side: Side, minute: EpochMillis, edges: number, requests: number): readonly number[] | undefined {
  const counts = Array.from({ length: edges }, (_, index) => answer.get(`${side}_slow${index}`)?.get(minute));
  const isMeasured = answer.get(`${side}_p50`)?.has(minute) === true || counts.some((count) => count !== undefined);
  return isMeasured ? counts.map((count) => Math.min(requests, Math.round(count ?? 0))) : undefined;
}
