// The local ECS as an unmodified SDK client sees it: blue and green task sets as CodeDeploy drives them, and bad requests.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteTaskSetCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  StopTaskCommand,
  type TaskSet,
  UpdateServiceCommand,
  UpdateServicePrimaryTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { scriptedDigest } from '#rehearsal/region/scripted-task-runtime.ts';
import type { Principal } from '../../../localaws/region.ts';
import { NETWORK, openStage, type Stage } from '../../unit/localaws/ecs/ecs-stage.ts';
import { ordersOn } from '../../unit/localaws/ecs/orders-service.ts';

let stage: Stage;
afterEach(() => stage.close());
const orders = (): ReturnType<typeof ordersOn> => ordersOn(stage);

const CODE_DEPLOY: Principal = { kind: 'service', service: 'codedeploy.amazonaws.com' };

async function startBlue(): Promise<{ blue: TaskSet; blueGroup: ReturnType<Stage['elb']['group']>; greenGroup: ReturnType<Stage['elb']['group']> }> {
  const blueGroup = stage.elb.group('blue');
  const greenGroup = stage.elb.group('green', { loadBalancerArns: [] });
  await orders().create({ controller: 'CODE_DEPLOY', groupArn: blueGroup.arn });
  await stage.until(async () => (await orders().service()).taskSets?.[0]?.stabilityStatus === 'STEADY_STATE');
  const blue = (await orders().service()).taskSets?.[0] ?? {};
  return { blue, blueGroup, greenGroup };
}

function createGreen(greenArn: string, tag = 'v2'): Promise<TaskSet> {
  return orders()
    .register(tag)
    .then(async (taskDefinition) => {
      const input = {
        cluster: 'prod',
        service: 'orders',
        externalId: 'd-A1B2C3D4E',
        taskDefinition,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        loadBalancers: [{ targetGroupArn: greenArn, containerName: 'app', containerPort: 8080 }],
        scale: { unit: 'PERCENT', value: 100 },
        clientToken: 'token-1',
      };
      return (await stage.running.region.call('ecs', 'CreateTaskSet', input, CODE_DEPLOY))['taskSet'];
    });
}

describe('a service with the CODE_DEPLOY controller', () => {
  test('makes its first primary task set itself, and its tasks name it', async () => {
    stage = await openStage();
    const { blue, blueGroup } = await startBlue();
    expect(blue).toMatchObject({
      status: 'PRIMARY',
      startedBy: 'ecs-svc',
      computedDesiredCount: 2,
      runningCount: 2,
      pendingCount: 0,
      scale: { unit: 'PERCENT', value: 100 },
    });
    expect(blue.id).toMatch(/^ecs-svc\/\d+$/);
    expect(blue.taskSetArn).toBe(`arn:aws:ecs:us-east-1:000000000000:task-set/prod/orders/${blue.id}`);
    const { taskArns = [] } = await stage.ecs.send(new ListTasksCommand({ cluster: 'prod', serviceName: 'orders' }));
    const { tasks = [] } = await stage.ecs.send(new DescribeTasksCommand({ cluster: 'prod', tasks: taskArns }));
    expect(tasks).toHaveLength(2);
    for (const task of tasks) {
      expect(task).toMatchObject({
        startedBy: blue.id,
        group: 'service:orders',
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        launchType: 'FARGATE',
        platformVersion: '1.4.0',
      });
      const address = task.attachments?.[0]?.details?.find((detail) => detail.name === 'privateIPv4Address')?.value;
      expect(blueGroup.targets.get(String(address))?.port).toBe(8080);
      expect(task.containers?.[0]?.imageDigest).toBe(scriptedDigest('v1'));
    }
    const answer = await orders().service();
    expect(answer).toMatchObject({ desiredCount: 2, runningCount: 2, deployments: [], deploymentController: { type: 'CODE_DEPLOY' } });
    expect(answer.events?.some((event) => event.message === '(service orders) has reached a steady state.')).toBe(true);
    expect(stage.events.some((event) => event.detail['eventName'] === 'SERVICE_STEADY_STATE')).toBe(true);
  });

  test('takes a green task set from CodeDeploy, makes it primary, and drains blue without losing a request', async () => {
    stage = await openStage();
    const { blue, blueGroup, greenGroup } = await startBlue();
    const green = await createGreen(greenGroup.arn);
    expect(green).toMatchObject({ status: 'ACTIVE', startedBy: 'CODE_DEPLOY', externalId: 'd-A1B2C3D4E', stabilityStatus: 'STABILIZING' });
    const again = await createGreen(greenGroup.arn).catch((error: unknown) => error);
    expect(again).toMatchObject({ id: green.id });
    // The group is in no listener rule yet, so no load balancer has asked these tasks: to ECS that is steady all the same.
    await stage.until(async () => (await orders().taskSet(green.id ?? ''))?.stabilityStatus === 'STEADY_STATE');
    greenGroup.loadBalancerArns = [...blueGroup.loadBalancerArns];
    await stage.ecs.send(new UpdateServicePrimaryTaskSetCommand({ cluster: 'prod', service: 'orders', primaryTaskSet: green.id }));
    expect((await orders().service()).taskDefinition).toBe(green.taskDefinition);
    expect((await orders().taskSet(blue.id ?? ''))?.status).toBe('ACTIVE');

    await stage.ecs.send(new DeleteTaskSetCommand({ cluster: 'prod', service: 'orders', taskSet: blue.id, force: true }));
    expect((await orders().taskSet(blue.id ?? ''))?.status).toBe('DRAINING');
    await stage.until(async () => (await orders().taskSet(blue.id ?? '')) === undefined);
    const deregistered = stage.elb.calls.filter((call) => call.operation === 'DeregisterTargets');
    expect(deregistered).toHaveLength(2);
    const terms = stage.runtime.signals.filter((signal) => signal.signal === 'SIGTERM');
    expect(terms).toHaveLength(2);
    for (const term of terms) expect(term.at - Math.min(...deregistered.map((call) => call.at))).toBeGreaterThanOrEqual(300_000);
    expect(blueGroup.targets.size).toBe(0);
    expect((await orders().service()).taskSets).toHaveLength(1);
    const stopped = stage.events.filter((event) => event.detail['lastStatus'] === 'STOPPED');
    expect(stopped).toHaveLength(2);
    expect(stopped[0]?.detail).toMatchObject({
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Scaling activity initiated by (deployment ${blue.id})`,
      startedBy: blue.id,
    });
  });

  test('may be scaled, but neither deployed nor given another network through UpdateService', async () => {
    stage = await openStage();
    await startBlue();
    const taskDefinition = await orders().register('v2');
    const update = (input: object): Promise<unknown> =>
      stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', ...input })).then(
        () => 'done',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    const advice = 'on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.';
    expect(await update({ taskDefinition })).toBe(`InvalidParameterException: Unable to update task definition ${advice}`);
    expect(await update({ networkConfiguration: NETWORK })).toBe(`InvalidParameterException: Unable to update network parameters ${advice}`);
    expect(await update({ platformVersion: '1.4.0' })).toBe(`InvalidParameterException: Unable to update platform version ${advice}`);
    expect(await update({ forceNewDeployment: true })).toBe(`InvalidParameterException: Cannot force a new deployment ${advice}`);
    expect(await update({ desiredCount: 3, healthCheckGracePeriodSeconds: 30 })).toBe('done');
    await stage.until(async () => (await orders().service()).runningCount === 3);
    expect(await update({ desiredCount: 1 })).toBe('done');
    await stage.until(async () => (await orders().service()).runningCount === 1);
    const counts = stage.events.filter((event) => event.detail['eventName'] === 'SERVICE_DESIRED_COUNT_UPDATED');
    expect(counts.map((event) => event.detail['desiredCount'])).toEqual([3, 1]);
  });
});

describe('bad requests', () => {
  test('get the errors AWS gives', async () => {
    stage = await openStage();
    const { ecs } = stage;
    await expect(ecs.send(new DescribeServicesCommand({ cluster: 'none', services: ['x'] }))).rejects.toMatchObject({
      name: 'ClusterNotFoundException',
      message: 'Cluster not found.',
    });
    await ecs.send(new CreateClusterCommand({}));
    await expect(ecs.send(new DescribeServicesCommand({ services: [] }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Services cannot be empty.',
    });
    await expect(ecs.send(new DescribeServicesCommand({ services: ['gone'] }))).resolves.toMatchObject({
      services: [],
      failures: [{ arn: 'arn:aws:ecs:us-east-1:000000000000:service/default/gone', reason: 'MISSING' }],
    });
    await expect(ecs.send(new UpdateServiceCommand({ service: 'gone' }))).rejects.toMatchObject({ name: 'ServiceNotFoundException' });
    await expect(ecs.send(new StopTaskCommand({ task: 'gone' }))).rejects.toThrow('The referenced task was not found.');
    const create = (input: object): Promise<unknown> =>
      ecs.send(
        new CreateServiceCommand({
          serviceName: 'orders',
          desiredCount: 1,
          taskDefinition: 'orders',
          launchType: 'FARGATE',
          networkConfiguration: NETWORK,
          ...input,
        }),
      );
    await expect(create({})).rejects.toThrow('TaskDefinition not found.');
    await orders().register('v1');
    await expect(create({ networkConfiguration: undefined })).rejects.toThrow("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    const balancer = { targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/none/1', containerName: 'app', containerPort: 8080 };
    await expect(create({ loadBalancers: [balancer] })).rejects.toThrow(`The target group ${balancer.targetGroupArn} does not exist.`);
    await expect(create({ loadBalancers: [{ ...balancer, containerName: 'web' }] })).rejects.toThrow(
      'The container web does not exist in the task definition.',
    );
    await expect(create({ loadBalancers: [{ ...balancer, containerPort: 1 }] })).rejects.toThrow('The container app did not have a container port 1 defined.');
    await expect(create({ healthCheckGracePeriodSeconds: 5 })).rejects.toThrow(
      'Health check grace period is only valid for services configured to use load balancers',
    );
    await expect(create({ capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] })).rejects.toThrow(
      'Specifying both a launch type and capacity provider strategy',
    );
    const unused = stage.elb.group('unused', { loadBalancerArns: [] });
    await expect(create({ loadBalancers: [{ ...balancer, targetGroupArn: unused.arn }] })).rejects.toThrow('does not have an associated load balancer.');
    const instances = stage.elb.group('instances', { targetType: 'instance' });
    await expect(create({ loadBalancers: [{ ...balancer, targetGroupArn: instances.arn }] })).rejects.toThrow(
      'has target type instance, which is incompatible with the awsvpc network mode',
    );
  });
});
