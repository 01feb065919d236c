// Service records in DynamoDB.
import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { ServiceStore, VersionedService } from '#ports/service-store.ts';
import { callAws } from '../operating-error.ts';
import { LISTING_INDEX, PAGE_SIZE, type RecordsTable, recordOf, serviceKeys, withoutPrefix, writeVersioned } from './records-table.ts';

export function createDynamodbServiceStore(table: RecordsTable): ServiceStore {
  return {
    async load(key) {
      const { Item } = await callAws(`read service ${key}`, () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: serviceKeys(key), ConsistentRead: true })),
      );
      return Item === undefined ? undefined : serviceFromItem(Item);
    },
    save: (record, expectedVersion, writeId) =>
      writeVersioned(table, { keys: serviceKeys(record.key), record, expectedVersion, writeId, listing: { name: 'SERVICES', order: record.key } }),
    async keys(after) {
      const page = await callAws('list services', () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            IndexName: LISTING_INDEX,
            KeyConditionExpression: after === undefined ? 'listing = :listing' : 'listing = :listing AND listingOrder > :after',
            ExpressionAttributeValues: { ':listing': 'SERVICES', ...(after === undefined ? {} : { ':after': after }) },
            Limit: PAGE_SIZE,
          }),
        ),
      );
      const keys = (page.Items ?? []).map((item) => withoutPrefix(item['pk'], 'SERVICE#'));
      return { keys, after: page.LastEvaluatedKey === undefined ? undefined : keys.at(-1) };
    },
  };
}

export function serviceFromItem(item: Readonly<Record<string, unknown>>): VersionedService {
  return { record: recordOf<ServiceRecord>(item), version: Number(item['version']) };
}
