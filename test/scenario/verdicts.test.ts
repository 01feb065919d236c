// Blue against green on real requests through the real listener: what is worse goes back, what is a fault of both does not, and too
// little traffic holds. What was said at the time is what a replay says.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { comparisonSetting } from '#core/health/comparison.ts';
import { replay } from '#core/health/replay.ts';
import { freePorts } from '../../cli/demo/free-ports.ts';
import { createStage, type Stage } from '../../cli/demo/stage.ts';
import { showOf } from '../../cli/service-view.ts';
import { type LocalAws, startLocalAws } from '../../localaws/start-local-aws.ts';
import { packagedWeir } from '../support/scenario/packaged-template.ts';

const MINUTE = 60_000;
/** Real milliseconds between looks: each is a function run, and simulated time is slow while one is at work. */
const LOOK_MILLISECONDS = 400;
const LOOKS_MAX = 400;
/** Real requests come by chance, and so does the minute in which there are enough of them: on a busy machine that takes its time. */
const STORY_MILLISECONDS = 300_000;
const COMMAND_LINE = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
const SAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'orders');

let folder: string;
let localAws: LocalAws | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-verdicts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await localAws?.close();
  localAws = undefined;
});

/** A version of the sample service with a behaviour of its own; answers its folder. */
function versionOf(version: string, behaviour: Readonly<Record<string, unknown>>): string {
  const directory = join(folder, `${version}-${Object.keys(behaviour).join('-')}`);
  mkdirSync(directory, { recursive: true });
  copyFileSync(join(SAMPLE, 'server.mjs'), join(directory, 'server.mjs'));
  writeFileSync(join(directory, 'behaviour.json'), JSON.stringify({ version, ...behaviour }));
  writeFileSync(join(directory, 'weir.image.json'), JSON.stringify({ entrypoint: ['node', 'server.mjs'], exposedPorts: [8080] }));
  return directory;
}

interface World {
  readonly stage: Stage;
  /** Pushes a folder and answers its deployment as soon as `reached` is true of it. */
  follow(directory: string, reached: (deployment: Deployment) => boolean): Promise<Deployment>;
  newest(): Promise<Deployment>;
  until(reached: (deployment: Deployment) => boolean): Promise<Deployment>;
}

const ended = ({ status }: Deployment): boolean => isTerminal(status);

/** Blue serves under real traffic for long enough to have a past, then the manifest is applied. */
async function worldOf(options: { blue: string; requestsPerSecond: number; speed: number; manifest: Readonly<Record<string, unknown>> }): Promise<World> {
  localAws = await startLocalAws({ clock: { kind: 'scaled', speed: options.speed }, ...packagedWeir() });
  const [productionPort, testPort] = await freePorts();
  const stage = await createStage(localAws, { productionPort, testPort, live: false, first: options.blue, requestsPerSecond: options.requestsPerSecond });
  const manifest = {
    version: 1,
    service: 'orders',
    cluster: 'prod',
    image: { repository: 'team/orders' },
    driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
    ...options.manifest,
  };
  await stage.client.ask('apply-manifest', { by: 'test', manifest, dryRun: false });
  const servedAt = localAws.clock.now();
  while (localAws.clock.now() < servedAt + 6 * MINUTE) await wait(100);
  const newest = async (): Promise<Deployment> => {
    for (let look = 0; look < LOOKS_MAX; look++) {
      const [deployment] = (await showOf(stage.client, stage.serviceKey, 1)).deployments;
      if (deployment !== undefined) return deployment;
      await wait(LOOK_MILLISECONDS);
    }
    throw new Error('no deployment began');
  };
  const until = async (reached: (deployment: Deployment) => boolean): Promise<Deployment> => {
    let deployment = await newest();
    for (let look = 0; look < LOOKS_MAX && !reached(deployment); look++) {
      await wait(LOOK_MILLISECONDS);
      deployment = await newest();
    }
    if (!reached(deployment))
      throw new Error(
        `not reached: ${deployment.status}, ${deployment.verdict?.reasons.join('; ')}\n${deployment.timeline.map(({ text }) => text).join('\n')}`,
      );
    return deployment;
  };
  return {
    stage,
    newest,
    until,
    async follow(directory, reached) {
      await stage.push(directory, '2.0.0');
      return until(reached);
    },
  };
}

/** What a replay of the record says is what was said, minute by minute. */
function expectSameWhenReplayed({ plan, evidence }: Deployment): void {
  if (plan === undefined || evidence === undefined) throw new Error('no evidence on record');
  expect(evidence.minutes.length).toBeGreaterThan(0);
  const again = replay(comparisonSetting(plan.settings.health.comparison, plan.baseline, plan.desiredCount), evidence.minutes);
  expect(again.differing).toBe(0);
  expect(again.minutes.map(({ minute, verdict, against, advance }) => ({ minute, verdict, against, advance }))).toEqual(
    evidence.minutes.map(({ minute, verdict, against, advance }) => ({ minute, verdict, against, advance })),
  );
}

const canary = (intervalMinutes: number) => ({ strategy: { canary: { percent: 10, intervalMinutes } }, bakeTimeMinutes: 3 });

describe('during a 10 % canary', () => {
  test(
    '2 % errors against 0.2 % are rolled back',
    async () => {
      const world = await worldOf({ blue: versionOf('1.0.0', { failureShare: 0.002 }), requestsPerSecond: 400, speed: 30, manifest: canary(40) });
      const deployment = await world.follow(versionOf('2.0.0', { failureShare: 0.02 }), ended);
      expect(deployment.status).toBe('RolledBack');
      expect(deployment.shift?.fullTrafficAt).toBeUndefined();
      expect(deployment.rollback?.cause).toMatchObject({ kind: 'health', reasons: [expect.stringMatching(/^green failed .* times blue's/)] });
      expectSameWhenReplayed(deployment);
      const { stdout } = await promisify(execFile)(process.execPath, [COMMAND_LINE, '--json', 'replay', world.stage.serviceKey], {
        env: { ...process.env, AWS_ENDPOINT_URL: localAws?.endpointUrl, AWS_REGION: 'us-east-1' },
      });
      const said = JSON.parse(stdout);
      expect(said).toMatchObject({ verdict: 'fail', differing: 0 });
      expect(said.minutes.map(({ verdict }: { verdict: string }) => verdict)).toEqual(deployment.evidence?.minutes.map(({ verdict }) => verdict));
    },
    STORY_MILLISECONDS,
  );

  test(
    'the same 2 % on both are not',
    async () => {
      const sharedFaultFile = join(folder, 'dependency');
      const world = await worldOf({
        blue: versionOf('1.0.0', { sharedFaultFile, failureShare: 0.002 }),
        requestsPerSecond: 300,
        speed: 60,
        manifest: canary(12),
      });
      await world.follow(versionOf('2.0.0', { sharedFaultFile, failureShare: 0.002 }), (deployment) => deployment.shift?.firstTrafficAt !== undefined);
      writeFileSync(sharedFaultFile, '0.02');
      const afterCanary = await world.until((deployment) => ended(deployment) || deployment.shift?.fullTrafficAt !== undefined);
      rmSync(sharedFaultFile);
      const errors = afterCanary.verdict?.comparison?.metrics.find(({ metric }) => metric === 'errors');
      // The outage was really there, on both sides.
      expect((errors?.blue.bad ?? 0) / (errors?.blue.requests ?? 1)).toBeGreaterThan(0.01);
      expect((errors?.green.bad ?? 0) / (errors?.green.requests ?? 1)).toBeGreaterThan(0.01);
      expect(afterCanary.rollback).toBeUndefined();
      const deployment = await world.until(ended);
      expect(deployment.status).toBe('Succeeded');
      expectSameWhenReplayed(deployment);
    },
    STORY_MILLISECONDS,
  );

  test(
    'a version whose p99 is three times as long, without an error, is rolled back',
    async () => {
      const world = await worldOf({
        blue: versionOf('1.0.0', { latencyMs: 20, tailShare: 0.1, tailMs: 80 }),
        requestsPerSecond: 200,
        speed: 30,
        manifest: canary(40),
      });
      const deployment = await world.follow(versionOf('2.0.0', { latencyMs: 20, tailShare: 0.1, tailMs: 280 }), ended);
      expect(deployment.status).toBe('RolledBack');
      expect(deployment.rollback?.cause).toMatchObject({ kind: 'health', reasons: [expect.stringContaining('slower')] });
      expect(deployment.verdict?.comparison?.metrics.find(({ metric }) => metric === 'errors')?.green.bad).toBe(0);
      expectSameWhenReplayed(deployment);
    },
    STORY_MILLISECONDS,
  );
});

describe('with 3 requests a minute', () => {
  test(
    'the verdict says how much is missing, green is not let through, and a person is asked',
    async () => {
      const world = await worldOf({ blue: versionOf('1.0.0', {}), requestsPerSecond: 3, speed: 60, manifest: { ...canary(5), bakeTimeMinutes: 2 } });
      const held = await world.follow(versionOf('2.0.0', {}), (deployment) => deployment.toldAt !== undefined || ended(deployment));
      expect(held.status).toBe('Shifting');
      expect(held.verdict).toMatchObject({
        verdict: 'inconclusive',
        reasons: [expect.stringMatching(/^about [\d,]+ more green requests needed, [\d,]+ minute\(s\) at this traffic/)],
      });
      const askedAt = held.askedAt ?? 0;
      while ((localAws?.clock.now() ?? 0) < askedAt + 5 * MINUTE) await wait(100);
      const still = await world.newest();
      expect(still.status).toBe('Shifting');
      expect(still.shift?.blueReleasedAt).toBeUndefined();
      expectSameWhenReplayed(still);
      await world.stage.client.ask('promote-deployment', { by: 'ann', serviceKey: 'prod/orders', reason: 'a quiet service' });
      expect((await world.until(ended)).status).toBe('Succeeded');
    },
    STORY_MILLISECONDS,
  );
});
