// The calls that programs make all the time, done without dynalite's general machinery: a whole item by its key, and an update of whole
// attributes under a simple condition. Whatever is unusual, or wrong, is left to dynalite, which knows DynamoDB's every answer to it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { compileCondition, compileUpdate } from './item-expressions.ts';

/** What dynalite's own modules are asked for: the key an item is kept under, and the index entries of a change. */
export interface DynaliteParts {
  createKey(item: AwsShape, table: AwsShape): string;
  validateKey(key: AwsShape, table: AwsShape): Error | undefined;
  updateIndexes(store: unknown, table: AwsShape, before: AwsShape | undefined, after: AwsShape, done: (error?: Error) => void): void;
}

export interface DirectStore {
  table(name: string): AwsShape | undefined;
  item(table: string, key: string): AwsShape | undefined;
  put(table: string, key: string, item: AwsShape): void;
  readonly forActions: unknown;
}

/** Items near DynamoDB's limit of 400 KB are measured by dynalite, to the byte. */
const ROUGHLY_FULL = 300_000;
const GET_MEMBERS = new Set(['TableName', 'Key', 'ConsistentRead']);
const UPDATE_MEMBERS = new Set([
  'TableName',
  'Key',
  'UpdateExpression',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
]);

/** @returns undefined when the call is not one of these. @throws AwsError ConditionalCheckFailedException */
export function runDirectly(store: DirectStore, parts: DynaliteParts, operation: string, input: AwsShape): AwsShape | undefined {
  if (operation === 'GetItem') return getItem(store, parts, input);
  return operation === 'UpdateItem' ? updateItem(store, parts, input) : undefined;
}

function getItem(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  const table = tableFor(store, parts, input, GET_MEMBERS);
  if (table === undefined) return undefined;
  const item = store.item(input['TableName'], parts.createKey(input['Key'], table));
  return item === undefined ? {} : { Item: item };
}

function updateItem(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  const table = tableFor(store, parts, input, UPDATE_MEMBERS);
  const { UpdateExpression: text, ConditionExpression: conditionText, ReturnValues: returned } = input;
  if (table === undefined || typeof text !== 'string' || (returned !== undefined && returned !== 'NONE' && returned !== 'ALL_NEW')) return undefined;
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const values = (input['ExpressionAttributeValues'] ?? {}) as Record<string, AwsShape>;
  const update = compileUpdate(text);
  const condition = typeof conditionText === 'string' ? compileCondition(conditionText) : conditionText === undefined ? () => true : undefined;
  if (update === undefined || condition === undefined || !usesExactly(`${text} ${conditionText ?? ''}`, names, values)) return undefined;
  if (!Object.values(values).every(isPlainValue)) return undefined;
  const key = parts.createKey(input['Key'], table);
  const before = store.item(input['TableName'], key);
  // What is wrong with the request comes before its condition.
  const after = update(before ?? input['Key'], values, names);
  if (after === undefined || changesKey(table, input['Key'], after) || indexKeyMisfits(table, after) || roughSize(after) > ROUGHLY_FULL) return undefined;
  if (!condition(before, values, names)) throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
  parts.updateIndexes(store.forActions, table, before, after, () => undefined);
  store.put(input['TableName'], key, after);
  return returned === 'ALL_NEW' ? { Attributes: after } : {};
}

function tableFor(store: DirectStore, parts: DynaliteParts, input: AwsShape, members: ReadonlySet<string>): AwsShape | undefined {
  if (Object.keys(input).some((member) => !members.has(member))) return undefined;
  const table = typeof input['TableName'] === 'string' ? store.table(input['TableName']) : undefined;
  const key: unknown = input['Key'];
  if (table === undefined || typeof key !== 'object' || key === null || !Object.values(key).every(isPlainValue)) return undefined;
  return parts.validateKey(key, table) === undefined ? table : undefined;
}

/** Names and values that are not used, or used and not given, are errors of the request. */
function usesExactly(text: string, names: Readonly<Record<string, string>>, values: Readonly<Record<string, AwsShape>>): boolean {
  const used = new Set(text.match(/[#:][A-Za-z0-9_]+/g) ?? []);
  const given = [...Object.keys(names), ...Object.keys(values)];
  return used.size === given.length && given.every((name) => used.has(name));
}

function changesKey(table: AwsShape, key: AwsShape, after: AwsShape): boolean {
  return (table['KeySchema'] as AwsShape[]).some(
    ({ AttributeName: name }) => after[name] !== key[name] && JSON.stringify(after[name]) !== JSON.stringify(key[name]),
  );
}

/** An index key of another type than the index says is an error, and none at all leaves the item out of the index. */
function indexKeyMisfits(table: AwsShape, item: AwsShape): boolean {
  const types = new Map(
    (table['AttributeDefinitions'] as AwsShape[]).map((definition) => [String(definition['AttributeName']), String(definition['AttributeType'])]),
  );
  return [...types].some(([name, type]) => {
    const value = item[name] as AwsShape | undefined;
    return value !== undefined && (value[type] === undefined || value[type] === '');
  });
}

/** At least nearly the size DynamoDB counts: names and texts, and a few bytes for each value. */
function roughSize(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 2;
  let size = 3;
  for (const [name, member] of Object.entries(value)) size += name.length + roughSize(member);
  return size;
}

const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/;

/** Strings, usual numbers, booleans, null, lists and maps; the rest needs dynalite's eye. */
function isPlainValue(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  const [kind, content] = entries[0] ?? [];
  if (entries.length !== 1) return false;
  switch (kind) {
    case 'S':
      return typeof content === 'string';
    case 'N':
      return typeof content === 'string' && PLAIN_NUMBER.test(content);
    case 'BOOL':
      return typeof content === 'boolean';
    case 'NULL':
      return content === true;
    case 'L':
      return Array.isArray(content) && content.every(isPlainValue);
    case 'M':
      return typeof content === 'object' && content !== null && !Array.isArray(content) && Object.values(content).every(isPlainValue);
    default:
      return false;
  }
}
