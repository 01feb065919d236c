// The local DynamoDB as the unmodified SDK sees it.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  TransactionCanceledException,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDynamodb } from '#localaws/dynamodb/create-dynamodb.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const HOUR_MS = 60 * 60 * 1000;
const TABLE = {
  TableName: 'records',
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' as const },
    { AttributeName: 'sk', AttributeType: 'S' as const },
    { AttributeName: 'status', AttributeType: 'S' as const },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' as const },
    { AttributeName: 'sk', KeyType: 'RANGE' as const },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'by-status', KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' as const }], Projection: { ProjectionType: 'ALL' as const } },
  ],
};
const START = Date.UTC(2026, 0, 15);

let running: RunningRegion;
let raw: DynamoDBClient;
let documents: DynamoDBDocumentClient;

beforeEach(async () => {
  running = await startRegion({ services: [createDynamodb()], clock: { kind: 'virtual' }, startAt: START });
  raw = new DynamoDBClient({
    endpoint: running.endpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  documents = DynamoDBDocumentClient.from(raw);
  await raw.send(new CreateTableCommand({ ...TABLE, Tags: [{ Key: 'team', Value: 'delivery' }] }));
});

afterEach(async () => {
  raw.destroy();
  await running.close();
});

const put = (item: Record<string, unknown>) => documents.send(new PutCommand({ TableName: 'records', Item: item }));
const get = async (pk: string, sk = 'a') => (await documents.send(new GetCommand({ TableName: 'records', Key: { pk, sk } }))).Item;

describe('tables', () => {
  test('a new on-demand table is active at the next look and carries the facts of the region', async () => {
    const { Table: table } = await raw.send(new DescribeTableCommand({ TableName: 'records' }));
    expect(table?.TableStatus).toBe('ACTIVE');
    expect(table?.TableArn).toBe('arn:aws:dynamodb:us-east-1:000000000000:table/records');
    expect(table?.CreationDateTime?.getTime()).toBe(START);
    expect(table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
    expect(table?.GlobalSecondaryIndexes?.[0]).toMatchObject({ IndexStatus: 'ACTIVE', IndexArn: `${table?.TableArn}/index/by-status` });
    const byArn = await raw.send(new DescribeTableCommand({ TableName: table?.TableArn }));
    expect(byArn.Table?.TableId).toBe(table?.TableId);
  });

  test('making a table twice, and looking for one that is not there, answer as AWS does', async () => {
    await expect(raw.send(new CreateTableCommand(TABLE))).rejects.toMatchObject({ name: 'ResourceInUseException' });
    await expect(raw.send(new DescribeTableCommand({ TableName: 'missing' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: missing not found',
    });
    await expect(documents.send(new GetCommand({ TableName: 'missing', Key: { pk: 'a' } }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('a protected table is not deleted until its protection is taken away', async () => {
    await raw.send(new UpdateTableCommand({ TableName: 'records', DeletionProtectionEnabled: true }));
    await expect(raw.send(new DeleteTableCommand({ TableName: 'records' }))).rejects.toMatchObject({ name: 'ValidationException' });
    await raw.send(new UpdateTableCommand({ TableName: 'records', DeletionProtectionEnabled: false }));
    await raw.send(new DeleteTableCommand({ TableName: 'records' }));
    expect((await raw.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });

  test('streams are refused in so many words, not silently dropped', async () => {
    const streaming = { ...TABLE, TableName: 'streaming', StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' as const } };
    await expect(raw.send(new CreateTableCommand(streaming))).rejects.toThrow(/Streams are not available/);
  });

  test('tags and point-in-time recovery are kept', async () => {
    const arn = 'arn:aws:dynamodb:us-east-1:000000000000:table/records';
    await raw.send(new TagResourceCommand({ ResourceArn: arn, Tags: [{ Key: 'stage', Value: 'test' }] }));
    const tags = await raw.send(new ListTagsOfResourceCommand({ ResourceArn: arn }));
    expect(tags.Tags).toEqual([
      { Key: 'team', Value: 'delivery' },
      { Key: 'stage', Value: 'test' },
    ]);
    await raw.send(new UpdateContinuousBackupsCommand({ TableName: 'records', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }));
    const backups = await raw.send(new DescribeContinuousBackupsCommand({ TableName: 'records' }));
    expect(backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).toBe('ENABLED');
  });
});

describe('items', () => {
  test('items are written, changed by expressions, queried by table and index, and deleted', async () => {
    await put({ pk: 'one', sk: 'a', status: 'open', count: 1, tags: new Set(['x']), nested: { deep: [1, 'two', null, true] } });
    await put({ pk: 'one', sk: 'b', status: 'closed' });
    const updated = await documents.send(
      new UpdateCommand({
        TableName: 'records',
        Key: { pk: 'one', sk: 'a' },
        UpdateExpression: 'SET #n.#d[0] = :zero ADD #c :one',
        ExpressionAttributeNames: { '#n': 'nested', '#d': 'deep', '#c': 'count' },
        ExpressionAttributeValues: { ':zero': 0, ':one': 1 },
        ReturnValues: 'ALL_NEW',
      }),
    );
    expect(updated.Attributes).toEqual({ pk: 'one', sk: 'a', status: 'open', count: 2, tags: new Set(['x']), nested: { deep: [0, 'two', null, true] } });
    const page = await documents.send(
      new QueryCommand({
        TableName: 'records',
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': 'one' },
        ScanIndexForward: false,
        Limit: 1,
      }),
    );
    expect(page.Items?.map((item) => item['sk'])).toEqual(['b']);
    expect(page.LastEvaluatedKey).toEqual({ pk: 'one', sk: 'b' });
    const open = await documents.send(
      new QueryCommand({
        TableName: 'records',
        IndexName: 'by-status',
        KeyConditionExpression: '#s = :open',
        ExpressionAttributeNames: { '#s': 'status' },
        ExpressionAttributeValues: { ':open': 'open' },
      }),
    );
    expect(open.Count).toBe(1);
    await documents.send(new DeleteCommand({ TableName: 'records', Key: { pk: 'one', sk: 'a' } }));
    expect(await get('one')).toBeUndefined();
  });

  test('a failed condition brings the item that made it fail, when asked', async () => {
    await put({ pk: 'one', sk: 'a', version: 7 });
    const attempt = new PutCommand({
      TableName: 'records',
      Item: { pk: 'one', sk: 'a', version: 1 },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(documents.send(attempt)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { pk: { S: 'one' }, sk: { S: 'a' }, version: { N: '7' } },
    });
    const missing = new UpdateCommand({
      TableName: 'records',
      Key: { pk: 'none', sk: 'a' },
      UpdateExpression: 'SET a = :a',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':a': 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(documents.send(missing)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
    const silent = new DeleteCommand({
      TableName: 'records',
      Key: { pk: 'one', sk: 'a' },
      ConditionExpression: 'version = :v',
      ExpressionAttributeValues: { ':v': 1 },
    });
    await expect(documents.send(silent)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
  });

  test('of many writers with the same expected version exactly one wins', async () => {
    await put({ pk: 'one', sk: 'a', version: 1 });
    const attempts = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        documents.send(
          new UpdateCommand({
            TableName: 'records',
            Key: { pk: 'one', sk: 'a' },
            UpdateExpression: 'SET version = :next, winner = :me',
            ConditionExpression: 'version = :expected',
            ExpressionAttributeValues: { ':next': 2, ':expected': 1, ':me': index },
          }),
        ),
      ),
    );
    expect(attempts.filter((attempt) => attempt.status === 'fulfilled')).toHaveLength(1);
  });

  test('a malformed expression is a ValidationException', async () => {
    await expect(
      documents.send(new QueryCommand({ TableName: 'records', KeyConditionExpression: 'pk == :p', ExpressionAttributeValues: { ':p': 'x' } })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put({ pk: 'only' })).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('transactions', () => {
  const first = { pk: 'one', sk: 'a' };
  const second = { pk: 'two', sk: 'a' };

  test('all actions take effect together', async () => {
    await put({ ...second, n: 1 });
    await documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: 'records', Item: { ...first, n: 1 } } },
          { Update: { TableName: 'records', Key: second, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } } },
          { ConditionCheck: { TableName: 'records', Key: { pk: 'absent', sk: 'a' }, ConditionExpression: 'attribute_not_exists(pk)' } },
        ],
      }),
    );
    const both = await documents.send(
      new TransactGetCommand({
        TransactItems: [
          { Get: { TableName: 'records', Key: first } },
          { Get: { TableName: 'records', Key: second } },
          { Get: { TableName: 'records', Key: { pk: 'absent', sk: 'a' } } },
        ],
      }),
    );
    expect(both.Responses?.map((response) => response.Item?.['n'])).toEqual([1, 2, undefined]);
  });

  test('one failed condition undoes everything and every reason is told in order', async () => {
    await put({ ...second, n: 5 });
    const attempt = documents.send(
      new TransactWriteCommand({
        TransactItems: [
          { Put: { TableName: 'records', Item: { ...first, n: 1 } } },
          {
            Delete: {
              TableName: 'records',
              Key: second,
              ConditionExpression: 'n = :n',
              ExpressionAttributeValues: { ':n': 6 },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );
    const error = await attempt.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TransactionCanceledException);
    expect((error as TransactionCanceledException).message).toContain('[None, ConditionalCheckFailed]');
    expect((error as TransactionCanceledException).CancellationReasons).toMatchObject([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'two' }, n: { N: '5' } } },
    ]);
    expect(await get('one')).toBeUndefined();
    expect(await get('two')).toEqual({ ...second, n: 5 });
  });

  test('a repeated token does the work once, and refuses other work', async () => {
    const add = (by: number) =>
      new TransactWriteCommand({
        ClientRequestToken: 'token-1',
        TransactItems: [{ Update: { TableName: 'records', Key: first, UpdateExpression: 'ADD n :by', ExpressionAttributeValues: { ':by': by } } }],
      });
    await documents.send(add(1));
    await documents.send(add(1));
    expect(await get('one')).toEqual({ ...first, n: 1 });
    await expect(documents.send(add(2))).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });

  test('the same item twice, and too many actions, are refused', async () => {
    const write = { Put: { TableName: 'records', Item: first } };
    await expect(documents.send(new TransactWriteCommand({ TransactItems: [write, write] }))).rejects.toThrow(/multiple operations on one item/);
    const many = Array.from({ length: 101 }, (_, index) => ({ Put: { TableName: 'records', Item: { pk: String(index), sk: 'a' } } }));
    await expect(documents.send(new TransactWriteCommand({ TransactItems: many }))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('time to live', () => {
  const enable = () => raw.send(new UpdateTimeToLiveCommand({ TableName: 'records', TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' } }));
  const inSeconds = (ms: number): number => Math.floor((START + ms) / 1000);
  const count = async () => (await documents.send(new ScanCommand({ TableName: 'records', Select: 'COUNT' }))).Count;

  test('expired items stay readable for a time and are then deleted by the clock', async () => {
    await put({ pk: 'before', sk: 'a', expiresAt: inSeconds(HOUR_MS) });
    await enable();
    await put({ pk: 'after', sk: 'a', expiresAt: inSeconds(2 * HOUR_MS) });
    await documents.send(
      new BatchWriteCommand({
        RequestItems: {
          records: [{ PutRequest: { Item: { pk: 'batch', sk: 'a', expiresAt: inSeconds(HOUR_MS) } } }, { PutRequest: { Item: { pk: 'stays', sk: 'a' } } }],
        },
      }),
    );
    await put({ pk: 'ancient', sk: 'a', expiresAt: 1 });
    await running.clock.runUntil(async () => running.clock.now() >= START + 49 * HOUR_MS, 100 * HOUR_MS);
    expect(await get('before')).toBeUndefined();
    expect(await get('batch')).toBeUndefined();
    expect(await get('after')).toBeDefined();
    await running.clock.runUntil(async () => (await count()) === 2, 100 * HOUR_MS);
    expect(running.clock.now()).toBe(START + 50 * HOUR_MS);
    expect(await get('stays')).toBeDefined();
    expect(await get('ancient')).toBeDefined();
  });

  test('an item whose expiry is moved on is not deleted at the old time', async () => {
    await enable();
    await put({ pk: 'one', sk: 'a', expiresAt: inSeconds(HOUR_MS) });
    await documents.send(
      new UpdateCommand({
        TableName: 'records',
        Key: { pk: 'one', sk: 'a' },
        UpdateExpression: 'SET expiresAt = :t',
        ExpressionAttributeValues: { ':t': inSeconds(200 * HOUR_MS) },
      }),
    );
    await running.clock.runUntil(() => running.clock.now() >= START + 49 * HOUR_MS, 400 * HOUR_MS);
    expect(await get('one')).toBeDefined();
  });

  test('the setting is described, and setting it twice is refused', async () => {
    expect((await raw.send(new DescribeTimeToLiveCommand({ TableName: 'records' }))).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
    await enable();
    expect((await raw.send(new DescribeTimeToLiveCommand({ TableName: 'records' }))).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expiresAt',
    });
    await expect(enable()).rejects.toThrow('TimeToLive is already enabled');
  });
});
