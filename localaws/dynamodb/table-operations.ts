// Making, changing and describing tables. AWS takes seconds for these; here a table is ready at the next look, because a set-up
// tool that polls under a virtual clock would otherwise wait for ever. The answers still say CREATING, UPDATING, DELETING.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { DynamodbParts } from './item-operations.ts';
import { TABLE_SETTLE_TURNS_MAX } from './limits.ts';
import { tableNameOf } from './table-book.ts';
import { putTags } from './table-settings.ts';

/** Waits until the store's own 0 ms timer has finished a table change. Real turns of the event loop: no simulated time passes. */
async function settle(parts: DynamodbParts, name: string): Promise<void> {
  for (let turn = 0; turn < TABLE_SETTLE_TURNS_MAX; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const { Table: table } = await parts.store.run('DescribeTable', { TableName: name });
      const indexes = (table['GlobalSecondaryIndexes'] ?? []) as AwsShape[];
      if (table['TableStatus'] === 'ACTIVE' && indexes.every((index) => index['IndexStatus'] === 'ACTIVE')) return;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return;
      throw error;
    }
  }
  throw new AwsError('InternalServerError', `localaws: table ${name} did not settle.`, { httpStatus: 500 });
}

async function createTable(parts: DynamodbParts, input: AwsShape): Promise<AwsShape> {
  if (input['StreamSpecification']?.['StreamEnabled'] === true) {
    throw new AwsError('ValidationException', 'localaws: DynamoDB Streams are not available on the local AWS; create the table without StreamSpecification.');
  }
  const name = String(input['TableName']);
  if (parts.tables.find(name) !== undefined) throw new AwsError('ResourceInUseException', `Table already exists: ${name}`);
  const answer = await parts.store.run('CreateTable', input);
  const table = parts.tables.add(input);
  putTags(table, input['Tags']);
  await settle(parts, name);
  return { TableDescription: { ...parts.tables.describe(answer['TableDescription']), TableStatus: 'CREATING' } };
}

async function updateTable(parts: DynamodbParts, input: AwsShape): Promise<AwsShape> {
  const name = tableNameOf(input['TableName']);
  const table = parts.tables.get(name);
  const { DeletionProtectionEnabled: protection, TableClass: tableClass, SSESpecification: encryption, ...rest } = input;
  if (rest['StreamSpecification']?.['StreamEnabled'] === true || rest['ReplicaUpdates'] !== undefined) {
    throw new AwsError('ValidationException', 'localaws: DynamoDB Streams and replicas are not available on the local AWS.');
  }
  const indexUpdates = (rest['GlobalSecondaryIndexUpdates'] ?? []) as AwsShape[];
  if (Array.isArray(indexUpdates) && indexUpdates.some((update) => update?.['Create'] !== undefined || update?.['Delete'] !== undefined)) {
    // dynalite would answer with success and do nothing.
    throw new AwsError('ValidationException', 'localaws: indexes cannot be added to or removed from an existing table; create the table with them.');
  }
  const storeChanges = ['BillingMode', 'ProvisionedThroughput', 'GlobalSecondaryIndexUpdates'].some((member) => rest[member] !== undefined);
  if (storeChanges) {
    await parts.store.run('UpdateTable', { ...rest, TableName: name });
    await settle(parts, name);
    if (rest['BillingMode'] === 'PAY_PER_REQUEST') table.onDemandSince ??= parts.region.clock.now();
    if (rest['BillingMode'] === 'PROVISIONED') table.onDemandSince = undefined;
  } else if (protection === undefined && tableClass === undefined && encryption === undefined) {
    throw new AwsError(
      'ValidationException',
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
    );
  }
  if (typeof protection === 'boolean') table.deletionProtected = protection;
  if (tableClass !== undefined) table.tableClass = tableClass;
  if (encryption !== undefined) table.encryption = encryption;
  const answer = await parts.store.run('DescribeTable', { TableName: name });
  return { TableDescription: { ...parts.tables.describe(answer['Table']), TableStatus: storeChanges ? 'UPDATING' : 'ACTIVE' } };
}

async function deleteTable(parts: DynamodbParts, input: AwsShape): Promise<AwsShape> {
  const name = tableNameOf(input['TableName']);
  const table = parts.tables.find(name);
  if (table?.deletionProtected === true) {
    throw new AwsError('ValidationException', 'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.');
  }
  const answer = await parts.store.run('DeleteTable', { TableName: name });
  const description = { ...parts.tables.describe(answer['TableDescription']), TableStatus: 'DELETING' };
  await settle(parts, name);
  if (table !== undefined) parts.timeToLive.noteDisabled(table);
  parts.tables.remove(name);
  return { TableDescription: description };
}

async function describeTable(parts: DynamodbParts, input: AwsShape): Promise<AwsShape> {
  const answer = await parts.store.run('DescribeTable', { TableName: tableNameOf(input['TableName']) });
  return { Table: parts.tables.describe(answer['Table']) };
}

export function createTableOperations(parts: DynamodbParts): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [parts.region.arn('dynamodb', `table/${tableNameOf(input['TableName'])}`)];
  const operation = (handle: (parts: DynamodbParts, input: AwsShape) => Promise<AwsShape>): Operation => ({
    handle: (input) => parts.store.alone(() => handle(parts, input)),
    resources,
  });
  return {
    CreateTable: operation(createTable),
    UpdateTable: operation(updateTable),
    DeleteTable: operation(deleteTable),
    DescribeTable: operation(describeTable),
    ListTables: { handle: (input) => parts.store.alone(() => parts.store.run('ListTables', input)) },
  };
}
