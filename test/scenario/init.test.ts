// weir init on services that live on the local AWS: the drafted manifest is applied as it is, and a push is deployed by it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { runWeir, type WeirRun } from '../support/run-weir.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

describe.each(['codedeploy', 'ecs'] as const)('weir init on a service whose traffic %s shifts', (driver) => {
  let scenario: Scenario;
  let folder: string;
  const weir = (...args: string[]): Promise<WeirRun> => runWeir(scenario.localAws.endpointUrl, args, folder);

  beforeAll(async () => {
    scenario = await startScenario({ driver, ...(driver === 'ecs' ? {} : { terminationWaitMinutes: 4 }) });
    folder = mkdtempSync(join(tmpdir(), 'weir-init-'));
  });
  afterAll(async () => {
    await scenario.close();
    rmSync(folder, { recursive: true });
  });

  test('writes a manifest that plan and apply take unchanged, and that deploys the next push', async () => {
    const { call, sample, push, untilEnded, servingDigest } = scenario;
    const TargetGroup = sample.targetGroupArns[0].slice(sample.targetGroupArns[0].lastIndexOf(':') + 1);
    const alarm = {
      MetricName: 'HTTPCode_Target_5XX_Count',
      Namespace: 'AWS/ApplicationELB',
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 50,
    };
    const Dimensions = [{ Name: 'TargetGroup', Value: TargetGroup }];
    await call('monitoring', 'PutMetricAlarm', {
      ...alarm,
      AlarmName: 'orders-5xx',
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      Dimensions,
    });
    await call('monitoring', 'PutMetricAlarm', { ...alarm, AlarmName: 'unrelated', ComparisonOperator: 'GreaterThanThreshold' });

    expect(await weir('init', SERVICE_KEY)).toMatchObject({ status: 0, error: '', out: expect.stringContaining('Wrote weir.yaml') });
    const text = readFileSync(join(folder, 'weir.yaml'), 'utf8');
    expect(parse(text)).toEqual({
      version: 1,
      service: 'orders',
      cluster: 'prod',
      image: { repository: 'team/orders', tags: { semver: '>=0.0.0' } },
      driver: driver === 'ecs' ? { kind: 'ecs' } : { kind: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod' },
      strategy: { canary: { percent: 10, intervalMinutes: 5 } },
      bakeTimeMinutes: driver === 'ecs' ? 5 : 4,
      health: { alarms: ['orders-5xx'] },
      smokeChecks: [{ name: 'health', path: '/health', expect: { status: 200 } }],
    });
    expect(text).toContain('container app on port 8080');
    expect(text).toMatch(/# production: HTTP \d+ of load balancer orders/);
    expect(text).toMatch(/# GUESSED: all 1 tag\(s\) in the repository are semantic versions/);

    expect(await weir('plan', '-f', 'weir.yaml')).toMatchObject({ status: 0, out: expect.stringContaining('prod/orders') });
    expect(await weir('apply', '-f', 'weir.yaml')).toMatchObject({ status: 0, out: expect.stringContaining('Changed prod/orders') });
    scenario.traffic.requestsPerMinute = 12_000;
    const digest = await push('2.0.0');
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded', plan: { driver } });
    expect(await servingDigest()).toBe(digest);
  });

  test('overwrites a file only when told to, and with --dry-run writes none', async () => {
    writeFileSync(join(folder, 'kept.yaml'), 'mine\n');
    expect(await weir('init', SERVICE_KEY, '-f', 'kept.yaml')).toMatchObject({
      status: 2,
      error: expect.stringContaining('kept.yaml exists; --force overwrites it'),
    });
    expect(readFileSync(join(folder, 'kept.yaml'), 'utf8')).toBe('mine\n');
    const shown = await weir('init', SERVICE_KEY, '-f', 'kept.yaml', '--dry-run');
    expect(parse(shown.out)).toMatchObject({ service: 'orders' });
    expect(readFileSync(join(folder, 'kept.yaml'), 'utf8')).toBe('mine\n');
    const forced = await weir('--json', 'init', SERVICE_KEY, '-f', 'kept.yaml', '--force');
    expect(JSON.parse(forced.out)).toEqual({ file: 'kept.yaml', manifest: readFileSync(join(folder, 'kept.yaml'), 'utf8') });
  });

  test('says what is missing', async () => {
    expect(await weir('init', 'prod/nothing', '--dry-run')).toMatchObject({
      status: 1,
      error: expect.stringContaining('there is no service nothing in cluster prod'),
    });
    expect(await weir('init', 'orders')).toMatchObject({ status: 2, error: expect.stringContaining('not of the form cluster/service') });
  });
});
