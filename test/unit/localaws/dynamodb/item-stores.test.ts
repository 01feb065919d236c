// The two item stores must be told apart by nothing but their speed: the same calls get the same answers and the same errors.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createItemStore, type ItemStore } from '#localaws/dynamodb/item-store.ts';
import { createMemoryItemStore } from '#localaws/dynamodb/memory-item-store.ts';
import type { AwsShape } from '#localaws/region.ts';

const TABLE = {
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'pk', AttributeType: 'S' },
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'listing', AttributeType: 'S' },
    { AttributeName: 'listingOrder', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'listing',
      KeySchema: [
        { AttributeName: 'listing', KeyType: 'HASH' },
        { AttributeName: 'listingOrder', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
};

interface Asked {
  readonly operation: string;
  readonly input: AwsShape;
}

const key = fc.record({ pk: fc.constantFrom('a', 'b'), sk: fc.constantFrom('1', '2', '3') }).map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
const value: fc.Arbitrary<AwsShape> = fc.oneof(
  fc.string({ maxLength: 5 }).map((S) => ({ S })),
  fc.integer({ min: -1_000, max: 1_000 }).map((N) => ({ N: String(N) })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
  fc.constant({ M: { inner: { S: 'x' }, list: { L: [{ N: '1' }] } } }),
  // As JavaScript writes numbers near 0, and as DynamoDB keeps them.
  fc
    .constantFrom('1.1102230246251565e-16', '-2e-7', '1.5e-30', '0.00000000000000011102230246251565', '-0.00000015', '0e-7')
    .map((N) => ({ M: { list: { L: [{ N }] }, N: { N } } })),
  // What is wrong must be as wrong in both.
  fc.constant({ N: 'no number' }),
  fc.constant({ S: 'two', N: '1' }),
);
const call: fc.Arbitrary<Asked> = fc.oneof(
  key.map((Key) => ({ operation: 'GetItem', input: { Key, ConsistentRead: true } })),
  fc.uniqueArray(key, { minLength: 1, maxLength: 3, selector: ({ pk, sk }) => pk.S + sk.S }).map((keys) => ({ operation: 'BatchGetItem', input: { keys } })),
  fc.tuple(key, value, fc.boolean()).map(([Key, content, isNew]) => ({
    operation: 'PutItem',
    input: { Item: { ...Key, record: content, version: { N: '1' } }, ...(isNew ? { ConditionExpression: 'attribute_not_exists(pk)' } : {}) },
  })),
  fc.tuple(key, value, fc.integer({ min: 0, max: 2 }), fc.constantFrom('NONE', 'ALL_NEW', 'UPDATED_NEW')).map(([Key, content, expected, ReturnValues]) => ({
    operation: 'UpdateItem',
    input: {
      Key,
      UpdateExpression: 'SET #record = :record, #version = :version, listing = :listing, listingOrder = :order',
      ConditionExpression: '#version = :expected',
      ExpressionAttributeNames: { '#record': 'record', '#version': 'version' },
      ExpressionAttributeValues: {
        ':record': content,
        ':version': { N: '1' },
        ':expected': { N: String(expected) },
        ':listing': { S: 'ALL' },
        ':order': content,
      },
      ReturnValues,
    },
  })),
  key.map((Key) => ({
    operation: 'UpdateItem',
    input: {
      Key,
      UpdateExpression: 'ADD signals :one SET lastSignal = :signal REMOVE listing, listingOrder',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':one': { N: '1' }, ':signal': { M: { source: { S: 'x' } } } },
      ReturnValues: 'ALL_NEW',
    },
  })),
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('', '1', '2', '3', '4'), fc.constantFrom('', '1', '3'), fc.nat({ max: 4 }), fc.boolean())
    .map(([pk, from, to, Limit, ScanIndexForward]) => {
      const sorts = ['', ' AND begins_with(sk, :from)', ' AND sk > :from', ' AND sk BETWEEN :from AND :to'];
      const chosen = from === '' ? 0 : to === '' ? 1 + (Limit % 2) : 3;
      const values = { ':pk': { S: pk }, ...(chosen === 0 ? {} : { ':from': { S: from } }), ...(chosen === 3 ? { ':to': { S: to } } : {}) };
      const input = { KeyConditionExpression: `pk = :pk${sorts[chosen]}`, ExpressionAttributeValues: values, ScanIndexForward, ConsistentRead: true };
      return { operation: 'Query', input: { ...input, ...(Limit === 0 ? {} : { Limit }) } };
    }),
  fc
    .tuple(fc.string({ maxLength: 2 }), fc.constantFrom('ALL', 'NONE'), fc.constantFrom(1, 50), fc.boolean())
    .map(([after, listing, Limit, ConsistentRead]) => ({
      operation: 'Query',
      input: {
        IndexName: 'listing',
        KeyConditionExpression: after === '' ? 'listing = :all' : 'listing = :all AND listingOrder > :after',
        ExpressionAttributeValues: { ':all': { S: listing }, ...(after === '' ? {} : { ':after': { S: after } }) },
        Limit,
        ...(ConsistentRead ? { ConsistentRead } : {}),
      },
    })),
  // Beyond the direct way: unused values, a key that is changed, a path, a missing table, other operators.
  fc.constantFrom<Asked>(
    {
      operation: 'UpdateItem',
      input: { Key: { pk: { S: 'a' }, sk: { S: '1' } }, UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': { N: '1' }, ':y': { N: '2' } } },
    },
    {
      operation: 'UpdateItem',
      input: { Key: { pk: { S: 'a' }, sk: { S: '1' } }, UpdateExpression: 'SET pk = :x', ExpressionAttributeValues: { ':x': { S: 'c' } } },
    },
    {
      operation: 'UpdateItem',
      input: { Key: { pk: { S: 'a' }, sk: { S: '1' } }, UpdateExpression: 'SET record.inner = :x', ExpressionAttributeValues: { ':x': { S: 'c' } } },
    },
    { operation: 'UpdateItem', input: { Key: { pk: { S: 'a' } }, UpdateExpression: 'SET x = :x', ExpressionAttributeValues: { ':x': { S: 'c' } } } },
    {
      operation: 'UpdateItem',
      input: {
        Key: { pk: { S: 'a' }, sk: { S: '1' } },
        UpdateExpression: 'SET record = :x',
        ConditionExpression: 'size(record) > :x',
        ExpressionAttributeValues: { ':x': { N: '0' } },
      },
    },
    {
      operation: 'UpdateItem',
      input: { Key: { pk: { S: 'a' }, sk: { S: '1' } }, UpdateExpression: 'SET listing = :x', ExpressionAttributeValues: { ':x': { N: '0' } } },
    },
    { operation: 'GetItem', input: { TableName: 'nowhere', Key: { pk: { S: 'a' }, sk: { S: '1' } } } },
    {
      operation: 'BatchGetItem',
      input: {
        keys: [
          { pk: { S: 'a' }, sk: { S: '1' } },
          { pk: { S: 'a' }, sk: { S: '1' } },
        ],
      },
    },
    { operation: 'BatchGetItem', input: { keys: [] } },
    { operation: 'DeleteItem', input: { Key: { pk: { S: 'a' }, sk: { S: '2' } } } },
    { operation: 'Query', input: { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } }, ScanIndexForward: false, Limit: 2 } },
    { operation: 'Query', input: { IndexName: 'listing', KeyConditionExpression: 'listing = :all', ExpressionAttributeValues: { ':all': { S: 'ALL' } } } },
    { operation: 'Query', input: { KeyConditionExpression: 'sk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } } },
    { operation: 'Query', input: { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { N: '1' } } } },
    { operation: 'Query', input: { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' }, ':unused': { S: 'a' } } } },
    { operation: 'Query', input: { IndexName: 'none', KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } } },
    { operation: 'Scan', input: {} },
  ),
);

describe('the item store in memory and dynalite', () => {
  let stores: readonly [ItemStore, ItemStore];
  let tables = 0;
  beforeAll(() => {
    stores = [createItemStore(), createMemoryItemStore()];
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
  });

  const ask = async (store: ItemStore, table: string, { operation, input }: Asked): Promise<unknown> => {
    try {
      const given =
        operation === 'BatchGetItem' ? { RequestItems: { [table]: { Keys: input['keys'], ConsistentRead: true } } } : { TableName: table, ...input };
      const answer = JSON.parse(JSON.stringify(await store.run(operation, given))) as AwsShape;
      // DynamoDB promises no order of a batch.
      return operation === 'BatchGetItem' ? (answer['Responses'][table] as AwsShape[]).map((item) => JSON.stringify(item)).sort() : answer;
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return { code, message: message.replaceAll(table, 'TABLE') };
    }
  };

  test('answer the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 25 }), async (calls) => {
        const table = `table-${++tables}`;
        for (const store of stores) await store.run('CreateTable', { ...TABLE, TableName: table });
        // dynalite finishes a table in a timer, and refuses batches until then.
        while ((await stores[0].run('DescribeTable', { TableName: table }))['Table'].TableStatus !== 'ACTIVE')
          await new Promise((resolve) => setTimeout(resolve, 1));
        for (const one of calls) {
          const [theirs, ours] = [await ask(stores[0], table, one), await ask(stores[1], table, one)];
          expect({ of: one, answer: ours }).toEqual({ of: one, answer: theirs });
        }
      }),
      { numRuns: 150 },
    );
  });
});
