// Troubled container instances in DynamoDB: one item each, the newest version wins whatever order events come in.
import { QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type ContainerInstanceStore, TROUBLED_INSTANCES_MAX, type TroubledInstance } from '#ports/container-instance-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { PAGE_SIZE, type RecordsTable, recordOf, recordText } from './records-table.ts';
import { clusterKey, containerInstanceKeys, expiresAt, KEPT_SECONDS } from './remediation-keys.ts';

export function createDynamodbContainerInstanceStore(table: RecordsTable): ContainerInstanceStore {
  return {
    async record(cluster, instance) {
      const written = await callAwsUnless(`keep ${instance.containerInstanceArn}`, { ConditionalCheckFailedException: () => 'older' as const }, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: containerInstanceKeys(cluster, instance.containerInstanceArn),
            UpdateExpression: 'SET #record = :record, #version = :version, expiresAt = :expires, #schema = :schema',
            ConditionExpression: 'attribute_not_exists(#version) OR #version < :version',
            ExpressionAttributeNames: { '#record': 'record', '#version': 'version', '#schema': 'schema' },
            ExpressionAttributeValues: {
              ':record': recordText(instance),
              ':version': instance.version,
              ':expires': expiresAt(instance.at, KEPT_SECONDS.containerInstance),
              ':schema': 1,
            },
          }),
        ),
      );
      return written !== 'older';
    },
    async troubled(cluster, since) {
      const page = await callAws(`read troubled instances of ${cluster}`, () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': clusterKey(cluster), ':prefix': 'INSTANCE#' },
            ConsistentRead: true,
            Limit: PAGE_SIZE,
          }),
        ),
      );
      const known = (page.Items ?? []).map((item) => recordOf<TroubledInstance>(item)).filter(({ at }) => at >= since);
      return known.toSorted((one, other) => other.at - one.at).slice(0, TROUBLED_INSTANCES_MAX);
    },
  };
}
