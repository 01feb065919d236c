// What a pattern can ask of one field's value, compiled to a test. Source: EventBridge user guide, comparison operators for event
// patterns, and the behaviour of aws/event-ruler, which EventBridge matches with.
import { addressBytes, compileAddressTest } from './address-range.ts';
import { compileAnythingBut } from './anything-but.ts';
import { comparableNumber } from './decimal.ts';
import { compileIgnoreCase } from './ignore-case.ts';
import type { JsonLeaf, JsonNode } from './json-node.ts';
import { compileNumericTest } from './numeric.ts';
import { PatternError } from './pattern-error.ts';
import { compileWildcardTest } from './wildcard.ts';

/** present/absent look at the field itself, everything else at its value. */
export type FieldTest = { readonly kind: 'value'; readonly matches: (value: JsonLeaf) => boolean } | { readonly kind: 'present' } | { readonly kind: 'absent' };

const ofString = (matches: (text: string) => boolean): FieldTest => ({ kind: 'value', matches: (leaf) => leaf.kind === 'string' && matches(leaf.value) });

/** One entry of a field's list. @throws PatternError */
export function compileFieldTest(node: JsonNode): FieldTest {
  if (node.kind === 'object') return compileExpression(node.entries);
  if (node.kind === 'array') throw new PatternError('Match value must be String, number, true, false, or null');
  return { kind: 'value', matches: compileEquality(node) };
}

/** A plain value: the same text, the same number, or another spelling of the same IP address. */
function compileEquality(node: JsonLeaf): (value: JsonLeaf) => boolean {
  if (node.kind === 'literal') return (leaf) => leaf.kind === 'literal' && leaf.text === node.text;
  if (node.kind === 'number') {
    const wanted = comparableNumber(node.text);
    return (leaf) => leaf.kind === 'number' && (leaf.text === node.text || (wanted !== undefined && comparableNumber(leaf.text) === wanted));
  }
  const address = addressBytes(node.value)?.join('.');
  return (leaf) => leaf.kind === 'string' && (leaf.value === node.value || (address !== undefined && addressBytes(leaf.value)?.join('.') === address));
}

function compileExpression(entries: readonly (readonly [string, JsonNode])[]): FieldTest {
  const [first] = entries;
  if (first === undefined) throw new PatternError('Match expression name not found');
  const [operator, argument] = first;
  const test = compileOperator(operator, argument);
  if (entries.length > 1) {
    const isNumber = operator === 'numeric' || operator === 'anything-but';
    throw new PatternError(isNumber ? 'Too many elements in numeric expression' : 'Only one key allowed in match expression');
  }
  return test;
}

function compileOperator(operator: string, argument: JsonNode): FieldTest {
  switch (operator) {
    case 'exactly': {
      const text = stringArgument(argument, 'exact');
      return ofString((field) => field === text);
    }
    case 'prefix':
    case 'suffix':
      return compileAffix(operator, argument);
    case 'equals-ignore-case':
      return ofString(compileIgnoreCase(stringArgument(argument, operator)).equals);
    case 'wildcard':
      return ofString(compileWildcardTest(stringArgument(argument, operator)));
    case 'numeric': {
      const test = compileNumericTest(argument);
      return {
        kind: 'value',
        matches(leaf) {
          const number = leaf.kind === 'number' ? comparableNumber(leaf.text) : undefined;
          return number !== undefined && test(number);
        },
      };
    }
    case 'cidr':
      return ofString(compileAddressTest(stringArgument(argument, 'prefix')));
    case 'exists':
      if (argument.kind !== 'literal' || argument.text === 'null') throw new PatternError('exists match pattern must be either true or false.');
      return { kind: argument.text === 'true' ? 'present' : 'absent' };
    case 'anything-but':
      return { kind: 'value', matches: compileAnythingBut(argument) };
    default:
      throw new PatternError(`Unrecognized match type ${operator}`);
  }
}

function compileAffix(operator: 'prefix' | 'suffix', argument: JsonNode): FieldTest {
  if (argument.kind === 'object') {
    const text = compileIgnoreCase(ignoringCase(operator, argument.entries));
    return ofString(operator === 'prefix' ? text.startsOf : text.endsOf);
  }
  const affix = stringArgument(argument, operator);
  return ofString((field) => (operator === 'prefix' ? field.startsWith(affix) : field.endsWith(affix)));
}

/** `{ "equals-ignore-case": "text" }` inside prefix or suffix. */
function ignoringCase(operator: string, entries: readonly (readonly [string, JsonNode])[]): string {
  const [first] = entries;
  if (first === undefined) throw new PatternError(`${operator === 'prefix' ? 'Prefix' : 'Suffix'} expression name not found`);
  if (first[0] !== 'equals-ignore-case') throw new PatternError(`Unsupported ${operator} pattern: ${first[0]}`);
  const text = stringArgument(first[1], 'equals-ignore-case');
  if (entries.length > 1) throw new PatternError('Only one key allowed in match expression');
  return text;
}

function stringArgument(argument: JsonNode, operator: string): string {
  if (argument.kind !== 'string') throw new PatternError(`${operator} match pattern must be a string`);
  return argument.value;
}
