// Rehearsals with the real control plane: what the scenarios come to, with both drivers; and the command itself, in a process of its own,
// without credentials and without an endpoint.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RehearsalReport } from '#rehearsal/report.ts';
import type { RehearsalOrder } from '../support/rehearsal-thread.ts';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import { type Pool, startPool } from '../support/simulation/pool.ts';
import { manifestFor, storyNamed } from '../support/simulation/stories.ts';

const MINUTE = 60_000;
const CODEDEPLOY = 'driver: { kind: codedeploy, application: shop, deploymentGroup: shop-live }';
const manifest = (...lines: readonly string[]): string =>
  ['version: 1', 'service: my_Shop', 'cluster: live', 'image: { repository: team/shop, container: web }', ...lines].join('\n');
const canary = manifest(
  CODEDEPLOY,
  'strategy: { canary: { percent: 10, intervalMinutes: 5 } }',
  'smokeChecks: [{ name: up, path: /up }]',
  'guard: { minutes: 10 }',
);
const native = manifest('driver: { kind: ecs }', 'strategy: { linear: { percent: 25, intervalMinutes: 2 } }', 'guard: { mode: "off" }');

let thread: Worker;
beforeAll(() => {
  thread = new Worker(new URL('../support/rehearsal-thread.ts', import.meta.url), {
    workerData: { templateFile: packagedTemplate().templateFile },
    env: { POWERTOOLS_LOG_LEVEL: 'SILENT' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxYoungGenerationSizeMb: 192 },
  });
});
afterAll(() => thread.terminate());

function rehearse(order: RehearsalOrder): Promise<RehearsalReport> {
  return new Promise((resolve, reject) => {
    thread.once('error', reject);
    thread.once('message', ({ report, error }: { report?: RehearsalReport; error?: string }) => {
      thread.off('error', reject);
      if (report === undefined) reject(new Error(error));
      else resolve(report);
    });
    thread.postMessage(order);
  });
}

describe('with CodeDeploy', () => {
  const reports = new Map<string, RehearsalReport>();
  const reportOf = async (scenario: string): Promise<RehearsalReport> => {
    const report = reports.get(scenario) ?? (await rehearse({ manifest: canary, scenario }));
    reports.set(scenario, report);
    return report;
  };

  test.each([
    ['good', 'succeeded', 'Succeeded'],
    ['errors:2%', 'rolled-back', 'RolledBack'],
    ['slow:+150ms', 'rolled-back', 'RolledBack'],
    ['crash', 'rolled-back', 'Failed'],
    ['crash-later:2m', 'rolled-back', 'RolledBack'],
    ['smoke-fails', 'rolled-back', 'Failed'],
    ['shared-outage:10m', 'succeeded', 'Succeeded'],
    ['bad-after:5m', 'rolled-back', 'Succeeded'],
    ['no-metrics:always', 'succeeded', 'Succeeded'],
  ])('%s ends %s, on record as %s', async (scenario, end, status) => {
    expect(await reportOf(scenario)).toMatchObject({ end, status });
  });

  test('a good version gets all traffic by the steps of the manifest, and the guard window passes', async () => {
    const { weights, timeline, exposed, backAfter } = await reportOf('good');
    expect(weights.map(({ greenPercent }) => greenPercent)).toEqual([0, 10, 100]);
    const [, first, full] = weights;
    expect(((full?.after ?? 0) - (first?.after ?? 0)) / MINUTE).toBeCloseTo(5, 0);
    expect(timeline.at(-1)?.text).toBe('Guard window ended: the guard window has passed');
    expect(exposed.caused).toBe(0);
    expect(backAfter).toBeUndefined();
  });

  test('errors are noticed at the first share, and the exposed requests are what the listener sent it', async () => {
    const { greenPercentMax, backAfter = 0, backAfterFirstBad = 0, exposed, why } = await reportOf('errors:10%');
    expect(greenPercentMax).toBe(10);
    expect(backAfterFirstBad).toBeLessThan(backAfter);
    // A tenth of 1,000 requests a minute, for as long as it had traffic.
    expect(exposed.requests / ((exposed.milliseconds / MINUTE) * 100)).toBeGreaterThan(0.85);
    expect(exposed.requests / ((exposed.milliseconds / MINUTE) * 100)).toBeLessThan(1.15);
    expect(exposed.milliseconds).toBe(backAfterFirstBad);
    expect(why).toMatch(/green is unhealthy: green failed \d+ of \d+/);
  });

  test('what crashes at its start, or fails its smoke checks, never meets a request', async () => {
    for (const scenario of ['crash', 'smoke-fails']) {
      const { greenPercentMax, exposed, backAfter } = await reportOf(scenario);
      expect({ greenPercentMax, requests: exposed.requests, backAfter }).toEqual({ greenPercentMax: 0, requests: 0, backAfter: undefined });
    }
  });

  test('what goes bad later is taken back in the guard window', async () => {
    const { timeline, why, backAfter } = await reportOf('bad-after:5m');
    expect(why).toMatch(/^in the guard window: it went bad/);
    expect(backAfter).toBeDefined();
    expect(timeline.some(({ type }) => type === 'GuardEnded')).toBe(true);
  });

  test('the cost is counted from real calls and priced', async () => {
    const { cost, invocations, calls, extraTasks } = await reportOf('good');
    expect(invocations['plan']).toBe(1);
    expect(invocations['assess']).toBeGreaterThan(10);
    expect(calls['codedeploy:CreateDeployment']).toBe(1);
    expect(cost.controlPlane.map(({ usage }) => usage)).toContain('stateTransitions');
    expect(cost.controlPlane.every(({ units, dollars }) => units > 0 && dollars > 0)).toBe(true);
    expect(cost.controlPlaneDollars).toBeLessThan(0.1);
    expect(extraTasks.peak).toBe(2);
  });
});

describe("with ECS's own deployments", () => {
  test('a good version passes every step, and the same seed says the same again', async () => {
    const order = { manifest: native, options: { requestsPerMinute: 6_000, seed: 7 } };
    const first = await rehearse(order);
    expect(first).toMatchObject({ end: 'succeeded', status: 'Succeeded' });
    expect(first.weights.map(({ greenPercent }) => greenPercent)).toEqual([0, 25, 50, 75, 100]);
    expect(await rehearse(order)).toEqual(first);
  });

  test('errors roll back, and another seed has other requests', async () => {
    const one = await rehearse({ manifest: native, scenario: 'errors:5%' });
    const other = await rehearse({ manifest: native, scenario: 'errors:5%', options: { seed: 2 } });
    expect([one.end, other.end]).toEqual(['rolled-back', 'rolled-back']);
    expect(one.exposed).not.toEqual(other.exposed);
  });

  test('people who approve are waited for', async () => {
    const asked = manifest('driver: { kind: ecs }', 'strategy: { allAtOnce: {} }', 'guard: { mode: "off" }', 'approval: { required: 2, timeoutMinutes: 20 }');
    const approved = await rehearse({ manifest: asked, options: { approveAfterMinutes: 6 } });
    expect(approved.end).toBe('succeeded');
    expect(approved.weights[1]?.after).toBeGreaterThan(6 * MINUTE);
    expect(await rehearse({ manifest: asked })).toMatchObject({ end: 'rolled-back', why: expect.stringContaining('still missing after 20 min') });
  });
});

test('recorded traffic decides as it was recorded', async () => {
  const header = 'minute,blue_requests,blue_errors,green_requests,green_errors';
  const recorded = (greenErrors: number): string => [header, ...Array.from({ length: 30 }, (_, minute) => `${minute},900,1,100,${greenErrors}`)].join('\n');
  const bad = await rehearse({ manifest: canary, csv: recorded(5) });
  expect(bad).toMatchObject({ end: 'rolled-back', greenPercentMax: 10 });
  expect(bad.exposed.caused).toBeGreaterThan(0);
  expect((await rehearse({ manifest: canary, csv: recorded(0) })).end).toBe('succeeded');
});

test('a rolling deployment cannot be rehearsed, and says so', async () => {
  const rolling = manifest('driver: { kind: ecs }', 'strategy: { rolling: {} }');
  await expect(rehearse({ manifest: rolling })).rejects.toThrow('a rolling deployment cannot be rehearsed');
});

describe('the command', () => {
  const COMMAND_LINE = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
  const folder = mkdtempSync(join(tmpdir(), 'weir-rehearse-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const weir = (...args: string[]): { readonly status: number | null; readonly out: string; readonly error: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND_LINE, 'rehearse', ...args], {
      encoding: 'utf8',
      // No credentials, no region, no endpoint.
      env: { PATH: process.env['PATH'], WEIR_PACKAGE: packagedTemplate().artifactDirectory, NODE_COMPILE_CACHE: join(folder, 'cache') },
    });
    return { status, out: stdout, error: stderr };
  };

  test('prints the timeline, the end and what was left out, and ends as it was expected to or not', () => {
    const full = manifest(
      CODEDEPLOY,
      'strategy: { allAtOnce: {} }',
      'hooks: { afterInstall: { function: my-check } }',
      'health: { alarms: [shop-5xx] }',
      'frozen: { reason: holidays }',
    );
    const { status, out, error } = weir('-f', file('full.yaml', full), '--scenario', 'crash', '--expect', 'succeeded');
    expect(status).toBe(1);
    expect(error).toContain('expected succeeded, and it ended rolled-back: ');
    expect(out).toMatch(/^live\/my_Shop {2}CodeDeployDefault.ECSAllAtOnce through CodeDeploy/);
    expect(out).toMatch(/\+0:00:01 {4}0 % {2}Requested team\/shop:rehearsed/);
    expect(out).toContain('ROLLED BACK: the old version serves');
    expect(out).toContain('none needed: the new version never had production traffic');
    expect(out).toContain('not rehearsed     health.alarms: shop-5xx stay OK');
    expect(out).toContain('each answers Succeeded (afterInstall)');
    expect(out).toMatch(/list prices, us-east-1, read \d{4}-\d{2}-\d{2}/);
    expect(out).toMatch(/rehearsed \S+ in \d+\.\d s\n$/);
  });

  test('prints all of it as JSON, and ends with 0 however the version ended', () => {
    const { status, out } = weir('--json', '-f', file('canary.yaml', canary), '--scenario', 'smoke-fails');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ scenario: 'smoke-fails', leftOut: [], tookMilliseconds: expect.any(Number), report: { end: 'rolled-back' } });
  });

  test.each([
    [['--scenario', 'bogus'], 'there is no scenario bogus; there are good, errors[:PERCENT]'],
    [['--requests-per-minute', 'many'], '--requests-per-minute takes a whole number from 1 to 10000000, got many'],
  ])('%j is wrong usage', (args, problem) => {
    expect(weir('-f', file('canary.yaml', canary), ...args)).toMatchObject({ status: 2, error: expect.stringContaining(problem) });
  });

  test('shows what is wrong with a manifest', () => {
    const wrong = file('wrong.yaml', manifest(CODEDEPLOY, 'strategy: { canary: { percent: 120 } }'));
    expect(weir('-f', wrong)).toMatchObject({ status: 2, error: expect.stringContaining('strategy.canary.percent') });
  });
});

describe('beside the simulation', () => {
  let pool: Pool;
  beforeAll(async () => {
    pool = await startPool(packagedTemplate().templateFile, { threads: 1 });
  }, 60_000);
  afterAll(() => pool.close());

  test.each([
    ['canary', 'good'],
    ['bad-image', 'errors:50%'],
    ['crash-at-start', 'crash'],
  ])('the story %s and the scenario %s end alike, in about the same time', async (story, scenario) => {
    let told: { readonly ends: Readonly<Record<string, readonly string[]>>; readonly exposedMs: number } | undefined;
    await pool.run([{ index: 0, seed: 3, story, faults: [] }], ({ result }) => {
      told = result;
      return 'stop';
    });
    const { image: _image, ...rest } = manifestFor(storyNamed(story));
    const same = JSON.stringify({ ...rest, image: { repository: 'team/orders' } });
    const report = await rehearse({ manifest: same, scenario, options: { requestsPerMinute: 3_000, baselineErrorShare: 0 } });
    expect([report.status]).toEqual(told?.ends['2.0.0']);
    // One look of the watch loop more or less.
    if (story === 'bad-image') expect(Math.abs(report.exposed.milliseconds - (told?.exposedMs ?? 0))).toBeLessThanOrEqual(MINUTE);
  });
});
