// Runbooks that put back what worked, on the virtual clock: pinning a digest, and going back to the last successful revision.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const TEST_MS = 180_000;

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario({ imageByTag: true });
});
afterAll(() => scenario.close());

const remediations = async (): Promise<readonly Remediation[]> => (await scenario.ask('list-remediations', { serviceKey: SERVICE_KEY })) as Remediation[];

async function untilEnded(runbook: Remediation['runbook']): Promise<Remediation> {
  let ended: Remediation | undefined;
  let lookedAt = 0;
  await scenario.until(async () => {
    const { clock } = scenario.localAws;
    if (clock.now() - lookedAt < 30_000) return false;
    lookedAt = clock.now();
    ended = (await remediations()).find((one) => one.runbook === runbook && one.endedAt !== undefined);
    return ended !== undefined;
  }, 180 * MINUTE);
  if (ended === undefined) throw new Error('no remediation');
  return ended;
}

async function stopOneTask(): Promise<void> {
  const { call } = scenario;
  const { taskArns } = await call('ecs', 'ListTasks', { cluster: 'prod', serviceName: 'orders', desiredStatus: 'RUNNING' });
  await call('ecs', 'StopTask', { cluster: 'prod', task: taskArns[0], reason: 'restarted by the test' });
}

describe('an image whose tag cannot be pulled any more', () => {
  test(
    'is pinned to the digest that still runs, and the service has all its tasks again',
    async () => {
      const { runtime, firstDigest } = scenario;
      runtime.script('1.0.0', { digest: firstDigest, cannotPull: 'pull image manifest has been retried 5 time(s): failed to resolve ref: not found' });
      await stopOneTask();
      const ended = await untilEnded('imagePull');
      expect(ended).toMatchObject({ status: 'Helped', action: { kind: 'pinDigest', digest: firstDigest } });
      const deployment = (await scenario.deployments()).find(({ id }) => id === ended.deploymentId);
      expect(deployment).toMatchObject({
        status: 'Succeeded',
        request: { remedy: { purpose: 'restore' } },
        plan: { settings: { strategy: { kind: 'allAtOnce' } } },
      });
      expect(await scenario.servingDigest()).toBe(firstDigest);
    },
    TEST_MS,
  );
});

describe('a serving revision that begins to crash', () => {
  test(
    'long after its deployment: the last successful revision is back, with all traffic at once, without anyone',
    async () => {
      const { push, untilEnded: untilDeployed, pass, runtime, servingDigest, deployments } = scenario;
      const good = await push('2.0.0');
      expect(await untilDeployed(good)).toMatchObject({ status: 'Succeeded' });
      const bad = await push('3.0.0');
      expect(await untilDeployed(bad)).toMatchObject({ status: 'Succeeded' });
      // The guard window after the deployment is over: nobody watches any more.
      await pass(60 * MINUTE);
      runtime.script(bad, { exitAfterMs: 20_000, exitCode: 1, respond: (_request, response) => void response.end('{}') });
      await stopOneTask();
      const ended = await untilEnded('crashLoop');
      expect(ended).toMatchObject({ status: 'Helped', action: { kind: 'redeployRevision', digest: good } });
      expect(await servingDigest()).toBe(good);
      expect((await deployments()).find(({ id }) => id === ended.deploymentId)).toMatchObject({ request: { source: 'remedy', digest: good } });
      // Whoever asks what the service is doing sees it.
      expect(await scenario.ask('show-service', { serviceKey: SERVICE_KEY, limit: 1 })).toMatchObject({
        remediations: [{ id: ended.id, status: 'Helped' }, {}],
      });
    },
    TEST_MS,
  );
});
