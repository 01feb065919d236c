// GetMetricData: queries and metric math over a stretch of time, in pages of data points.
import { createHash } from 'node:crypto';
import type { AwsShape, Operation, Region } from '../../region.ts';
import { DATAPOINTS_PER_CALL_MAX, QUERIES_PER_CALL_MAX } from '../limits.ts';
import { integer, invalidNextToken, oneOf, requiredTimestamp, text } from '../request-members.ts';
import { answerQueries, parseQueries } from './metric-query.ts';
import type { MetricStore } from './metric-store.ts';

interface Row {
  readonly id: string;
  readonly label: string;
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** A token is a position in the whole answer, bound to the request it was given for. */
function fingerprint(input: AwsShape): string {
  const { NextToken: _, ...rest } = input;
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex').slice(0, 16);
}

function startOf(input: AwsShape): number {
  const token = text(input, 'NextToken');
  if (token === undefined || token === '') return 0;
  const [mark, position] = Buffer.from(token, 'base64url').toString('utf8').split(':');
  if (mark !== fingerprint(input) || !/^\d+$/.test(position ?? '')) throw invalidNextToken();
  return Number(position);
}

export function getMetricData(region: Region, store: MetricStore): Operation {
  return {
    handle(input) {
      const queries = parseQueries(input, 'MetricDataQueries', QUERIES_PER_CALL_MAX);
      const asked = { startMs: requiredTimestamp(input, 'StartTime'), endMs: requiredTimestamp(input, 'EndTime') };
      const isAscending = oneOf(input, 'ScanBy', ['TimestampDescending', 'TimestampAscending']) === 'TimestampAscending';
      const pointsMax = integer(input, 'MaxDatapoints', { min: 1, max: DATAPOINTS_PER_CALL_MAX }) ?? DATAPOINTS_PER_CALL_MAX;
      const start = startOf(input);
      const answer = answerQueries(store, queries, asked, region.clock.now());
      const rows = queries
        .filter((query) => query.returnData)
        .flatMap((query) =>
          answer(query).map((series): Row => {
            const points = [...series.points];
            return { id: query.id, label: series.label, points: isAscending ? points : points.reverse() };
          }),
        );
      return page(input, rows, start, pointsMax);
    },
  };
}

function page(input: AwsShape, rows: readonly Row[], start: number, pointsMax: number): AwsShape {
  const end = start + pointsMax;
  let position = 0;
  const results: AwsShape[] = [];
  for (const { id, label, points } of rows) {
    const from = Math.max(0, start - position);
    const to = Math.min(points.length, end - position);
    position += points.length;
    const here = from < to ? points.slice(from, to) : [];
    // A query without any data is told of once, on the first page.
    if (here.length === 0 && !(points.length === 0 && start === 0)) continue;
    results.push({
      Id: id,
      Label: label,
      Timestamps: here.map(([at]) => new Date(at * 1_000)),
      Values: here.map(([, value]) => value),
      StatusCode: to < points.length ? 'PartialData' : 'Complete',
    });
  }
  const next = end < position ? { NextToken: Buffer.from(`${fingerprint(input)}:${end}`).toString('base64url') } : {};
  return { MetricDataResults: results, ...next, Messages: [] };
}
