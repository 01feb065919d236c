// CodeDeploy as the real SDK sees it: every way an ECS blue/green deployment can go, on a virtual clock.
import { ContinueDeploymentCommand, GetDeploymentTargetCommand, SkipWaitTimeForInstanceTerminationCommand } from '@aws-sdk/client-codedeploy';
import { afterEach, describe, expect, test } from '@jest/globals';
import { BLUE_GROUP, GREEN_GROUP } from '../../support/blue-green-doubles.ts';
import { answering, type BlueGreenRegion, MINUTE_MS, startBlueGreenRegion } from '../../support/blue-green-region.ts';

let open: BlueGreenRegion | undefined;

async function start(...parameters: Parameters<typeof startBlueGreenRegion>): Promise<BlueGreenRegion> {
  open = await startBlueGreenRegion(...parameters);
  return open;
}

afterEach(async () => {
  await open?.close();
  open = undefined;
});

describe('a deployment that succeeds', () => {
  test('a canary shifts ten percent, waits five minutes, shifts the rest and deletes blue after the termination wait', async () => {
    const region = await start();
    const id = await region.deploy({ description: 'weir' });
    expect(id).toMatch(/^d-[A-Z0-9]{9}$/);
    await region.until(async () => (await region.info(id)).instanceTerminationWaitTimeStarted === true);
    expect((await region.info(id)).status).toBe('InProgress');
    const waiting = await region.target(id);
    expect(waiting.taskSetsInfo?.map((set) => [set.taskSetLabel, set.status, set.trafficWeight, set.targetGroup?.name])).toEqual([
      ['Blue', 'ACTIVE', 0, BLUE_GROUP],
      ['Green', 'PRIMARY', 100, GREEN_GROUP],
    ]);
    const done = await region.finish(id);
    expect(done).toMatchObject({ status: 'Succeeded', creator: 'user', description: 'weir', deploymentOverview: { Succeeded: 1 } });
    const production = region.world.routes.filter((route) => route.listener === 'production');
    expect(production.map((route) => route.weights)).toEqual([
      { [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 },
      { [BLUE_GROUP]: 90, [GREEN_GROUP]: 10 },
      { [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 },
    ]);
    expect((production[2]?.at ?? 0) - (production[1]?.at ?? 0)).toBe(5 * MINUTE_MS);
    expect(region.world.weightsOf('test')).toEqual({ [GREEN_GROUP]: 100 });
    expect(region.world.weightsOf('rule')).toEqual({ [BLUE_GROUP]: 0, [GREEN_GROUP]: 100 });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['DRAINING', 'PRIMARY']);
    expect(Object.values(await region.eventStatuses(id))).toEqual(Array(8).fill('Succeeded'));
    expect(region.world.events).toEqual([
      { state: 'START', deploymentId: id },
      { state: 'SUCCESS', deploymentId: id },
    ]);
  });

  test('green is created from the AppSpec and the primary task set, as the service role, in the other target group', async () => {
    const region = await start();
    const id = await region.deploy();
    await region.finish(id);
    const created = region.world.calls.find((call) => call.operation === 'CreateTaskSet');
    expect(created?.role).toBe('arn:aws:iam::000000000000:role/deployer');
    expect(created?.input).toMatchObject({
      externalId: id,
      taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/orders:2',
      loadBalancers: [{ targetGroupArn: region.world.arn(GREEN_GROUP), containerName: 'app', containerPort: 8080 }],
      scale: { unit: 'PERCENT', value: 100 },
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0abc'] } },
    });
  });

  test('linear moves ten percent a minute, ten times', async () => {
    const region = await start();
    const id = await region.deploy({ config: 'CodeDeployDefault.ECSLinear10PercentEvery1Minutes' });
    await region.finish(id);
    const moves = region.world.routes.filter((route) => route.listener === 'production').slice(1);
    expect(moves.map((route) => route.weights[GREEN_GROUP])).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    const gaps = moves.slice(1).map((route, index) => route.at - (moves[index]?.at ?? 0));
    expect(new Set(gaps)).toEqual(new Set([MINUTE_MS]));
  });

  test('all at once leaves green out of the production listener until AllowTraffic and then alone in it', async () => {
    const region = await start();
    const id = await region.deploy({ config: 'CodeDeployDefault.ECSAllAtOnce' });
    await region.until(async () => (await region.info(id)).status === 'InProgress' && (await region.eventStatuses(id))['Install'] === 'Succeeded');
    await region.finish(id);
    expect(region.world.routes.filter((route) => route.listener === 'production').map((route) => route.weights)).toEqual([{ [GREEN_GROUP]: 100 }]);
    expect(region.world.weightsOf('production')).toEqual({ [GREEN_GROUP]: 100 });
  });

  test('the target groups swap their roles with every deployment', async () => {
    const region = await start();
    await region.finish(await region.deploy());
    const second = await region.deploy({ taskDefinition: 'arn:aws:ecs:us-east-1:000000000000:task-definition/orders:3' });
    const done = await region.finish(second);
    expect(done.status).toBe('Succeeded');
    expect(done.previousRevision?.appSpecContent?.sha256).toBeDefined();
    expect(region.world.weightsOf('production')).toEqual({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['DRAINING', 'DRAINING', 'PRIMARY']);
  });

  test('every hook is invoked once, in order, with the two members of its payload, and its answer moves the deployment on', async () => {
    const region = await start();
    const hooks = { BeforeInstall: 'h1', AfterInstall: 'h2', AfterAllowTestTraffic: 'h3', BeforeAllowTraffic: 'h4', AfterAllowTraffic: 'h5' };
    for (const name of Object.values(hooks)) region.world.functions.set(name, answering(region, 'Succeeded'));
    const id = await region.deploy({ hooks });
    expect((await region.finish(id)).status).toBe('Succeeded');
    expect(region.world.invocations.map((call) => call.functionName)).toEqual(['h1', 'h2', 'h3', 'h4', 'h5']);
    expect(region.world.invocations.every((call) => call.type === 'Event')).toBe(true);
    expect(Object.keys(region.world.invocations[0]?.payload ?? {})).toEqual(['DeploymentId', 'LifecycleEventHookExecutionId']);
    expect(new Set(region.world.invocations.map((call) => call.payload.LifecycleEventHookExecutionId)).size).toBe(5);
  });

  test('KEEP_ALIVE ends after the shift and leaves blue running', async () => {
    const region = await start({
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'KEEP_ALIVE' },
      },
    });
    const done = await region.finish(await region.deploy());
    expect(done).toMatchObject({ status: 'Succeeded', instanceTerminationWaitTimeStarted: false });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['ACTIVE', 'PRIMARY']);
  });

  test('the target is not there before the start', async () => {
    const region = await start();
    const deploymentId = await region.deploy();
    await expect(region.client.send(new GetDeploymentTargetCommand({ deploymentId, targetId: 'prod:orders' }))).rejects.toThrow(
      expect.objectContaining({ name: 'DeploymentNotStartedException' }),
    );
  });
});

describe('waits', () => {
  const readyWait = {
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: 'STOP_DEPLOYMENT', waitTimeInMinutes: 30 },
      terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 60 },
    },
  } as const;

  test('a deployment that waits to be continued is Ready, shifts nothing, and goes on when told', async () => {
    const region = await start(readyWait);
    const deploymentId = await region.deploy();
    await expect(region.client.send(new ContinueDeploymentCommand({ deploymentId }))).rejects.toThrow(
      expect.objectContaining({ name: 'DeploymentIsNotInReadyStateException' }),
    );
    await region.until(async () => (await region.info(deploymentId)).status === 'Ready');
    expect(region.world.weightsOf('production')).toEqual({ [BLUE_GROUP]: 100, [GREEN_GROUP]: 0 });
    expect(region.world.weightsOf('test')).toEqual({ [GREEN_GROUP]: 100 });
    expect((await region.eventStatuses(deploymentId))['BeforeAllowTraffic']).toBe('Pending');
    await region.pass(20 * MINUTE_MS);
    await region.client.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'READY_WAIT' }));
    expect((await region.finish(deploymentId)).status).toBe('Succeeded');
    expect(region.world.events.map((event) => event.state)).toEqual(['START', 'READY', 'SUCCESS']);
  });

  test('nobody continues: the deployment stops with AWS text and leaves everything as it stands', async () => {
    const region = await start(readyWait);
    const done = await region.finish(await region.deploy());
    expect(done).toMatchObject({
      status: 'Stopped',
      errorInformation: {
        code: 'TIMEOUT',
        message: 'The deployment timed out while waiting for a notification to continue. This time out period is 30 minutes.',
      },
    });
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['PRIMARY', 'ACTIVE']);
  });

  test('the ready wait sits after BeforeAllowTraffic in the other position of its switch', async () => {
    const region = await start(readyWait, { readyWait: 'AfterBeforeAllowTraffic' });
    const id = await region.deploy();
    await region.until(async () => (await region.info(id)).status === 'Ready');
    expect((await region.eventStatuses(id))['BeforeAllowTraffic']).toBe('Succeeded');
  });

  test('the termination wait ends when continued', async () => {
    const region = await start(readyWait);
    const deploymentId = await region.deploy();
    await region.until(async () => (await region.info(deploymentId)).status === 'Ready');
    await region.client.send(new ContinueDeploymentCommand({ deploymentId }));
    await region.until(async () => (await region.info(deploymentId)).instanceTerminationWaitTimeStarted === true);
    const waitedFrom = region.running.clock.now();
    await region.client.send(new ContinueDeploymentCommand({ deploymentId, deploymentWaitType: 'TERMINATION_WAIT' }));
    const done = await region.finish(deploymentId);
    expect(done.status).toBe('Succeeded');
    expect((done.completeTime?.getTime() ?? 0) - waitedFrom).toBeLessThan(MINUTE_MS);
  });

  test('skipping the termination wait beforehand means there is none', async () => {
    const region = await start();
    const deploymentId = await region.deploy();
    await region.until(async () => (await region.info(deploymentId)).status === 'InProgress');
    await region.client.send(new SkipWaitTimeForInstanceTerminationCommand({ deploymentId }));
    const done = await region.finish(deploymentId);
    const shifted = region.world.routes.findLast((route) => route.listener === 'production')?.at ?? 0;
    expect((done.completeTime?.getTime() ?? 0) - shifted).toBeLessThan(MINUTE_MS);
  });
});
