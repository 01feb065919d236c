// The functions of metric math that are offered; others are a clear error.
import { notOffered } from '../request-members.ts';
import type { MathContext, MathValue } from './evaluate-expression.ts';
import { acrossSeries, type Filling, fillSeries, instantsOf, mapSeries, type TimeSeries } from './time-series.ts';

type MathFunction = (args: readonly MathValue[], context: MathContext) => MathValue;

/** @throws AwsError when there is no such function here or the arguments do not fit. */
export function callFunction(name: string, args: readonly MathValue[], context: MathContext): MathValue {
  const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (called === undefined) throw notOffered(`the metric math function ${name}`);
  return called(args, context);
}

function argument(args: readonly MathValue[], index: number, context: MathContext): MathValue {
  return args[index] ?? context.fail('The function is called with too few arguments');
}

function seriesAt(args: readonly MathValue[], index: number, context: MathContext): TimeSeries {
  const value = argument(args, index, context);
  return value.kind === 'series' ? value.series : context.fail('The function needs a time series');
}

const each =
  (change: (value: number) => number): MathFunction =>
  (args, context) => {
    const value = argument(args, 0, context);
    if (value.kind === 'number') return { kind: 'number', value: change(value.value) };
    return eachSeries((series) => mapSeries(series, change))(args, context);
  };

const eachSeries =
  (change: (series: TimeSeries) => TimeSeries): MathFunction =>
  (args, context) => {
    const value = argument(args, 0, context);
    if (value.kind === 'series') return { kind: 'series', series: change(value.series) };
    if (value.kind === 'several') return { kind: 'several', all: value.all.map(change) };
    return context.fail('The function needs a time series');
  };

/** A series becomes a number; several series become one, instant by instant. */
const aggregate =
  (combine: (values: readonly number[]) => number): MathFunction =>
  (args, context) => {
    const value = argument(args, 0, context);
    if (value.kind === 'number') return value;
    if (value.kind === 'series') return { kind: 'number', value: value.series.points.size === 0 ? Number.NaN : combine([...value.series.points.values()]) };
    if (value.kind === 'several') return { kind: 'series', series: acrossSeries(value.all, combine, context.label, context.span) };
    return context.fail('The function needs time series');
  };

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]): number => sum(values) / values.length;
const deviation = (values: readonly number[]): number => {
  const mean = average(values);
  return Math.sqrt(average(values.map((value) => (value - mean) ** 2)));
};

/** Each value against the one before it; the first has none. */
function differences(series: TimeSeries, combine: (now: number, before: number, seconds: number) => number): TimeSeries {
  let previous: readonly [number, number] | undefined;
  return mapSeries(series, (value, at) => {
    const before = previous;
    previous = [at, value];
    return before === undefined ? undefined : combine(value, before[1], at - before[0]);
  });
}

function runningSum(series: TimeSeries): TimeSeries {
  let total = 0;
  return mapSeries(series, (value) => {
    total += value;
    return total;
  });
}

const fill: MathFunction = (args, context) => {
  const by = argument(args, 1, context);
  const filling = (series: TimeSeries): TimeSeries => {
    if (by.kind === 'number') return fillSeries(series, { kind: 'value', value: by.value });
    if (by.kind === 'series') {
      return mapSeries(
        { ...series, points: new Map(instantsOf(series.span).map((at) => [at, 0])) },
        (_, at) => series.points.get(at) ?? by.series.points.get(at),
      );
    }
    const kind = by.kind === 'word' ? by.word.toLowerCase() : '';
    if (kind !== 'repeat' && kind !== 'linear') return context.fail('FILL takes a number, a time series, REPEAT or LINEAR');
    const named: Filling = { kind };
    return fillSeries(series, named);
  };
  return eachSeries(filling)(args, context);
};

/** At each instant of the condition; where the chosen side has no value there is none. Without an else, false has none. */
const choose: MathFunction = (args, context) => {
  const condition = argument(args, 0, context);
  const whenTrue = argument(args, 1, context);
  const whenFalse = args[2];
  const valueAt = (value: MathValue | undefined, at: number): number | undefined => {
    if (value === undefined) return undefined;
    if (value.kind === 'number') return value.value;
    return value.kind === 'series' ? value.series.points.get(at) : context.fail('IF takes numbers and time series');
  };
  if (condition.kind === 'number') return condition.value !== 0 ? whenTrue : (whenFalse ?? context.fail('IF with a number as condition needs an else value'));
  if (condition.kind !== 'series') return context.fail('The condition of IF must be a number or a time series');
  return { kind: 'series', series: mapSeries(condition.series, (value, at) => valueAt(value !== 0 ? whenTrue : whenFalse, at)) };
};

const metrics: MathFunction = (args, context) => {
  const part = args[0];
  if (part !== undefined && part.kind !== 'string') return context.fail('METRICS takes a string');
  const all = [...context.queries.values()].flatMap((query) =>
    query.kind === 'stat' && (part === undefined || query.id.includes(part.value)) ? [context.statSeries(query)] : [],
  );
  return { kind: 'several', all };
};

const timeSeries: MathFunction = (args, context) => {
  const value = argument(args, 0, context);
  if (value.kind !== 'number') return context.fail('TIME_SERIES takes a number');
  const points = new Map(instantsOf(context.span).map((at) => [at, value.value]));
  return { kind: 'series', series: { label: context.label, span: context.span, points } };
};

const edge =
  (index: 0 | -1): MathFunction =>
  (args, context) => {
    const value = argument(args, 0, context);
    if (value.kind === 'several') {
      const series = value.all.at(index);
      return series === undefined ? context.fail('The array is empty') : { kind: 'series', series };
    }
    return { kind: 'number', value: [...seriesAt(args, 0, context).points.values()].at(index) ?? Number.NaN };
  };

const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: each(Math.abs),
  CEIL: each(Math.ceil),
  FLOOR: each(Math.floor),
  LOG: each(Math.log),
  LOG10: each(Math.log10),
  AVG: aggregate(average),
  MAX: aggregate((values) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)),
  MIN: aggregate((values) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
  STDDEV: aggregate(deviation),
  SUM: aggregate(sum),
  DATAPOINT_COUNT: (args, context) => ({ kind: 'number', value: seriesAt(args, 0, context).points.size }),
  METRIC_COUNT: (args, context) => {
    const value = argument(args, 0, context);
    return { kind: 'number', value: value.kind === 'several' ? value.all.length : context.fail('METRIC_COUNT takes an array of time series') };
  },
  DIFF: eachSeries((series) => differences(series, (now, before) => now - before)),
  DIFF_TIME: eachSeries((series) => differences(series, (_now, _before, seconds) => seconds)),
  RATE: eachSeries((series) => differences(series, (now, before, seconds) => (now - before) / seconds)),
  RUNNING_SUM: eachSeries(runningSum),
  FILL: fill,
  FIRST: edge(0),
  LAST: edge(-1),
  IF: choose,
  METRICS: metrics,
  PERIOD: (args, context) => ({ kind: 'number', value: seriesAt(args, 0, context).span.period }),
  REMOVE_EMPTY: (args, context) => {
    const value = argument(args, 0, context);
    return { kind: 'several', all: value.kind === 'several' ? value.all.filter((series) => series.points.size > 0) : [seriesAt(args, 0, context)] };
  },
  TIME_SERIES: timeSeries,
};
