// Runbooks that end in words, on the virtual clock: what cannot be placed, targets that are unhealthy while tasks run, findings of a scan;
// and a remediation whose start was lost.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDynamodbRemediationStore } from '#adapters/dynamodb/dynamodb-remediation-store.ts';
import { type Remediation, requestRemediation } from '#core/remediation/remediation-record.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';
import { subscribeQueue } from '../support/scenario/topic-queue.ts';

const MINUTE = 60_000;
const TEST_MS = 120_000;

let scenario: Scenario;
let told: () => Promise<readonly Record<string, string>[]>;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario({ terminationWaitMinutes: 5 });
  told = await subscribeQueue(scenario);
});
afterAll(() => scenario.close());

const remediations = async (): Promise<readonly Remediation[]> => (await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[];

async function untilRemediation(isWanted: (one: Remediation) => boolean): Promise<Remediation> {
  let found: Remediation | undefined;
  let lookedAt = 0;
  await scenario.until(async () => {
    const { clock } = scenario.localAws;
    if (clock.now() - lookedAt < MINUTE / 2) return false;
    lookedAt = clock.now();
    found = (await remediations()).find(isWanted);
    return found !== undefined;
  }, 120 * MINUTE);
  if (found === undefined) throw new Error('no remediation');
  return found;
}

async function stopTasks(): Promise<void> {
  const { taskArns } = await scenario.call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING' });
  for (const task of taskArns) await scenario.call('ecs', 'StopTask', { cluster: 'prod', task, reason: 'stopped by the test' });
}

describe('tasks that cannot be placed', () => {
  test(
    'are told of once, with the limit, the remedy and the runbook; and the service recovers by itself',
    async () => {
      const { capacity, pass, call } = scenario;
      capacity.short.add('FARGATE');
      await stopTasks();
      const alerted = await untilRemediation(({ runbook }) => runbook === 'placement');
      expect(alerted).toMatchObject({ status: 'Alerted', why: "tasks cannot be placed: Fargate's capacity in the service's Availability Zones is the limit" });
      expect(alerted.evidence).toContain('remedy: add subnets in other Availability Zones, or wait: capacity returns');
      await pass(15 * MINUTE);
      const messages = (await told()).filter(({ alert }) => alert === 'placement');
      expect(messages).toEqual([
        expect.objectContaining({ severity: 'urgent', remediationId: alerted.id, runbook: 'docs/operations.md#tasks-cannot-be-placed' }),
      ]);
      capacity.short.clear();
      await pass(20 * MINUTE);
      const { services } = await call('ecs', 'DescribeServices', { cluster: 'prod', services: ['orders'] });
      expect(services[0]).toMatchObject({ runningCount: 2, desiredCount: 2 });
    },
    TEST_MS,
  );
});

describe('targets that are unhealthy while their tasks run', () => {
  test(
    'are told of with what the load balancer checks otherwise than the container',
    async () => {
      const { call, sample, pass } = scenario;
      await pass(40 * MINUTE);
      for (const TargetGroupArn of sample.targetGroupArns) await call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn, HealthCheckPort: '9090' });
      const alerted = await untilRemediation(({ runbook }) => runbook === 'targetHealth');
      expect(alerted.status).toBe('Alerted');
      expect(alerted.why).toMatch(/targets are unhealthy while \d tasks run: the load balancer checks otherwise than the container/);
      expect(alerted.evidence).toContain('the load balancer checks port 9090; container app listens on 8080');
      for (const TargetGroupArn of sample.targetGroupArns) {
        await call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn, HealthCheckPort: 'traffic-port' });
      }
      await pass(45 * MINUTE);
      expect((await told()).filter(({ alert }) => alert === 'targetHealth')).toHaveLength(1);
    },
    TEST_MS,
  );
});

describe('a scan of the serving image', () => {
  const scanned = (digest: string, counts: Record<string, number>): void => {
    const { region } = scenario.localAws;
    region.emit({
      source: 'aws.ecr',
      detailType: 'ECR Image Scan',
      resources: [region.arn('ecr', 'repository/team/orders')],
      detail: {
        'scan-status': 'COMPLETE',
        'repository-name': 'team/orders',
        'finding-severity-counts': counts,
        'image-digest': digest,
        'image-tags': ['1.0.0'],
      },
    });
  };
  const ofScans = async (): Promise<readonly Remediation[]> => (await remediations()).filter(({ cause }) => cause.kind === 'scan');

  test(
    'is told of once where it reaches the severity, and not below it or of an image that does not serve',
    async () => {
      const { apply, firstDigest, pass } = scenario;
      await apply({ remediation: { scanFinding: { severity: 'HIGH', onFinding: 'alert' } } });
      scanned(firstDigest, { MEDIUM: 9 });
      scanned(`sha256:${'e'.repeat(64)}`, { CRITICAL: 1 });
      scanned(firstDigest, { HIGH: 2, LOW: 5 });
      await pass(MINUTE);
      scanned(firstDigest, { HIGH: 2, LOW: 5 });
      await pass(10 * MINUTE);
      const found = (await ofScans()).toSorted((one, other) => one.status.localeCompare(other.status));
      expect(found).toMatchObject([{ status: 'Alerted', why: 'the serving image has findings: 2 HIGH' }, { status: 'NotNeeded' }]);
      expect((await told()).filter(({ alert }) => alert === 'scanFinding')).toHaveLength(1);
    },
    TEST_MS,
  );

  test(
    'blocks the next deployment of the digest where the owner wants that, and says so when it is asked for',
    async () => {
      const { apply, firstDigest, ask, push, untilEnded, service } = scenario;
      await apply({ remediation: { scanFinding: { mode: 'auto', severity: 'HIGH', onFinding: 'blockPromotion' } } });
      scanned(firstDigest, { CRITICAL: 1 });
      const blocked = await untilRemediation(({ action, endedAt }) => action?.kind === 'blockPromotion' && endedAt !== undefined);
      expect(blocked).toMatchObject({ status: 'Helped', action: { digest: firstDigest, reason: 'scan findings: 1 CRITICAL' } });
      expect((await service()).quarantine.map(({ digest }) => digest)).toContain(firstDigest);
      // Another version replaces it; the way back to what is blocked is refused with the reason.
      expect(await untilEnded(await push('2.0.0'))).toMatchObject({ status: 'Succeeded' });
      const refused = await ask('deploy-image', { by: 'ann', serviceKey: SERVICE_KEY, image: firstDigest });
      expect(refused).toMatchObject({ admission: 'refuse', reason: expect.stringContaining('scan findings: 1 CRITICAL') });
    },
    TEST_MS,
  );
});

describe('a remediation whose start was lost', () => {
  test(
    'is started by the sweeper',
    async () => {
      const { localAws, until } = scenario;
      const client = new DynamoDBClient({ endpoint: localAws.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
      const store = createDynamodbRemediationStore({ client: DynamoDBDocumentClient.from(client), name: 'weir-dev' });
      const asked = { id: '20260101T000000-lost', serviceKey: SERVICE_KEY, subject: 'capacity', cause: { kind: 'incident', incidentId: 'none' } } as const;
      await store.create(requestRemediation(asked, localAws.clock.now()));
      await until(async () => (await store.load(SERVICE_KEY, asked.id))?.remediation.status === 'NotNeeded', 15 * MINUTE);
      const since = localAws.clock.now() - 60 * MINUTE;
      expect((await store.unattended(since, undefined)).remediations).toEqual([]);
      client.destroy();
    },
    TEST_MS,
  );
});
