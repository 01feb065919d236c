// The main stories, whole: the packaged stack on the virtual clock, from the push to who serves at the end.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { AwsShape } from '../../localaws/region.ts';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

let scenario: Scenario;
/** One world for all stories, told in order: functions stay warm, and each story begins where the last one ended. */
beforeAll(async () => {
  scenario = await startScenario();
});
afterAll(() => scenario.close());

describe('a pushed image', () => {
  test('becomes a canary that runs all five hooks, shifts all traffic and ends with blue gone', async () => {
    const { push, until, untilEnded, servingDigest, service, call, sample } = scenario;
    const digest = await push('2.0.0');
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', outcome: { reason: 'green serves all production traffic' } });
    expect(Object.values(deployment.hooks).map((record) => record.answer)).toEqual(Array(5).fill('Succeeded'));
    expect(await servingDigest()).toBe(digest);
    expect(await service()).toMatchObject({ lastSuccess: { deploymentId: deployment.id, digest }, failuresInARow: 0, quarantine: [] });
    // Blue's tasks finish what they are answering before they go.
    await until(
      async () => (await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] }))['services'][0].taskSets.length === 1,
    );
  });

  test('is rolled back within the canary when it fails on real traffic, and its image is quarantined', async () => {
    const { push, untilEnded, servingDigest, service } = scenario;
    const before = await servingDigest();
    const digest = await push('3.0.0', { errorShare: 0.25 });
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'health' } } });
    expect(deployment.shift?.fullTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
    expect(await service()).toMatchObject({ quarantine: [{ digest }], failuresInARow: 1, lastSuccess: { digest: before } });
  });

  test('that crashes at start never gets traffic and is stopped in minutes, not after the hour of Install', async () => {
    const { push, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const deployment = await untilEnded(await push('4.0.0', { script: { exitAfterMs: 500, exitCode: 1 } }));
    expect(deployment).toMatchObject({ status: 'Failed', rollback: { cause: { kind: 'crashes', threshold: 3 } } });
    expect((deployment.outcome?.at ?? 0) - deployment.requestedAt).toBeLessThan(10 * 60_000);
    expect(deployment.shift?.firstTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
  });

  test('that fails its smoke check on the test listener never gets production traffic', async () => {
    const { push, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    // Its health check passes all the same: only the smoke check can tell.
    const digest = await push('5.0.0', { script: { respond: (request, response) => void response.writeHead(request.url === '/smoke' ? 503 : 200).end() } });
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Failed', hooks: { AfterAllowTestTraffic: { answer: 'Failed' } } });
    expect(deployment.shift?.firstTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
  });

  test('shifts linearly by a configuration that Weir makes and other services share', async () => {
    const { push, untilEnded, servingDigest, apply } = scenario;
    await apply({ strategy: { linear: { percent: 20, intervalMinutes: 1 } } });
    const digest = await push('6.0.0');
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', plan: { configurationName: 'weir-linear-20-1m' } });
    const shares = deployment.timeline.flatMap((entry) => (entry.type === 'ShiftObserved' ? [/green has (\d+) %/.exec(entry.text)?.[1]] : []));
    expect(shares).toEqual(expect.arrayContaining(['20', '40', '60', '80', '100']));
    expect(await servingDigest()).toBe(digest);
  });

  test('all at once is checked through the test listener before it gets everything', async () => {
    const { push, untilEnded, servingDigest, apply } = scenario;
    await apply({ strategy: { allAtOnce: {} } });
    const digest = await push('7.0.0');
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded', hooks: { BeforeAllowTraffic: { answer: 'Succeeded' } } });
    expect(await servingDigest()).toBe(digest);
  });
});

describe('an operator', () => {
  test('aborts during the canary and blue serves everything again', async () => {
    const { push, until, greenPercent, ask, apply, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    await apply({});
    const digest = await push('8.0.0');
    await until(async () => (await greenPercent()) === 10);
    await ask('abort-deployment', { by: 'arn:aws:iam::000000000000:user/ann', serviceKey: 'prod/orders', reason: 'checkout errors' });
    expect(await untilEnded(digest)).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'operator', reason: 'checkout errors' } } });
    expect(await servingDigest()).toBe(before);
  });

  test('finds auto scaling as it was after a deployment, whatever its end', async () => {
    const { push, untilEnded, call } = scenario;
    const target = { ServiceNamespace: 'ecs', ResourceId: 'service/prod/orders', ScalableDimension: 'ecs:service:DesiredCount' };
    const before = { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false };
    await call('application-autoscaling', 'RegisterScalableTarget', { ...target, MinCapacity: 2, MaxCapacity: 4, SuspendedState: before });
    const deployment = await untilEnded(await push('9.0.0', { errorShare: 0.5 }));
    expect(deployment.timeline.map((entry) => entry.type)).toEqual(expect.arrayContaining(['ScalingSuspended', 'ScalingRestored']));
    const { ScalableTargets } = await call('application-autoscaling', 'DescribeScalableTargets', { ServiceNamespace: 'ecs', ResourceIds: [target.ResourceId] });
    expect(ScalableTargets[0].SuspendedState).toEqual(before);
  });
});

describe('an alarm of the manifest', () => {
  test('that goes off during the canary rolls it back at once', async () => {
    const { push, until, greenPercent, call, apply, untilEnded } = scenario;
    const alarm = { AlarmName: 'orders-errors', Namespace: 'Orders', MetricName: 'Errors', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 5 };
    await call('monitoring', 'PutMetricAlarm', { ...alarm, ComparisonOperator: 'GreaterThanThreshold', TreatMissingData: 'ignore' });
    await apply({ health: { alarms: ['orders-errors'] } });
    const digest = await push('10.0.0');
    await until(async () => (await greenPercent()) === 10);
    await call('monitoring', 'SetAlarmState', { AlarmName: 'orders-errors', StateValue: 'ALARM', StateReason: 'test' });
    expect(await untilEnded(digest)).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'alarm', alarms: ['orders-errors'] } } });
  });
});

describe('a hook function of the user', () => {
  test('is asked with what is deployed, and its no ends the deployment before production traffic', async () => {
    const { push, call, apply, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const code = "export const handler = async (event) => ({ status: 'Failed', reason: ['no', event.image.tag, 'on a', event.hook].join(' ') });";
    const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const { Role } = await call('iam', 'CreateRole', { RoleName: 'release-gate', AssumeRolePolicyDocument: JSON.stringify(trust) });
    await call('lambda', 'CreateFunction', {
      FunctionName: 'CodeDeployHook_release-gate',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Role.Arn,
      Code: { ZipFile: Buffer.from(zipSync({ 'index.mjs': strToU8(code) })).toString('base64') },
    });
    await apply({ hooks: { afterInstall: { function: 'CodeDeployHook_release-gate' } } });
    const deployment = await untilEnded(await push('11.0.0'));
    expect(deployment).toMatchObject({ status: 'Failed', hooks: { AfterInstall: { answer: 'Failed' } } });
    expect(deployment.hooks.AfterInstall?.reason).toContain('no 11.0.0 on a AfterInstall');
    expect(await servingDigest()).toBe(before);
  });
});

/** CodeDeploy's own rollback is a deployment of CodeDeploy's and names none of Weir's. */
const OF_CODEDEPLOY = 'a rollback must not be held up';

describe('the logs of the functions', () => {
  test('name service and deployment in every line about what a function did for one', async () => {
    const { call } = scenario;
    const { logGroups } = await call('logs', 'DescribeLogGroups', {});
    const decided: Record<string, readonly AwsShape[]> = {};
    for (const { logGroupName } of logGroups.filter((group: AwsShape) => /weir-dev-/.test(group['logGroupName']))) {
      const { events } = await call('logs', 'FilterLogEvents', { logGroupName, limit: 2_000 });
      const lines = events.flatMap(({ message }: AwsShape) => (message.startsWith('{') ? [JSON.parse(message)] : []));
      decided[logGroupName.split('weir-dev-').at(-1)] = lines.filter(
        ({ message, reason }: AwsShape) => /^(step|hook) decided$/.test(message) && reason !== OF_CODEDEPLOY,
      );
    }
    const expected = ['plan', 'register-task-definition', 'start-traffic-shift', 'assess', 'roll-back', 'conclude'];
    expect(Object.keys(decided)).toEqual(expect.arrayContaining([...expected, 'before-install', 'after-allow-traffic']));
    for (const [name, lines] of Object.entries(decided)) {
      if (expected.includes(name)) expect({ name, some: lines.length > 0 }).toEqual({ name, some: true });
      for (const line of lines)
        expect({ name, ...line }).toMatchObject({ serviceKey: 'prod/orders', deploymentId: expect.stringMatching(/^\d{8}T\d{6}-[0-9a-f]{10}$/) });
    }
  });
});
