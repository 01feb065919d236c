// Reads and writes of items: the store's own, with DynamoDB's returned item on a failed condition added.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import type { ItemStore } from './item-store.ts';
import { currentItem, keyOf, type TableBook, tableNameOf } from './table-book.ts';
import type { TimeToLive } from './time-to-live.ts';

export interface DynamodbParts {
  readonly region: Region;
  readonly store: ItemStore;
  readonly tables: TableBook;
  readonly timeToLive: TimeToLive;
}

export type WriteKind = 'PutItem' | 'UpdateItem' | 'DeleteItem';

/**
 * One conditional write. Call inside `store.alone`.
 * @throws AwsError; a failed condition carries `Item` when the caller asked for it.
 */
export async function writeItem(parts: DynamodbParts, kind: WriteKind, input: AwsShape): Promise<AwsShape> {
  const { ReturnValuesOnConditionCheckFailure: returned, ...write } = input;
  if (returned !== undefined && returned !== 'ALL_OLD' && returned !== 'NONE') {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(returned)}' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, NONE]`,
    );
  }
  write['TableName'] = tableNameOf(write['TableName']);
  const table = parts.tables.find(write['TableName']);
  let answer: AwsShape;
  try {
    answer = await parts.store.run(kind, write);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException' || returned !== 'ALL_OLD' || table === undefined) throw error;
    const item = await currentItem(parts.store, table, kind === 'PutItem' ? keyOf(table, write['Item']) : write['Key']);
    throw new AwsError(error.code, error.message, item === undefined ? {} : { members: { Item: item } });
  }
  if (table?.ttlAttribute !== undefined && kind !== 'DeleteItem') {
    parts.timeToLive.noteWritten(table, kind === 'PutItem' ? write['Item'] : await currentItem(parts.store, table, write['Key']));
  }
  return answer;
}

async function batchWrite(parts: DynamodbParts, input: AwsShape): Promise<AwsShape> {
  const answer = await parts.store.run('BatchWriteItem', input);
  for (const [name, requests] of Object.entries((input['RequestItems'] ?? {}) as Record<string, AwsShape[]>)) {
    const table = parts.tables.find(name);
    for (const request of requests) if (table !== undefined) parts.timeToLive.noteWritten(table, request['PutRequest']?.['Item']);
  }
  return answer;
}

export function createItemOperations(parts: DynamodbParts): Record<string, Operation> {
  const tableArn = (name: unknown): string => parts.region.arn('dynamodb', `table/${tableNameOf(name)}`);
  const ofTable = (input: AwsShape): string[] => [tableArn(input['TableName'])];
  const ofIndex = (input: AwsShape): string[] =>
    input['IndexName'] === undefined ? ofTable(input) : [`${tableArn(input['TableName'])}/index/${input['IndexName']}`];
  const ofBatch = (input: AwsShape): string[] => {
    const names = Object.keys((input['RequestItems'] ?? {}) as AwsShape);
    return names.length === 0 ? ['*'] : names.map(tableArn);
  };
  const read = (operation: string, resources: (input: AwsShape) => string[]): Operation => ({
    handle: (input) => {
      const named = input['TableName'] === undefined ? input : { ...input, TableName: tableNameOf(input['TableName']) };
      return parts.store.alone(() => parts.store.run(operation, named));
    },
    resources,
  });
  const write = (kind: WriteKind): Operation => ({ handle: (input) => parts.store.alone(() => writeItem(parts, kind, input)), resources: ofTable });
  return {
    GetItem: read('GetItem', ofTable),
    Query: read('Query', ofIndex),
    Scan: read('Scan', ofIndex),
    BatchGetItem: read('BatchGetItem', ofBatch),
    PutItem: write('PutItem'),
    UpdateItem: write('UpdateItem'),
    DeleteItem: write('DeleteItem'),
    BatchWriteItem: { handle: (input) => parts.store.alone(() => batchWrite(parts, input)), resources: ofBatch },
  };
}
