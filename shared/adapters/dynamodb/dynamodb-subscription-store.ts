// Subscriptions in DynamoDB: one item per subscriber under the subject's key, and per service the list of what it subscribed to.
import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { SUBSCRIBERS_MAX, type Subscription, type SubscriptionStore } from '#ports/subscription-store.ts';
import { callAws } from '../operating-error.ts';
import { type RecordsTable, subscriptionListKeys, withoutPrefix } from './records-table.ts';

const prefixes = { repository: 'REPOSITORY#', deploymentGroup: 'DEPLOYMENT_GROUP#', alarm: 'ALARM#' } as const satisfies Record<Subscription['kind'], string>;

export function createDynamodbSubscriptionStore(table: RecordsTable): SubscriptionStore {
  const readList = async (serviceKey: string): Promise<readonly string[]> => {
    const { Item } = await callAws(`read subscriptions of ${serviceKey}`, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: subscriptionListKeys(serviceKey), ConsistentRead: true })),
    );
    return (Item?.['subjects'] ?? []) as readonly string[];
  };
  const writeList = (serviceKey: string, subjects: readonly string[]) =>
    callAws(`write subscriptions of ${serviceKey}`, () =>
      table.client.send(new PutCommand({ TableName: table.name, Item: { ...subscriptionListKeys(serviceKey), schema: 1, subjects } })),
    );
  return {
    async subscribers({ kind, name }) {
      const page = await callAws(`look up who wants ${kind} ${name}`, () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': `${prefixes[kind]}${name}` },
            ConsistentRead: true,
            Limit: SUBSCRIBERS_MAX,
          }),
        ),
      );
      return (page.Items ?? []).map((item) => withoutPrefix(item['sk'], 'SERVICE#'));
    },
    async replace(serviceKey, subscriptions) {
      const wanted = subscriptions.map(({ kind, name }) => `${prefixes[kind]}${name}`);
      const before = await readList(serviceKey);
      const obsolete = before.filter((subject) => !wanted.includes(subject));
      // What may exist is always on the list: a crash in between leaves nothing that the next replace would not find.
      await writeList(serviceKey, [...wanted, ...obsolete]);
      for (const pk of wanted) {
        await callAws(`subscribe ${serviceKey}`, () =>
          table.client.send(new PutCommand({ TableName: table.name, Item: { pk, sk: `SERVICE#${serviceKey}`, schema: 1 } })),
        );
      }
      for (const pk of obsolete) {
        await callAws(`unsubscribe ${serviceKey}`, () =>
          table.client.send(new DeleteCommand({ TableName: table.name, Key: { pk, sk: `SERVICE#${serviceKey}` } })),
        );
      }
      if (obsolete.length > 0) await writeList(serviceKey, wanted);
    },
  };
}
