// An item store without streams, timers and a database: dynalite's own checks, expressions and operations on sorted maps in memory.
// Every operation ends in the turn it began, which makes it fast and its order the caller's. The other store is dynalite whole.
import { createRequire } from 'node:module';
import { Stream } from 'node:stream';
import { AwsError } from '../endpoint/aws-error.ts';
import { wireValue } from '../endpoint/json-wire.ts';
import type { AwsShape } from '../region.ts';
import { type DynaliteParts, type RangeOptions, runDirectly } from './direct-operations.ts';
import { errorOf, type ItemStore, OPERATIONS_OF_DYNALITE } from './item-store.ts';

type Callback = (error: (Error & { statusCode?: number; body?: AwsShape }) | null, value?: AwsShape) => void;

/** One module of dynalite/actions: an operation on a store. */
type Action = (store: unknown, input: AwsShape, done: Callback) => void;

interface Validation {
  readonly types: AwsShape;
  readonly custom?: unknown;
}

interface Validations {
  checkTypes(input: AwsShape, types: AwsShape): AwsShape;
  checkValidations(input: AwsShape, types: AwsShape, custom: unknown, store: unknown): void;
}

const ITEM_BYTES_MAX = 409_600;
const load = createRequire(import.meta.url);
const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export function createMemoryItemStore(): ItemStore {
  const validations = load('dynalite/validations') as Validations;
  const parts = withKnownKeys(load('dynalite/db') as DynaliteParts);
  const store = createStore();
  let last: Promise<unknown> = Promise.resolve();
  return {
    async run(operation, given) {
      if (!OPERATIONS_OF_DYNALITE.has(operation)) throw new AwsError('UnknownOperationException', '');
      const direct = runDirectly(store, parts, operation, given);
      if (direct !== undefined) return direct;
      const validation = load(`dynalite/validations/${lowerFirst(operation)}`) as Validation;
      const action = load(`dynalite/actions/${lowerFirst(operation)}`) as Action;
      let input: AwsShape;
      try {
        // The wire's own form: no dates, bytes or members shared with the caller.
        input = validations.checkTypes(wireValue(given) as AwsShape, validation.types);
        validations.checkValidations(input, validation.types, validation.custom, store.forActions);
      } catch (error) {
        throw answerFor(error);
      }
      const answer = await perform(action, store.forActions, input);
      if (operation === 'Query' && typeof given['KeyConditionExpression'] === 'string') know(given['KeyConditionExpression']);
      if (operation === 'CreateTable' || operation === 'UpdateTable') store.settle(String(input['TableName']));
      return answer;
    },
    alone(work) {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    },
    async close() {
      await last;
    },
  };
}

const KEYS_KNOWN_MAX = 1_000;

/** Texts that dynalite has taken. */
const keyConditions = new Set<string>();
const KEY_CONDITIONS_KNOWN_MAX = 500;

function know(keyCondition: string): void {
  if (keyConditions.size < KEY_CONDITIONS_KNOWN_MAX) keyConditions.add(keyCondition);
}

/** Keys that were made lately need not be made, hashed as they are, again. A table's key schema never changes. */
function withKnownKeys(parts: DynaliteParts): DynaliteParts {
  const known = new Map<string, string>();
  return {
    ...parts,
    createKey(item, table) {
      const names = (table['KeySchema'] as AwsShape[]).map(({ AttributeName: name }) => String(name));
      const id = JSON.stringify([table['TableName'], ...names.map((name) => item[name])]);
      const before = known.get(id);
      if (before !== undefined) return before;
      const key = parts.createKey(item, table);
      if (known.size >= KEYS_KNOWN_MAX) known.clear();
      known.set(id, key);
      return key;
    },
  };
}

function perform(action: Action, store: unknown, input: AwsShape): Promise<AwsShape> {
  return new Promise((resolve, reject) => {
    action(store, input, (error, value) => {
      if (error) reject(answerFor(error));
      else resolve(value ?? {});
    });
  });
}

function answerFor(error: unknown): unknown {
  const { statusCode, body } = error as { statusCode?: number; body?: AwsShape };
  if (statusCode !== undefined && body !== undefined) return errorOf(body, statusCode);
  // dynalite throws on input its checks did not foresee; AWS has one answer to that.
  return error instanceof TypeError ? new AwsError('SerializationException', 'The request could not be read.', { cause: error }) : error;
}

/** What dynalite's actions expect of its database. */
function createStore() {
  const databases = new Map<string, SortedItems>();
  const database = (name: string): SortedItems => {
    const known = databases.get(name);
    if (known !== undefined) return known;
    const made = new SortedItems();
    databases.set(name, made);
    return made;
  };
  const tables = database('table');
  const remove = (name: string, done: (error: null) => void): void => {
    databases.delete(name);
    done(null);
  };
  const nameOfIndex = (kind: string, table: string, index: string): string => `index-${kind.toLowerCase()}~${table}~${index}`;
  const forActions = {
    options: { createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, maxItemSize: ITEM_BYTES_MAX },
    tableDb: Object.assign(tables, { awsAccountId: '000000000000', awsRegion: 'local' }),
    getItemDb: (name: string) => database(`item-${name}`),
    deleteItemDb: (name: string, done: (error: null) => void) => remove(`item-${name}`, done),
    getIndexDb: (kind: string, table: string, index: string) => database(nameOfIndex(kind, table, index)),
    deleteIndexDb: (kind: string, table: string, index: string, done: (error: null) => void) => remove(nameOfIndex(kind, table, index), done),
    getTagDb: (name: string) => database(`tag-${name}`),
    deleteTagDb: (name: string, done: (error: null) => void) => remove(`tag-${name}`, done),
    getTable(name: string, checked: boolean | Callback, given?: Callback) {
      const done = typeof checked === 'function' ? checked : (given as Callback);
      const found = tables.read(name);
      if (found === undefined || (checked !== false && found['TableStatus'] === 'DELETING')) done(tableNotFound(name, Boolean(checked)));
      else done(null, found);
    },
  };
  return {
    forActions,
    isKnown: (keyCondition: string) => keyConditions.has(keyCondition),
    table: (name: string) => tables.read(name),
    item: (table: string, key: string) => database(`item-${table}`).read(key),
    put: (table: string, key: string, item: AwsShape) => database(`item-${table}`).write(key, item),
    within: (table: string, index: string | undefined, range: RangeOptions) =>
      database(index === undefined ? `item-${table}` : nameOfIndex('global', table, index)).within(range),
    /** Ends the wait that dynalite keeps for a table that is being made or changed. */
    settle(name: string) {
      const table = tables.read(name);
      if (table === undefined) return;
      table['TableStatus'] = 'ACTIVE';
      for (const index of (table['GlobalSecondaryIndexes'] ?? []) as AwsShape[]) index['IndexStatus'] = 'ACTIVE';
    },
  };
}

function tableNotFound(name: string, checked: boolean): Error & { statusCode: number; body: AwsShape } {
  const message = `Requested resource not found${checked ? '' : `: Table: ${name} not found`}`;
  return Object.assign(new Error('NotFoundError'), {
    name: 'NotFoundError',
    statusCode: 400,
    body: { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message },
  });
}

/** One of dynalite's databases: values by key, read in the order of the keys. */
class SortedItems {
  readonly #values = new Map<string, AwsShape>();
  /** Sorted; undefined after a key came or went. */
  #keys: string[] | undefined = [];

  read(key: string): AwsShape | undefined {
    return this.#values.get(key);
  }

  write(key: string, value: AwsShape): void {
    this.#set(key, value);
  }

  get(key: string, done: Callback): void {
    const value = this.#values.get(key);
    if (value === undefined) done(Object.assign(new Error('NotFoundError'), { name: 'NotFoundError' }));
    else done(null, value);
  }

  put(key: string, value: AwsShape, done: Callback): void {
    this.#set(key, value);
    done(null);
  }

  del(key: string, done: Callback): void {
    this.#delete(key);
    done(null);
  }

  batch(operations: readonly { type: 'put' | 'del'; key: string; value?: AwsShape }[], done: Callback): void {
    for (const { type, key, value } of operations) {
      if (type === 'put' && value !== undefined) this.#set(key, value);
      else this.#delete(key);
    }
    done(null);
  }

  /** Nothing else runs while an operation does. */
  lock(_key: string, work: (release: (done: Callback) => Callback) => void): void {
    work((done) => done);
  }

  createKeyStream(range: RangeOptions = {}): Stream {
    return streamOf(this.#within(range));
  }

  createValueStream(range: RangeOptions = {}): Stream {
    return streamOf(this.within(range));
  }

  within(range: RangeOptions): AwsShape[] {
    return this.#within(range).map((key) => this.#values.get(key) as AwsShape);
  }

  createReadStream(range: RangeOptions = {}): Stream {
    return this.createValueStream(range);
  }

  #set(key: string, value: AwsShape): void {
    if (!this.#values.has(key)) this.#keys = undefined;
    this.#values.set(key, value);
  }

  #delete(key: string): void {
    if (this.#values.delete(key)) this.#keys = undefined;
  }

  #within({ gte, gt, lte, lt, reverse, limit }: RangeOptions): string[] {
    this.#keys ??= [...this.#values.keys()].sort();
    const found = this.#keys.filter(
      (key) => (gte === undefined || key >= gte) && (gt === undefined || key > gt) && (lte === undefined || key <= lte) && (lt === undefined || key < lt),
    );
    if (reverse === true) found.reverse();
    return limit === undefined || limit < 0 ? found : found.slice(0, limit);
  }
}

/** A stream of the old kind: dynalite's readers listen for its data in the turn in which they get it. */
function streamOf(values: readonly unknown[]): Stream {
  const stream = Object.assign(new Stream(), { destroy: () => undefined });
  queueMicrotask(() => {
    for (const value of values) stream.emit('data', value);
    stream.emit('end');
  });
  return stream;
}
