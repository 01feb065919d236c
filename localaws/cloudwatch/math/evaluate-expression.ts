// Evaluates parsed metric math over the series of a request. A value is a number, one series, or several.
import type { ExpressionQuery, MetricQuery, StatQuery } from '../metrics/metric-query.ts';
import type { Span } from '../metrics/metric-store.ts';
import { validationError } from '../request-members.ts';
import { callFunction } from './math-functions.ts';
import type { Node } from './parse-expression.ts';
import { joinSeries, mapSeries, type TimeSeries } from './time-series.ts';

export type MathValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'series'; readonly series: TimeSeries }
  | { readonly kind: 'several'; readonly all: readonly TimeSeries[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'word'; readonly word: string };

export interface MathInput {
  readonly queries: ReadonlyMap<string, MetricQuery>;
  readonly statSeries: (query: StatQuery) => TimeSeries;
  /** The asked time in the smallest period of the request: the instants of a series made from a number. */
  readonly span: Span;
}

/** What functions may ask of the evaluation they run in. */
export interface MathContext extends MathInput {
  readonly label: string;
  readonly fail: (why: string) => never;
}

export interface Evaluator {
  seriesOf(query: ExpressionQuery): readonly TimeSeries[];
}

export function createEvaluator(input: MathInput): Evaluator {
  const known = new Map<string, MathValue>();

  const valueOfQuery = (query: MetricQuery): MathValue => {
    if (query.kind === 'stat') return { kind: 'series', series: input.statSeries(query) };
    const found = known.get(query.id);
    if (found !== undefined) return found;
    const context: MathContext = {
      ...input,
      label: query.label ?? query.id,
      fail: (why) => {
        throw validationError(`Error in expression '${query.id}': ${why}`);
      },
    };
    const value = evaluate(query.expression.root, context);
    known.set(query.id, value);
    return value;
  };

  const evaluate = (node: Node, context: MathContext): MathValue => {
    switch (node.kind) {
      case 'number':
      case 'string':
      case 'word':
        return node;
      case 'id': {
        const query = input.queries.get(node.id);
        return query === undefined ? context.fail(`The metric ${node.id} does not exist`) : valueOfQuery(query);
      }
      case 'list':
        return { kind: 'several', all: node.items.flatMap((item) => seriesIn(evaluate(item, context), context)) };
      case 'negative':
        return operate('-', { kind: 'number', value: 0 }, evaluate(node.of, context), context);
      case 'operation':
        return operate(node.operator, evaluate(node.left, context), evaluate(node.right, context), context);
      case 'call':
        return callFunction(
          node.name,
          node.args.map((argument) => evaluate(argument, context)),
          context,
        );
    }
  };

  return {
    seriesOf(query) {
      const value = valueOfQuery(query);
      const label = query.label ?? query.id;
      if (value.kind === 'series') return [{ ...value.series, label }];
      if (value.kind === 'several')
        return query.label === undefined ? value.all : value.all.map((series) => ({ ...series, label: `${label} ${series.label}` }));
      throw validationError(`Error in expression '${query.id}': The expression must return a time series or an array of time series`);
    },
  };
}

function seriesIn(value: MathValue, context: MathContext): readonly TimeSeries[] {
  if (value.kind === 'series') return [value.series];
  return value.kind === 'several' ? value.all : context.fail('An array may only hold time series');
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // Division by zero has no result; mapSeries drops what is not finite.
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
};

function operate(operator: string, left: MathValue, right: MathValue, context: MathContext): MathValue {
  const combine = OPERATORS[operator];
  if (combine === undefined) return context.fail(`Unknown operator ${operator}`);
  if (left.kind === 'string' || left.kind === 'word' || right.kind === 'string' || right.kind === 'word') {
    return context.fail(`Unsupported operand for operator ${operator}`);
  }
  if (left.kind === 'number') {
    if (right.kind === 'number') return { kind: 'number', value: combine(left.value, right.value) };
    return mapValue(right, (series) => mapSeries(series, (value) => combine(left.value, value)));
  }
  if (right.kind === 'number') return mapValue(left, (series) => mapSeries(series, (value) => combine(value, right.value)));
  if (left.kind === 'series' && right.kind === 'series') return { kind: 'series', series: joinSeries(left.series, right.series, combine) };
  if (left.kind === 'series') return mapValue(right, (series) => joinSeries(left.series, series, combine));
  if (right.kind === 'series') return mapValue(left, (series) => joinSeries(series, right.series, combine));
  if (left.all.length !== right.all.length) return context.fail('Arrays of different sizes cannot be combined');
  return { kind: 'several', all: left.all.map((series, index) => joinSeries(series, right.all[index] ?? series, combine)) };
}

function mapValue(value: Extract<MathValue, { kind: 'series' | 'several' }>, change: (series: TimeSeries) => TimeSeries): MathValue {
  return value.kind === 'series' ? { kind: 'series', series: change(value.series) } : { kind: 'several', all: value.all.map(change) };
}
