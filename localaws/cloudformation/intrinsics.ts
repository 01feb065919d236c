// CloudFormation's intrinsic functions. The same walk finds what a value refers to (before anything is made) and gives the
// value (when all of that has been made): only the lookup differs.
import type { AwsShape } from '../region.ts';
import { VALUE_DEPTH_MAX } from './limits.ts';
import { isRecord } from './template.ts';
import { TemplateError } from './template-error.ts';

export interface Lookup {
  /** True while only the needs of a value are looked for: resources have no values yet, so lists may be too short. */
  readonly noting: boolean;
  ref(name: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  mapped(map: string, first: string, second: string): unknown;
  condition(name: string): boolean;
  imported(name: string): unknown;
  availabilityZones(): string[];
}

/** What `Ref: AWS::NoValue` gives: the property or list item around it is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, evaluate: (value: unknown) => unknown, lookup: Lookup) => unknown;

/** Gives the value of a template value. @throws TemplateError */
export function evaluateValue(value: unknown, lookup: Lookup, depth = 0): unknown {
  if (depth > VALUE_DEPTH_MAX) throw new TemplateError('The template is nested too deeply.');
  if (typeof value !== 'object' || value === null) return value;
  const evaluate = (inner: unknown): unknown => evaluateValue(inner, lookup, depth + 1);
  if (Array.isArray(value)) return value.map(evaluate).filter((item) => item !== NO_VALUE);
  const record = value as AwsShape;
  const keys = Object.keys(record);
  const [only] = keys;
  if (only !== undefined && keys.length === 1 && (only === 'Ref' || only.startsWith('Fn::'))) {
    const intrinsic = Object.hasOwn(INTRINSICS, only) ? INTRINSICS[only] : undefined;
    if (intrinsic === undefined) throw new TemplateError(`the function ${only} is not available on the local AWS`);
    return intrinsic(record[only], evaluate, lookup);
  }
  const values: AwsShape = {};
  for (const key of keys) {
    const item = evaluate(record[key]);
    if (item === NO_VALUE) continue;
    // A plain assignment would set the prototype instead.
    if (key === '__proto__') Object.defineProperty(values, key, { value: item, enumerable: true, writable: true, configurable: true });
    else values[key] = item;
  }
  return values;
}

/** Gives the truth of a value of the Conditions section. @throws TemplateError */
export function evaluateCondition(value: unknown, lookup: Lookup, depth = 0): boolean {
  if (depth > VALUE_DEPTH_MAX) throw new TemplateError('The conditions are nested too deeply.');
  const truth = (inner: unknown): boolean => evaluateCondition(inner, lookup, depth + 1);
  if (isRecord(value) && Object.keys(value).length === 1) {
    if (typeof value['Condition'] === 'string') return lookup.condition(value['Condition']);
    if (Array.isArray(value['Fn::And'])) return value['Fn::And'].every(truth);
    if (Array.isArray(value['Fn::Or'])) return value['Fn::Or'].some(truth);
    if (Array.isArray(value['Fn::Not'])) return !truth(value['Fn::Not'][0]);
    if (Array.isArray(value['Fn::Equals'])) {
      const [left, right] = value['Fn::Equals'].map((side: unknown) => evaluateValue(side, lookup, depth + 1));
      return JSON.stringify(left) === JSON.stringify(right);
    }
  }
  throw new TemplateError(`a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition, not of ${JSON.stringify(value)}`);
}

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, _evaluate, lookup) => lookup.ref(textOf(argument, 'Ref')),
  'Fn::GetAtt': (argument, evaluate, lookup) => {
    const parts = typeof argument === 'string' ? argument.split('.') : listOf(argument, 'Fn::GetAtt').map(evaluate);
    const [logicalId, ...attribute] = parts.map((part) => textOf(part, 'Fn::GetAtt'));
    if (logicalId === undefined || attribute.length === 0) throw new TemplateError('Fn::GetAtt needs a logical id and an attribute');
    return lookup.attribute(logicalId, attribute.join('.'));
  },
  'Fn::Sub': (argument, evaluate, lookup) => substitute(argument, evaluate, lookup),
  'Fn::Join': (argument, evaluate, lookup) => {
    const [delimiter, given] = listOf(argument, 'Fn::Join', 2);
    const items = evaluate(given);
    if (lookup.noting) return '';
    return listOf(items, 'Fn::Join')
      .map((item) => textOf(item, 'Fn::Join'))
      .join(textOf(delimiter, 'Fn::Join'));
  },
  'Fn::Split': (argument, evaluate) => {
    const [delimiter, text] = listOf(argument, 'Fn::Split', 2);
    return textOf(evaluate(text), 'Fn::Split').split(textOf(delimiter, 'Fn::Split'));
  },
  'Fn::Select': (argument, evaluate, lookup) => {
    const [index, items] = listOf(argument, 'Fn::Select', 2).map(evaluate);
    if (lookup.noting) return '';
    const list = listOf(items, 'Fn::Select');
    const at = Number(index);
    if (!Number.isInteger(at) || at < 0 || at >= list.length) throw new TemplateError(`Fn::Select cannot select nonexistent value at index ${String(index)}`);
    return list[at];
  },
  'Fn::If': (argument, evaluate, lookup) => {
    const [condition, whenTrue, whenFalse] = listOf(argument, 'Fn::If', 3);
    return evaluate(lookup.condition(textOf(condition, 'Fn::If')) ? whenTrue : whenFalse);
  },
  'Fn::FindInMap': (argument, evaluate, lookup) => {
    const [map, first, second] = listOf(argument, 'Fn::FindInMap', 3).map((part) => textOf(evaluate(part), 'Fn::FindInMap'));
    return lookup.mapped(map ?? '', first ?? '', second ?? '');
  },
  'Fn::Base64': (argument, evaluate) => Buffer.from(textOf(evaluate(argument), 'Fn::Base64')).toString('base64'),
  'Fn::GetAZs': (_argument, _evaluate, lookup) => lookup.availabilityZones(),
  'Fn::ImportValue': (argument, evaluate, lookup) => lookup.imported(textOf(evaluate(argument), 'Fn::ImportValue')),
};

/** `${Name}`, `${Name.Attribute}`, `${!literal}`; names of the second argument come first. */
function substitute(argument: unknown, evaluate: (value: unknown) => unknown, lookup: Lookup): string {
  const [text, given] = typeof argument === 'string' ? [argument, {}] : listOf(argument, 'Fn::Sub', 2);
  if (!isRecord(given)) throw new TemplateError('the second argument of Fn::Sub is not an object');
  return textOf(text, 'Fn::Sub').replace(/\$\{([^}]*)\}/g, (whole, inner: string) => {
    const name = inner.trim();
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (name === '') return whole;
    const dot = name.indexOf('.');
    const value = Object.hasOwn(given, name) ? evaluate(given[name]) : dot < 0 ? lookup.ref(name) : lookup.attribute(name.slice(0, dot), name.slice(dot + 1));
    return textOf(value, 'Fn::Sub');
  });
}

function listOf(value: unknown, where: string, length?: number): unknown[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
    throw new TemplateError(`${where} needs a list${length === undefined ? '' : ` of ${length}`}, got ${JSON.stringify(value)}`);
  }
  return value as unknown[];
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${where} needs text, got ${JSON.stringify(value)}`);
}
