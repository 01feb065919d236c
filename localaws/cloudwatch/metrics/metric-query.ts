// MetricDataQueries, as GetMetricData and metric-math alarms have them: parsed and checked, then answered as time series.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { DAY_SECONDS, EXPRESSION_LENGTH_MAX } from '../limits.ts';
import { createEvaluator } from '../math/evaluate-expression.ts';
import { type Expression, parseExpression } from '../math/parse-expression.ts';
import type { TimeSeries } from '../math/time-series.ts';
import { flag, integer, missing, number, oneOf, requiredText, shape, shapes, text, validationError } from '../request-members.ts';
import type { MetricName, MetricStore, Span } from './metric-store.ts';
import { parseDimensions, parseNamespace, UNITS } from './put-metric-data.ts';
import { parseStatistic, type Statistic, statisticValue } from './statistic.ts';

export interface StatQuery {
  readonly kind: 'stat';
  readonly id: string;
  readonly label: string | undefined;
  readonly returnData: boolean;
  readonly metric: MetricName;
  readonly period: number;
  readonly stat: string;
  readonly statistic: Statistic;
  readonly unit: string | undefined;
}

export interface ExpressionQuery {
  readonly kind: 'expression';
  readonly id: string;
  readonly label: string | undefined;
  readonly returnData: boolean;
  readonly text: string;
  readonly expression: Expression;
  readonly period: number | undefined;
}

export type MetricQuery = StatQuery | ExpressionQuery;

export function parsePeriod(input: AwsShape, name: string): number {
  const period = number(input, name);
  if (period === undefined) throw missing(name);
  if (period !== 1 && period !== 5 && period !== 10 && period !== 20 && period !== 30 && (period <= 0 || period % 60 !== 0)) {
    throw new AwsError(
      'InvalidParameterValueException',
      `The value ${period} for parameter ${name} is invalid. It must be 1, 5, 10, 20, 30 or a multiple of 60.`,
    );
  }
  return period;
}

/** Parses and checks a list of queries. @throws AwsError ValidationException */
export function parseQueries(input: AwsShape, member: string, queriesMax: number): readonly MetricQuery[] {
  const given = shapes(input, member);
  if (given.length === 0) throw missing(member);
  if (given.length > queriesMax) throw validationError(`The collection ${member} must not have a size greater than ${queriesMax}.`);
  const queries = given.map(parseQuery);
  const ids = new Set<string>();
  for (const { id } of queries) {
    if (ids.has(id)) throw validationError(`The id ${id} is used more than once in ${member}.`);
    ids.add(id);
  }
  refuseUnknownAndCircular(queries);
  return queries;
}

function parseQuery(given: AwsShape): MetricQuery {
  const id = requiredText(given, 'Id');
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(id)) throw validationError(`The value ${id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`);
  const base = { id, label: text(given, 'Label'), returnData: flag(given, 'ReturnData') ?? true };
  const stat = shape(given, 'MetricStat');
  const expression = text(given, 'Expression');
  if ((stat === undefined) === (expression === undefined)) throw validationError(`The query ${id} must have either MetricStat or Expression.`);
  if (stat === undefined) {
    const source = expression ?? '';
    if (source.length > EXPRESSION_LENGTH_MAX) throw validationError(`The expression of ${id} is longer than ${EXPRESSION_LENGTH_MAX} characters.`);
    const period = integer(given, 'Period', { min: 1, max: 365 * DAY_SECONDS });
    return { kind: 'expression', ...base, text: source, expression: parseExpression(source, id), period };
  }
  const metric = shape(stat, 'Metric');
  if (metric === undefined) throw missing('MetricStat.Metric');
  const name = requiredText(stat, 'Stat');
  return {
    kind: 'stat',
    ...base,
    metric: { namespace: parseNamespace(metric), name: requiredText(metric, 'MetricName'), dimensions: parseDimensions(metric) },
    period: parsePeriod(stat, 'Period'),
    stat: name,
    statistic: parseStatistic(name),
    unit: oneOf(stat, 'Unit', UNITS),
  };
}

function refuseUnknownAndCircular(queries: readonly MetricQuery[]): void {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (done.has(id)) return;
    if (path.includes(id)) throw validationError(`The expressions are circular: ${[...path, id].join(' -> ')}.`);
    const query = byId.get(id);
    if (query === undefined) throw validationError(`Error in expression '${path.at(-1) ?? ''}': The metric ${id} does not exist.`);
    if (query.kind === 'expression') for (const used of query.expression.ids) visit(used, [...path, id]);
    done.add(id);
  };
  for (const { id } of queries) visit(id, []);
}

/**
 * The stretch of time CloudWatch answers for: the start rounded down, coarser for older times, and buckets from there on (that
 * buckets begin at the rounded start and not at multiples of the period is unverified for GetMetricData).
 */
export function alignSpan(asked: { startMs: number; endMs: number }, period: number, nowMs: number): Span {
  if (asked.startMs >= asked.endMs) throw validationError('The parameter StartTime must be less than the parameter EndTime.');
  const ageDays = (nowMs - asked.startMs) / 1_000 / DAY_SECONDS;
  const rounding = ageDays > 63 ? 3_600 : ageDays > 15 ? 300 : Math.min(period, 60);
  const start = Math.floor(asked.startMs / 1_000 / rounding) * rounding;
  return { start, end: Math.ceil(asked.endMs / 1_000), period };
}

/** Answers queries: for each that was asked, its time series (an expression may have several). */
export function answerQueries(
  store: MetricStore,
  queries: readonly MetricQuery[],
  asked: { startMs: number; endMs: number },
  nowMs: number,
): (query: MetricQuery) => readonly TimeSeries[] {
  const periods = queries.flatMap((query) => (query.kind === 'stat' ? [query.period] : []));
  const smallest = periods.length === 0 ? 60 : Math.min(...periods);
  const series = (query: StatQuery): TimeSeries => {
    const span = alignSpan(asked, query.period, nowMs);
    const points = new Map<number, number>();
    for (const [at, bin] of store.read(query.metric, query.unit, span)) {
      const value = statisticValue(query.statistic, bin);
      if (value !== undefined) points.set(at, value);
    }
    return { label: query.label ?? query.metric.name, span, points: new Map([...points].sort((a, b) => a[0] - b[0])) };
  };
  const known = new Map<string, TimeSeries>();
  const seriesOf = (query: StatQuery): TimeSeries => {
    const found = known.get(query.id) ?? series(query);
    known.set(query.id, found);
    return found;
  };
  const evaluator = createEvaluator({
    queries: new Map(queries.map((query) => [query.id, query])),
    statSeries: seriesOf,
    span: alignSpan(asked, smallest, nowMs),
  });
  return (query) => (query.kind === 'stat' ? [seriesOf(query)] : evaluator.seriesOf(query));
}
