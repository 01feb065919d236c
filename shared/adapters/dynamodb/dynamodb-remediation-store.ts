// Remediations and the logs of automatic actions in DynamoDB: one item each, each change one conditional write.
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { ACTION_LEASE_MILLISECONDS, type ActionLog, emptyActionLog } from '#core/remediation/budget.ts';
import { isUnattended, type Remediation } from '#core/remediation/remediation-record.ts';
import { PermanentError } from '#ports/errors.ts';
import type { RemediationStore, VersionedRemediation } from '#ports/remediation-store.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { LISTING_INDEX, PAGE_SIZE, queryItems, type RecordsTable, recordOf, recordText, withoutPrefix, writeVersioned } from './records-table.ts';
import { actionKeys, expiresAt, KEPT_SECONDS, paddedTime, remediationKeys } from './remediation-keys.ts';

const UNATTENDED = 'REMEDIATIONS';
const REMEDIATION = 'REMEDIATION#';

export function createDynamodbRemediationStore(table: RecordsTable): RemediationStore {
  const load = async (serviceKey: string, id: string): Promise<VersionedRemediation | undefined> => {
    const { Item } = await callAws(`read remediation ${id}`, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: remediationKeys(serviceKey, id), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : { remediation: recordOf<Remediation>(Item), version: Number(Item['version']) };
  };
  return {
    load,
    async create(remediation) {
      const listing = listingOf(remediation);
      const item = {
        ...remediationKeys(remediation.serviceKey, remediation.id),
        schema: 1,
        record: recordText(remediation),
        version: 1,
        expiresAt: kept(remediation),
        ...(listing === undefined ? {} : { listing: listing.name, listingOrder: listing.order }),
      };
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
        listing: listingOf(remediation),
        expiresAt: kept(remediation),
      }),
    async unattended(since, after) {
      const page = await callAws('list unattended remediations', () =>
        table.client.send(
          new QueryCommand({
            TableName: table.name,
            IndexName: LISTING_INDEX,
            KeyConditionExpression: 'listing = :listing AND listingOrder > :after',
            ExpressionAttributeValues: { ':listing': UNATTENDED, ':after': after ?? paddedTime(since) },
            Limit: PAGE_SIZE,
          }),
        ),
      );
      const items = page.Items ?? [];
      return {
        remediations: items.map((item) => ({ serviceKey: withoutPrefix(item['pk'], 'SERVICE#'), id: withoutPrefix(item['sk'], REMEDIATION) })),
        after: page.LastEvaluatedKey === undefined ? undefined : String(items.at(-1)?.['listingOrder']),
      };
    },
    async list(serviceKey, limit) {
      // Ids of incidents begin with their time, those of scans do not: each kind by itself, so that neither hides the other.
      const kinds = await Promise.all([listBetween(table, serviceKey, ['0', ':'], limit), listBetween(table, serviceKey, [':', '~'], limit)]);
      return kinds
        .flat()
        .toSorted((one, other) => other.requestedAt - one.requestedAt)
        .slice(0, limit);
    },
    async loadActions(serviceKey) {
      const { Item } = await callAws('read the log of automatic actions', () =>
        table.client.send(new GetCommand({ TableName: table.name, Key: actionKeys(serviceKey), ConsistentRead: true })),
      );
      return Item === undefined ? { log: emptyActionLog, version: undefined } : { log: recordOf<ActionLog>(Item), version: Number(Item['version']) };
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

async function listBetween(table: RecordsTable, serviceKey: string, [from, to]: readonly [string, string], limit: number): Promise<readonly Remediation[]> {
  const items = await queryItems(
    table,
    `list remediations of ${serviceKey}`,
    {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': `SERVICE#${serviceKey}`, ':from': `${REMEDIATION}${from}`, ':to': `${REMEDIATION}${to}` },
      ScanIndexForward: false,
      ConsistentRead: true,
    },
    limit,
  );
  return items.map((item) => recordOf<Remediation>(item));
}

function listingOf(remediation: Remediation): { readonly name: string; readonly order: string } | undefined {
  const { serviceKey, id, requestedAt, endedAt } = remediation;
  // One that a person approved a day later has just ended.
  return isUnattended(remediation) ? { name: UNATTENDED, order: `${paddedTime(endedAt ?? requestedAt)} ${serviceKey} ${id}` } : undefined;
}

function kept(remediation: Remediation): number {
  return expiresAt(remediation.updatedAt, KEPT_SECONDS.remediation);
}
