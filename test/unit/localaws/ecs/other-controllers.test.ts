// Services of the ECS controller, which roll, and of an external one, which is told.
import {
  CreateServiceCommand,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scriptedDigest } from '#rehearsal/region/scripted-task-runtime.ts';
import { NETWORK, openStage, type Stage } from './ecs-stage.ts';
import { ordersOn } from './orders-service.ts';

let stage: Stage;
afterEach(() => stage.close());
const orders = (): ReturnType<typeof ordersOn> => ordersOn(stage);

describe('a service with the ECS controller', () => {
  test('rolls to a new task definition and keeps its minimum of healthy tasks', async () => {
    stage = await openStage();
    const group = stage.elb.group('web', { deregistrationDelayMs: 30_000 });
    await orders().create({ groupArn: group.arn, desiredCount: 2 });
    await stage.until(async () => (await orders().service()).deployments?.[0]?.rolloutState === 'COMPLETED');
    await stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', taskDefinition: await orders().register('v2') }));
    let fewest = 2;
    await stage.until(async () => {
      const { deployments = [], runningCount = 0 } = await orders().service();
      fewest = Math.min(fewest, runningCount);
      return deployments.length === 1 && deployments[0]?.rolloutState === 'COMPLETED';
    });
    expect(fewest).toBe(2);
    const states = stage.events.filter((event) => event.detailType === 'ECS Deployment State Change').map((event) => event.detail['eventName']);
    expect(states).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    const { taskArns = [] } = await stage.ecs.send(new ListTasksCommand({ cluster: 'prod' }));
    const { tasks = [] } = await stage.ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }));
    expect(tasks.map((task) => task.containers?.[0]?.imageDigest)).toEqual([scriptedDigest('v2'), scriptedDigest('v2')]);
  });

  test('starts no deployment when nothing changes', async () => {
    stage = await openStage();
    await orders().create({ desiredCount: 1 });
    const before = (await orders().service()).deployments?.[0]?.id;
    await stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', taskDefinition: 'orders:1' }));
    expect((await orders().service()).deployments?.map((deployment) => deployment.id)).toEqual([before]);
    await stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', forceNewDeployment: true }));
    expect((await orders().service()).deployments).toHaveLength(2);
  });

  test('is not created twice with other parameters, nor deleted while it is scaled above 0', async () => {
    stage = await openStage();
    await orders().create({ desiredCount: 1 });
    const again = {
      cluster: 'prod',
      serviceName: 'orders',
      desiredCount: 1,
      taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/orders:1',
      networkConfiguration: NETWORK,
    } as const;
    await expect(stage.ecs.send(new CreateServiceCommand({ ...again, launchType: 'FARGATE' }))).resolves.toMatchObject({ service: { serviceName: 'orders' } });
    await expect(stage.ecs.send(new CreateServiceCommand({ ...again, launchType: 'FARGATE', desiredCount: 2 }))).rejects.toThrow(
      'Creation of service was not idempotent.',
    );
    await expect(stage.ecs.send(new DeleteServiceCommand({ cluster: 'prod', service: 'orders' }))).rejects.toThrow(
      'The service cannot be stopped while it is scaled above 0.',
    );
    await stage.until(async () => (await orders().service()).runningCount === 1);
    const deleted = await stage.ecs.send(new DeleteServiceCommand({ cluster: 'prod', service: 'orders', force: true }));
    expect(deleted.service?.status).toBe('DRAINING');
    await expect(stage.ecs.send(new CreateServiceCommand({ ...again, launchType: 'FARGATE' }))).rejects.toThrow(
      'Unable to Start a service that is still Draining.',
    );
    await stage.until(async () => (await orders().service()).status === 'INACTIVE');
    await stage.ecs.send(new CreateServiceCommand({ ...again, launchType: 'FARGATE' }));
    expect((await orders().service()).status).toBe('ACTIVE');
  });
});

describe('a service with an external controller', () => {
  test('runs the scale of each task set, rounded up', async () => {
    stage = await openStage();
    await orders().create({ controller: 'EXTERNAL', desiredCount: 3 });
    const created = await stage.ecs.send(
      new CreateTaskSetCommand({
        cluster: 'prod',
        service: 'orders',
        taskDefinition: await orders().register('v1'),
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        scale: { unit: 'PERCENT', value: 50 },
      }),
    );
    expect(created.taskSet?.startedBy).toBeUndefined();
    await stage.until(async () => (await orders().taskSet(created.taskSet?.id ?? ''))?.stabilityStatus === 'STEADY_STATE');
    expect(await orders().taskSet(created.taskSet?.id ?? '')).toMatchObject({ computedDesiredCount: 2, runningCount: 2, status: 'ACTIVE' });
    await expect(stage.ecs.send(new DeleteTaskSetCommand({ cluster: 'prod', service: 'orders', taskSet: created.taskSet?.id }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(stage.ecs.send(new DeleteTaskSetCommand({ cluster: 'prod', service: 'orders', taskSet: 'ecs-svc/1' }))).rejects.toMatchObject({
      name: 'TaskSetNotFoundException',
    });
  });

  test('leaves task sets to external controllers', async () => {
    stage = await openStage();
    await orders().create({ desiredCount: 0 });
    await expect(stage.ecs.send(new CreateTaskSetCommand({ cluster: 'prod', service: 'orders', taskDefinition: 'orders' }))).rejects.toThrow(
      'Amazon ECS only supports task set management on services configured to use external deployment controllers.',
    );
  });
});
