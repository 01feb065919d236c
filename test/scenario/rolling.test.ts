// Services without a load balancer, deployed by replacing tasks: ECS's circuit breaker and alarms, and Weir's own limits beside them.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AwsShape } from '../../localaws/region.ts';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const ALARM = 'queue-age';
const rolling = { driver: { kind: 'ecs' }, strategy: { rolling: {} }, smokeChecks: [], bakeTimeMinutes: 5, health: { alarms: [ALARM] } };

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario({ driver: 'ecs', desiredCount: 4 });
  const { call, sample } = scenario;
  const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
  await call('ecs', 'DeleteService', { cluster: sample.cluster, service: sample.service, force: true });
  await scenario.until(async () => (await describeService())['runningCount'] === 0 && (await describeService())['status'] === 'INACTIVE');
  await call('ecs', 'CreateService', {
    cluster: sample.cluster,
    serviceName: sample.service,
    taskDefinition: services[0].taskDefinition,
    desiredCount: 4,
    launchType: 'FARGATE',
    networkConfiguration: services[0].networkConfiguration,
  });
  await scenario.until(async () => (await describeService())['deployments'][0]?.rolloutState === 'COMPLETED');
  await call('monitoring', 'PutMetricAlarm', {
    AlarmName: ALARM,
    Namespace: 'Orders',
    MetricName: 'OldestMessage',
    Statistic: 'Maximum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 100,
    ComparisonOperator: 'GreaterThanThreshold',
    TreatMissingData: 'notBreaching',
  });
  await scenario.apply(rolling);
});
afterAll(() => scenario.close());

async function describeService(): Promise<AwsShape> {
  const { cluster, service } = scenario.sample;
  return (await scenario.call('ecs', 'DescribeServices', { cluster, services: [service] }))['services'][0] ?? {};
}

/** Digests of the images that run. */
async function running(): Promise<readonly string[]> {
  const { call, sample } = scenario;
  const { taskArns } = await call('ecs', 'ListTasks', { cluster: sample.cluster, serviceName: sample.service, desiredStatus: 'RUNNING' });
  const { tasks } = await call('ecs', 'DescribeTasks', { cluster: sample.cluster, tasks: taskArns });
  const images = (tasks as AwsShape[]).filter((task) => task['lastStatus'] === 'RUNNING').map((task) => String(task['containers'][0].image));
  return [...new Set(images.map((image) => image.slice(image.indexOf('@') + 1)))];
}

describe('a service without a load balancer', () => {
  test('has its tasks replaced one after another, and is watched through the bake', async () => {
    const digest = await scenario.push('2.0.0');
    const deployment = await scenario.untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', plan: { rolling: { service: 'orders' }, configurationName: 'ROLLING 100 to 200 %' } });
    const shares = deployment.timeline.flatMap(({ text }) => /green has ([\d.]+) %/.exec(text)?.[1] ?? []);
    expect(shares.at(-1)).toBe('100');
    expect((deployment.outcome?.at ?? 0) - (deployment.shift?.fullTrafficAt ?? 0)).toBeGreaterThanOrEqual(4.5 * MINUTE);
    expect(await running()).toEqual([digest]);
  });

  test('goes back when tasks never start, by whoever sees it first', async () => {
    const [before = ''] = await running();
    const digest = await scenario.push('3.0.0', { script: { cannotStart: 'no such command' } });
    expect(await scenario.untilEnded(digest)).toMatchObject({ status: expect.stringMatching(/^(RolledBack|Failed)$/) });
    await scenario.until(async () => (await describeService())['runningCount'] === 4);
    expect(await running()).toEqual([before]);
  });

  test('goes back when tasks crash after their start, which ECS does not count', async () => {
    const [before = ''] = await running();
    const digest = await scenario.push('4.0.0', { script: { exitAfterMs: 60_000, exitCode: 1 } });
    const deployment = await scenario.untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'crashes' } } });
    await scenario.until(async () => (await describeService())['runningCount'] === 4);
    expect(await running()).toEqual([before]);
    expect(await scenario.service()).toMatchObject({ quarantine: [expect.anything(), { digest }] });
  });

  test('goes back when an alarm on a metric of its own goes off', async () => {
    const [before = ''] = await running();
    const digest = await scenario.push('5.0.0');
    await scenario.untilSeen(digest, ({ shift }) => (shift?.greenPercent ?? 0) > 0);
    await scenario.call('monitoring', 'PutMetricData', { Namespace: 'Orders', MetricData: [{ MetricName: 'OldestMessage', Value: 900 }] });
    const deployment = await scenario.untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: expect.stringMatching(/^(alarm|driver)$/) } } });
    await scenario.until(async () => (await describeService())['runningCount'] === 4);
    expect(await running()).toEqual([before]);
  });

  test('goes back in the guard window when it goes bad after it succeeded', async () => {
    const [before = ''] = await running();
    await scenario.pass(10 * MINUTE);
    await scenario.apply({ ...rolling, guard: { mode: 'auto', minutes: 60 } });
    const digest = await scenario.push('5.1.0');
    expect(await scenario.untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
    for (let minute = 0; minute < 4; minute++) {
      await scenario.call('monitoring', 'PutMetricData', { Namespace: 'Orders', MetricData: [{ MetricName: 'OldestMessage', Value: 900 }] });
      await scenario.pass(MINUTE);
    }
    const way = await scenario.untilEnded(before);
    expect(way.request.remedy?.purpose).toBe('restore');
    expect(way).toMatchObject({ status: 'Succeeded', plan: { configurationName: 'ROLLING 100 to 200 %' } });
    await scenario.until(async () => (await describeService())['runningCount'] === 4);
    expect(await running()).toEqual([before]);
    await scenario.apply(rolling);
  });

  test('is aborted by an operator in the middle', async () => {
    const [before = ''] = await running();
    await scenario.pass(10 * MINUTE);
    const digest = await scenario.push('6.0.0');
    await scenario.untilSeen(digest, ({ shift }) => (shift?.greenPercent ?? 0) > 0);
    await scenario.ask('abort-deployment', { by: 'arn:aws:iam::000000000000:user/ann', serviceKey: 'prod/orders', reason: 'wrong queue' });
    expect(await scenario.untilEnded(digest)).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'operator' } } });
    expect(await running()).toEqual([before]);
  });
});
