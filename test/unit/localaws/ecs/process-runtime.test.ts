// Tasks as real processes, from images of a registry double: pulled, started, asked, checked, stopped, and gone at the end.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { CreateClusterCommand, DescribeTasksCommand, RegisterTaskDefinitionCommand, RunTaskCommand, StopTaskCommand, type Task } from '@aws-sdk/client-ecs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { classifyStop } from '#core/breaker/classify-stop.ts';
import { createProcessRuntime } from '../../../../localaws/ecs/runtime/process-runtime.ts';
import type { ServiceFactory } from '../../../../localaws/region.ts';
import { createEcrDouble, type EcrDouble, layerOf, sha256 } from './ecr-double.ts';
import { EXECUTION_ROLE, fargateDefinition, NETWORK, openStage, type Stage } from './ecs-stage.ts';

/** A server that also starts a grandchild, tells its environment, and ends with 0 on SIGTERM. */
const SERVER = `
const { createServer } = require('node:http');
const { spawn } = require('node:child_process');
const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
createServer((request, response) => response.end(JSON.stringify({ env: process.env, pid: process.pid, grandchild: grandchild.pid, cwd: process.cwd(), argv: process.argv }))).listen(Number(process.env.PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
console.log('listening');
`;

let stage: Stage;
let ecr: EcrDouble;
let lines: string[];

beforeEach(async () => {
  ecr = createEcrDouble();
  lines = [];
  const logs: ServiceFactory = () => ({
    name: 'logs',
    iamPrefix: 'logs',
    wires: [],
    operations: {
      CreateLogStream: { handle: () => ({}) },
      PutLogEvents: {
        handle: (input) => {
          for (const event of input['logEvents']) lines.push(`${String(input['logStreamName']).replace(/[0-9a-f]{32}/, 'TASK')} ${event.message}`);
          return {};
        },
      },
    },
  });
  stage = await openStage({}, { taskRuntime: createProcessRuntime(), services: [ecr.factory, logs] });
  await stage.ecs.send(new CreateClusterCommand({}));
});
afterEach(() => stage.close());

async function run(tag: string, container = {}): Promise<string> {
  await stage.ecs.send(new RegisterTaskDefinitionCommand(fargateDefinition(tag, container) as never));
  const { tasks } = await stage.ecs.send(new RunTaskCommand({ taskDefinition: 'orders', launchType: 'FARGATE', networkConfiguration: NETWORK }));
  return tasks?.[0]?.taskArn ?? '';
}

async function task(arn: string): Promise<Task> {
  return (await stage.ecs.send(new DescribeTasksCommand({ tasks: [arn] }))).tasks?.[0] ?? {};
}

const reaches = (arn: string, status: string): Promise<void> => stage.until(async () => (await task(arn)).lastStatus === status);

async function ask(
  arn: string,
): Promise<Record<string, never> & { env: Record<string, string>; pid: number; grandchild: number; cwd: string; argv: string[] }> {
  const address = (await task(arn)).attachments?.[0]?.details?.find((detail) => detail.name === 'privateIPv4Address')?.value ?? '';
  const place = stage.running.region.network.resolve(address, 8080);
  return new Promise((resolve, reject) => {
    get({ ...place, path: '/' }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += String(chunk);
      });
      response.on('end', () => resolve(JSON.parse(body)));
    }).once('error', reject);
  });
}

/** Whether a process still runs; one that ended but was not yet waited for does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether processes are gone, or go within a moment: a kill takes effect when the kernel comes to it. */
async function areGone(...pids: number[]): Promise<boolean> {
  for (let tries = 0; tries < 100 && pids.some(isAlive); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  return !pids.some(isAlive);
}

async function serverLayer(): Promise<Uint8Array> {
  return layerOf([
    { name: 'app/', type: 'directory' },
    { name: 'app/server.js', content: SERVER },
  ]);
}

describe('a task of real processes', () => {
  test('is pulled with the execution role, serves at its address, and leaves nothing behind', async () => {
    const digest = ecr.push('v1', [await serverLayer()], { Cmd: ['node', '/app/server.js'], Env: ['COLOUR=blue', 'PATH=/nowhere'], WorkingDir: '/app' });
    const arn = await run('v1', {
      environment: [{ name: 'COLOUR', value: 'green' }],
      logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-group': 'orders', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'ecs' } },
      healthCheck: { command: ['CMD-SHELL', `node -e "fetch('http://localhost:8080').then((r) => process.exit(r.ok ? 0 : 1))"`], interval: 5 },
    });
    await reaches(arn, 'RUNNING');
    const answer = await ask(arn);
    expect(answer.env).toMatchObject({ COLOUR: 'green', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: stage.running.endpointUrl });
    expect(answer.env['PORT']).toBe(answer.env['PORT_8080']);
    expect(answer.cwd.endsWith('/app')).toBe(true);
    expect((await task(arn)).containers?.[0]?.imageDigest).toBe(digest);
    expect(ecr.calls[0]?.principal).toMatchObject({ kind: 'role', roleArn: EXECUTION_ROLE });
    await stage.until(async () => (await task(arn)).healthStatus === 'HEALTHY');
    expect(lines).toEqual(['ecs/app/TASK listening']);

    await stage.ecs.send(new StopTaskCommand({ task: arn }));
    await reaches(arn, 'STOPPED');
    expect((await task(arn)).containers?.[0]?.exitCode).toBe(0);
    expect(await areGone(answer.pid, answer.grandchild)).toBe(true);
  });

  test('is unpacked once, and everything of it is gone when the region closes', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('localaws-ecs-'));
    ecr.push('v1', [await serverLayer()], { Entrypoint: ['node'], Cmd: ['/app/server.js'] });
    const first = await run('v1');
    await reaches(first, 'RUNNING');
    const downloads = ecr.calls.filter((call) => call.operation === 'GetDownloadUrlForLayer').length;
    const second = await run('v1');
    await reaches(second, 'RUNNING');
    expect(ecr.calls.filter((call) => call.operation === 'GetDownloadUrlForLayer')).toHaveLength(downloads);
    const answers = [await ask(first), await ask(second)];
    const root = answers[0]?.argv[1]?.replace('/app/server.js', '') ?? '';
    expect(existsSync(root)).toBe(true);
    await stage.close();
    for (const { pid, grandchild } of answers) expect(await areGone(pid, grandchild)).toBe(true);
    expect(existsSync(root)).toBe(false);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('localaws-ecs-') && !before.includes(name))).toEqual([]);
  });

  test('ends with the code of the signal that killed it', async () => {
    ecr.push('crash', [await layerOf([{ name: 'crash.js', content: "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000)" }])], {
      Cmd: ['node', '/crash.js'],
    });
    const arn = await run('crash', { portMappings: [] });
    await reaches(arn, 'STOPPED');
    expect(await task(arn)).toMatchObject({ stopCode: 'EssentialContainerExited', containers: [{ exitCode: 139 }] });
  });

  const underLinux = process.platform === 'linux' ? test : test.skip;
  underLinux('that allocates past its memory is killed as one of a container is, and classified as that', async () => {
    // 400 MB of what the container may not have, a little at a time; it never listens, so its start is waited for meanwhile.
    const hoard = 'const kept = []; setInterval(() => { if (kept.length < 40) kept.push(Buffer.alloc(10_000_000, 1)); }, 20)';
    ecr.push('hoard', [await layerOf([{ name: 'hoard.js', content: hoard }])], { Cmd: ['node', '/hoard.js'] });
    const arn = await run('hoard', { memory: 160 });
    await reaches(arn, 'STOPPED');
    const stopped = await task(arn);
    expect(stopped).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }],
    });
    expect(classifyStop({ ...stopped, containers: (stopped.containers ?? []).map((one) => ({ ...one, name: one.name ?? '' })) })).toMatchObject({
      code: 'outOfMemory',
      container: 'app',
    });
  });

  test('runs scripts and programs of its own image', async () => {
    const script = '#!/bin/sh\nexit 7\n';
    ecr.push('script', [await layerOf([{ name: 'usr/local/bin/start', mode: 0o755, content: script }])], { Cmd: ['start'] });
    const arn = await run('script', { portMappings: [] });
    await reaches(arn, 'STOPPED');
    expect((await task(arn)).containers?.[0]?.exitCode).toBe(7);
  });
});

describe('a task that cannot start', () => {
  const reasonOf = async (tag: string, container = {}): Promise<string> => {
    const arn = await run(tag, container);
    await reaches(arn, 'STOPPED');
    const stopped = await task(arn);
    expect(stopped.stopCode).toBe('TaskFailedToStart');
    expect(stopped.containers?.[0]?.exitCode).toBeUndefined();
    return stopped.stoppedReason ?? '';
  };

  test('says why its image could not be pulled', async () => {
    expect(await reasonOf('missing')).toMatch(/^CannotPullContainerError: .*not found/);
    expect(await reasonOf('v1', { image: 'nginx:latest' })).toMatch(/^CannotPullContainerError: localaws: nginx:latest is not in this account's ECR/);
    expect(await reasonOf('v1', { image: '999999999999.dkr.ecr.us-east-1.amazonaws.com/team/orders:v1' })).toMatch(
      /^CannotPullContainerError: .*no other registry can be reached/,
    );
    expect(await reasonOf('v1', { image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/other:v1' })).toMatch(
      /^CannotPullContainerError: .*RepositoryNotFoundException/,
    );
    ecr.pushIndex('foreign', [
      { digest: 'sha256:1', platform: { os: 'windows', architecture: 'amd64' } },
      { digest: 'sha256:2', platform: { os: 'linux', architecture: 's390x' } },
    ]);
    expect(await reasonOf('foreign')).toMatch(/^CannotPullContainerError: .*does not contain descriptor matching platform 'linux/);
    const layer = await layerOf([{ name: 'a', content: 'a' }]);
    const digest = ecr.push('broken', [layer], { Cmd: ['node'] });
    expect(digest).toMatch(/^sha256:/);
    ecr.corrupt(sha256(layer));
    expect(await reasonOf('broken')).toMatch(/^CannotPullContainerError: failed to copy or unpack image/);
  });

  test('says that there is nothing to run', async () => {
    ecr.push('empty', [await layerOf([{ name: 'a', content: 'a' }])]);
    expect(await reasonOf('empty')).toMatch(/^CannotStartContainerError: .*no command specified/);
    ecr.push('unknown', [await layerOf([{ name: 'a', content: 'a' }])], { Cmd: ['no-such-program-here'] });
    expect(await reasonOf('unknown')).toMatch(/^CannotStartContainerError: .*"no-such-program-here": executable file not found/);
  });

  test('takes the image of this machine from an index', async () => {
    const other = ecr.push('other', [await layerOf([{ name: 'x', content: 'x' }])], { Cmd: ['sh', '-c', 'exit 1'] });
    const mine = ecr.push('mine', [await layerOf([{ name: 'y', content: 'y' }])], { Cmd: ['sh', '-c', 'exit 3'] });
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    const index = ecr.pushIndex('multi', [
      { digest: other, platform: { os: 'linux', architecture: 's390x' } },
      { digest: mine, platform: { os: 'linux', architecture } },
    ]);
    const arn = await run('multi', { portMappings: [] });
    await reaches(arn, 'STOPPED');
    expect((await task(arn)).containers?.[0]).toMatchObject({ exitCode: 3, imageDigest: index });
  });
});
