// Deployment records, signals and task tokens in DynamoDB: one item per deployment, each change one conditional write.
import { GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { isGuarded } from '#core/deployment/guard-state.ts';
import type { DeploymentStore, VersionedDeployment } from '#ports/deployment-store.ts';
import { PermanentError } from '#ports/errors.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';
import { serviceFromItem } from './dynamodb-service-store.ts';
import {
  deploymentKeys,
  LISTING_INDEX,
  PAGE_SIZE,
  queryItems,
  type RecordsTable,
  readItems,
  recordOf,
  recordText,
  serviceKeys,
  withoutPrefix,
  writeVersioned,
} from './records-table.ts';

type Listing = 'UNFINISHED' | 'GUARDED';

const conditionFailed = 'ConditionalCheckFailedException';
/** Digits of an epoch in milliseconds until the year 5138, so that text order is time order. */
const TIME_DIGITS = 14;

export function createDynamodbDeploymentStore(table: RecordsTable): DeploymentStore {
  const load = async (serviceKey: string, deploymentId: string): Promise<VersionedDeployment | undefined> => {
    const { Item } = await callAws(`read deployment ${deploymentId}`, () =>
      table.client.send(new GetCommand({ TableName: table.name, Key: deploymentKeys(serviceKey, deploymentId), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : fromItem(Item);
  };
  return {
    load,
    async loadWithService(serviceKey, deploymentId) {
      const items = await readItems(table, `read deployment ${deploymentId}`, [serviceKeys(serviceKey), deploymentKeys(serviceKey, deploymentId)]);
      const service = items.find((item) => item['sk'] === serviceKeys(serviceKey).sk);
      const deployment = items.find((item) => item['sk'] === deploymentKeys(serviceKey, deploymentId).sk);
      return {
        service: service === undefined ? undefined : serviceFromItem(service),
        deployment: deployment === undefined ? undefined : fromItem(deployment),
      };
    },
    async create(deployment) {
      const item = {
        ...deploymentKeys(deployment.serviceKey, deployment.id),
        schema: 1,
        record: recordText(deployment),
        version: 1,
        signals: 0,
        ...listingAttributes(deployment),
      };
      const created = await callAwsUnless(`create deployment ${deployment.id}`, { [conditionFailed]: () => 'exists' as const }, () =>
        table.client.send(new PutCommand({ TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' })),
      );
      if (created !== 'exists') return { deployment, version: 1, signals: 0 };
      const existing = await load(deployment.serviceKey, deployment.id);
      if (existing === undefined) throw new PermanentError(`deployment ${deployment.id} exists and cannot be read`);
      return existing;
    },
    save: (deployment, expectedVersion, writeId) =>
      writeVersioned(table, {
        keys: deploymentKeys(deployment.serviceKey, deployment.id),
        record: deployment,
        expectedVersion,
        writeId,
        listing: listingOf(deployment),
      }),
    async signal(serviceKey, deploymentId, signal) {
      const changed = await callAwsUnless(`signal deployment ${deploymentId}`, { [conditionFailed]: () => undefined }, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: deploymentKeys(serviceKey, deploymentId),
            UpdateExpression: 'ADD signals :one SET lastSignal = :signal',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':one': 1, ':signal': signal },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      const token: unknown = changed?.Attributes?.['token'];
      return { token: typeof token === 'string' ? token : undefined };
    },
    async await(serviceKey, deploymentId, token, seenSignals) {
      const changed = await callAwsUnless(`await a signal for ${deploymentId}`, { [conditionFailed]: () => 'signalled' as const }, () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: deploymentKeys(serviceKey, deploymentId),
            UpdateExpression: 'SET #token = :token',
            ConditionExpression: 'signals = :seen',
            ExpressionAttributeNames: { '#token': 'token' },
            ExpressionAttributeValues: { ':token': token, ':seen': seenSignals },
          }),
        ),
      );
      return changed !== 'signalled';
    },
    unfinished: (after) => list(table, 'UNFINISHED', after),
    guarded: (after) => list(table, 'GUARDED', after),
    history: (serviceKey, limit) => listHistory(table, serviceKey, limit),
  };
}

async function list(table: RecordsTable, name: Listing, after: string | undefined): ReturnType<DeploymentStore['unfinished']> {
  const page = await callAws(`list ${name} deployments`, () =>
    table.client.send(
      new QueryCommand({
        TableName: table.name,
        IndexName: LISTING_INDEX,
        KeyConditionExpression: after === undefined ? 'listing = :listing' : 'listing = :listing AND listingOrder > :after',
        ExpressionAttributeValues: { ':listing': name, ...(after === undefined ? {} : { ':after': after }) },
        Limit: PAGE_SIZE,
      }),
    ),
  );
  const items = page.Items ?? [];
  return {
    deployments: items.map((item) => ({
      serviceKey: withoutPrefix(item['pk'], 'SERVICE#'),
      deploymentId: withoutPrefix(item['sk'], 'DEPLOYMENT#'),
      updatedAt: Number(String(item['listingOrder']).slice(0, TIME_DIGITS)),
    })),
    after: page.LastEvaluatedKey === undefined ? undefined : String(items.at(-1)?.['listingOrder']),
  };
}

async function listHistory(table: RecordsTable, serviceKey: string, limit: number): Promise<readonly Deployment[]> {
  const items = await queryItems(
    table,
    `list deployments of ${serviceKey}`,
    {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': `SERVICE#${serviceKey}`, ':prefix': 'DEPLOYMENT#' },
      ScanIndexForward: false,
    },
    limit,
  );
  return items.map((item) => recordOf<Deployment>(item));
}

function fromItem(item: Readonly<Record<string, unknown>>): VersionedDeployment {
  return { deployment: recordOf<Deployment>(item), version: Number(item['version']), signals: Number(item['signals'] ?? 0) };
}

function listingOrder(deployment: Deployment): string {
  return `${String(deployment.updatedAt).padStart(TIME_DIGITS, '0')}#${deployment.serviceKey}#${deployment.id}`;
}

function listingAttributes(deployment: Deployment): Readonly<Record<string, string>> {
  const listing = listingOf(deployment);
  return listing === undefined ? {} : { listing: listing.name, listingOrder: listing.order };
}

/** Listed as long as somebody has to look after it: the workflow, then the guard. */
function listingOf(deployment: Deployment): { readonly name: Listing; readonly order: string } | undefined {
  if (!isTerminal(deployment.status)) return { name: 'UNFINISHED', order: listingOrder(deployment) };
  return isGuarded(deployment) ? { name: 'GUARDED', order: listingOrder(deployment) } : undefined;
}
