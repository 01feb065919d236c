// Real requests through the real listener to real processes: the canary's share, and not one request lost when traffic shifts and
// when blue or green goes.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts } from '../../cli/demo/free-ports.ts';
import { createStage, type Stage } from '../../cli/demo/stage.ts';
import { showOf } from '../../cli/service-view.ts';
import { type LocalAws, startLocalAws } from '../../localaws/start-local-aws.ts';
import { sendTraffic } from '../../localaws/traffic/send-traffic.ts';
import { packagedWeir } from '../support/scenario/packaged-template.ts';

const REQUESTS = 2_000;
const REQUESTS_PER_SECOND = 250;
/** Simulated seconds per second: a canary of 15 minutes lasts as long as the requests take, and some more. */
const SPEED = 60;

let localAws: LocalAws;
let stage: Stage;

beforeAll(async () => {
  localAws = await startLocalAws({ clock: { kind: 'scaled', speed: SPEED }, ...packagedWeir() });
  const [productionPort, testPort] = await freePorts();
  stage = await createStage(localAws, { productionPort, testPort, live: false });
});
afterAll(() => localAws.close());

async function until(reached: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 500; look++) {
    if (await reached()) return;
    await wait(100);
  }
  throw new Error('not reached within 50 s');
}

const isIdle = async (): Promise<boolean> => (await showOf(stage.client, stage.serviceKey, 1)).service.active === undefined;

describe('a canary under real traffic', () => {
  test('gives green 10 % of 2,000 requests, within 3 points, and loses none', async () => {
    const manifest = {
      version: 1,
      service: 'orders',
      cluster: 'prod',
      image: { repository: 'team/orders' },
      driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
      strategy: { codedeployConfiguration: 'CodeDeployDefault.ECSCanary10Percent15Minutes' },
      bakeTimeMinutes: 1,
    };
    await stage.client.ask('apply-manifest', { by: 'test', manifest, dryRun: false });
    await stage.push('v2', '2.0.0');
    await until(async () => (await stage.greenPercent()) === 10);
    const result = await sendTraffic({ url: stage.sample.productionUrl, requestsPerSecond: REQUESTS_PER_SECOND, seconds: REQUESTS / REQUESTS_PER_SECOND });
    expect(await stage.greenPercent()).toBe(10);
    expect(result).toMatchObject({ sent: REQUESTS, answered: REQUESTS, lost: 0 });
    const share = (100 * (result.byVersion['2.0.0'] ?? 0)) / result.answered;
    expect(Math.abs(share - 10)).toBeLessThanOrEqual(3);
    await until(isIdle);
  }, 60_000);

  test('loses no request while all traffic shifts, blue ends, and a bad green is taken away again', async () => {
    await stage.push('v4', '4.0.0');
    await until(async () => !(await isIdle()));
    await until(isIdle);
    const all = await stage.stopTraffic();
    expect(all.lost).toBe(0);
    expect(all.answered).toBeGreaterThan(REQUESTS);
    expect(all.byVersion['4.0.0']).toBeUndefined();
    expect(Object.keys(all.byStatus)).toEqual(['200']);
  }, 60_000);
});
