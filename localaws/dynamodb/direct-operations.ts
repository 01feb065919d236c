// The calls that programs make all the time, done without dynalite's general machinery: a whole item by its key, the items of one
// partition, and an update of whole attributes under a simple condition. Whatever is unusual, or wrong, is left to dynalite, which knows DynamoDB's every answer to it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { compileCondition, compileKeyCondition, compileUpdate, type SortKind } from './item-expressions.ts';

/** What dynalite's own modules are asked for: the key an item is kept under, and the index entries of a change. */
export interface DynaliteParts {
  createKey(item: AwsShape, table: AwsShape): string;
  validateKey(key: AwsShape, table: AwsShape): Error | undefined;
  updateIndexes(store: unknown, table: AwsShape, before: AwsShape | undefined, after: AwsShape, done: (error?: Error) => void): void;
  /** What the keys of a partition's items begin with. */
  hashPrefix(hashKey: string, type: 'S'): string;
  /** A sort key as it stands in an item's key. */
  toRangeStr(rangeKey: string, type: 'S'): string;
}

export interface DirectStore {
  table(name: string): AwsShape | undefined;
  item(table: string, key: string): AwsShape | undefined;
  put(table: string, key: string, item: AwsShape): void;
  /** Items in the order of their keys, of the table or of a global index of it. */
  within(table: string, index: string | undefined, range: RangeOptions): readonly AwsShape[];
  /** Whether dynalite has taken this key condition before: only it knows which names are reserved words. */
  isKnown(keyCondition: string): boolean;
  readonly forActions: unknown;
}

/** Longer keys are measured by dynalite, in bytes. */
const KEY_LENGTH_MAX = 200;

/** The keys that are read: each bound may be absent. */
export interface RangeOptions {
  readonly gte?: string;
  readonly gt?: string;
  readonly lte?: string;
  readonly lt?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** Items near DynamoDB's limit of 400 KB are measured by dynalite, to the byte. */
const ROUGHLY_FULL = 300_000;
const GET_MEMBERS = new Set(['TableName', 'Key', 'ConsistentRead']);
const BATCH_MEMBERS = new Set(['ConsistentRead', 'Keys']);
const BATCH_MAX = 10;
const QUERY_MEMBERS = new Set(['TableName', 'IndexName', 'KeyConditionExpression', 'ExpressionAttributeValues', 'ScanIndexForward', 'ConsistentRead', 'Limit']);
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
  if (operation === 'BatchGetItem') return batchGetItem(store, parts, input);
  if (operation === 'Query') return query(store, parts, input);
  return operation === 'UpdateItem' ? updateItem(store, parts, input) : undefined;
}

function getItem(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  const table = tableFor(store, parts, input, GET_MEMBERS);
  if (table === undefined) return undefined;
  const item = store.item(input['TableName'], parts.createKey(input['Key'], table));
  return item === undefined ? {} : { Item: item };
}

/** Few items of one table: far from the limits on an answer's size, and with nothing left unprocessed. */
function batchGetItem(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  const [[name, request] = [], ...others] = Object.entries((input['RequestItems'] ?? {}) as Record<string, AwsShape>);
  const keys: unknown = request?.['Keys'];
  if (name === undefined || others.length > 0 || Object.keys(input).length > 1 || !Array.isArray(keys) || keys.length === 0 || keys.length > BATCH_MAX)
    return undefined;
  if (Object.keys(request ?? {}).some((member) => !BATCH_MEMBERS.has(member)) || new Set(keys.map((key) => JSON.stringify(key))).size < keys.length)
    return undefined;
  const found: AwsShape[] = [];
  for (const Key of keys as AwsShape[]) {
    const answer = getItem(store, parts, { TableName: name, Key });
    if (answer === undefined) return undefined;
    if (answer['Item'] !== undefined) found.push(answer['Item']);
  }
  return { Responses: { [name]: found }, UnprocessedKeys: {} };
}

/** The items of one partition, or those of them whose sort key is in a range, where they are all of one page. */
function query(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  if (Object.keys(input).some((member) => !QUERY_MEMBERS.has(member))) return undefined;
  const { TableName: name, IndexName: index, KeyConditionExpression: text, Limit: limit = Number.POSITIVE_INFINITY } = input;
  const table = typeof name === 'string' ? store.table(name) : undefined;
  const schema = table === undefined ? undefined : keySchemaOf(table, index, input['ConsistentRead']);
  const condition = typeof text === 'string' && store.isKnown(text) ? compileKeyCondition(text) : undefined;
  const values = textsOf(input['ExpressionAttributeValues']);
  if (schema === undefined || condition === undefined || values === undefined || typeof limit !== 'number') return undefined;
  const [partition, sort] = schema;
  if (condition.partition.name !== partition || (condition.sort !== undefined && condition.sort.name !== sort)) return undefined;
  const used = [condition.partition.value, ...(condition.sort?.values ?? [])];
  if (used.some((value) => !values.has(value)) || values.size !== new Set(used).size) return undefined;
  const [hashKey = '', from = '', to = ''] = used.map((value) => values.get(value) ?? '');
  if (condition.sort?.kind === 'between' && from > to) return undefined;
  const prefix = `${parts.hashPrefix(hashKey, 'S')}/${parts.toRangeStr(hashKey, 'S')}/`;
  const found = store.within(name, index, { ...rangeOf(parts, prefix, condition.sort?.kind, from, to), reverse: input['ScanIndexForward'] === false });
  // A page that is full says where the next begins.
  if (found.length >= limit || found.reduce((size, item) => size + sizeOf(item), 0) > ROUGHLY_FULL) return undefined;
  return { Count: found.length, ScannedCount: found.length, Items: [...found] };
}

function rangeOf(parts: DynaliteParts, prefix: string, kind: SortKind | undefined, from: string, to: string): RangeOptions {
  const start = `${prefix}${parts.toRangeStr(from, 'S')}`;
  switch (kind) {
    case 'begins':
      return { gte: `${start}/`, lt: `${start}~` };
    case 'after':
      return { gt: `${start}/~`, lt: `${prefix}~` };
    case 'between':
      return { gte: `${start}/`, lte: `${prefix}${parts.toRangeStr(to, 'S')}/~` };
    default:
      return { gte: prefix, lt: `${prefix}~` };
  }
}

/** Names of the partition key and of the sort key, which are texts; undefined for anything that is not answered here. */
function keySchemaOf(table: AwsShape, index: unknown, consistent: unknown): readonly string[] | undefined {
  const indexes = (table['GlobalSecondaryIndexes'] ?? []) as AwsShape[];
  const owner = index === undefined ? table : indexes.find(({ IndexName: name }) => name === index);
  if (owner === undefined || (index !== undefined && (consistent === true || owner['IndexStatus'] !== 'ACTIVE'))) return undefined;
  const names = (owner['KeySchema'] as AwsShape[]).map(({ AttributeName: name }) => String(name));
  const areTexts = names.every((name) =>
    (table['AttributeDefinitions'] as AwsShape[]).some(({ AttributeName: defined, AttributeType: type }) => defined === name && type === 'S'),
  );
  return areTexts && table['TableStatus'] === 'ACTIVE' ? names : undefined;
}

/** Values that are all texts, none of them empty. */
function textsOf(values: unknown): ReadonlyMap<string, string> | undefined {
  if (!isShape(values)) return undefined;
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(values)) {
    const text: unknown = isShape(value) && Object.keys(value).length === 1 ? value['S'] : undefined;
    if (typeof text !== 'string' || text === '' || text.length > KEY_LENGTH_MAX) return undefined;
    texts.set(name, text);
  }
  return texts;
}

function updateItem(store: DirectStore, parts: DynaliteParts, input: AwsShape): AwsShape | undefined {
  const table = tableFor(store, parts, input, UPDATE_MEMBERS);
  const { UpdateExpression: text, ConditionExpression: conditionText, ReturnValues: returned } = input;
  if (table === undefined || typeof text !== 'string' || (returned !== undefined && returned !== 'NONE' && returned !== 'ALL_NEW')) return undefined;
  const names = (input['ExpressionAttributeNames'] ?? {}) as Record<string, string>;
  const given = (input['ExpressionAttributeValues'] ?? {}) as Record<string, AwsShape>;
  const values = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, isShape(value) ? withoutExponents(value) : value]));
  const update = compileUpdate(text);
  const condition = typeof conditionText === 'string' ? compileCondition(conditionText) : conditionText === undefined ? () => true : undefined;
  if (update === undefined || condition === undefined || !usesExactly(`${text} ${conditionText ?? ''}`, names, values)) return undefined;
  if (Object.values(values).some((value) => plainSize(value) > ROUGHLY_FULL)) return undefined;
  const key = parts.createKey(input['Key'], table);
  const before = store.item(input['TableName'], key);
  // What is wrong with the request comes before its condition.
  const after = update(before ?? input['Key'], values, names);
  if (after === undefined || changesKey(table, input['Key'], after) || indexKeyMisfits(table, after) || sizeOf(after) > ROUGHLY_FULL) return undefined;
  if (!condition(before, values, names)) throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
  parts.updateIndexes(store.forActions, table, before, after, () => undefined);
  store.put(input['TableName'], key, after);
  return returned === 'ALL_NEW' ? { Attributes: after } : {};
}

function tableFor(store: DirectStore, parts: DynaliteParts, input: AwsShape, members: ReadonlySet<string>): AwsShape | undefined {
  if (Object.keys(input).some((member) => !members.has(member))) return undefined;
  const table = typeof input['TableName'] === 'string' ? store.table(input['TableName']) : undefined;
  const key: unknown = input['Key'];
  if (table === undefined || typeof key !== 'object' || key === null || Object.values(key).some((value) => plainSize(value) > ROUGHLY_FULL)) return undefined;
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

/** Sizes of values that were looked at: items share the values they were written with. */
const knownSizes = new WeakMap<object, number>();

/** At least nearly the size DynamoDB counts of an item: names and texts, and a few bytes for each value. */
function sizeOf(item: AwsShape): number {
  let size = 3;
  for (const [name, value] of Object.entries(item)) size += name.length + plainSize(value);
  return size;
}

/** As DynamoDB itself would write them: fewer than its 38 digits, no exponent, no zero at the end of a fraction. */
const PLAIN_NUMBER = /^(?:0|-?(?:(?:[1-9]\d{0,15}|0(?=\.))(?:\.\d{0,19}[1-9])?|0\.0{1,99}[1-9](?:\d{0,35}[1-9])?))$/;
/** As JavaScript writes a number close to 0. */
const TINY_NUMBER = /^(-?)(\d)(?:\.(\d{0,19}[1-9]))?e-(\d{1,2})$/;
const NEEDS_DYNALITE = Number.POSITIVE_INFINITY;

/** DynamoDB keeps no exponents: 1.5e-7 is 0.00000015 when it is read. The value itself where it has none. */
function withoutExponents(value: AwsShape): AwsShape {
  const { N: number, L: list, M: map } = value;
  if (typeof number === 'string') {
    const plain = withoutExponent(number);
    return plain === number ? value : { N: plain };
  }
  if (Array.isArray(list)) {
    const plain = list.map((member) => (isShape(member) ? withoutExponents(member) : member));
    return plain.every((member, index) => member === list[index]) ? value : { L: plain };
  }
  if (typeof map !== 'object' || map === null) return value;
  let changed: AwsShape | undefined;
  for (const name of Object.keys(map)) {
    const member = map[name] as AwsShape;
    const plain = isShape(member) ? withoutExponents(member) : member;
    if (plain === member) continue;
    changed = { ...(changed ?? map), [name]: plain };
  }
  return changed === undefined ? value : { M: changed };
}

function isShape(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null;
}

function withoutExponent(text: string): string {
  if (!text.includes('e')) return text;
  const [, sign = '', whole = '', fraction = '', exponent = ''] = TINY_NUMBER.exec(text) ?? [];
  return exponent === '' || whole === '0' ? text : `${sign}0.${'0'.repeat(Number(exponent) - 1)}${whole}${fraction}`;
}

/** The size of a value that is made of strings, usual numbers, booleans, null, lists and maps; anything else needs dynalite's eye. */
function plainSize(value: unknown): number {
  if (typeof value !== 'object' || value === null) return NEEDS_DYNALITE;
  const known = knownSizes.get(value);
  if (known !== undefined) return known;
  const size = measure(value);
  knownSizes.set(value, size);
  return size;
}

function measure(value: object): number {
  let kind: string | undefined;
  for (const name in value) {
    if (kind !== undefined) return NEEDS_DYNALITE;
    kind = name;
  }
  if (kind === undefined) return NEEDS_DYNALITE;
  const content = (value as AwsShape)[kind] as unknown;
  switch (kind) {
    case 'S':
      return typeof content === 'string' ? 3 + content.length : NEEDS_DYNALITE;
    case 'N':
      return typeof content === 'string' && PLAIN_NUMBER.test(content) ? 3 + content.length : NEEDS_DYNALITE;
    case 'BOOL':
      return typeof content === 'boolean' ? 3 : NEEDS_DYNALITE;
    case 'NULL':
      return content === true ? 3 : NEEDS_DYNALITE;
    case 'L':
      return Array.isArray(content) ? content.reduce((size: number, member) => size + plainMember(member), 5) : NEEDS_DYNALITE;
    case 'M':
      return typeof content === 'object' && content !== null && !Array.isArray(content) ? sizeOfMap(content as AwsShape) : NEEDS_DYNALITE;
    default:
      return NEEDS_DYNALITE;
  }
}

function sizeOfMap(map: AwsShape): number {
  let size = 5;
  for (const name in map) size += name.length + plainMember(map[name]);
  return size;
}

function plainMember(value: unknown): number {
  return typeof value === 'object' && value !== null ? measure(value) : NEEDS_DYNALITE;
}
