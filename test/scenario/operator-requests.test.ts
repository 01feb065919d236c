// What people ask of deployments, whole: requests that come twice, opposite ones a millisecond apart, and what each is answered.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { AwsShape } from '../../localaws/region.ts';
import { runWeir } from '../support/run-weir.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const ann = { by: 'arn:aws:iam::000000000000:user/ann', serviceKey: SERVICE_KEY, reason: 'it looks bad' };
const bob = { by: 'arn:aws:iam::000000000000:user/bob', serviceKey: SERVICE_KEY, reason: 'it looks good' };

let scenario: Scenario;

/** Each request twice, the second person's a millisecond after the first's; answers in the order of sending. */
async function press(first: readonly [string, AwsShape], second: readonly [string, AwsShape]): Promise<readonly AwsShape[]> {
  const { ask, pass } = scenario;
  const answers = [await ask(...first)];
  await pass(1);
  answers.push(await ask(...second), await ask(...first));
  await pass(1);
  answers.push(await ask(...second));
  return answers;
}

/** Until this deployment has ended and given the service back. */
async function untilIdle(id: string): Promise<Deployment | undefined> {
  let lookedAt = 0;
  await scenario.until(async () => {
    const now = scenario.localAws.clock.now();
    if (now - lookedAt < 10_000) return false;
    lookedAt = now;
    return (await scenario.service()).active === undefined;
  });
  return (await scenario.deployments()).find((deployment) => deployment.id === id);
}

async function untilCanary(tag: string, behaviour?: Parameters<Scenario['push']>[1]): Promise<{ readonly id: string; readonly digest: string }> {
  const digest = await scenario.push(tag, behaviour);
  const { id } = await scenario.untilSeen(digest, ({ shift }) => shift?.firstTrafficAt !== undefined);
  return { id, digest };
}

describe('with the ecs driver', () => {
  beforeAll(async () => {
    scenario = await startScenario({ driver: 'ecs' });
    scenario.traffic.requestsPerMinute = 12_000;
    await scenario.apply({ driver: { kind: 'ecs' } });
  });
  afterAll(() => scenario.close());

  test('a pause holds the canary for as long as it stands, and of a pause and a resume a millisecond apart one outcome comes', async () => {
    const { pass, greenPercent, deploymentOf, ask, untilEnded, servingDigest } = scenario;
    const { id, digest } = await untilCanary('2.0.0');
    const about = { deploymentId: id, seen: 0 };
    // Both had looked while nothing was paused.
    const answers = await press(['pause-deployment', { ...ann, ...about }], ['resume-deployment', { ...bob, ...about }]);
    expect(answers).toEqual([
      { kind: 'paused', number: 1, first: true, by: ann.by, reason: ann.reason, deploymentId: id },
      { kind: 'pausedSince', by: ann.by, reason: ann.reason, deploymentId: id },
      { kind: 'paused', number: 1, first: false, by: ann.by, reason: ann.reason, deploymentId: id },
      { kind: 'pausedSince', by: ann.by, reason: ann.reason, deploymentId: id },
    ]);
    await pass(12 * MINUTE);
    expect(await greenPercent()).toBe(10);
    expect(await deploymentOf(digest)).toMatchObject({
      status: 'Shifting',
      step: { reason: `paused by ${ann.by}: ${ann.reason}` },
      pause: { by: ann.by, reason: ann.reason, at: expect.any(Number) },
    });

    const seeing = { deploymentId: id, seen: 1 };
    expect(await ask('resume-deployment', { ...bob, ...seeing })).toMatchObject({ kind: 'resumed', first: true });
    expect(await ask('resume-deployment', { ...bob, ...seeing })).toMatchObject({ kind: 'resumed', first: false, by: bob.by });
    // The first press again, delivered late: what it asked for has been done and undone.
    expect(await ask('pause-deployment', { ...ann, ...about })).toMatchObject({ kind: 'resumedSince', pausedBy: ann.by, by: bob.by, reason: bob.reason });
    const deployment = await untilEnded(digest);
    expect(deployment.status).toBe('Succeeded');
    const texts = deployment.timeline.map(({ text }) => text);
    expect(texts.filter((text) => text.includes('paused it') || text.includes('resumed it'))).toEqual([
      `${ann.by} paused it: ${ann.reason}`,
      `${bob.by} resumed it: ${bob.reason}`,
    ]);
    expect(await servingDigest()).toBe(digest);
    expect(await ask('pause-deployment', { ...ann, deploymentId: id })).toMatchObject({ kind: 'ended', status: 'Succeeded' });
    expect(await ask('pause-deployment', ann)).toEqual({ kind: 'nothingRuns' });
  });

  test('a pause in the bake keeps blue past its end', async () => {
    const { push, pass, deploymentOf, ask, untilEnded } = scenario;
    const digest = await push('2.1.0');
    await scenario.untilSeen(digest, ({ shift }) => shift?.fullTrafficAt !== undefined);
    await ask('pause-deployment', ann);
    await pass(8 * MINUTE);
    const held = await deploymentOf(digest);
    expect(held).toMatchObject({ status: 'Shifting' });
    expect(held?.shift?.blueReleasedAt).toBeUndefined();
    expect(await ask('promote-deployment', bob)).toMatchObject({ kind: 'asked', pausedBy: ann.by });
    await pass(2 * MINUTE);
    expect((await deploymentOf(digest))?.shift?.blueReleasedAt).toBeUndefined();
    await ask('resume-deployment', ann);
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
  });

  test('a pause does not hold up a rollback', async () => {
    const { ask, untilEnded, traffic } = scenario;
    const { digest } = await untilCanary('2.2.0', { errorShare: 0.25 });
    await ask('pause-deployment', ann);
    expect(await untilEnded(digest)).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'health' } } });
    expect(traffic.requestsPerMinute).toBe(12_000);
  });

  test('going back goes to what served before, twice in a row two versions, and on the command line', async () => {
    const { push, untilEnded, servingDigest, firstDigest, ask, deployments, localAws } = scenario;
    const second = await servingDigest();
    const third = await push('3.0.0');
    expect(await untilEnded(third)).toMatchObject({ status: 'Succeeded' });
    const planned = await ask('roll-back-service', { ...ann, dryRun: true });
    expect(planned).toMatchObject({ kind: 'planned', plan: { kind: 'deploy', target: { digest: second } } });

    const dry = await runWeir(localAws.endpointUrl, ['rollback', SERVICE_KEY, '--reason', 'x', '--dry-run']);
    expect(dry).toMatchObject({ status: 0, out: expect.stringContaining(`Would go back from`) });
    expect(await servingDigest()).toBe(third);

    const run = await runWeir(localAws.endpointUrl, ['--json', 'rollback', SERVICE_KEY, '--reason', 'orders are missing']);
    const { kind, deploymentId } = JSON.parse(run.out);
    expect([run.status, kind]).toEqual([0, 'deploying']);
    const back = await untilEnded(String(second));
    expect(back).toMatchObject({ id: deploymentId, status: 'Succeeded', plan: { settings: { strategy: { kind: 'allAtOnce' } } } });
    expect(back.timeline[0]?.text).toContain('by arn:aws:iam::000000000000:root: orders are missing');
    expect(await servingDigest()).toBe(second);
    // The same request once more, delivered late.
    expect(await ask('roll-back-service', { ...ann, ticket: planned['plan'].ticket })).toMatchObject({
      kind: 'askedBefore',
      deploymentId,
      status: 'Succeeded',
    });
    expect(await servingDigest()).toBe(second);

    // 2.0.0 served before 2.1.0, and 1.0.0 before it.
    for (let version = 0; version < 2; version++) {
      const next = await ask('roll-back-service', ann);
      expect(next['kind']).toBe('deploying');
      expect(await untilEnded(next['target'].digest)).toMatchObject({ status: 'Succeeded' });
    }
    expect(await servingDigest()).toBe(firstDigest);
    expect(await ask('roll-back-service', ann)).toMatchObject({ kind: 'nothingBefore' });
    expect((await deployments()).filter(({ request }) => request.remedy !== undefined)).toHaveLength(3);
  });

  test('a rollback and a retry a millisecond apart, each twice: the first has the service, the second is told who', async () => {
    const { push, untilEnded, service, deployments, servingDigest } = scenario;
    await untilEnded(await push('4.0.0'));
    const failed = await untilEnded(await push('4.1.0', { script: { exitAfterMs: 500, exitCode: 1 } }));
    expect(failed.status).toBe('Failed');
    const before = (await deployments()).length;
    const [back, retry, backAgain, retryAgain] = await press(['roll-back-service', ann], ['retry-deployment', { ...bob, deploymentId: failed.id }]);
    expect(back?.['kind']).toBe('deploying');
    const id = String(back?.['deploymentId']);
    expect(retry).toMatchObject({ kind: 'refused', reason: `deployment ${id} is running: somebody else was first` });
    // Without a ticket the same words now mean the deployment that runs; with the ticket they are known.
    expect(backAgain).toMatchObject({ kind: 'aborted', deploymentId: id });
    expect(retryAgain).toMatchObject({ kind: 'retriedBefore', status: 'Refused', by: bob.by });
    expect(await deployments()).toHaveLength(before + 2);
    await untilEnded(String(back?.['target'].digest));
    const { active, next } = await service();
    expect([active, next]).toEqual([undefined, undefined]);
    expect(await servingDigest()).not.toBe(failed.request.digest);
  });

  test('a retry deploys a quarantined image once more, once', async () => {
    const { push, untilEnded, ask, deployments, runtime, service } = scenario;
    const digest = await push('5.0.0', { script: { exitAfterMs: 500, exitCode: 1 } });
    const failed = await untilEnded(digest);
    expect((await service()).quarantine.map((entry) => entry.digest)).toContain(digest);
    runtime.script(digest, { respond: (_request, response) => void response.end('{"ok":true}') });
    expect(await ask('retry-deployment', { ...ann, dryRun: true })).toEqual({ kind: 'planned', retries: failed.id, image: '5.0.0', ended: 'Failed' });
    const about = { ...ann, deploymentId: failed.id };
    const [first, repeated] = [await ask('retry-deployment', about), await ask('retry-deployment', about)];
    expect(first).toMatchObject({ kind: 'deploying', retries: failed.id });
    expect(repeated).toMatchObject({ kind: 'retriedBefore', deploymentId: first?.['deploymentId'], by: ann.by });
    const id = String(first?.['deploymentId']);
    await scenario.untilEnded(digest);
    const again = (await deployments()).find((deployment) => deployment.id === id);
    expect(again?.status).toBe('Succeeded');
    expect(again?.timeline[0]?.text).toContain(`by ${ann.by}, who insists: ${ann.reason}`);
  });
});

describe('with CodeDeploy', () => {
  beforeAll(async () => {
    scenario = await startScenario();
    scenario.traffic.requestsPerMinute = 12_000;
  });
  afterAll(() => scenario.close());

  test('a pause says plainly that traffic cannot be held, and changes nothing', async () => {
    const { ask, untilEnded, deploymentOf, localAws } = scenario;
    const { id, digest } = await untilCanary('2.0.0');
    expect(await ask('pause-deployment', ann)).toEqual({
      kind: 'cannotHold',
      deploymentId: id,
      why: expect.stringContaining('cannot be held in mid-shift; weir abort'),
    });
    const run = await runWeir(localAws.endpointUrl, ['pause', SERVICE_KEY, '--reason', 'x']);
    expect(run).toMatchObject({ status: 1, out: expect.stringContaining('CodeDeploy shifts traffic by its own clock'), error: 'weir: nothing was paused\n' });
    expect((await deploymentOf(digest))?.pause).toBeUndefined();
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
  });

  test.each(['abort first', 'promote first'])('abort and promote a millisecond apart, each twice, end with blue: %s', async (order) => {
    const { untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const { id, digest } = await untilCanary(order === 'abort first' ? '3.0.0' : '3.1.0');
    const abort = ['abort-deployment', { ...ann, deploymentId: id }] as const;
    const promote = ['promote-deployment', { ...bob, deploymentId: id }] as const;
    const answers = order === 'abort first' ? await press(abort, promote) : await press(promote, abort);
    const [aborted, promoted] = [
      answers.filter((_, index) => index % 2 === (order === 'abort first' ? 0 : 1)),
      answers.filter((_, index) => index % 2 === (order === 'abort first' ? 1 : 0)),
    ];
    const over = order === 'abort first' ? {} : { over: { by: bob.by, reason: bob.reason } };
    expect(aborted).toEqual([
      { kind: 'asked', deploymentId: id, ...over },
      { kind: 'asked', deploymentId: id, before: { by: ann.by, reason: ann.reason }, ...over },
    ]);
    expect(promoted.at(-1)).toEqual({ kind: 'goesBack', deploymentId: id, why: expect.stringContaining(ann.by) });
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'operator', by: ann.by, reason: ann.reason } } });
    expect(deployment.timeline.filter(({ type }) => type === 'AbortRequested')).toHaveLength(1);
    expect(await servingDigest()).toBe(before);
  });

  test('a rollback of a running deployment aborts the one that was seen, and no other', async () => {
    const { ask, untilEnded, push } = scenario;
    const { id, digest } = await untilCanary('4.0.0');
    const { plan } = await ask('roll-back-service', { ...ann, dryRun: true });
    expect(plan).toMatchObject({ kind: 'abort', deploymentId: id, requestedBy: 'push' });
    expect(await ask('roll-back-service', { ...ann, ticket: plan.ticket })).toMatchObject({ kind: 'aborted', answer: { kind: 'asked' } });
    expect(await untilEnded(digest)).toMatchObject({ status: 'RolledBack' });
    const next = await push('4.1.0');
    await scenario.until(async () => (await scenario.service()).active !== undefined);
    expect(await ask('roll-back-service', { ...bob, ticket: plan.ticket })).toMatchObject({ kind: 'askedBefore', deploymentId: id, by: ann.by });
    expect(await untilEnded(next)).toMatchObject({ status: 'Succeeded' });
    expect(await ask('roll-back-service', { ...bob, ticket: `abort/${(await scenario.deploymentOf(next))?.id}` })).toMatchObject({
      kind: 'changed',
      why: expect.stringContaining('Succeeded'),
    });
  });

  test('a freeze refuses pushes; a person who bypasses it and a rollback pass, on record', async () => {
    const { apply, push, until, ask, deploymentOf, servingDigest } = scenario;
    const before = await servingDigest();
    await apply({ freeze: { timeZone: 'Europe/Berlin', windows: [{ name: 'sale', weekly: { from: 'Mon 00:00', to: 'Mon 00:00' } }] } });
    const digest = await push('5.0.0');
    await until(async () => (await deploymentOf(digest))?.status === 'Refused');
    expect((await deploymentOf(digest))?.outcome?.reason).toContain('freeze window "sale" until Mon 00:00 (Europe/Berlin)');
    expect(await ask('deploy-image', { ...ann, image: '5.0.0', dryRun: true })).toMatchObject({ kind: 'planned', admission: 'refuse' });
    const asked = await ask('deploy-image', { ...ann, image: '5.0.0', bypassFreeze: 'security fix' });
    expect(asked).toMatchObject({ kind: 'asked', admission: 'start' });
    const passed = await untilIdle(String(asked['deploymentId']));
    expect(passed?.status).toBe('Succeeded');
    expect(passed?.timeline[0]?.text).toContain(`by ${ann.by}, who bypasses the freeze: security fix`);

    await apply({ frozen: { reason: 'end of year' } });
    expect(await ask('deploy-image', { ...ann, image: '4.1.0' })).toMatchObject({ admission: 'refuse', reason: 'the service is frozen: end of year' });
    const back = await ask('roll-back-service', ann);
    expect(back).toMatchObject({ kind: 'deploying', target: { digest: before } });
    expect((await untilIdle(String(back['deploymentId'])))?.status).toBe('Succeeded');
    expect(await servingDigest()).toBe(before);
    await apply({});
  });

  test('history and events say what happened, who asked and why', async () => {
    const { localAws } = scenario;
    const [history, events, none] = await Promise.all([
      runWeir(localAws.endpointUrl, ['history', SERVICE_KEY]),
      runWeir(localAws.endpointUrl, ['--json', 'events', SERVICE_KEY, '--deployments', '50']),
      runWeir(localAws.endpointUrl, ['history', SERVICE_KEY, '--limit', '51']),
    ]);
    expect(history.out).toMatch(/\* Succeeded {4}team\/orders@sha256/);
    expect(history.out).toMatch(/RolledBack {3}team\/orders:3\.0\.0 .* asked for it: it looks bad/);
    const shown: { at: string; text: string }[] = JSON.parse(events.out);
    expect(shown.map(({ at }) => at)).toEqual(shown.map(({ at }) => at).toSorted());
    expect(shown.map(({ text }) => text)).toContain(`${ann.by} asked to abort: ${ann.reason}`);
    expect(none).toMatchObject({ status: 2 });
  });
});
