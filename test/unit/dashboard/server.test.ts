// The dashboard's server as a browser and an attacker meet it: real sockets, an operations client that answers from memory.
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { networkInterfaces } from 'node:os';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CommandFailure } from '#cli/command-failure.ts';
import type { OperationsClient } from '#cli/operations-client.ts';
import { requestDeployment } from '#core/deployment/evolve.ts';
import { newServiceRecord } from '#core/service/service-record.ts';
import type { InspectedTask } from '#ports/inspection.ts';
import { bundlePage, type PageFile } from '../../../dashboard/server/page-bundle.ts';
import { type Dashboard, startDashboard } from '../../../dashboard/server/start-dashboard.ts';

const KEY = 'prod/orders';
const ME = 'arn:aws:iam::111122223333:user/ann';
const NOW = Date.UTC(2026, 10, 23, 9);
const ID = '20261123T090000-3f0c2a91be';

const asked: { operation: string; request: unknown }[] = [];
let fails = false;
const request = { repository: 'team/orders', registry: '111122223333', digest: 'sha256:0', tag: '2.0.0', pushedAt: NOW, source: 'push' as const };
const answers: Readonly<Record<string, unknown>> = {
  'list-services': { keys: [KEY] },
  'show-service': {
    service: {
      ...newServiceRecord(KEY, {}, { onPush: 'queue', frozen: undefined }, NOW),
      active: { deploymentId: ID, fence: 1, since: NOW, digest: 'sha256:0', pushedAt: NOW },
    },
    deployments: [requestDeployment(ID, KEY, request, NOW)],
    remediations: [],
    now: NOW,
  },
  'abort-deployment': { kind: 'asked', deploymentId: ID },
  'roll-back-service': {
    kind: 'planned',
    plan: { kind: 'deploy', ticket: 'deploy/before', deploymentId: ID, from: '2.0.0', target: { digest: 'sha256:1', deploymentId: 'before' } },
  },
  'promote-deployment': { kind: 'goesBack', deploymentId: ID, why: 'green is unhealthy' },
};
const client: OperationsClient = {
  caller: async () => ME,
  async ask<Value>(operation: string, question: unknown) {
    asked.push({ operation, request: question });
    if (fails) throw new CommandFailure('AWS could not be asked: ExpiredToken');
    return answers[operation] as Value;
  },
};

const tasksOf = async (): Promise<readonly InspectedTask[]> => {
  if (fails) throw new CommandFailure('list the tasks of prod/orders: AccessDenied');
  return [];
};

let page: ReadonlyMap<string, PageFile>;
let dashboard: Dashboard;
let token: string;
beforeAll(async () => {
  page = await bundlePage();
});
beforeEach(async () => {
  await dashboard?.close();
  asked.length = 0;
  fails = false;
  dashboard = await startDashboard({ client, tasksOf, whereabouts: { stage: 'dev', region: 'eu-west-1', caller: ME }, page, port: 0 });
  token = new URL(dashboard.url).searchParams.get('token') ?? '';
});
afterAll(() => dashboard.close());

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function send(path: string, headers: Readonly<Record<string, string>> = {}, body?: string, host = '127.0.0.1'): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host, port: dashboard.port, path, method: body === undefined ? 'GET' : 'POST', headers, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
const own = () => ({ 'x-weir-token': token, origin: `http://127.0.0.1:${dashboard.port}`, 'content-type': 'application/json' });
const action = (change: object = {}) => JSON.stringify({ action: 'abort', serviceKey: KEY, deploymentId: ID, reason: 'checkout errors', ...change });

describe('the page', () => {
  test('is under 100 KB compressed in all', () => {
    const bytes = [...page.values()].map(({ content }) => gzipSync(content).length);
    expect(bytes.length).toBe(3);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(100_000);
  });

  test('has no inline script or style, and asks nobody else', () => {
    const text = new TextDecoder().decode(page.get('/')?.content);
    expect(text).not.toMatch(/<script(?![^>]* src="\/)|<style|\son[a-z]+=|\sstyle=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
  });

  test('comes for the address that was printed, with a cookie that scripts cannot read, and nothing without it', async () => {
    const { status, headers, text } = await send(`/?token=${token}`);
    expect(status).toBe(200);
    expect(headers['set-cookie']).toEqual([`weir-dashboard-${dashboard.port}=${token}; Path=/; HttpOnly; SameSite=Strict`]);
    expect(text).toContain('<div id="app">');
    const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
    expect(await send('/app.js', { cookie })).toMatchObject({ status: 200, headers: { 'content-type': 'text/javascript; charset=utf-8' } });
    for (const path of ['/', '/app.js', '/app.css', '/api/services', `/api/service/${KEY}`]) expect((await send(path)).status).toBe(401);
    expect(asked).toEqual([]);
  });

  test.each(['/', '/api/services', '/nothing'])('%s has the security headers, refused or not', async (path) => {
    for (const headers of [{}, { 'x-weir-token': token }, { host: 'evil.example' }]) {
      expect((await send(path, headers)).headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
    }
  });
});

describe('the server', () => {
  test('listens on loopback only', async () => {
    const others = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'));
    for (const { address } of others) await expect(send('/', {}, undefined, address)).rejects.toThrow('ECONNREFUSED');
    expect((await send('/')).status).toBe(401);
  });

  test('answers no name but its own', async () => {
    expect((await send('/api/services', { 'x-weir-token': token, host: `weir.example:${dashboard.port}` })).status).toBe(421);
  });

  test('shows services, a deployment and its history through the operations', async () => {
    const headers = { 'x-weir-token': token };
    expect(JSON.parse((await send('/api/services', headers)).text)).toMatchObject({ value: { rows: [{ key: KEY, state: 'Requested' }] } });
    expect(JSON.parse((await send(`/api/service/${KEY}`, headers)).text)).toMatchObject({ value: { key: KEY, deployment: { id: ID, isRunning: true } } });
    expect(JSON.parse((await send(`/api/history/${KEY}`, headers)).text)).toMatchObject({ value: { figures: { changes: 0 }, deployments: [{ id: ID }] } });
    expect(asked.map(({ operation }) => operation)).toEqual(['list-services', 'show-service', 'show-service', 'show-service']);
    expect((await send('/api/service/prod', headers)).status).toBe(404);
    expect((await send(`/api/service/${KEY}?deployment=../x`, headers)).status).toBe(404);
    expect((await send('/../package.json', headers)).status).toBe(404);
  });

  test('shows the tasks as ECS says, and why they cannot be read', async () => {
    const headers = { 'x-weir-token': token };
    fails = true;
    expect(await send(`/api/tasks/${KEY}`, headers)).toMatchObject({ status: 502, text: expect.stringContaining('AccessDenied') });
    fails = false;
    expect(JSON.parse((await send(`/api/tasks/${KEY}`, headers)).text)).toMatchObject({ value: { rows: [], left: 0 } });
  });

  test('says why AWS cannot be read: first as a failure, later beside what was read last', async () => {
    const headers = { 'x-weir-token': token };
    fails = true;
    expect(await send(`/api/service/${KEY}`, headers)).toMatchObject({ status: 502, text: '{"problem":"AWS could not be asked: ExpiredToken"}' });
    fails = false;
    await send(`/api/service/${KEY}`, headers);
    fails = true;
    await send('/api/actions', own(), action());
    expect(JSON.parse((await send(`/api/service/${KEY}`, headers)).text)).toMatchObject({
      value: { key: KEY },
      problem: expect.stringContaining('ExpiredToken'),
      ageMilliseconds: expect.any(Number),
    });
  });
});

describe('an action', () => {
  test('is the operation the command line sends, with who asks and why', async () => {
    const { status, text } = await send('/api/actions', own(), action());
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({ done: true, text: `Asked ${ID} to go back` });
    expect(asked).toEqual([{ operation: 'abort-deployment', request: { by: ME, serviceKey: KEY, reason: 'checkout errors', deploymentId: ID } }]);
  });

  test('that goes back is shown first and changes nothing then; what was shown is what is asked', async () => {
    const rollback = action({ action: 'rollback', reason: 'preview', preview: true });
    expect(JSON.parse((await send('/api/actions', own(), rollback)).text)).toEqual({
      done: true,
      text: 'Would go back from 2.0.0 to sha256:1 of before',
      ticket: 'deploy/before',
    });
    await send('/api/actions', own(), action({ action: 'rollback', ticket: 'deploy/before' }));
    expect(asked.map(({ operation, request: question }) => ({ operation, question }))).toEqual([
      { operation: 'roll-back-service', question: { by: ME, serviceKey: KEY, reason: 'preview', dryRun: true } },
      { operation: 'roll-back-service', question: { by: ME, serviceKey: KEY, reason: 'checkout errors', ticket: 'deploy/before' } },
    ]);
  });

  test('that is not done says why', async () => {
    const { text } = await send('/api/actions', own(), action({ action: 'promote' }));
    expect(JSON.parse(text)).toEqual({ done: false, text: `${ID} goes back to blue: green is unhealthy` });
  });

  test.each([
    ['another site', 403, { origin: 'https://evil.example' }],
    ['another site that hides', 403, { origin: 'null' }],
    ['another port', 403, { origin: 'http://127.0.0.1:1' }],
    ['a form', 415, { 'content-type': 'text/plain' }],
    ['nobody with the token', 401, { 'x-weir-token': 'x' }],
  ])('from %s is refused with %d and nothing is asked', async (_whom, status, headers) => {
    expect((await send('/api/actions', { ...own(), ...headers }, action())).status).toBe(status);
    expect(asked).toEqual([]);
  });

  test('without saying where it comes from is refused', async () => {
    const { origin: _origin, ...rest } = own();
    expect((await send('/api/actions', rest, action())).status).toBe(403);
    expect(asked).toEqual([]);
  });

  test.each([
    ['no reason', action({ reason: ' ' })],
    ['another action', action({ action: 'delete' })],
    ['a service that is none', action({ serviceKey: '../x' })],
    ['members nobody knows', action({ by: 'arn:aws:iam::111122223333:user/bob' })],
    ['no JSON', '{'],
  ])('with %s is refused with 400', async (_what, body) => {
    expect((await send('/api/actions', own(), body)).status).toBe(400);
    expect(asked).toEqual([]);
  });

  test('that is too long is refused, and a GET changes nothing', async () => {
    expect((await send('/api/actions', own(), action({ reason: 'x'.repeat(9_000) }))).status).toBe(413);
    expect((await send('/api/actions', { 'x-weir-token': token })).status).toBe(404);
    expect(asked).toEqual([]);
  });
});

test('a port that is taken is said plainly', async () => {
  const options = { client, tasksOf, whereabouts: { stage: 'dev', region: 'eu-west-1', caller: ME }, page, port: dashboard.port };
  await expect(startDashboard(options)).rejects.toThrow(`port ${dashboard.port} is taken; name another with --port`);
});
