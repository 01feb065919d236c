// TransactWriteItems and TransactGetItems. Every other access waits while a transaction runs, so writing in turn and undoing on
// the first sign of failure is one step to everyone else.
import { createHash } from 'node:crypto';
import { AwsError } from '../endpoint/aws-error.ts';
import { serializeJson } from '../endpoint/json-wire.ts';
import type { AwsShape, Operation } from '../region.ts';
import { type DynamodbParts, type WriteKind, writeItem } from './item-operations.ts';
import { REQUEST_TOKEN_MS, REQUEST_TOKENS_MAX, TRANSACTION_ACTIONS_MAX, TRANSACTION_BYTES_MAX } from './limits.ts';
import { currentItem, keyOf, type TableRecord, tableNameOf } from './table-book.ts';

interface Action {
  readonly kind: WriteKind | 'ConditionCheck';
  readonly table: TableRecord;
  readonly key: AwsShape;
  readonly input: AwsShape;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: AwsShape;
}

const WRITE_OF_MEMBER: Readonly<Record<string, Action['kind']>> = {
  ConditionCheck: 'ConditionCheck',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
};

/** What DynamoDB finds wrong with one item, which cancels the transaction; other validation errors refuse the whole request. */
const ITEM_FAULT =
  /^(Type mismatch|The provided key element|The document path provided|An operand in the update expression|Item size|The provided expression refers to an attribute|The update expression attempted|One or more parameter values were invalid: Type mismatch)/;

export function createTransactionOperations(parts: DynamodbParts): Record<string, Operation> {
  const tokens = new Map<string, { at: number; digest: string }>();

  /** Whether this token has already done its work. */
  const alreadyDone = (token: unknown, digest: string): boolean => {
    const known = typeof token === 'string' ? tokens.get(token) : undefined;
    if (known === undefined || known.at + REQUEST_TOKEN_MS <= parts.region.clock.now()) return false;
    if (known.digest !== digest) {
      throw new AwsError('IdempotentParameterMismatchException', 'The request uses the same client token as a previous, but non-identical request.');
    }
    return true;
  };
  const remember = (token: unknown, digest: string): void => {
    if (typeof token !== 'string') return;
    tokens.set(token, { at: parts.region.clock.now(), digest });
    if (tokens.size <= REQUEST_TOKENS_MAX) return;
    const oldest = tokens.keys().next().value;
    if (oldest !== undefined) tokens.delete(oldest);
  };

  const transactWrite = async (input: AwsShape): Promise<AwsShape> => {
    const items = actionList(input);
    const text = serializeJson(items);
    const digest = createHash('sha256').update(text).digest('hex');
    if (alreadyDone(input['ClientRequestToken'], digest)) return {};
    if (Buffer.byteLength(text) > TRANSACTION_BYTES_MAX) throw invalid('Transaction size cannot exceed 4194304 bytes');
    const actions = items.map((item) => readAction(parts, item));
    refuseRepeated(actions);
    await applyAll(parts, actions);
    remember(input['ClientRequestToken'], digest);
    return {};
  };

  const transactGet = async (input: AwsShape): Promise<AwsShape> => {
    const responses: AwsShape[] = [];
    for (const item of actionList(input)) {
      const get = item?.['Get'] as AwsShape | undefined;
      if (get === undefined) throw invalid('TransactItems must contain Get');
      const answer = await parts.store.run('GetItem', { ...get, TableName: tableNameOf(get['TableName']), ConsistentRead: true });
      responses.push(answer['Item'] === undefined ? {} : { Item: answer['Item'] });
    }
    return { Responses: responses };
  };

  // IAM judges the single actions inside (PutItem, ConditionCheckItem, ...), not the operation: see iam/additional-permissions.ts.
  return {
    TransactWriteItems: { handle: (input) => parts.store.alone(() => transactWrite(input)), actions: [] },
    TransactGetItems: { handle: (input) => parts.store.alone(() => transactGet(input)), actions: [] },
  };
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function actionList(input: AwsShape): AwsShape[] {
  const items = input['TransactItems'] as unknown;
  if (!Array.isArray(items) || items.length === 0) {
    throw invalid("1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1");
  }
  if (items.length > TRANSACTION_ACTIONS_MAX) {
    throw invalid(
      `1 validation error detected: Value at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to ${TRANSACTION_ACTIONS_MAX}`,
    );
  }
  return items as AwsShape[];
}

function readAction(parts: DynamodbParts, item: AwsShape): Action {
  const members = Object.keys(item ?? {}).filter((member) => Object.hasOwn(WRITE_OF_MEMBER, member) && item[member] !== undefined);
  const member = members[0];
  if (member === undefined || members.length > 1) throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
  const { ...input } = item[member] as AwsShape;
  const name = tableNameOf(input['TableName']);
  const table = parts.tables.find(name);
  if (table === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
  const kind = WRITE_OF_MEMBER[member] as Action['kind'];
  const source = (kind === 'PutItem' ? input['Item'] : input['Key']) as AwsShape | undefined;
  if (source === undefined)
    throw invalid(
      `1 validation error detected: Value null at 'transactItems.1.member.${member.toLowerCase()}' failed to satisfy constraint: Member must not be null`,
    );
  if (kind === 'ConditionCheck' && input['ConditionExpression'] === undefined) {
    throw invalid(
      "1 validation error detected: Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
    );
  }
  return { kind, table, key: kind === 'PutItem' ? keyOf(table, source) : source, input: { ...input, TableName: name } };
}

function refuseRepeated(actions: readonly Action[]): void {
  const seen = new Set<string>();
  for (const { table, key } of actions) {
    const identity = serializeJson({ table: table.name, key: table.keyNames.map((name) => key[name]) });
    if (seen.has(identity)) throw invalid('Transaction request cannot include multiple operations on one item');
    seen.add(identity);
  }
}

async function applyAll(parts: DynamodbParts, actions: readonly Action[]): Promise<void> {
  const undo: { table: TableRecord; key: AwsShape; item: AwsShape | undefined }[] = [];
  const restore = async (): Promise<void> => {
    for (const { table, key, item } of undo.reverse()) {
      if (item === undefined) await parts.store.run('DeleteItem', { TableName: table.name, Key: key });
      else await parts.store.run('PutItem', { TableName: table.name, Item: item });
    }
  };
  const reasons: Reason[] = [];
  try {
    for (const action of actions) reasons.push(await applyOne(parts, action, undo));
  } catch (error) {
    await restore();
    throw error;
  }
  if (reasons.every((reason) => reason.Code === 'None')) return;
  await restore();
  throw new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map((reason) => reason.Code).join(', ')}]`,
    { members: { CancellationReasons: reasons } },
  );
}

async function applyOne(parts: DynamodbParts, action: Action, undo: { table: TableRecord; key: AwsShape; item: AwsShape | undefined }[]): Promise<Reason> {
  try {
    const before = await currentItem(parts.store, action.table, action.key);
    // An update without an update expression changes nothing but makes a missing item: a condition check, once that is undone.
    await writeItem(parts, action.kind === 'ConditionCheck' ? 'UpdateItem' : action.kind, action.input);
    if (action.kind === 'ConditionCheck' && before === undefined) {
      await parts.store.run('DeleteItem', { TableName: action.table.name, Key: action.key });
    } else if (action.kind !== 'ConditionCheck') {
      undo.push({ table: action.table, key: action.key, item: before });
    }
    return { Code: 'None' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'ConditionalCheckFailedException') return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.members };
    if (error.code === 'ValidationException' && ITEM_FAULT.test(error.message)) return { Code: 'ValidationError', Message: error.message };
    throw error;
  }
}
