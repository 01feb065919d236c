// How people are told, on the virtual clock with a real chat server: once, in one thread per deployment, and never at a deployment's
// expense.
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { breakerOf } from '#core/service/record-breaker.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';
import { subscribeQueue } from '../support/scenario/topic-queue.ts';

const MINUTE = 60_000;
const exitsAtStart = { exitAfterMs: 2_000, exitCode: 1, prints: ['Error: DATABASE_URL is not set'] };

interface Message {
  readonly text: string;
  readonly channel?: string;
  readonly thread_ts?: string;
  /** What it was answered with. */
  readonly ts: string;
}

let scenario: Scenario;
let server: Server;
let messages: Message[] = [];
let refused = 0;
let isDown = false;
let told: () => Promise<readonly Record<string, string>[]>;

/** One world for all stories, told in order. */
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (isDown) {
        refused++;
        return response.writeHead(503).end();
      }
      const ts = `1700000000.${String(messages.length).padStart(6, '0')}`;
      messages.push({ ...JSON.parse(body), ts });
      return response.end(JSON.stringify({ ok: true, ts }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scenario = await startScenario({ terminationWaitMinutes: 5 });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/chat.postMessage`;
  await scenario.call('secretsmanager', 'CreateSecret', { Name: 'weir/slack', SecretString: JSON.stringify({ url, token: 'xoxb-1', channel: 'C1' }) });
  await scenario.call('ssm', 'PutParameter', { Name: '/weir/none', Type: 'SecureString', Value: 'not a URL' });
  told = await subscribeQueue(scenario);
});
beforeEach(async () => {
  messages = [];
  refused = 0;
  isDown = false;
  await told();
});
afterAll(async () => {
  await scenario.close();
  server.close();
});

const throughSecret = { notifications: { webhook: { secret: 'weir/slack' } } };

describe('a deployment that fails', () => {
  test('is told once on each channel, with what happened, why, the last words and the runbook', async () => {
    const { apply, push, untilEnded, pass } = scenario;
    await apply(throughSecret);
    const deployment = await untilEnded(await push('2.0.0', { script: exitsAtStart }));
    await pass(10 * MINUTE);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatchObject({ channel: 'C1' });
    const { text } = messages[0] as Message;
    expect(text).toContain('*prod/orders: 2.0.0 Failed*\nIt failed, and production never saw it.');
    expect(text).toMatch(/[34] x exitError: The task stopped because an essential container ended with an error\./);
    expect(text).toContain('  Error: DATABASE_URL is not set');
    expect(text).toContain('weir deploy 2.0.0 --service prod/orders --force');
    expect(text).toMatch(/\nRunbook: docs\/operations\.md#a-deployment-failed$/);
    expect(await told()).toEqual([
      expect.objectContaining({
        schema: 1,
        id: `${deployment.id}#Failed`,
        alert: 'deploymentFailed',
        severity: 'notice',
        serviceKey: SERVICE_KEY,
        thread: deployment.id,
        deploymentId: deployment.id,
        status: 'Failed',
        title: 'prod/orders: 2.0.0 Failed',
        text: expect.stringContaining('Error: DATABASE_URL is not set'),
        runbook: 'docs/operations.md#a-deployment-failed',
      }),
    ]);
  });
});

describe('a deployment that asks and ends', () => {
  test('is one thread: the question, then how it ended', async () => {
    const { apply, push, until, untilEnded, deploymentOf, traffic, ask } = scenario;
    await apply(throughSecret);
    traffic.requestsPerMinute = 0;
    const digest = await push('3.0.0');
    await until(async () => (await deploymentOf(digest))?.toldAt !== undefined);
    const deployment = await deploymentOf(digest);
    await ask('abort-deployment', { by: 'ann', serviceKey: SERVICE_KEY, deploymentId: deployment?.id, reason: 'not today' });
    await untilEnded(digest);
    traffic.requestsPerMinute = 1_000;
    expect(messages.map(({ text }) => text.split('\n')[0])).toEqual([
      '*prod/orders: 3.0.0 needs a decision*',
      expect.stringMatching(/^\*prod\/orders: 3\.0\.0 /),
    ]);
    expect(messages[0]?.thread_ts).toBeUndefined();
    expect(messages[1]?.thread_ts).toBe(messages[0]?.ts);
    const published = await told();
    expect(published.map(({ thread }) => thread)).toEqual([deployment?.id, deployment?.id]);
  });
});

describe('people who cannot be told', () => {
  test('learn how a deployment ended when the chat is back, once, and nothing waits for it', async () => {
    const { apply, push, pass, untilEnded } = scenario;
    await apply(throughSecret);
    isDown = true;
    await untilEnded(await push('3.1.0', { script: exitsAtStart }));
    await pass(40 * MINUTE);
    expect(refused).toBeGreaterThan(2);
    expect(messages).toEqual([]);
    // The service is free meanwhile.
    expect(await untilEnded(await push('3.2.0'))).toMatchObject({ status: 'Succeeded' });
    isDown = false;
    await pass(20 * MINUTE);
    expect(messages.map(({ text }) => text.split('\n')[0]).toSorted()).toEqual(['*prod/orders: 3.1.0 Failed*', '*prod/orders: 3.2.0 Succeeded*']);
    // The topic took both at once.
    expect((await told()).map(({ status }) => status)).toEqual(['Failed', 'Succeeded']);
  });

  test('stop nothing: a missing topic and a secret that is none; they learn of it when the manifest names channels that are there', async () => {
    const { apply, push, pass, untilEnded, servingDigest } = scenario;
    await apply({ notifications: { topicArn: 'arn:aws:sns:us-east-1:000000000000:nowhere', webhook: { parameter: '/weir/none' } } });
    const digest = await push('4.0.0');
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
    expect(await servingDigest()).toBe(digest);
    expect(messages).toEqual([]);
    await apply(throughSecret);
    await pass(5 * MINUTE);
    expect(messages.map(({ text }) => text.split('\n')[0])).toEqual(['*prod/orders: 4.0.0 Succeeded*']);
    expect((await told()).map(({ status }) => status)).toEqual(['Succeeded']);
  });

  test('learn that a version went bad after its deployment when the chat is back, once', async () => {
    const { apply, push, pass, untilEnded, deploymentOf, traffic } = scenario;
    await apply({ ...throughSecret, guard: { mode: 'propose' } });
    const digest = await push('4.1.0');
    await untilEnded(digest);
    isDown = true;
    traffic.versions.set(digest, { errorShare: 0.5, latencySeconds: 0.05 });
    await scenario.untilSeen(digest, ({ guard }) => guard?.ended !== undefined);
    await pass(3 * MINUTE);
    expect((await deploymentOf(digest))?.guard?.ended).toMatchObject({ kind: 'propose', news: 'due' });
    expect(refused).toBeGreaterThan(1);
    isDown = false;
    traffic.versions.delete(digest);
    await pass(5 * MINUTE);
    expect((await deploymentOf(digest))?.guard?.ended).toMatchObject({ kind: 'propose', news: 'told' });
    const bad = messages.filter(({ text }) => text.includes('went bad after its deployment'));
    expect(bad.map(({ text }) => text)).toEqual([expect.stringContaining('To go back: weir deploy sha256:')]);
    expect((await told()).filter(({ alert }) => alert === 'wentBad')).toHaveLength(1);
  });

  test('learn of words nobody knows when the chat is back, once', async () => {
    const { apply, pass, localAws } = scenario;
    const { detail } = JSON.parse(readFileSync(join(import.meta.dirname, '../../events/ecs-task-stopped-unknown-reason.json'), 'utf8'));
    const stop = (id: string): void => {
      const taskArn = `arn:aws:ecs:us-east-1:000000000000:task/prod/${id}`;
      localAws.region.emit({ source: 'aws.ecs', detailType: 'ECS Task State Change', resources: [taskArn], detail: { ...detail, taskArn } });
    };
    await apply(throughSecret);
    isDown = true;
    stop('a');
    await pass(MINUTE);
    expect(refused).toBeGreaterThan(0);
    isDown = false;
    for (const id of ['b', 'c', 'd', 'e']) {
      stop(id);
      await pass(MINUTE);
    }
    expect(messages.map(({ text }) => text)).toEqual([expect.stringContaining('FluxCapacitorError: the capacitor of host')]);
    expect(await told()).toHaveLength(1);
  });

  test('learn of an open breaker when the chat is back, once', async () => {
    const { apply, push, untilEnded, pass, service } = scenario;
    isDown = true;
    await apply({ ...throughSecret, breaker: { failuresToOpen: 1, coolDownMinutes: 120 } });
    await untilEnded(await push('5.0.0', { script: exitsAtStart }));
    expect(breakerOf(await service()).state.kind).toBe('open');
    expect(refused).toBeGreaterThan(0);
    isDown = false;
    await pass(20 * MINUTE);
    const opened = messages.filter(({ text }) => text.includes('circuit breaker open'));
    expect(opened).toHaveLength(1);
    expect(opened[0]?.text).toContain('weir breaker close prod/orders');
    // SNS was there all the time: it was told at once, and not again.
    expect((await told()).filter(({ alert }) => alert === 'breakerOpened')).toHaveLength(1);
  });
});
