// Tasks that fail, each in its own way, and what their service does about it.
import { DescribeTasksCommand, ListTasksCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openStage, type Stage } from './ecs-stage.ts';
import { ordersOn } from './orders-service.ts';

let stage: Stage;
afterEach(() => stage.close());
const orders = (): ReturnType<typeof ordersOn> => ordersOn(stage);

describe('a service whose tasks fail', () => {
  test('replaces a task whose target is unhealthy, once the grace period is over, and drains it first', async () => {
    stage = await openStage();
    const group = stage.elb.group('blue', {
      deregistrationDelayMs: 60_000,
      health: () => ({ State: 'unhealthy', Reason: 'Target.ResponseCodeMismatch', Description: 'Health checks failed with these codes: [500]' }),
    });
    await orders().create({ controller: 'CODE_DEPLOY', groupArn: group.arn, desiredCount: 1, grace: 120 });
    await stage.until(() => stage.events.some((event) => event.detail['desiredStatus'] === 'STOPPED'));
    const first = stage.events.find((event) => event.detail['desiredStatus'] === 'STOPPED');
    expect(first?.detail).toMatchObject({
      lastStatus: 'DEACTIVATING',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Task failed ELB health checks in (target-group ${group.arn})`,
    });
    const running = stage.events.find((event) => event.detail['lastStatus'] === 'RUNNING');
    expect((first?.at ?? 0) - (running?.at ?? 0)).toBeGreaterThanOrEqual(120_000);
    await stage.until(() => stage.runtime.signals.length > 0);
    expect((stage.runtime.signals[0]?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect((await orders().service()).taskSets?.[0]?.stabilityStatus).toBe('STABILIZING');
    expect((await orders().service()).events?.some((event) => event.message?.includes('Health checks failed with these codes: [500]'))).toBe(true);
  });

  test('replaces a task whose container health check fails', async () => {
    stage = await openStage({ v1: { isHealthy: (elapsedMs) => elapsedMs < 200_000 } });
    await orders().create({ desiredCount: 1, container: { healthCheck: { command: ['CMD-SHELL', 'exit 0'], interval: 10, retries: 2 } } });
    await stage.until(async () => (await orders().service()).deployments?.[0]?.rolloutState === 'COMPLETED');
    const [taskArn = ''] = (await stage.ecs.send(new ListTasksCommand({ cluster: 'prod' }))).taskArns ?? [];
    expect((await stage.ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: [taskArn] }))).tasks?.[0]?.healthStatus).toBe('HEALTHY');
    await stage.until(() => stage.events.some((event) => event.detail['taskArn'] === taskArn && event.detail['lastStatus'] === 'STOPPED'));
    const stopped = stage.events.findLast((event) => event.detail['taskArn'] === taskArn);
    expect(stopped?.detail).toMatchObject({ stoppedReason: 'Task failed container health checks', stopCode: 'ServiceSchedulerInitiated' });
    // A task that turns unhealthy sends no event of its own, and no event tells health.
    expect(stopped?.detail['healthStatus']).toBeUndefined();
  });

  test('starts tasks that cannot pull their image less and less often and says that starts are impaired', async () => {
    stage = await openStage({ v1: { cannotPull: 'pull image manifest has been retried 1 time(s): not found' } });
    await orders().create({ desiredCount: 1 });
    await stage.pass(30 * 60_000);
    const starts = stage.events.filter((event) => event.detailType === 'ECS Task State Change' && event.detail['version'] === 1).map((event) => event.at);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(gaps.at(-1)).toBeGreaterThan(2 * Number(gaps[0]));
    expect(starts.length).toBeLessThan(15);
    expect(stage.events.filter((event) => event.detail['eventName'] === 'SERVICE_TASK_START_IMPAIRED')).toHaveLength(1);
    const stopped = stage.events.find((event) => event.detail['lastStatus'] === 'STOPPED');
    expect(stopped?.detail).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: 'CannotPullContainerError: pull image manifest has been retried 1 time(s): not found',
    });
    expect(stopped?.detail['containers'][0].exitCode).toBeUndefined();
    expect(stopped?.detail['startedAt']).toBeUndefined();
    expect((await orders().service()).deployments?.[0]).toMatchObject({ rolloutState: 'IN_PROGRESS', failedTasks: starts.length });
  });

  test('replaces crashed tasks at once, with the exit code in the event', async () => {
    stage = await openStage({ v1: { exitAfterMs: 5_000, exitCode: 137, exitReason: 'OutOfMemoryError: Container killed due to memory usage' } });
    await orders().create({ desiredCount: 1 });
    await stage.until(() => stage.events.filter((event) => event.detail['lastStatus'] === 'STOPPED').length === 3);
    const stopped = stage.events.find((event) => event.detail['lastStatus'] === 'STOPPED');
    expect(stopped?.detail).toMatchObject({ stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' });
    expect(stopped?.detail['containers'][0]).toMatchObject({
      exitCode: 137,
      reason: 'OutOfMemoryError: Container killed due to memory usage',
      lastStatus: 'STOPPED',
    });
    const versions = stage.events.filter((event) => event.detail['taskArn'] === stopped?.detail['taskArn']).map((event) => event.detail['version']);
    expect(versions).toEqual(versions.map((_version, index) => index + 1));
    expect(stage.events.some((event) => event.detail['eventName'] === 'SERVICE_TASK_START_IMPAIRED')).toBe(false);
  });

  test('does not stop a task before the balancer has confirmed that it drains, whatever errors come', async () => {
    stage = await openStage();
    const group = stage.elb.group('blue', { deregistrationDelayMs: 10_000 });
    await orders().create({ controller: 'CODE_DEPLOY', groupArn: group.arn, desiredCount: 1 });
    await stage.until(async () => (await orders().service()).runningCount === 1 && group.targets.size === 1);
    stage.elb.fail('DeregisterTargets', 5);
    await stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', desiredCount: 0 }));
    await stage.until(() => stage.runtime.signals.length > 0);
    const deregisteredAt = stage.elb.calls.find((call) => call.operation === 'DeregisterTargets')?.at ?? Number.POSITIVE_INFINITY;
    expect((stage.runtime.signals[0]?.at ?? 0) - deregisteredAt).toBeGreaterThanOrEqual(10_000);
  });
});
