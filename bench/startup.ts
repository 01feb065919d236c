// How long a person waits: from `weir local up` to `ready`, and from `weir local push` to CodeDeploy's CreateDeployment. Real time
// (speed 1). Compared, in the same run, with a bare Node start and with the push alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { CodeDeployClient, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { freePorts } from '../cli/demo/free-ports.ts';
import { createSampleRepository, SAMPLE_REPOSITORY, setUpSample } from '../examples/orders/set-up.ts';

const projectRoot = join(import.meta.dirname, '..');
const weir = join(projectRoot, 'cli', 'main.ts');
const ROUNDS = 3;
const SECONDS_MAX = 120;

export async function benchStartup(): Promise<void> {
  const bare = await median(() => timed(() => run(['-e', '0'])));
  await run([weir, 'local', 'up', '--help']);
  const starts: number[] = [];
  let pushAlone = 0;
  let pushToCreate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const up = await startUp();
    starts.push(up.seconds);
    try {
      if (round === ROUNDS - 1) ({ pushAlone, pushToCreate } = await timePush(up.endpointUrl));
    } finally {
      await up.stop();
    }
  }
  const start = starts.toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? 0;
  print([
    ['node start alone', bare, 1],
    ['weir local up -> ready', start, start / bare],
    ['weir local push alone', pushAlone, 1],
    ['weir local push -> CreateDeployment', pushToCreate, pushToCreate / pushAlone],
  ]);
}

function print(rows: readonly (readonly [string, number, number])[]): void {
  process.stdout.write(`${'what'.padEnd(40)} ${'seconds'.padStart(8)} ${'ratio'.padStart(8)}\n`);
  for (const [what, seconds, ratio] of rows) process.stdout.write(`${what.padEnd(40)} ${seconds.toFixed(2).padStart(8)} ${ratio.toFixed(1).padStart(7)}x\n`);
}

async function startUp(): Promise<{ seconds: number; endpointUrl: string; stop: () => Promise<void> }> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [weir, 'local', 'up', '--port', '0'], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'] });
  const endpointUrl = await readyUrl(child);
  return {
    seconds: (performance.now() - startedAt) / 1000,
    endpointUrl,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('weir local up has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /^ready (\S+)/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error('weir local up ended before it was ready');
}

async function timePush(endpointUrl: string): Promise<{ pushAlone: number; pushToCreate: number }> {
  const where = { endpointUrl, region: 'us-east-1', account: '000000000000' };
  await createSampleRepository(where);
  const push = (version: string, tag: string): Promise<void> =>
    run([
      weir,
      '--endpoint-url',
      endpointUrl,
      'local',
      'push',
      join(projectRoot, 'examples', 'orders', version),
      '--repository',
      SAMPLE_REPOSITORY,
      '--tag',
      tag,
    ]);
  // No manifest is applied yet, so this push starts nothing.
  const pushAlone = await timed(() => push('v1', '1.0.0'));
  const [productionPort, testPort] = await freePorts();
  const image = `${where.account}.dkr.ecr.${where.region}.amazonaws.com/${SAMPLE_REPOSITORY}:1.0.0`;
  const sample = await setUpSample({ ...where, image, productionPort, testPort, desiredCount: 1 });
  await waitFor(async () => (await fetch(sample.productionUrl).catch(() => undefined))?.status === 200);
  await run([weir, '--endpoint-url', endpointUrl, '--region', where.region, 'apply', '-f', join(projectRoot, 'examples', 'orders', 'weir.yaml')]);
  const codedeploy = new CodeDeployClient({ endpoint: endpointUrl, region: where.region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const group = { applicationName: sample.application, deploymentGroupName: sample.deploymentGroup };
  const pushToCreate = await timed(async () => {
    await push('v2', '2.0.0');
    await waitFor(async () => ((await codedeploy.send(new ListDeploymentsCommand(group))).deployments ?? []).length > 0);
  });
  return { pushAlone, pushToCreate };
}

async function waitFor(reached: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + SECONDS_MAX * 1000;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`not reached within ${SECONDS_MAX} s`);
    await wait(20);
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function median(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round++) values.push(await measure());
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
    });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`node ${args.join(' ')} ended with ${code}`))));
  });
}
