// What was told, in DynamoDB: one small item per notification and channel, one per thread.
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type NotificationStore, TELLING_CLAIM_SECONDS, type Telling } from '#ports/notification-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import type { RecordsTable } from './records-table.ts';
import { expiresAt, KEPT_SECONDS, notificationKeys, threadKeys } from './remediation-keys.ts';

export function createDynamodbNotificationStore(table: RecordsTable): NotificationStore {
  const where = ({ serviceKey, id, channel }: Telling) => ({ TableName: table.name, Key: notificationKeys(serviceKey, id, channel) });
  return {
    async claim(telling, at) {
      const refused = await callAwsUnless(
        `claim notification ${telling.id}`,
        { ConditionalCheckFailedException: (error) => (wasTold(error) ? ('told' as const) : ('taken' as const)) },
        () =>
          table.client.send(
            new UpdateCommand({
              ...where(telling),
              UpdateExpression: 'SET claimedUntil = :until, expiresAt = :expires, #schema = :schema',
              ConditionExpression: 'attribute_not_exists(toldAt) AND (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)',
              ExpressionAttributeNames: { '#schema': 'schema' },
              ExpressionAttributeValues: {
                ':until': at + TELLING_CLAIM_SECONDS * 1000,
                ':now': at,
                ':expires': expiresAt(at, KEPT_SECONDS.notification),
                ':schema': 1,
              },
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            }),
          ),
      );
      return typeof refused === 'string' ? refused : 'claimed';
    },
    async recordTold(telling, at) {
      await callAws(`record that notification ${telling.id} was told`, () =>
        table.client.send(
          new UpdateCommand({
            ...where(telling),
            UpdateExpression: 'SET toldAt = if_not_exists(toldAt, :at), expiresAt = :expires, #schema = :schema REMOVE claimedUntil',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: { ':at': at, ':expires': expiresAt(at, KEPT_SECONDS.notification), ':schema': 1 },
          }),
        ),
      );
    },
    async release(telling) {
      await callAws(`release notification ${telling.id}`, () =>
        table.client.send(new UpdateCommand({ ...where(telling), UpdateExpression: 'REMOVE claimedUntil' })),
      );
    },
    async loadThread(serviceKey, thread) {
      const { Item } = await callAws(`read thread ${thread}`, () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: threadKeys(serviceKey, thread), ConsistentRead: true })),
      );
      return Item === undefined ? undefined : String(Item['answer']);
    },
    async recordThread(serviceKey, thread, answer, at) {
      await callAws(`keep thread ${thread}`, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: threadKeys(serviceKey, thread),
            UpdateExpression: 'SET answer = if_not_exists(answer, :answer), expiresAt = :expires, #schema = :schema',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: { ':answer': answer, ':expires': expiresAt(at, KEPT_SECONDS.notification), ':schema': 1 },
          }),
        ),
      );
    },
  };
}

/** The document client hands the item of a failed condition over in the wire's form. */
function wasTold(error: Error): boolean {
  return (error as Error & { readonly Item?: Readonly<Record<string, unknown>> }).Item?.['toldAt'] !== undefined;
}
