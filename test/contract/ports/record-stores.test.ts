// What every store of records promises, asked of the DynamoDB adapters on the local AWS and, where it is installed, on moto: another
// DynamoDB that shares no line with ours.
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDynamodbCrashStore } from '#adapters/dynamodb/dynamodb-crash-store.ts';
import { createDynamodbDeploymentStore } from '#adapters/dynamodb/dynamodb-deployment-store.ts';
import { createDynamodbServiceStore } from '#adapters/dynamodb/dynamodb-service-store.ts';
import { createDynamodbSubscriptionStore } from '#adapters/dynamodb/dynamodb-subscription-store.ts';
import type { RecordsTable } from '#adapters/dynamodb/records-table.ts';
import { evolve, requestDeployment } from '#core/deployment/evolve.ts';
import { newServiceRecord } from '#core/service/service-record.ts';
import { CRASHES_COUNTED_MAX } from '#ports/crash-store.ts';
import { ConflictError } from '#ports/errors.ts';
import { freePorts } from '../../../cli/demo/free-ports.ts';
import { createDynamodb } from '../../../localaws/dynamodb/create-dynamodb.ts';
import { startRegion } from '../../../localaws/start-region.ts';
import { isInstalled } from '../../support/installed.ts';

interface Backend {
  readonly endpoint: string;
  stop(): Promise<void>;
}

async function localaws(): Promise<Backend> {
  const region = await startRegion({ services: [createDynamodb()] });
  return { endpoint: region.endpointUrl, stop: () => region.close() };
}

async function moto(): Promise<Backend> {
  const [port] = await freePorts();
  const server = spawn('moto_server', ['-p', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let look = 0; look < 100; look++) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) break;
    await wait(200);
  }
  return {
    endpoint,
    stop: async () => {
      server.kill('SIGKILL');
    },
  };
}

/** The table of resources/table.yml. */
async function createTable(endpoint: string): Promise<RecordsTable> {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  await client.send(
    new CreateTableCommand({
      TableName: 'weir',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'listing', 'listingOrder'].map(attribute),
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
    }),
  );
  return { client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }), name: 'weir' };
}

const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:a', tag: '1', pushedAt: 1, source: 'push' as const };
const service = (key: string) => newServiceRecord(key, { version: 1 }, { onPush: 'queue', frozen: undefined }, 0);

describe.each([
  ['the local AWS', localaws, true],
  ['moto', moto, isInstalled('moto_server')],
] as const)('on %s', (_name, start, installed) => {
  const when = installed ? test : test.skip;
  let backend: Backend | undefined;
  let table: RecordsTable;
  beforeAll(async () => {
    if (!installed) return;
    backend = await start();
    table = await createTable(backend.endpoint);
  }, 60_000);
  afterAll(async () => backend?.stop());

  when('a service record is written by whoever read it last, and by nobody else', async () => {
    const store = createDynamodbServiceStore(table);
    expect(await store.load('prod/orders')).toBeUndefined();
    expect(await store.save(service('prod/orders'), undefined, 'w1')).toBe(1);
    await expect(store.save(service('prod/orders'), undefined, 'w2')).rejects.toThrow(ConflictError);
    expect(await store.save({ ...service('prod/orders'), fence: 7 }, 1, 'w3')).toBe(2);
    await expect(store.save(service('prod/orders'), 1, 'w4')).rejects.toThrow(ConflictError);
    expect(await store.load('prod/orders')).toMatchObject({ version: 2, record: { fence: 7 } });
  });

  when('a write whose answer was lost succeeds when it is tried again', async () => {
    const store = createDynamodbServiceStore(table);
    await store.save(service('prod/lost'), undefined, 'same');
    expect(await store.save(service('prod/lost'), undefined, 'same')).toBe(1);
    expect((await store.keys(undefined)).keys).toEqual(['prod/lost', 'prod/orders']);
  });

  when('a deployment is created once, and its ended records leave the list of unfinished ones', async () => {
    const store = createDynamodbDeploymentStore(table);
    const first = requestDeployment('20260101T000000-a', 'prod/orders', request, 10);
    expect(await store.create(first)).toMatchObject({ version: 1, signals: 0 });
    expect(await store.create({ ...first, requestedAt: 99 })).toMatchObject({ deployment: { requestedAt: 10 } });
    await store.create(requestDeployment('20260102T000000-b', 'prod/orders', request, 5));
    expect((await store.unfinished(undefined)).deployments.map((one) => [one.deploymentId, one.updatedAt])).toEqual([
      ['20260102T000000-b', 5],
      ['20260101T000000-a', 10],
    ]);
    await store.save(evolve(first, { type: 'Refused', reason: 'frozen' }, 20), 1, 'w');
    expect((await store.unfinished(undefined)).deployments.map((one) => one.deploymentId)).toEqual(['20260102T000000-b']);
    expect((await store.history('prod/orders', 10)).map((one) => one.id)).toEqual(['20260102T000000-b', '20260101T000000-a']);
  });

  when('a signal and a token meet in whichever order they come', async () => {
    const store = createDynamodbDeploymentStore(table);
    const id = '20260103T000000-c';
    const signal = { source: 'task', note: 'crashed' } as const;
    await store.create(requestDeployment(id, 'prod/orders', request, 1));
    expect(await store.await('prod/orders', id, 'token-1', 0)).toBe(true);
    expect(await store.signal('prod/orders', id, signal)).toEqual({ token: 'token-1' });
    expect(await store.await('prod/orders', id, 'token-2', 0)).toBe(false);
    expect(await store.await('prod/orders', id, 'token-2', 1)).toBe(true);
    expect(await store.signal('prod/orders', 'unknown', signal)).toEqual({ token: undefined });
  });

  when('a signal in between does not disturb the next write of the record', async () => {
    const store = createDynamodbDeploymentStore(table);
    const id = '20260104T000000-d';
    const made = await store.create(requestDeployment(id, 'prod/orders', request, 1));
    await store.signal('prod/orders', id, { source: 'alarm', note: 'red' });
    expect(await store.save(made.deployment, made.version, 'w')).toBe(2);
    expect(await store.load('prod/orders', id)).toMatchObject({ version: 2, signals: 1 });
  });

  when('a task that crashes is counted once, and counting ends at its limit', async () => {
    const store = createDynamodbCrashStore(table);
    const crash = (taskId: string) => store.record('prod/orders', 'orders:2', { taskId, reason: 'exit code 1', at: 1_000 });
    expect(await store.read('prod/orders', 'orders:2')).toEqual({ count: 0, lastReason: '' });
    expect(await crash('t1')).toEqual({ count: 1, lastReason: 'exit code 1' });
    expect(await crash('t1')).toMatchObject({ count: 1 });
    await Promise.all(Array.from({ length: CRASHES_COUNTED_MAX + 5 }, (_, index) => crash(`t${index + 2}`)));
    expect((await store.read('prod/orders', 'orders:2')).count).toBe(CRASHES_COUNTED_MAX);
  });

  when('subscriptions are replaced as a whole', async () => {
    const store = createDynamodbSubscriptionStore(table);
    const repository = { kind: 'repository', name: '111122223333/team/orders' } as const;
    const alarm = { kind: 'alarm', name: 'orders-5xx' } as const;
    await store.replace('prod/orders', [repository, alarm]);
    await store.replace('prod/carts', [repository]);
    expect((await store.subscribers(repository)).toSorted()).toEqual(['prod/carts', 'prod/orders']);
    await store.replace('prod/orders', [alarm]);
    expect(await store.subscribers(repository)).toEqual(['prod/carts']);
    expect(await store.subscribers(alarm)).toEqual(['prod/orders']);
  });
});
