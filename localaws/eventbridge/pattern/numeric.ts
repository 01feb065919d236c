// The numeric operator: comparisons and ranges of comparable numbers.
import { comparableNumber } from './decimal.ts';
import type { JsonNode } from './json-node.ts';
import { PatternError } from './pattern-error.ts';

type NumberTest = (value: number) => boolean;

/** `["=", 5]`, `["<", 5]`, `[">", 0, "<=", 5]`. @throws PatternError */
export function compileNumericTest(argument: JsonNode): NumberTest {
  if (argument.kind !== 'array') throw new PatternError('Value of numeric must be an array.');
  const [operator, bound, ...rest] = argument.items;
  if (operator?.kind !== 'string') throw new PatternError('Invalid member in numeric match: the first must be an operator');
  switch (operator.value) {
    case '=': {
      const wanted = boundOf('equals', bound);
      return alone(rest, (value) => value === wanted);
    }
    case '<': {
      const top = boundOf('<', bound);
      return alone(rest, (value) => value < top);
    }
    case '<=': {
      const top = boundOf('<=', bound);
      return alone(rest, (value) => value <= top);
    }
    case '>':
    case '>=':
      return compileRange(boundOf(operator.value, bound), operator.value === '>=', rest);
    default:
      throw new PatternError(`Unrecognized numeric range operator: ${operator.value}`);
  }
}

/** @throws PatternError when the number is not comparable */
export function comparableInPattern(text: string): number {
  const value = comparableNumber(text);
  if (value === undefined) throw new PatternError(`Cannot compare number : ${text}`);
  return value;
}

function compileRange(bottom: number, withBottom: boolean, rest: readonly JsonNode[]): NumberTest {
  const isAbove: NumberTest = withBottom ? (value) => value >= bottom : (value) => value > bottom;
  const [operator, bound, ...more] = rest;
  if (operator === undefined) return isAbove;
  if (operator.kind !== 'string') throw new PatternError('Bad value in numeric range');
  if (operator.value !== '<' && operator.value !== '<=') throw new PatternError(`Bad numeric range operator: ${operator.value}`);
  const top = boundOf(operator.value, bound);
  if (more.length > 0) throw new PatternError('Too many terms in numeric range expression');
  if (bottom >= top) throw new PatternError('Bottom must be less than top');
  const withTop = operator.value === '<=';
  return (value) => isAbove(value) && (withTop ? value <= top : value < top);
}

function boundOf(name: string, bound: JsonNode | undefined): number {
  if (bound?.kind !== 'number') throw new PatternError(`Value of ${name} must be numeric`);
  return comparableInPattern(bound.text);
}

function alone(rest: readonly JsonNode[], test: NumberTest): NumberTest {
  if (rest.length > 0) throw new PatternError('Too many elements in numeric expression');
  return test;
}
