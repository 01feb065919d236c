// Crash counts in DynamoDB: a set of task ids per revision, so that the same task counts once however often its event comes.
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CRASHES_COUNTED_MAX, type CrashCount, type CrashStore } from '#ports/crash-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { crashKeys, type RecordsTable } from './records-table.ts';

/** Kept this long after the last crash, seconds. */
const KEPT_SECONDS = 7 * 86_400;

export function createDynamodbCrashStore(table: RecordsTable): CrashStore {
  const read = async (serviceKey: string, taskDefinitionArn: string): Promise<CrashCount> => {
    const { Item } = await callAws(`read crashes of ${taskDefinitionArn}`, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: crashKeys(serviceKey, taskDefinitionArn), ConsistentRead: true })),
    );
    return countOf(Item);
  };
  return {
    read,
    async record(serviceKey, taskDefinitionArn, crash) {
      const counted = await callAwsUnless(`count a crash of ${taskDefinitionArn}`, { ConditionalCheckFailedException: () => 'full' as const }, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: crashKeys(serviceKey, taskDefinitionArn),
            UpdateExpression: 'ADD taskIds :task SET lastReason = :reason, expiresAt = :expires, #schema = :schema',
            ConditionExpression: 'attribute_not_exists(taskIds) OR size(taskIds) < :max',
            ExpressionAttributeNames: { '#schema': 'schema' },
            ExpressionAttributeValues: {
              ':task': new Set([crash.taskId]),
              ':reason': crash.reason,
              ':expires': Math.floor(crash.at / 1000) + KEPT_SECONDS,
              ':max': CRASHES_COUNTED_MAX,
              ':schema': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return counted === 'full' ? read(serviceKey, taskDefinitionArn) : countOf(counted.Attributes);
    },
  };
}

function countOf(item: Readonly<Record<string, unknown>> | undefined): CrashCount {
  const taskIds: unknown = item?.['taskIds'];
  return { count: taskIds instanceof Set ? taskIds.size : 0, lastReason: String(item?.['lastReason'] ?? '') };
}
