// Conditions and updates of DynamoDB expressions on whole attributes, compiled once and kept: what a program writes thousands of times is
// always the same few texts. Anything beyond this part of the language (document paths, legacy parameters) is not compiled.
import type { AwsShape } from '../region.ts';

type Item = AwsShape;
type Values = Readonly<Record<string, AwsShape>>;
type Names = Readonly<Record<string, string>>;

export type Condition = (item: Item | undefined, values: Values, names: Names) => boolean;
/** Answers the changed item; undefined when the operands do not fit, which is for the thorough way to explain. */
export type Update = (item: Item, values: Values, names: Names) => Item | undefined;

/** Expressions kept; a program has a handful. */
const COMPILED_MAX = 500;
const conditions = new Map<string, Condition | undefined>();
const updates = new Map<string, Update | undefined>();

/** @returns undefined when the text is beyond this part of the language */
export function compileCondition(text: string): Condition | undefined {
  return remember(conditions, text, () => {
    const parts = text.split(/\s+AND\s+/);
    const compiled = parts.map(compileTerm);
    return compiled.every((term) => term !== undefined) ? (item, values, names) => compiled.every((term) => term(item, values, names)) : undefined;
  });
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*|#[A-Za-z0-9_]+';
const EXISTS = new RegExp(`^(attribute_exists|attribute_not_exists)\\s*\\(\\s*(${NAME})\\s*\\)$`);
const EQUALS = new RegExp(`^(${NAME})\\s*=\\s*(:[A-Za-z0-9_]+)$`);

function compileTerm(text: string): Condition | undefined {
  const exists = EXISTS.exec(text.trim());
  if (exists !== null) {
    const [, kind, name = ''] = exists;
    const wanted = kind === 'attribute_exists';
    return (item, _values, names) => (item !== undefined && Object.hasOwn(item, nameOf(name, names))) === wanted;
  }
  const equals = EQUALS.exec(text.trim());
  if (equals === null) return undefined;
  const [, name = '', value = ''] = equals;
  return (item, values, names) => {
    const attribute = item?.[nameOf(name, names)] as AwsShape | undefined;
    return attribute !== undefined && sameScalar(attribute, values[value] as AwsShape);
  };
}

export type SortKind = 'begins' | 'after' | 'between';

/** What a query asks of the two keys: names of attributes, and of the values they are compared with. */
export interface KeyCondition {
  readonly partition: { readonly name: string; readonly value: string };
  readonly sort?: { readonly kind: SortKind; readonly name: string; readonly values: readonly string[] };
}

const KEY_CONDITION =
  /^\s*([A-Za-z]\w*)\s*=\s*(:\w+)(?:\s+AND\s+(?:begins_with\s*\(\s*([A-Za-z]\w*)\s*,\s*(:\w+)\s*\)|([A-Za-z]\w*)\s*>\s*(:\w+)|([A-Za-z]\w*)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)))?\s*$/;
const keyConditions = new Map<string, KeyCondition | undefined>();

/** @returns undefined when the text is beyond this part of the language */
export function compileKeyCondition(text: string): KeyCondition | undefined {
  return remember(keyConditions, text, () => {
    const [, name = '', value = '', begins, prefix = '', after, start = '', between, from = '', to = ''] = KEY_CONDITION.exec(text) ?? [];
    if (name === '') return undefined;
    const partition = { name, value };
    if (begins !== undefined) return { partition, sort: { kind: 'begins', name: begins, values: [prefix] } };
    if (after !== undefined) return { partition, sort: { kind: 'after', name: after, values: [start] } };
    return between === undefined ? { partition } : { partition, sort: { kind: 'between', name: between, values: [from, to] } };
  });
}

/** @returns undefined when the text is beyond this part of the language */
export function compileUpdate(text: string): Update | undefined {
  return remember(updates, text, () => {
    const clauses = text.split(/\b(SET|REMOVE|ADD)\b/).slice(1);
    const steps: Update[] = [];
    for (let index = 0; index < clauses.length; index += 2) {
      const parsed = clauses[index + 1]?.split(',').map((part) => compileStep(clauses[index] ?? '', part.trim()));
      if (parsed === undefined || parsed.some((step) => step === undefined)) return undefined;
      steps.push(...(parsed as Update[]));
    }
    if (steps.length === 0 || text.search(/\S/) !== text.search(/\b(SET|REMOVE|ADD)\b/)) return undefined;
    return (item, values, names) => steps.reduce<Item | undefined>((changed, step) => (changed === undefined ? undefined : step(changed, values, names)), item);
  });
}

const ASSIGN = new RegExp(`^(${NAME})\\s*=\\s*(:[A-Za-z0-9_]+)$`);
const ADDED = new RegExp(`^(${NAME})\\s+(:[A-Za-z0-9_]+)$`);
const ALONE = new RegExp(`^(${NAME})$`);

function compileStep(clause: string, text: string): Update | undefined {
  const match = (clause === 'SET' ? ASSIGN : clause === 'ADD' ? ADDED : ALONE).exec(text);
  if (match === null) return undefined;
  const [, name = '', value = ''] = match;
  if (clause === 'SET') return (item, values, names) => ({ ...item, [nameOf(name, names)]: values[value] as AwsShape });
  if (clause === 'REMOVE') {
    return (item, _values, names) => {
      const { [nameOf(name, names)]: _removed, ...rest } = item;
      return rest;
    };
  }
  return (item, values, names) => {
    const attribute = nameOf(name, names);
    const sum = added(item[attribute] as AwsShape | undefined, values[value] as AwsShape);
    return sum === undefined ? undefined : { ...item, [attribute]: sum };
  };
}

/** Whole numbers that JavaScript adds exactly. */
function added(before: AwsShape | undefined, by: AwsShape): AwsShape | undefined {
  if (by['N'] === undefined || (before !== undefined && before['N'] === undefined)) return undefined;
  const sum = Number(before?.['N'] ?? 0) + Number(by['N']);
  return Number.isSafeInteger(sum) && Number.isSafeInteger(Number(by['N'])) ? { N: String(sum) } : undefined;
}

function sameScalar(one: AwsShape, other: AwsShape): boolean {
  if (one['S'] !== undefined) return one['S'] === other['S'];
  return one['N'] !== undefined && other['N'] !== undefined && Number(one['N']) === Number(other['N']);
}

function nameOf(text: string, names: Names): string {
  return text.startsWith('#') ? (names[text] ?? text) : text;
}

function remember<T>(kept: Map<string, T | undefined>, text: string, compile: () => T | undefined): T | undefined {
  if (kept.has(text)) return kept.get(text);
  if (kept.size >= COMPILED_MAX) kept.clear();
  const compiled = compile();
  kept.set(text, compiled);
  return compiled;
}
