// The chat webhook, against a real HTTP server of this machine.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSlackWebhook } from '#adapters/chat/slack-webhook.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import type { Notification } from '#ports/notifier.ts';

const notification: Notification = {
  id: 'd1#Failed',
  alert: 'deploymentFailed',
  serviceKey: 'prod/orders',
  thread: 'd1',
  status: 'Failed',
  title: 'prod/orders: 2.0.0 Failed',
  text: 'It failed.',
};

let server: Server;
let url = '';
let answer: { status: number; body: string };
let received: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(body) });
      response.writeHead(answer.status, { location: 'http://127.0.0.1:1/' });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret`;
});
beforeEach(() => {
  received = [];
  answer = { status: 200, body: 'ok' };
});
afterAll(() => void server.close());

const post = (secret: string, thread?: string) =>
  createSlackWebhook({ readSecret: async () => secret, runbooks: 'r' }).post(notification, { secret: 's' }, thread);

describe('a URL alone', () => {
  test('gets the text, and says nothing of threads', async () => {
    expect(await post(` ${url}\n`)).toBeUndefined();
    expect(received.map(({ body }) => body)).toEqual([{ text: expect.stringContaining('*prod/orders: 2.0.0 Failed*') }]);
    expect(received[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a method with token and channel', () => {
  const secret = () => JSON.stringify({ url, token: 'xoxb-1', channel: 'C1' });

  test('answers with what the thread is named by, and is given it for the next message', async () => {
    answer.body = JSON.stringify({ ok: true, ts: '17.1' });
    expect(await post(secret())).toBe('17.1');
    expect(await post(secret(), '17.1')).toBe('17.1');
    expect(received).toMatchObject([{ headers: { authorization: 'Bearer xoxb-1' }, body: { channel: 'C1' } }, { body: { channel: 'C1', thread_ts: '17.1' } }]);
    expect(received[0]?.body).not.toHaveProperty('thread_ts');
  });

  test('refuses with 200 and ok: false', async () => {
    answer.body = JSON.stringify({ ok: false, error: 'channel_not_found' });
    await expect(post(secret())).rejects.toThrow(new PermanentError('the webhook refused the message: channel_not_found'));
  });
});

describe('what goes wrong', () => {
  test.each([
    [500, RetryableError],
    [429, RetryableError],
    [404, PermanentError],
    // A redirect would carry the message elsewhere.
    [302, RetryableError],
  ])('status %i', async (status, kind) => {
    answer.status = status;
    await expect(post(url)).rejects.toThrow(kind);
  });

  test('no answer', async () => {
    await expect(post('http://127.0.0.1:1/')).rejects.toThrow(RetryableError);
  });

  test.each(['', 'orders', 'ftp://example.com', 'http://hooks.example.com/x', '{"token":"t"}', '{'])(
    'a secret like %j is refused without being shown',
    async (secret) => {
      const error = await post(secret).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(PermanentError);
      if (secret.length > 1) expect(String(error)).not.toContain(secret);
      expect(received).toEqual([]);
    },
  );
});
