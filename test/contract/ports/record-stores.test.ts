// What every store of records promises, asked of the DynamoDB adapters on the local AWS and, where it is installed, on moto: another
// DynamoDB that shares no line with ours.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDynamodbContainerInstanceStore } from '#adapters/dynamodb/dynamodb-container-instance-store.ts';
import { createDynamodbCrashStore } from '#adapters/dynamodb/dynamodb-crash-store.ts';
import { createDynamodbDeploymentStore } from '#adapters/dynamodb/dynamodb-deployment-store.ts';
import { createDynamodbIncidentStore } from '#adapters/dynamodb/dynamodb-incident-store.ts';
import { createDynamodbNotificationStore } from '#adapters/dynamodb/dynamodb-notification-store.ts';
import { createDynamodbRemediationStore } from '#adapters/dynamodb/dynamodb-remediation-store.ts';
import { createDynamodbServiceStore } from '#adapters/dynamodb/dynamodb-service-store.ts';
import { createDynamodbSubscriptionStore } from '#adapters/dynamodb/dynamodb-subscription-store.ts';
import type { RecordsTable } from '#adapters/dynamodb/records-table.ts';
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';
import { evolve, requestDeployment } from '#core/deployment/evolve.ts';
import { emptyActionLog } from '#core/remediation/budget.ts';
import { observeMinutes } from '#core/remediation/incident.ts';
import { evolveRemediation, requestRemediation } from '#core/remediation/remediation-record.ts';
import { newServiceRecord } from '#core/service/service-record.ts';
import { CRASHES_TOLD_APART_MAX, type CrashCount, type CrashStore } from '#ports/crash-store.ts';
import { ConflictError } from '#ports/errors.ts';
import { SIGHTINGS_TOLD_APART_MAX } from '#ports/incident-store.ts';
import { TELLING_CLAIM_SECONDS } from '#ports/notification-store.ts';
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

/** Reads the count of one revision. */
const countOf =
  (store: CrashStore) =>
  async (taskDefinitionArn: string, since = 0): Promise<CrashCount> => {
    const [count] = await store.read('prod/orders', [{ taskDefinitionArn, since }]);
    if (count === undefined) throw new Error('the store answered nothing');
    return count;
  };

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

  when('a history is whole also where its records fill more than one page of 1 MB, and no longer than asked for', async () => {
    const store = createDynamodbDeploymentStore(table);
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'].map((end, index) => `2026020${index + 1}T000000-${end}`);
    for (const id of ids) {
      const fat = requestDeployment(id, 'prod/fat', request, 1);
      await store.create({ ...fat, timeline: Array.from({ length: 100 }, () => ({ at: 1, type: 'RoundPassed' as const, text: 'x'.repeat(3_000) })) });
    }
    expect((await store.history('prod/fat', 10)).map((one) => one.id)).toEqual(ids.toReversed());
    expect((await store.history('prod/fat', 5)).map((one) => one.id)).toEqual(ids.toReversed().slice(0, 5));
    expect(await store.history('prod/nobody', 5)).toEqual([]);
  });

  when('a success is listed as guarded as long as its guard window is open', async () => {
    const store = createDynamodbDeploymentStore(table);
    const made = await store.create(requestDeployment('20260105T000000-e', 'prod/guarded', request, 1));
    const succeeded = evolve(made.deployment, { type: 'Concluded', status: 'Succeeded', reason: 'green' }, 30);
    const guarded = evolve(succeeded, { type: 'GuardStarted' }, 40);
    const version = await store.save(guarded, made.version, 'w1');
    expect((await store.guarded(undefined)).deployments).toEqual([{ serviceKey: 'prod/guarded', deploymentId: '20260105T000000-e', updatedAt: 40 }]);
    expect((await store.unfinished(undefined)).deployments.map((one) => one.deploymentId)).not.toContain('20260105T000000-e');
    await store.save(evolve(guarded, { type: 'GuardEnded', kind: 'over', why: 'time', evidence: [], isNews: false }, 50), version, 'w2');
    expect((await store.guarded(undefined)).deployments).toEqual([]);
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

  when('a deployment and its service are read with one call, and either may be missing', async () => {
    const deployments = createDynamodbDeploymentStore(table);
    const id = '20260106T000000-f';
    expect(await deployments.loadWithService('prod/pair', id)).toEqual({ service: undefined, deployment: undefined });
    await deployments.create(requestDeployment(id, 'prod/pair', request, 1));
    expect(await deployments.loadWithService('prod/pair', id)).toMatchObject({ service: undefined, deployment: { version: 1, deployment: { id } } });
    await createDynamodbServiceStore(table).save({ ...service('prod/pair'), fence: 3 }, undefined, 'w');
    expect(await deployments.loadWithService('prod/pair', id)).toMatchObject({ service: { version: 1, record: { fence: 3 } }, deployment: { signals: 0 } });
  });

  when('a signal in between does not disturb the next write of the record', async () => {
    const store = createDynamodbDeploymentStore(table);
    const id = '20260104T000000-d';
    const made = await store.create(requestDeployment(id, 'prod/orders', request, 1));
    await store.signal('prod/orders', id, { source: 'alarm', note: 'red' });
    expect(await store.save(made.deployment, made.version, 'w')).toBe(2);
    expect(await store.load('prod/orders', id)).toMatchObject({ version: 2, signals: 1 });
  });

  when(
    'a task that crashes is counted once, and beyond those told apart each is counted',
    async () => {
      const store = createDynamodbCrashStore(table);
      const read = countOf(store);
      const crash = (taskId: string) =>
        store.record('prod/orders', 'orders:2', { taskId, code: 'exitError', text: 'exit code 1', remedy: 'Read the log.', container: 'app', at: 1_000 });
      expect(await read('orders:2')).toEqual({ count: 0, total: 0, lastReason: '', causes: [] });
      const last = { lastAt: 1_000, lastText: 'exit code 1', lastTaskId: 't1', container: 'app', remedy: 'Read the log.' };
      expect(await crash('t1')).toEqual({ count: 1, total: 1, lastReason: 'exit code 1', causes: [{ code: 'exitError', count: 1, ...last }] });
      expect(await crash('t1')).toMatchObject({ count: 1 });
      await Promise.all(Array.from({ length: CRASHES_TOLD_APART_MAX + 5 }, (_, index) => crash(`t${index + 2}`)));
      const { count } = await read('orders:2');
      expect(count).toBeGreaterThanOrEqual(CRASHES_TOLD_APART_MAX);
      await crash('t1');
      await crash('more1');
      await crash('more2');
      expect(await read('orders:2')).toMatchObject({ count: count + 2, total: count + 2 });
      expect((await read('orders:2', 1_000)).count).toBe(0);
      expect(await store.ofTask('prod/orders', 'orders:2', 't1')).toEqual({ at: 1_000, code: 'exitError' });
      expect(await store.ofTask('prod/orders', 'orders:2', 'more2')).toBeUndefined();
      await store.noteHealthy('prod/orders', 'orders:2', { targets: 1, at: 1_500, reset: true });
      expect((await read('orders:2')).count).toBe(0);
      // moto reads its whole item anew with every update.
    },
    120_000,
  );

  when('crashes are told apart by cause and time, and those before a reset are forgiven', async () => {
    const store = createDynamodbCrashStore(table);
    const read = countOf(store);
    const crash = (taskId: string, code: 'exitError' | 'outOfMemory', at: number) =>
      store.record('prod/orders', 'orders:3', { taskId, code, text: `${code} at ${at}`, remedy: 'Look.', at });
    await crash('t1', 'exitError', 1_000);
    await crash('t2', 'outOfMemory', 2_000);
    // An event that comes again later does not make the crash a later one.
    await crash('t1', 'exitError', 9_000);
    await crash('t3', 'outOfMemory', 3_000);
    expect(await read('orders:3')).toMatchObject({
      count: 3,
      total: 3,
      causes: [
        { code: 'outOfMemory', count: 2, lastTaskId: 't3' },
        { code: 'exitError', count: 1 },
      ],
    });
    expect(await read('orders:3', 2_000)).toMatchObject({ count: 1, total: 3, causes: [{ code: 'outOfMemory', count: 1 }] });
    await store.noteHealthy('prod/orders', 'orders:3', { targets: 1, at: 2_500, reset: true });
    await store.noteHealthy('prod/orders', 'orders:3', { targets: 0, at: 2_600, reset: false });
    expect(await read('orders:3')).toMatchObject({ count: 1, total: 3, healthyTargets: 0 });
    // Blue and green of a deployment with one read, the same revision on both sides too.
    const pair = [{ taskDefinitionArn: 'orders:3', since: 2_600 }, { taskDefinitionArn: 'orders:9' }, { taskDefinitionArn: 'orders:3' }];
    expect((await store.read('prod/orders', pair)).map(({ count, total }) => [count, total])).toEqual([
      [1, 3],
      [0, 0],
      [1, 3],
    ]);
    expect((await crash('t4', 'exitError', 2_400)).count).toBe(1);
  });

  when('sightings are counted by minute and cause, each event once while the minute tells them apart', async () => {
    const store = createDynamodbIncidentStore(table, (text) => createHash('sha256').update(text).digest('hex'));
    const minute = 600 * 60_000;
    const sighting = (id: string, code: StopCauseCode = 'exitError', at = minute) => ({ id, at, code, crash: true, text: `${id} ended` });
    expect(await store.count('prod/orders', 'orders:2', sighting('a'))).toMatchObject({ repeated: false, minute: { count: 1, crashes: 1 } });
    expect(await store.count('prod/orders', 'orders:2', sighting('a'))).toMatchObject({ repeated: true, minute: { count: 1 } });
    await store.count('prod/orders', 'orders:2', sighting('b', 'outOfMemory', minute + 59_999));
    await store.count('prod/orders', 'orders:2', sighting('c', 'exitError', minute + 60_000));
    await store.count('prod/orders', 'orders:20', sighting('d'));
    expect(await store.minutes('prod/orders', 'orders:2', minute)).toMatchObject([
      {
        minute,
        count: 2,
        causes: expect.arrayContaining([
          { code: 'exitError', count: 1, lastAt: minute, lastText: 'a ended' },
          { code: 'outOfMemory', count: 1, lastAt: minute + 59_999, lastText: 'b ended' },
        ]),
      },
      { minute: minute + 60_000, count: 1 },
    ]);
    expect(await store.minutes('prod/orders', 'orders:2', minute + 60_000)).toHaveLength(1);
    // One after the other: moto loses updates that come at once.
    for (let index = 0; index < SIGHTINGS_TOLD_APART_MAX + 40; index++) await store.count('prod/storm', 'orders:2', sighting(`s${index}`));
    expect(await store.minutes('prod/storm', 'orders:2', minute)).toMatchObject([{ count: SIGHTINGS_TOLD_APART_MAX + 40 }]);
  });

  when('an incident is written by whoever read it last, and unknown words are kept by what they have in common', async () => {
    const store = createDynamodbIncidentStore(table, (text) => createHash('sha256').update(text).digest('hex'));
    const minutes = [{ minute: 0, count: 1, crashes: 1, causes: [] }];
    const incident = observeMinutes(undefined, 'prod/orders', 'orders:2', minutes);
    if (incident === undefined) throw new Error('no incident');
    expect(await store.save(incident, undefined, 'w')).toBe(1);
    await expect(store.save(incident, undefined, 'x')).rejects.toThrow(ConflictError);
    expect(await store.load('prod/orders', 'orders:2')).toEqual({ incident, version: 1 });
    expect(await store.recordUnknownReason('prod/orders', 'print', 'first words', 1)).toEqual({ seen: 1, firstAt: 1, told: false });
    expect(await store.recordUnknownReason('prod/orders', 'print', 'second words', 2)).toEqual({ seen: 2, firstAt: 1, told: false });
    await store.recordUnknownReasonTold('prod/orders', 'print', 3);
    expect(await store.recordUnknownReason('prod/orders', 'print', 'third words', 4)).toEqual({ seen: 3, firstAt: 1, told: true });
    expect(await store.recordUnknownReason('prod/orders', 'other', 'words', 2)).toEqual({ seen: 1, firstAt: 2, told: false });
  });

  when('of two who would tell the same only one does, unless it gives up or says nothing for a minute', async () => {
    const store = createDynamodbNotificationStore(table);
    const telling = { serviceKey: 'prod/orders', id: 'd1#Failed', channel: 'topic' } as const;
    const minute = TELLING_CLAIM_SECONDS * 1000;
    expect(await store.claim(telling, 1)).toBe('claimed');
    expect(await store.claim(telling, minute)).toBe('taken');
    expect(await store.claim({ ...telling, channel: 'webhook' }, 1)).toBe('claimed');
    expect(await store.claim(telling, minute + 1)).toBe('claimed');
    await store.release(telling);
    expect(await store.claim(telling, minute + 2)).toBe('claimed');
    await store.recordTold(telling, minute + 3);
    expect(await store.claim(telling, 10 * minute)).toBe('told');
    await store.release(telling);
    expect(await store.claim(telling, 10 * minute)).toBe('told');
  });

  when('the first message names the thread', async () => {
    const store = createDynamodbNotificationStore(table);
    expect(await store.loadThread('prod/orders', 'd1')).toBeUndefined();
    await store.recordThread('prod/orders', 'd1', '17.1', 1);
    await store.recordThread('prod/orders', 'd1', '17.2', 2);
    expect(await store.loadThread('prod/orders', 'd1')).toBe('17.1');
    expect(await store.loadThread('prod/billing', 'd1')).toBeUndefined();
  });

  when('a remediation is created once; of two who take the same place in the budget one has to decide again', async () => {
    const store = createDynamodbRemediationStore(table);
    const asked = requestRemediation({ id: 'r1', serviceKey: 'prod/orders', subject: 'orders:2', cause: { kind: 'incident', incidentId: 'i' } }, 5);
    expect(await store.create(asked)).toEqual({ remediation: asked, version: 1 });
    expect(await store.create({ ...asked, requestedAt: 9 })).toMatchObject({ remediation: { requestedAt: 5 }, version: 1 });
    const ended = evolveRemediation(asked, { type: 'Ended', status: 'NotNeeded', why: 'over' }, 6);
    expect(await store.save(ended, 1, 'w')).toBe(2);
    await expect(store.save(asked, 1, 'x')).rejects.toThrow(ConflictError);
    await store.create({ ...asked, id: 'r2' });
    expect((await store.list('prod/orders', 10)).map(({ id, status }) => [id, status])).toEqual([
      ['r2', 'Requested'],
      ['r1', 'NotNeeded'],
    ]);
    for (const serviceKey of ['prod/orders', undefined]) {
      expect(await store.loadActions(serviceKey)).toEqual({ log: emptyActionLog, version: undefined });
      await store.saveActions(serviceKey, { schema: 1, actions: [{ id: 'a', at: 1 }] }, undefined, 'w');
      await expect(store.saveActions(serviceKey, emptyActionLog, undefined, 'x')).rejects.toThrow(ConflictError);
      expect(await store.loadActions(serviceKey)).toEqual({ log: { schema: 1, actions: [{ id: 'a', at: 1 }] }, version: 1 });
    }
  });

  when('remediations are listed until somebody has begun them and people know how they ended, by when they were asked for or ended', async () => {
    const store = createDynamodbRemediationStore(table);
    const asked = requestRemediation({ id: 'r1', serviceKey: 'prod/told', subject: 'orders:2', cause: { kind: 'incident', incidentId: 'i' } }, 1_000);
    const listed = async (since: number) =>
      (await store.unattended(since, undefined)).remediations.filter(({ serviceKey }) => serviceKey === 'prod/told').map(({ id }) => id);
    await store.create(asked);
    expect([await listed(500), await listed(1_500)]).toEqual([['r1'], []]);
    const decided = evolveRemediation(asked, { type: 'Decided', kind: 'act', runbook: 'crashLoop', why: 'it crashes', evidence: [] }, 1_100);
    await store.save(decided, 1, 'a');
    expect(await listed(500)).toEqual([]);
    const ended = evolveRemediation(decided, { type: 'Ended', status: 'Helped', why: 'quiet' }, 2_000);
    await store.save(ended, 2, 'b');
    expect([await listed(1_500), await listed(2_500)]).toEqual([['r1'], []]);
    await store.save(evolveRemediation(ended, { type: 'PersonTold' }, 2_100), 3, 'c');
    expect(await listed(500)).toEqual([]);
  });

  when('of a container instance the newest version is kept, in whatever order events come', async () => {
    const store = createDynamodbContainerInstanceStore(table);
    const instance = { containerInstanceArn: 'i1', ec2InstanceId: 'i-1', status: 'ACTIVE', agentConnected: false, version: 7, at: 1_000 };
    expect(await store.record('prod', instance)).toBe(true);
    expect(await store.record('prod', { ...instance, version: 6, agentConnected: true })).toBe(false);
    expect(await store.record('prod', instance)).toBe(false);
    expect(await store.troubled('prod', 500)).toEqual([instance]);
    expect(await store.troubled('prod', 1_001)).toEqual([]);
    expect(await store.troubled('other', 0)).toEqual([]);
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
