// The anything-but operator: everything except strings or numbers given, or strings that fit a prefix, suffix, wildcard or any case.
import { comparableNumber } from './decimal.ts';
import { compileIgnoreCase } from './ignore-case.ts';
import type { JsonLeaf, JsonNode } from './json-node.ts';
import { comparableInPattern } from './numeric.ts';
import { PatternError } from './pattern-error.ts';
import { compileWildcardTest } from './wildcard.ts';

const compilers: Readonly<Record<string, (text: string) => (field: string) => boolean>> = {
  prefix: (text) => (field) => field.startsWith(text),
  suffix: (text) => (field) => field.endsWith(text),
  'equals-ignore-case': (text) => compileIgnoreCase(text).equals,
  wildcard: compileWildcardTest,
};

/** @throws PatternError */
export function compileAnythingBut(argument: JsonNode): (value: JsonLeaf) => boolean {
  if (argument.kind === 'object') return compileExpression(argument.entries);
  if (argument.kind === 'literal') throw new PatternError('Value of anything-but must be an array or single string/number value.');
  const items = argument.kind === 'array' ? argument.items : [argument];
  const texts = new Set<string>();
  const numbers = new Set<number>();
  for (const item of items) {
    if (item.kind === 'string') texts.add(item.value);
    else if (item.kind === 'number') numbers.add(comparableInPattern(item.text));
    else throw new PatternError('Inside anything but list, start|null|boolean is not supported.');
  }
  if (texts.size > 0 === numbers.size > 0) {
    throw new PatternError('Inside anything but list, either all values are number or string, mixed type is not supported');
  }
  if (texts.size > 0) return (leaf) => leaf.kind !== 'string' || !texts.has(leaf.value);
  return (leaf) => {
    const number = leaf.kind === 'number' ? comparableNumber(leaf.text) : undefined;
    return number === undefined || !numbers.has(number);
  };
}

function compileExpression(entries: readonly (readonly [string, JsonNode])[]): (value: JsonLeaf) => boolean {
  const [first] = entries;
  if (first === undefined) throw new PatternError('Anything-But expression name not found');
  const [operator, argument] = first;
  const compile = Object.hasOwn(compilers, operator) ? compilers[operator] : undefined;
  if (compile === undefined) throw new PatternError(`Unsupported anything-but pattern: ${operator}`);
  const tests = textsOf(operator, argument).map(compile);
  if (entries.length > 1) throw new PatternError('Too many elements in numeric expression');
  // Only a string can be excepted: numbers and literals always match.
  return (leaf) => leaf.kind !== 'string' || !tests.some((test) => test(leaf.value));
}

function textsOf(operator: string, argument: JsonNode): readonly string[] {
  if (argument.kind === 'object' || argument.kind === 'literal') {
    throw new PatternError('Value of anything-but must be an array or single string/number value.');
  }
  const items = argument.kind === 'array' ? argument.items : [argument];
  // Unverified: event-ruler takes an empty list here. Refused, since it could never leave anything out.
  if (items.length === 0) throw new PatternError('Empty arrays are not allowed');
  const isAffix = operator === 'prefix' || operator === 'suffix';
  return items.map((item) => {
    if (item.kind !== 'string') {
      if (isAffix) throw new PatternError('prefix/suffix match pattern must be a string');
      if (operator === 'wildcard') throw new PatternError('wildcard match pattern must be a string');
      throw new PatternError('Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.');
    }
    if (isAffix && item.value === '') throw new PatternError('Null prefix/suffix not allowed');
    return item.value;
  });
}
