// Remediations and the logs of automatic actions in DynamoDB: one item each, each change one conditional write.
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ACTION_LEASE_MILLISECONDS, type ActionLog, emptyActionLog } from '#core/remediation/budget.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { PermanentError } from '#ports/errors.ts';
import type { RemediationStore, VersionedRemediation } from '#ports/remediation-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { type RecordsTable, writeVersioned } from './records-table.ts';
import { actionKeys, expiresAt, KEPT_SECONDS, remediationKeys } from './remediation-keys.ts';

export function createDynamodbRemediationStore(table: RecordsTable): RemediationStore {
  const load = async (serviceKey: string, id: string): Promise<VersionedRemediation | undefined> => {
    const { Item } = await callAws(`read remediation ${id}`, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: remediationKeys(serviceKey, id), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : { remediation: Item['record'] as Remediation, version: Number(Item['version']) };
  };
  return {
    load,
    async create(remediation) {
      const item = { ...remediationKeys(remediation.serviceKey, remediation.id), schema: 1, record: remediation, version: 1, expiresAt: kept(remediation) };
      const created = await callAwsUnless(`create remediation ${remediation.id}`, { ConditionalCheckFailedException: () => 'exists' as const }, () =>
        table.client.send(new PutCommand({ TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' })),
      );
      if (created !== 'exists') return { remediation, version: 1 };
      const existing = await load(remediation.serviceKey, remediation.id);
      if (existing === undefined) throw new PermanentError(`remediation ${remediation.id} exists and cannot be read`);
      return existing;
    },
    save: (remediation, expectedVersion, writeId) =>
      writeVersioned(table, {
        keys: remediationKeys(remediation.serviceKey, remediation.id),
        record: remediation,
        expectedVersion,
        writeId,
        listing: undefined,
        expiresAt: kept(remediation),
      }),
    async list(serviceKey, limit) {
      const page = await callAws(`list remediations of ${serviceKey}`, () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': `SERVICE#${serviceKey}`, ':prefix': 'REMEDIATION#' },
            ScanIndexForward: false,
            ConsistentRead: true,
            Limit: limit,
          }),
        ),
      );
      return (page.Items ?? []).map((item) => item['record'] as Remediation);
    },
    async loadActions(serviceKey) {
      const { Item } = await callAws('read the log of automatic actions', () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: actionKeys(serviceKey), ConsistentRead: true })),
      );
      return Item === undefined ? { log: emptyActionLog, version: undefined } : { log: Item['record'] as ActionLog, version: Number(Item['version']) };
    },
    async saveActions(serviceKey, log, expectedVersion, writeId) {
      const newest = log.actions.at(-1)?.at ?? 0;
      await writeVersioned(table, {
        keys: actionKeys(serviceKey),
        record: log,
        expectedVersion,
        writeId,
        listing: undefined,
        // An action that nobody ended holds its place for the length of its lease.
        expiresAt: expiresAt(newest + ACTION_LEASE_MILLISECONDS, KEPT_SECONDS.actions),
      });
    },
  };
}

function kept(remediation: Remediation): number {
  return expiresAt(remediation.updatedAt, KEPT_SECONDS.remediation);
}
