// After success: a version that goes bad later is replaced by the last successful one, without anyone, and nothing can be stranded.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from '#core/deployment/deployment.ts';
import { explainDeployment } from '#core/deployment/explain.ts';
import { describeExplanation } from '../../cli/explain.ts';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
/** Hours pass in some stories. */
const LONG = 120_000;

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario();
  await scenario.apply({ guard: {} });
});
afterAll(() => scenario.close());

/** A version that is deployed successfully, in its guard window. */
async function deployed(tag: string): Promise<Deployment> {
  const deployment = await scenario.untilEnded(await scenario.push(tag));
  expect(deployment).toMatchObject({ status: 'Succeeded', guard: { startedAt: expect.any(Number) } });
  return deployment;
}

function goesBad({ request }: Deployment, errorShare: number): void {
  scenario.traffic.versions.set(request.digest, { errorShare, latencySeconds: 0.05 });
}

async function again({ id }: Deployment): Promise<Deployment> {
  const found = (await scenario.deployments()).find((one) => one.id === id);
  if (found === undefined) throw new Error(`${id} vanished`);
  return found;
}

/** A look is a function run; one every few simulated seconds sees the end soon enough. */
async function untilSeen(reached: () => Promise<boolean>): Promise<void> {
  const { localAws, until } = scenario;
  let lookedAt = 0;
  await until(async () => {
    if (localAws.clock.now() - lookedAt < 20_000) return false;
    lookedAt = localAws.clock.now();
    return reached();
  });
}

async function untilGuardEnds(deployment: Deployment): Promise<Deployment> {
  await untilSeen(async () => (await again(deployment)).guard?.ended !== undefined);
  return again(deployment);
}

async function untilServes(digest: string | undefined): Promise<void> {
  await untilSeen(async () => (await scenario.service()).active === undefined && (await scenario.servingDigest()) === digest);
}

describe('a version that goes bad after its deployment succeeded', () => {
  let first: Deployment;

  test(
    'ten minutes after it had all traffic is replaced by the last successful one, all at once, without anyone',
    async () => {
      const { localAws, pass, service, deployments } = scenario;
      first = await deployed('2.0.0');
      const bad = await deployed('3.0.0');
      await pass((bad.shift?.fullTrafficAt ?? 0) + 10 * MINUTE - localAws.clock.now());
      goesBad(bad, 0.3);
      const wentBadAt = localAws.clock.now();
      const guarded = await untilGuardEnds(bad);
      expect(guarded.guard?.ended).toMatchObject({ kind: 'redeploy', why: expect.stringMatching(/went bad \d+ minutes after success/) });
      expect((guarded.guard?.ended?.at ?? Number.NaN) - wentBadAt).toBeLessThan(6 * MINUTE);
      expect(guarded.guard?.target).toMatchObject({ deploymentId: first.id, digest: first.request.digest });

      await untilServes(first.request.digest);
      const restore = (await deployments()).find(({ id }) => id === guarded.guard?.ended?.restoredBy);
      expect(restore).toMatchObject({
        status: 'Succeeded',
        request: { source: 'remedy', digest: first.request.digest, remedy: { purpose: 'restore', by: `the guard window of ${bad.id}` } },
        plan: { settings: { strategy: { kind: 'allAtOnce' } } },
      });
      expect(await service()).toMatchObject({ failuresInARow: 1, quarantine: [{ digest: bad.request.digest }], lastSuccess: { deploymentId: restore?.id } });
      const view = { service: await service(), now: localAws.clock.now() };
      const shown = describeExplanation(explainDeployment(guarded, view.service, view.now), view).join('\n');
      expect(shown).toContain('It succeeded, and went bad in its guard window');
      expect(shown).toContain(`deployment ${restore?.id} went back`);
    },
    LONG,
  );

  test(
    'by crashing is replaced as well, and its image is not the one gone back to',
    async () => {
      const { runtime, call, sample, service } = scenario;
      const bad = await deployed('4.0.0');
      await scenario.pass(5 * MINUTE);
      const { taskArns } = await call('ecs', 'ListTasks', { cluster: sample.cluster, serviceName: sample.service });
      runtime.script(bad.request.digest, { exitAfterMs: 10_000, exitCode: 139, respond: (_request, response) => void response.end('{}') });
      for (const taskArn of taskArns) runtime.exit(taskArn, { exitCode: 139 });
      const guarded = await untilGuardEnds(bad);
      expect(guarded.guard?.ended).toMatchObject({ kind: 'redeploy', why: expect.stringContaining('crash'), restoredBy: expect.any(String) });
      expect((await service()).quarantine.map((entry) => entry.digest)).toContain(bad.request.digest);
      await untilServes(first.request.digest);
    },
    LONG,
  );

  test(
    'is only told where the manifest says propose, and how to go back',
    async () => {
      const { apply, servingDigest, service } = scenario;
      await apply({ guard: { mode: 'propose' } });
      const bad = await deployed('5.0.0');
      goesBad(bad, 0.5);
      expect((await untilGuardEnds(bad)).guard?.ended).toMatchObject({ kind: 'propose' });
      await scenario.pass(5 * MINUTE);
      expect(await servingDigest()).toBe(bad.request.digest);
      expect((await service()).active).toBeUndefined();
      goesBad(bad, 0);
      await apply({ guard: {} });
    },
    LONG,
  );
});

describe('a guard window', () => {
  test(
    'ends quietly after its minutes when nothing happens',
    async () => {
      const good = await deployed('6.0.0');
      const { guard } = await untilGuardEnds(good);
      expect(guard?.ended).toMatchObject({ kind: 'over', why: 'the guard window has passed' });
      expect((guard?.ended?.at ?? 0) - (guard?.startedAt ?? 0)).toBeLessThan(32 * MINUTE);
    },
    LONG,
  );

  test(
    'is ended by a push, which is deployed as ever',
    async () => {
      const before = await deployed('7.0.0');
      const next = await scenario.push('8.0.0');
      expect((await untilGuardEnds(before)).guard?.ended).toMatchObject({ kind: 'over', why: expect.stringContaining('is running: it watches the service') });
      expect(await scenario.untilEnded(next)).toMatchObject({ status: 'Succeeded' });
    },
    LONG,
  );

  test(
    'goes on when the looking function dies in every way it can',
    async () => {
      const { faults, deploymentOf } = scenario;
      const target = await scenario.servingDigest();
      const bad = await deployed('9.0.0');
      expect(target).not.toBe(bad.request.digest);
      goesBad(bad, 0.4);
      // Each look lives a little longer than the one before, and dies after a call that took effect.
      let calls = 0;
      let diesAt = 2;
      faults.beforeInvocation = (functionName) => {
        if (functionName === 'weir-dev-guard') calls = 0;
      };
      const end = scenario.localAws.dispatcher.intercept(async (call, _input, next) => {
        if (call.principal.kind !== 'role' || call.principal.sessionName !== 'weir-dev-guard' || call.service === 'logs' || ++calls !== diesAt) return next();
        diesAt += 4;
        const answer = await next();
        faults.killRunning('weir-dev-guard');
        return answer;
      });
      await untilGuardEnds(bad);
      end();
      faults.beforeInvocation = undefined;
      expect(diesAt).toBeGreaterThan(10);
      await untilServes(target);
      expect(await deploymentOf(bad.request.digest)).toMatchObject({ guard: { ended: { kind: 'redeploy' } } });
    },
    LONG,
  );
});
