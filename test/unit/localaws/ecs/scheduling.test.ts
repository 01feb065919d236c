// The service scheduler's own decisions: capacity, registration, repeated events, and what it says about them.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createEcs } from '../../../../localaws/ecs/create-ecs.ts';
import type { TaskDefinitionRecord, Workload } from '../../../../localaws/ecs/ecs-records.ts';
import { pageOf } from '../../../../localaws/ecs/list-pages.ts';
import { createPlacement, type Placement } from '../../../../localaws/ecs/placement.ts';
import { createProcessRuntime } from '../../../../localaws/ecs/runtime/process-runtime.ts';
import type { Region } from '../../../../localaws/region.ts';
import { startRegion } from '../../../../localaws/start-region.ts';
import { createEcrDouble, layerOf } from './ecr-double.ts';
import { fargateDefinition, imageOf, NETWORK, openStage, type Stage } from './ecs-stage.ts';

let stage: Stage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function createService(on: Stage, input: object): Promise<void> {
  await on.ecs.send(new CreateClusterCommand({ capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }));
  await on.ecs.send(new RegisterTaskDefinitionCommand(fargateDefinition('v1') as never));
  await on.ecs.send(
    new CreateServiceCommand({
      serviceName: 'orders',
      taskDefinition: 'orders',
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      ...input,
    }),
  );
}

async function service(on: Stage): Promise<Service> {
  return (await on.ecs.send(new DescribeServicesCommand({ services: ['orders'] }))).services?.[0] ?? {};
}

describe('the scheduler', () => {
  test('says that it cannot place a task, tries less and less often, and goes on when there is room', async () => {
    let hasRoom = false;
    const placement = (region: Region): Placement => {
      const fargate = createPlacement(region);
      return (request) =>
        hasRoom
          ? fargate(request)
          : { kind: 'refused', reason: 'RESOURCE:FARGATE', message: 'Capacity is unavailable at this time.', capacityProviderName: 'FARGATE_SPOT' };
    };
    stage = await openStage({}, { placement });
    await createService(stage, {});
    await stage.pass(10 * 60_000);
    const failures = stage.events.filter((event) => event.detail['eventName'] === 'SERVICE_TASK_PLACEMENT_FAILURE');
    expect(failures.length).toBeGreaterThan(2);
    expect(failures.length).toBeLessThan(10);
    expect(failures[0]).toMatchObject({
      resources: ['arn:aws:ecs:us-east-1:000000000000:service/default/orders'],
      detail: { eventType: 'ERROR', reason: 'RESOURCE:FARGATE', capacityProviderArns: ['arn:aws:ecs:us-east-1:000000000000:capacity-provider/FARGATE_SPOT'] },
    });
    hasRoom = true;
    const on = stage;
    await stage.until(async () => (await service(on)).runningCount === 1);
  });

  test('registers again what the balancer refused, and lets a service come to rest', async () => {
    stage = await openStage();
    const on = stage;
    const group = stage.elb.group('web');
    stage.elb.fail('RegisterTargets', 2);
    await createService(stage, { loadBalancers: [{ targetGroupArn: group.arn, containerName: 'app', containerPort: 8080 }] });
    await stage.until(async () => (await service(on)).deployments?.[0]?.rolloutState === 'COMPLETED');
    expect(group.targets.size).toBe(1);
    const messages = (await service(on)).events?.map((event) => event.message) ?? [];
    expect(messages.some((message) => message?.includes('failed to register targets in (target-group'))).toBe(true);
    expect(messages.filter((message) => message?.includes('registered 1 targets'))).toHaveLength(1);
    await stage.pass(13 * 60 * 60_000);
    const steady = stage.events.filter((event) => event.detail['eventName'] === 'SERVICE_STEADY_STATE');
    expect(steady).toHaveLength(3);
  });

  test('never shows the old steady state with a new desired count', async () => {
    stage = await openStage();
    const on = stage;
    const group = stage.elb.group('blue');
    await createService(stage, {
      deploymentController: { type: 'CODE_DEPLOY' },
      loadBalancers: [{ targetGroupArn: group.arn, containerName: 'app', containerPort: 8080 }],
    });
    await stage.until(async () => (await service(on)).taskSets?.[0]?.stabilityStatus === 'STEADY_STATE');
    const updated = await stage.ecs.send(new UpdateServiceCommand({ service: 'orders', desiredCount: 4 }));
    expect(updated.service?.taskSets?.[0]?.stabilityStatus).toBe('STABILIZING');
    await stage.until(async () => (await service(on)).taskSets?.[0]?.stabilityStatus === 'STEADY_STATE');
    expect(group.targets.size).toBe(4);
  });

  test('keeps at most a hundred events', async () => {
    stage = await openStage({ v1: { exitAfterMs: 1_000, exitCode: 1 } });
    await createService(stage, {});
    await stage.pass(60 * 60_000);
    expect((await service(stage)).events).toHaveLength(100);
    expect((await stage.ecs.send(new ListTasksCommand({ serviceName: 'orders' }))).taskArns?.length).toBeLessThanOrEqual(1);
  });
});

describe('placement', () => {
  test('fills the base first and then shares by weight', () => {
    const place = createPlacement({ name: 'us-east-1' } as Region);
    const workload: Workload = {
      taskDefinition: {} as TaskDefinitionRecord,
      launchType: undefined,
      capacityProviderStrategy: [
        { capacityProvider: 'FARGATE', base: 2, weight: 1 },
        { capacityProvider: 'FARGATE_SPOT', base: 0, weight: 3 },
      ],
      platformVersion: undefined,
      networkConfiguration: undefined,
      loadBalancers: [],
      serviceRegistries: [],
    };
    const tasksByProvider = new Map<string, number>();
    for (let count = 0; count < 10; count++) {
      const answer = place({ workload, subnetId: 'subnet-1', tasksByProvider });
      expect(answer.kind).toBe('placed');
      const name = String(answer.capacityProviderName);
      tasksByProvider.set(name, (tasksByProvider.get(name) ?? 0) + 1);
    }
    expect(Object.fromEntries(tasksByProvider)).toEqual({ FARGATE: 4, FARGATE_SPOT: 6 });
  });
});

describe('a page', () => {
  test('follows the one before although its last item is gone', () => {
    const items = ['a', 'b', 'c', 'd'];
    const first = pageOf(items, { maxResults: 2 }, 100);
    expect(first.items).toEqual(['a', 'b']);
    expect(pageOf(items, { nextToken: first.nextToken }, 100)).toEqual({ items: ['c', 'd'], nextToken: undefined });
    expect(pageOf(['a', 'c', 'd'], { nextToken: first.nextToken }, 100).items).toEqual(['c', 'd']);
    expect(() => pageOf(items, { nextToken: '!' }, 100)).toThrow('Invalid token');
    expect(() => pageOf(items, { maxResults: 0 }, 100)).toThrow('maxResults');
  });
});

describe('a region with a fast clock', () => {
  test('starts no process any more once it closes', async () => {
    const ecr = createEcrDouble();
    ecr.push('v1', [await layerOf([{ name: 'a', content: 'a' }])], { Cmd: ['node', '-e', 'setInterval(() => {}, 1000)'] });
    const running = await startRegion({
      services: [createEcs({ taskRuntime: createProcessRuntime() }), ecr.factory],
      clock: { kind: 'scaled', speed: 10_000 },
    });
    const call = (operation: string, input: object): Promise<Record<string, unknown>> => running.region.call('ecs', operation, input, { kind: 'root' });
    await call('CreateCluster', {});
    await call('RegisterTaskDefinition', { ...fargateDefinition('v1'), containerDefinitions: [{ name: 'app', image: imageOf('v1') }] });
    await call('CreateService', { serviceName: 'orders', taskDefinition: 'orders', desiredCount: 3, launchType: 'FARGATE', networkConfiguration: NETWORK });
    for (let tries = 0; tries < 500; tries++) {
      const described = await call('DescribeServices', { services: ['orders'] });
      if ((described['services'] as { runningCount: number }[])[0]?.runningCount === 3) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const downloads = ecr.calls.length;
    await running.close();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ecr.calls).toHaveLength(downloads);
  });
});
