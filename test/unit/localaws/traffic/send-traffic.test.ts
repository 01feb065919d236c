// The traffic generator: what it counts, its pace and its bounds, and that it never leaves this machine.
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loopbackAddress } from '../../../../localaws/traffic/loopback-address.ts';
import { sendTraffic, type TrafficResult } from '../../../../localaws/traffic/send-traffic.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

describe('test traffic', () => {
  test('counts statuses, versions from header and body, and losses', async () => {
    let count = 0;
    const url = await serve((request, response) => {
      const turn = count++ % 4;
      if (turn === 0) response.writeHead(200, { 'x-version': 'v1' }).end();
      else if (turn === 1) response.writeHead(200, { 'content-type': 'application/json' }).end('{"version":"v2"}');
      else if (turn === 2) response.writeHead(503).end('no version');
      else request.socket.destroy();
    });
    const result = await sendTraffic({ url, requestsPerSecond: 400, seconds: 0.5, concurrency: 1 });
    expect(result).toMatchObject({
      sent: 200,
      answered: 150,
      lost: 50,
      underWay: 0,
      unsent: 0,
      byStatus: { 200: 100, 503: 50 },
      byVersion: { v1: 50, v2: 50, unknown: 50 },
      byError: { ECONNRESET: 50 },
    });
    expect(result.latencyMs.p50).toBeGreaterThan(0);
    expect(result.latencyMs.p99).toBeGreaterThanOrEqual(result.latencyMs.p50 ?? 0);
  });

  test('keeps its pace, tells of its progress, and stops when told', async () => {
    const url = await serve((_, response) => response.end());
    const progress: TrafficResult[] = [];
    const stop = new AbortController();
    const result = await sendTraffic({
      url,
      requestsPerSecond: 100,
      seconds: 60,
      progressEveryMs: 20,
      signal: stop.signal,
      onProgress: (now) => {
        progress.push(now);
        if (now.elapsedSeconds > 0.3) stop.abort();
      },
    });
    expect(result.elapsedSeconds).toBeLessThan(5);
    expect(Math.abs(result.sent - result.elapsedSeconds * 100)).toBeLessThan(15);
    expect(result).toMatchObject({ lost: 0, underWay: 0 });
    expect(progress.length).toBeGreaterThan(3);
  });

  test('has at most as many requests under way as allowed, and gives up on those that take too long', async () => {
    let underWay = 0;
    let most = 0;
    const url = await serve((_, response) => {
      most = Math.max(most, ++underWay);
      response.on('close', () => underWay--);
    });
    const result = await sendTraffic({ url, requestsPerSecond: 100, seconds: 0.2, concurrency: 3, timeoutMs: 100 });
    expect(most).toBeLessThanOrEqual(3);
    expect(result).toMatchObject({ answered: 0, byError: { timeout: result.sent } });
  });

  test('refuses every host that is not this machine, and numbers out of range', async () => {
    for (const url of [
      'http://example.com/',
      'http://10.0.0.1/',
      'http://127.0.0.1.example.com/',
      'http://[2001:db8::1]/',
      'https://127.0.0.1/',
      'http://0.0.0.0/',
    ]) {
      await expect(sendTraffic({ url, requestsPerSecond: 1, seconds: 1 })).rejects.toThrow(/this machine only|http only/);
    }
    await expect(sendTraffic({ url: 'http://127.0.0.1/', requestsPerSecond: 1_000_000, seconds: 1 })).rejects.toThrow(RangeError);
    await expect(sendTraffic({ url: 'http://127.0.0.1/', requestsPerSecond: Number.NaN, seconds: 1 })).rejects.toThrow(RangeError);
    expect([loopbackAddress(new URL('http://[::1]:80')), loopbackAddress(new URL('http://shop.localhost'))]).toEqual(['::1', '127.0.0.1']);
  });
});
