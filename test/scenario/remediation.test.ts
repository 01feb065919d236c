// What breaks while nothing is being deployed, on the virtual clock: found, decided, done or proposed, and verified.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';
import { subscribeQueue } from '../support/scenario/topic-queue.ts';

const MINUTE = 60_000;
const TEST_MS = 180_000;
const OOM = 'OutOfMemoryError: Container killed due to memory usage';
const BY = 'arn:aws:iam::000000000000:user/ann';

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario();
});
afterAll(() => scenario.close());

const remediations = async (): Promise<readonly Remediation[]> => (await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[];
const known = async (): Promise<readonly string[]> => (await remediations()).map(({ id }) => id);

/** Runs until a remediation that is not among those known has one of the statuses. */
async function untilRemediation(before: readonly string[], statuses: readonly Remediation['status'][], limitMs = 180 * MINUTE): Promise<Remediation> {
  let found: Remediation | undefined;
  let lookedAt = 0;
  await scenario.until(async () => {
    const { clock } = scenario.localAws;
    if (clock.now() - lookedAt < 30_000) return false;
    lookedAt = clock.now();
    found = (await remediations()).find(({ id, status }) => !before.includes(id) && statuses.includes(status));
    return found !== undefined;
  }, limitMs);
  if (found === undefined) throw new Error('no remediation');
  return found;
}

async function servingTaskDefinition(): Promise<Record<string, string>> {
  const { services } = await scenario.call('ecs', 'DescribeServices', { cluster: 'prod', services: ['orders'] });
  const serving = services[0].taskSets.find((taskSet: { status: string }) => taskSet.status === 'PRIMARY');
  return (await scenario.call('ecs', 'DescribeTaskDefinition', { taskDefinition: serving.taskDefinition }))['taskDefinition'];
}

/** Ends the running tasks, so that those that replace them do as the script says now. */
async function restartTasks(): Promise<void> {
  const { call } = scenario;
  const { taskArns } = await call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING' });
  for (const task of taskArns) await call('ecs', 'StopTask', { cluster: 'prod', task, reason: 'restarted by the test' });
}

/** The serving image runs out of memory three minutes after its start where it has less than this. */
function runsOutOfMemoryBelow(needsMiB: number): void {
  const { runtime, firstDigest } = scenario;
  const exit = { exitAfterMs: 3 * MINUTE, exitCode: 137, exitReason: OOM, needsMiB };
  runtime.script(firstDigest, { ...exit, respond: (_request, response) => void response.end('{"ok":true}') });
}

/** What ECS would send of a stopped task of the serving revision. */
async function emitStop(id: string, change: Record<string, unknown>): Promise<void> {
  const { region, clock } = scenario.localAws;
  const { detail } = JSON.parse(readFileSync(join(import.meta.dirname, '../../events/ecs-task-stopped-exited.json'), 'utf8'));
  const taskDefinitionArn = (await servingTaskDefinition())['taskDefinitionArn'];
  const stoppedAt = new Date(clock.now()).toISOString();
  region.emit({
    source: 'aws.ecs',
    detailType: 'ECS Task State Change',
    resources: [],
    detail: { ...detail, taskArn: `arn:aws:ecs:us-east-1:000000000000:task/prod/${id}`, taskDefinitionArn, stoppedAt, ...change },
  });
}

describe('a service whose memory is too small', () => {
  test(
    'in propose: nothing changes until a person approves; then more memory goes out as a canary and the crashes end',
    async () => {
      const { apply, pass, ask } = scenario;
      await apply({ remediation: { outOfMemory: { mode: 'propose' } } });
      runsOutOfMemoryBelow(768);
      await restartTasks();
      const proposed = await untilRemediation([], ['Proposed'], 30 * MINUTE);
      expect(proposed).toMatchObject({ runbook: 'outOfMemory', action: { kind: 'raiseMemory', taskMemory: 1_024 } });
      expect(proposed).not.toHaveProperty('token');
      await pass(10 * MINUTE);
      expect(await servingTaskDefinition()).toMatchObject({ memory: '512' });
      expect(await remediations()).toHaveLength(1);

      const request = { by: BY, serviceKey: SERVICE_KEY, remediationId: proposed.id, reason: 'known leak' };
      expect(await ask('approve-remediation', request)).toMatchObject({ kind: 'answered', answer: { approve: true, by: BY } });
      expect(await ask('reject-remediation', request)).toMatchObject({ kind: 'answeredBefore', answer: { approve: true } });
      const ended = await untilRemediation([], ['Helped', 'DidNotHelp', 'Inconclusive', 'Failed']);
      expect(ended).toMatchObject({ status: 'Helped', answer: { by: BY, why: 'known leak' } });
      const deployment = (await scenario.deployments()).find(({ id }) => id === ended.deploymentId);
      expect(deployment).toMatchObject({
        status: 'Succeeded',
        request: { source: 'remedy', digest: scenario.firstDigest, remedy: { purpose: 'change', by: `remediation ${proposed.id}` } },
        plan: { settings: { strategy: { kind: 'canary' } } },
      });
      expect(await servingTaskDefinition()).toMatchObject({ memory: '1024' });
    },
    TEST_MS,
  );

  test(
    'in auto: the next revision has more memory, without anyone',
    async () => {
      const { apply } = scenario;
      await apply({ remediation: { outOfMemory: { mode: 'auto' } } });
      const before = await known();
      runsOutOfMemoryBelow(1_500);
      await restartTasks();
      const ended = await untilRemediation(before, ['Helped', 'DidNotHelp', 'Inconclusive', 'Failed', 'Proposed']);
      expect(ended).toMatchObject({ status: 'Helped', action: { taskMemory: 2_048 } });
      expect(ended.answer).toBeUndefined();
      expect(await servingTaskDefinition()).toMatchObject({ memory: '2048' });
      expect((await known()).filter((id) => !before.includes(id))).toHaveLength(1);
    },
    TEST_MS,
  );
});

describe('a storm of stopped tasks', () => {
  test(
    'is one incident, one remediation and one notification',
    async () => {
      const { apply, pass, call } = scenario;
      await apply({ remediation: { crashLoop: { mode: 'propose' } } });
      const before = await known();
      for (let index = 0; index < 150; index++) await emitStop(`storm${index}`, {});
      // And once more the first ones: repeats change nothing.
      for (let index = 0; index < 10; index++) await emitStop(`storm${index}`, {});
      await pass(5 * MINUTE);
      const after = (await remediations()).filter(({ id }) => !before.includes(id));
      // The image of every earlier revision is the one that crashes: nothing to go back to.
      expect(after).toMatchObject([{ runbook: 'crashLoop', status: 'Alerted', toldAt: expect.any(Number) }]);
      const pk = { S: `SERVICE#${SERVICE_KEY}` };
      const { Items } = await call('dynamodb', 'Query', {
        TableName: 'weir-dev',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      });
      const minutes = Items.filter((item: { sk: { S: string } }) => item.sk.S.startsWith('SIGHTINGS#') && item.sk.S.includes(String(after[0]?.subject)));
      const counted = minutes.reduce((sum: number, item: Record<string, { N?: string }>) => sum + Number(item['count_exitError']?.N ?? 0), 0);
      expect(counted).toBeGreaterThanOrEqual(150);
      expect(counted).toBeLessThanOrEqual(160);
    },
    TEST_MS,
  );
});

describe('a reason nobody has classified', () => {
  test(
    'is kept verbatim and told once',
    async () => {
      const { pass, call } = scenario;
      const told = await subscribeQueue(scenario);
      // Longer than what is kept of a known one.
      const advice = 'Charge it. '.repeat(60).trim();
      const unknown = (host: string) => ({
        stopCode: 'TaskFailedToStart',
        stoppedReason: `FluxCapacitorError: the capacitor of host ${host} is not charged. ${advice}`,
        containers: [{ containerArn: 'c', taskArn: 't', name: 'app', lastStatus: 'STOPPED' }],
      });
      for (const [index, host] of ['10.0.0.7', '10.0.0.8', '10.0.0.9'].entries()) await emitStop(`flux${index}`, unknown(host));
      await pass(3 * MINUTE);
      const pk = { S: `SERVICE#${SERVICE_KEY}` };
      const { Items } = await call('dynamodb', 'Query', {
        TableName: 'weir-dev',
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': pk, ':sk': { S: 'UNKNOWN_REASON#' } },
      });
      expect(Items).toHaveLength(1);
      expect(Items[0]).toMatchObject({
        seen: { N: '3' },
        lastText: { S: expect.stringMatching(new RegExp(`^FluxCapacitorError: the capacitor of host 10\\.0\\.0\\.\\d is not charged\\. ${advice}$`)) },
      });
      expect((await told()).filter(({ status }) => status === 'UnknownReason')).toEqual([
        expect.objectContaining({ text: expect.stringMatching(/^FluxCapacitorError: /), runbook: 'docs/operations.md#a-task-stopped-for-an-unknown-reason' }),
      ]);
    },
    TEST_MS,
  );
});
