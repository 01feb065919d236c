// The sample service behaves as its README says. Real processes on real ports: that is what the local AWS starts too.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const examples = join(import.meta.dirname, '../../../../examples/orders');
let folder: string;
type Sample = ChildProcessByStdio<null, Readable, Readable>;
const started: Sample[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-orders-test-'));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** Starts a version as its image would: server.mjs and behaviour.json in one folder. */
async function start(version: string, environment: Record<string, string> = {}): Promise<{ child: Sample; url: string }> {
  await copyFile(join(examples, 'server.mjs'), join(folder, 'server.mjs'));
  await copyFile(join(examples, version, 'behaviour.json'), join(folder, 'behaviour.json'));
  const child = spawn(process.execPath, ['server.mjs'], { cwd: folder, env: { ...process.env, PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const listening = new Promise<string>((resolve) => {
    child.stdout.on('data', (data) => {
      const port = /"listening".*"port":(\d+)/.exec(String(data))?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  return { child, url: await Promise.race([listening, once(child, 'exit').then(() => '')]) };
}

test('A healthy version answers with its version, keeps orders and refuses what is none.', async () => {
  const { url } = await start('v2');
  const home = await fetch(url);
  expect([home.status, home.headers.get('x-version'), await home.json()]).toEqual([200, '2.0.0', { service: 'orders', version: '2.0.0' }]);
  const post = (body: string) => fetch(`${url}/orders`, { method: 'POST', body });
  expect(await (await post('{"item":"tea","quantity":3}')).json()).toEqual({ id: '2', item: 'tea', quantity: 3 });
  expect(await (await fetch(`${url}/orders/2`)).json()).toMatchObject({ item: 'tea' });
  expect((await post('tea')).status).toBe(400);
  expect((await post('x'.repeat(100_000))).status).toBe(400);
  const absent = await fetch(`${url}/nowhere`);
  expect([absent.status, absent.headers.get('x-version')]).toEqual([404, '2.0.0']);
});

test('The failing version fails a quarter of its traffic, and neither its health nor its smoke check.', async () => {
  const { url } = await start('v3');
  const statuses = async (path: string) => {
    const answers = [];
    for (let index = 0; index < 20; index++) answers.push((await fetch(`${url}${path}`)).status);
    return answers.filter((status) => status === 500).length;
  };
  expect([await statuses('/'), await statuses('/orders'), await statuses('/health'), await statuses('/smoke')]).toEqual([5, 5, 0, 0]);
});

test('The version that cannot start ends with code 1 and says why.', async () => {
  const { child } = await start('v4');
  expect(child.exitCode).toBe(1);
});

test('The leaking version ends as a container without memory does.', async () => {
  const { child, url } = await start('v6', { ORDERS_BEHAVIOUR: '{"leakMegabytesMax":1}' });
  const exited = once(child, 'exit');
  for (let index = 0; index < 3; index++) await fetch(url).catch(() => undefined);
  expect((await exited)[0]).toBe(137);
});

test('On SIGTERM requests in flight, and those on connections already open, are answered; then it exits with code 0.', async () => {
  const { child, url } = await start('v5-slow', { ORDERS_DRAIN_MS: '200', ORDERS_BEHAVIOUR: '{"latencyMs":150}' });
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const get = (path: string) =>
    new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      const sent = request(`${url}${path}`, { agent }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve({ status: answer.statusCode, connection: answer.headers.connection }));
      });
      sent.on('error', reject);
      sent.end();
    });
  await Promise.all([get('/health'), get('/health')]);
  const inFlight = get('/');
  const exited = once(child, 'exit');
  const stopping = new Promise((resolve) => child.stdout.on('data', (data) => String(data).includes('"stopping"') && resolve(undefined)));
  child.kill('SIGTERM');
  await stopping;
  const onOpenConnection = get('/orders');
  expect(await inFlight).toEqual({ status: 200, connection: 'close' });
  expect(await onOpenConnection).toEqual({ status: 200, connection: 'close' });
  await expect(fetch(url)).rejects.toThrow();
  expect((await exited)[0]).toBe(0);
  agent.destroy();
});
