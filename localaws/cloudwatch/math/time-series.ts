// A metric over time, and the arithmetic of such series: values at the same instant meet, and where one is missing there is
// no result. CloudWatch never takes a missing data point for zero.
import { DATAPOINTS_PER_CALL_MAX } from '../limits.ts';
import type { Span } from '../metrics/metric-store.ts';
import { validationError } from '../request-members.ts';

export interface TimeSeries {
  readonly label: string;
  readonly span: Span;
  /** Value by epoch second, ascending. */
  readonly points: ReadonlyMap<number, number>;
}

export function mapSeries(series: TimeSeries, change: (value: number, at: number) => number | undefined): TimeSeries {
  const points = new Map<number, number>();
  for (const [at, value] of series.points) {
    const changed = change(value, at);
    if (changed !== undefined && Number.isFinite(changed)) points.set(at, changed);
  }
  return { ...series, points };
}

/** At each instant both have a value. */
export function joinSeries(a: TimeSeries, b: TimeSeries, combine: (a: number, b: number) => number | undefined): TimeSeries {
  return mapSeries(a, (value, at) => {
    const other = b.points.get(at);
    return other === undefined ? undefined : combine(value, other);
  });
}

/** At each instant any has a value: the values there are. */
export function acrossSeries(all: readonly TimeSeries[], combine: (values: readonly number[]) => number, label: string, span: Span): TimeSeries {
  const instants = new Set(all.flatMap((series) => [...series.points.keys()]));
  const points = new Map<number, number>();
  for (const at of [...instants].sort((x, y) => x - y)) {
    points.set(
      at,
      combine(
        all.flatMap((series) => {
          const value = series.points.get(at);
          return value === undefined ? [] : [value];
        }),
      ),
    );
  }
  return { label, span: all[0]?.span ?? span, points };
}

/** Every instant of a span. @throws AwsError when they are more than one answer may hold. */
export function instantsOf(span: Span): number[] {
  if ((span.end - span.start) / span.period > DATAPOINTS_PER_CALL_MAX)
    throw validationError('The time range has too many data points to be filled; use a longer period.');
  const instants: number[] = [];
  for (let at = span.start; at < span.end; at += span.period) instants.push(at);
  return instants;
}

export type Filling = { readonly kind: 'value'; readonly value: number } | { readonly kind: 'repeat' } | { readonly kind: 'linear' };

/** The series with every missing instant of its span filled. Nothing comes before the first value when repeating or interpolating. */
export function fillSeries(series: TimeSeries, filling: Filling): TimeSeries {
  const known = [...series.points];
  const points = new Map<number, number>();
  let next = 0;
  for (const at of instantsOf(series.span)) {
    while (next < known.length && (known[next]?.[0] ?? 0) <= at) next++;
    const value = series.points.get(at) ?? filled(filling, at, known[next - 1], known[next]);
    if (value !== undefined) points.set(at, value);
  }
  return { ...series, points };
}

type Known = readonly [at: number, value: number] | undefined;

function filled(filling: Filling, at: number, before: Known, after: Known): number | undefined {
  if (filling.kind === 'value') return filling.value;
  if (filling.kind === 'repeat' || before === undefined || after === undefined) return before?.[1];
  return before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0]);
}
