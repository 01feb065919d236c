// The proxy over real sockets: headers, streaming, stale connections, draining, timeouts. Calls go through the region itself.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createElbv2, elbv2With } from '../../../../localaws/elbv2/create-elbv2.ts';
import type { AwsShape, ServiceFactory } from '../../../../localaws/region.ts';
import { startRegion } from '../../../../localaws/start-region.ts';
import { freePort, type SampleTarget, startTarget } from './sample-target.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(target: SampleTarget, options: { services?: ServiceFactory[]; attributes?: AwsShape[] } = {}) {
  closing.push(() => target.close());
  const running = await startRegion({ services: options.services ?? [createElbv2], clock: { kind: 'virtual' } });
  closing.push(() => running.close());
  const call = (operation: string, input: AwsShape): Promise<AwsShape> => running.region.call('elasticloadbalancing', operation, input, { kind: 'root' });
  const balancer = await call('CreateLoadBalancer', { Name: 'shop', Subnets: ['subnet-1', 'subnet-2'] });
  const LoadBalancerArn = balancer['LoadBalancers'][0].LoadBalancerArn;
  if (options.attributes !== undefined) await call('ModifyLoadBalancerAttributes', { LoadBalancerArn, Attributes: options.attributes });
  const group = await call('CreateTargetGroup', { Name: 'blue', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' });
  const TargetGroupArn = group['TargetGroups'][0].TargetGroupArn;
  // As a task is reached: by its private address.
  const address = running.region.network.allocateAddress();
  running.region.network.attach(address, 80, target.port);
  await call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: address }] });
  const Port = await freePort();
  const listener = await call('CreateListener', { LoadBalancerArn, Protocol: 'HTTP', Port, DefaultActions: [{ Type: 'forward', TargetGroupArn }] });
  return {
    running,
    call,
    LoadBalancerArn,
    TargetGroupArn,
    ListenerArn: listener['Listeners'][0].ListenerArn,
    address,
    port: Port,
    url: `http://127.0.0.1:${Port}`,
  };
}

describe('the proxy', () => {
  test('passes method, path, headers and body on, and adds what a load balancer adds', async () => {
    const bodies: string[] = [];
    const target = await startTarget('1', (request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        bodies.push(body);
        response.writeHead(201, 'Made', { 'Set-Cookie': ['a=1', 'b=2'], 'X-Own': 'kept', 'Keep-Alive': 'timeout=1' });
        response.end('done');
      });
    });
    const { url, port } = await start(target);
    const response = await fetch(`${url}/orders?id=7`, {
      method: 'POST',
      body: 'x'.repeat(100_000),
      headers: { 'x-forwarded-for': '203.0.113.9', 'x-custom': 'yes', 'x-amzn-trace-id': 'Root=1-2-3' },
    });
    expect([response.status, response.statusText, await response.text(), response.headers.getSetCookie(), response.headers.get('x-own')]).toEqual([
      201,
      'Made',
      'done',
      ['a=1', 'b=2'],
      'kept',
    ]);
    expect(bodies).toEqual(['x'.repeat(100_000)]);
    const [seen] = target.seen;
    expect([seen?.method, seen?.url]).toEqual(['POST', '/orders?id=7']);
    expect(seen?.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'x-custom': 'yes',
      'x-forwarded-for': '203.0.113.9, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': String(port),
    });
    expect(seen?.headers['x-amzn-trace-id']).toMatch(/^Self=1-[0-9a-f]+-[0-9a-f]{24};Root=1-2-3$/);
  });

  test('streams: the first bytes arrive before the last are sent, in both directions', async () => {
    let finish = (): void => undefined;
    const target = await startTarget('1', (request, response) => {
      request.once('data', (chunk) => response.write(`got ${String(chunk)};`));
      finish = () => response.end('end');
    });
    const { port } = await start(target);
    const chunks: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers: { 'transfer-encoding': 'chunked' } }, (response) => {
        response.on('data', (chunk) => {
          chunks.push(String(chunk));
          request.end();
          finish();
        });
        response.on('end', resolve);
      });
      request.on('error', reject);
      request.write('first');
    });
    expect(chunks.join('')).toBe('got first;end');
  });

  test('a kept connection that the target has closed costs no request', async () => {
    const target = await startTarget('1');
    // The target drops each connection the instant a second request arrives on it, without a word.
    const served = new WeakSet<object>();
    target.server.prependListener('connection', (socket) => {
      let requests = 0;
      socket.on('data', () => {
        if (++requests === 2 && !served.has(socket)) socket.destroy();
      });
    });
    const { url } = await start(target);
    for (let count = 0; count < 20; count++) expect((await fetch(url)).status).toBe(200);
  });

  test('requests with a body are never sent twice', async () => {
    let arrived = 0;
    const target = await startTarget('1', (request) => {
      arrived++;
      request.socket.destroy();
    });
    const { url } = await start(target);
    expect((await fetch(url, { method: 'POST', body: 'once' })).status).toBe(502);
    expect(arrived).toBe(1);
  });

  test('a deregistered target finishes what it has begun and gets nothing new', async () => {
    let finish = (): void => undefined;
    const started = Promise.withResolvers<void>();
    const target = await startTarget('1', (_, response) => {
      response.writeHead(200);
      response.write('begun ');
      finish = () => response.end('and ended');
      started.resolve();
    });
    const { call, running, url, TargetGroupArn, address } = await start(target);
    const underWay = fetch(url);
    await started.promise;
    await call('DeregisterTargets', { TargetGroupArn, Targets: [{ Id: address }] });
    expect((await fetch(url)).status).toBe(503);
    // Not even the end of the deregistration delay cuts it: simulated time is not the time the process has.
    let isOver = false;
    running.clock.schedule(301_000, () => {
      isOver = true;
    });
    await running.clock.runUntil(() => isOver, 302_000);
    finish();
    expect(await (await underWay).text()).toBe('begun and ended');
  });

  test('a deleted listener answers what is under way, then its port is free', async () => {
    let finish = (): void => undefined;
    const started = Promise.withResolvers<void>();
    const target = await startTarget('1', (_, response) => {
      finish = () => response.end('late');
      started.resolve();
    });
    const { call, url, ListenerArn, LoadBalancerArn, TargetGroupArn, port } = await start(target);
    const underWay = fetch(url);
    await started.promise;
    await call('DeleteListener', { ListenerArn });
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    finish();
    expect(await (await underWay).text()).toBe('late');
    await call('CreateListener', { LoadBalancerArn, Protocol: 'HTTP', Port: String(port), DefaultActions: [{ Type: 'forward', TargetGroupArn }] });
  });

  test('a target that says nothing within the idle timeout gives 504', async () => {
    const target = await startTarget('1', () => undefined);
    const { url } = await start(target, { attributes: [{ Key: 'idle_timeout.timeout_seconds', Value: '1' }] });
    expect((await fetch(url)).status).toBe(504);
  });

  test('an answer the target breaks off looks broken to the client', async () => {
    const target = await startTarget('1', (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    });
    const { url } = await start(target);
    await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
  });

  test('a listener moves to another port, or stays where it is when that port is taken', async () => {
    const target = await startTarget('1');
    const { call, url, ListenerArn } = await start(target);
    await expect(call('ModifyListener', { ListenerArn, Port: target.port })).rejects.toMatchObject({ code: 'InvalidConfigurationRequest' });
    expect((await fetch(url)).status).toBe(200);
    const Port = await freePort();
    expect(await call('ModifyListener', { ListenerArn, Port })).toMatchObject({ Listeners: [{ Port }] });
    expect((await fetch(`http://127.0.0.1:${Port}`)).status).toBe(200);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  test('redirects as told', async () => {
    const target = await startTarget('1');
    const { call, url, ListenerArn } = await start(target);
    const RedirectConfig = { Protocol: 'HTTPS', Port: '443', Host: 'www.#{host}', Path: '/new/#{path}', StatusCode: 'HTTP_301' };
    await call('ModifyListener', { ListenerArn, DefaultActions: [{ Type: 'redirect', RedirectConfig }] });
    const response = await fetch(`${url}/a/b?c=d`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([301, 'https://www.127.0.0.1/new/a/b?c=d']);
  });

  test('malformed HTTP harms nobody', async () => {
    const target = await startTarget('1');
    const { url, port } = await start(target);
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
      socket.resume();
    });
    expect((await fetch(url)).status).toBe(200);
  });

  test('does not hold the clock: simulated time passes while a request is under way', async () => {
    let finish = (): void => undefined;
    const started = Promise.withResolvers<void>();
    const target = await startTarget('1', (_, response) => {
      finish = () => response.end();
      started.resolve();
    });
    const { running, url } = await start(target);
    const underWay = fetch(url);
    await started.promise;
    await running.clock.runUntil(() => true, 1);
    let passed = false;
    running.clock.schedule(600_000, () => {
      passed = true;
    });
    await running.clock.runUntil(() => passed, 600_001);
    finish();
    expect((await underWay).status).toBe(200);
  });
});

describe('health checks', () => {
  test('a target that hangs is unhealthy by timeout, and the checks wait real time whatever the clock', async () => {
    const target = await startTarget('1');
    target.server.removeAllListeners('request');
    const { running, call, TargetGroupArn, address } = await start(target, { services: [elbv2With({ healthCheckRealTimeoutMsMin: 50 })] });
    const health = async (): Promise<AwsShape> =>
      (await call('DescribeTargetHealth', { TargetGroupArn, Targets: [{ Id: address }] }))['TargetHealthDescriptions'][0].TargetHealth;
    await running.clock.runUntil(async () => (await health())['State'] === 'unhealthy', 61_000);
    expect(await health()).toMatchObject({ Reason: 'Target.Timeout', Description: 'Request timed out' });
  });

  test('an address nothing listens at fails its checks, and is asked at its own port', async () => {
    const { running, call, TargetGroupArn } = await start(await startTarget('1'));
    await call('RegisterTargets', { TargetGroupArn, Targets: [{ Id: '10.0.77.77', Port: 9 }] });
    const health = async (): Promise<AwsShape> =>
      (await call('DescribeTargetHealth', { TargetGroupArn, Targets: [{ Id: '10.0.77.77', Port: 9 }] }))['TargetHealthDescriptions'][0];
    await running.clock.runUntil(async () => (await health())['TargetHealth'].State === 'unhealthy', 61_000);
    expect(await health()).toMatchObject({ HealthCheckPort: '9', TargetHealth: { Reason: 'Target.FailedHealthChecks' } });
  });
});

describe('metrics', () => {
  test('zero counts are reported where that switch is on, and publication can be late', async () => {
    const puts: { at: number; data: AwsShape[] }[] = [];
    const monitoring: ServiceFactory = (region) => ({
      name: 'monitoring',
      iamPrefix: 'cloudwatch',
      wires: [],
      operations: {
        PutMetricData: {
          handle(input) {
            puts.push({ at: region.clock.now(), data: input['MetricData'] });
            return {};
          },
        },
      },
    });
    const { running } = await start(await startTarget('1'), {
      services: [elbv2With({ metrics: { publishDelaySeconds: 120, zeroCounts: 'reported' } }), monitoring],
    });
    await running.clock.runUntil(() => puts.length > 0, 300_000);
    const names = puts[0]?.data.map((datum) => `${datum['MetricName']} ${datum['Value']}`);
    expect(names).toContain('RequestCount 0');
    expect(names).toContain('HTTPCode_Target_5XX_Count 0');
    expect(names).toContain('HealthyHostCount 1');
    const minute = puts[0]?.data[0]?.['Timestamp'].getTime();
    expect((puts[0]?.at ?? 0) - minute).toBe(60_000 + 120_000);
  });
});
