// Reading a few records with one call: DynamoDB may answer a part of what it was asked for.

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { readItems } from '#adapters/dynamodb/records-table.ts';
import { RetryableError } from '#ports/errors.ts';

const documents = mockClient(DynamoDBDocumentClient);
const table = { client: DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' })), name: 'weir' };
const keys = [
  { pk: 'SERVICE#prod/orders', sk: 'SERVICE' },
  { pk: 'SERVICE#prod/orders', sk: 'DEPLOYMENT#1' },
];

beforeEach(() => {
  documents.reset();
});

test('what was left unprocessed is asked for again, and nothing else', async () => {
  const [service, deployment] = keys;
  documents
    .on(BatchGetCommand)
    .resolvesOnce({ Responses: { weir: [{ ...service, version: 1 }] }, UnprocessedKeys: { weir: { Keys: [{ ...deployment }] } } })
    .resolvesOnce({ Responses: { weir: [{ ...deployment, version: 2 }] } });
  expect(await readItems(table, 'read a deployment', keys)).toEqual([
    { ...service, version: 1 },
    { ...deployment, version: 2 },
  ]);
  expect(documents.commandCalls(BatchGetCommand).map((call) => call.args[0].input.RequestItems?.['weir']?.Keys)).toEqual([keys, [deployment]]);
});

test('items that are never read are no items that are not there', async () => {
  documents.on(BatchGetCommand).resolves({ Responses: {}, UnprocessedKeys: { weir: { Keys: keys.map((key) => ({ ...key })) } } });
  await expect(readItems(table, 'read a deployment', keys)).rejects.toThrow(RetryableError);
});
