// CodeDeploy deployments that fail by their hooks or by what other services answer, as the real SDK sees them on a virtual clock.
import { PutLifecycleEventHookExecutionStatusCommand } from '@aws-sdk/client-codedeploy';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localaws/endpoint/aws-error.ts';
import { GREEN_GROUP } from '../../support/blue-green-doubles.ts';
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

/** Lets time run until green has ten percent of production. */
async function reachCanary(region: BlueGreenRegion): Promise<void> {
  await region.until(() => region.world.weightsOf('production')[GREEN_GROUP] === 10);
}

describe('hooks', () => {
  test('a hook that answers Failed fails the deployment and, without rollback configured, leaves everything as it stands', async () => {
    const region = await start();
    region.world.functions.set('check', answering(region, 'Failed'));
    const id = await region.deploy({ hooks: { AfterAllowTestTraffic: 'check' } });
    const done = await region.finish(id);
    expect(done).toMatchObject({
      status: 'Failed',
      errorInformation: {
        code: 'HOOK_EXECUTION_FAILURE',
        message: 'The deployment failed because one or more of the lifecycle event validation functions failed.',
      },
      deploymentOverview: { Failed: 1 },
    });
    expect(done.rollbackInfo).toBeUndefined();
    const { lifecycleEvents } = await region.target(id);
    expect(lifecycleEvents?.find((event) => event.lifecycleEventName === 'AfterAllowTestTraffic')).toMatchObject({
      status: 'Failed',
      diagnostics: { errorCode: 'ScriptFailed', scriptName: 'check' },
    });
    expect((await region.eventStatuses(id))['AllowTraffic']).toBe('Skipped');
    expect(region.world.taskSets.map((set) => set['status'])).toEqual(['PRIMARY', 'ACTIVE']);
    expect(region.world.weightsOf('test')).toEqual({ [GREEN_GROUP]: 100 });
    expect(region.world.events.map((event) => event.state)).toEqual(['START', 'FAILURE']);
  });

  test('a hook that never answers fails its event after one hour', async () => {
    const region = await start();
    region.world.functions.set('silent', () => undefined);
    const id = await region.deploy({ hooks: { BeforeInstall: 'silent' } });
    const done = await region.finish(id);
    expect(done.errorInformation?.message).toContain('timed out while waiting for a status callback');
    expect((done.completeTime?.getTime() ?? 0) - (region.world.invocations[0]?.at ?? 0)).toBe(60 * MINUTE_MS);
    expect(region.world.taskSets).toHaveLength(1);
    const { lifecycleEvents } = await region.target(id);
    expect(lifecycleEvents?.[0]).toMatchObject({ lifecycleEventName: 'BeforeInstall', status: 'Failed', diagnostics: { errorCode: 'ScriptTimedOut' } });
  });

  test('a hook function that does not exist fails its event at once', async () => {
    const region = await start();
    const id = await region.deploy({ hooks: { AfterInstall: 'nowhere' } });
    const done = await region.finish(id);
    expect(done.errorInformation?.code).toBe('HOOK_EXECUTION_FAILURE');
    const { lifecycleEvents } = await region.target(id);
    expect(lifecycleEvents?.[2]?.diagnostics).toMatchObject({ errorCode: 'UnknownError', scriptName: 'nowhere', message: 'Function not found: nowhere' });
  });

  test('with synchronous invocation a function that throws fails its event at once', async () => {
    const region = await start({}, { hookInvocationType: 'RequestResponse' });
    region.world.functions.set('broken', () => {
      throw new Error('broken');
    });
    const id = await region.deploy({ hooks: { BeforeInstall: 'broken' } });
    const done = await region.finish(id);
    expect(done.errorInformation?.code).toBe('HOOK_EXECUTION_FAILURE');
    expect((done.completeTime?.getTime() ?? 0) - (done.startTime?.getTime() ?? 0)).toBeLessThan(MINUTE_MS);
  });

  test('a duplicate invocation has the same execution id, and its second answer is refused', async () => {
    const region = await start({}, { duplicateHookInvocations: 1 });
    const outcomes: string[] = [];
    const answer = answering(region, 'Succeeded');
    region.world.functions.set('twice', async (payload) => {
      outcomes.push(
        await answer(payload).then(
          () => 'accepted',
          (error: Error) => error.name,
        ),
      );
    });
    const id = await region.deploy({ hooks: { BeforeInstall: 'twice' } });
    expect((await region.finish(id)).status).toBe('Succeeded');
    expect(outcomes.toSorted()).toEqual(['LifecycleEventAlreadyCompletedException', 'accepted']);
  });

  test('the answer may come later and from anywhere, but only Succeeded or Failed, and only with a known id', async () => {
    const region = await start();
    region.world.functions.set('approval', () => undefined);
    const deploymentId = await region.deploy({ hooks: { BeforeAllowTraffic: 'approval' } });
    await region.until(() => region.world.invocations.length === 1);
    const lifecycleEventHookExecutionId = region.world.invocations[0]?.payload.LifecycleEventHookExecutionId;
    await region.pass(50 * MINUTE_MS);
    const put = (input: object): Promise<unknown> =>
      region.client.send(new PutLifecycleEventHookExecutionStatusCommand({ deploymentId, lifecycleEventHookExecutionId, status: 'Succeeded', ...input }));
    await expect(put({ status: 'InProgress' })).rejects.toThrow(expect.objectContaining({ name: 'InvalidLifecycleEventHookExecutionStatusException' }));
    await expect(put({ lifecycleEventHookExecutionId: 'x' })).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidLifecycleEventHookExecutionIdException' }),
    );
    await expect(put({ deploymentId: 'd-000000000' })).rejects.toThrow(expect.objectContaining({ name: 'DeploymentDoesNotExistException' }));
    await expect(put({ deploymentId: 'nonsense' })).rejects.toThrow(expect.objectContaining({ name: 'InvalidDeploymentIdException' }));
    await expect(put({ deploymentId: undefined })).rejects.toThrow(expect.objectContaining({ name: 'DeploymentIdRequiredException' }));
    expect(await put({})).toMatchObject({ lifecycleEventHookExecutionId });
    await expect(put({})).rejects.toThrow(expect.objectContaining({ name: 'LifecycleEventAlreadyCompletedException' }));
    expect((await region.finish(deploymentId)).status).toBe('Succeeded');
  });
});

describe('what CodeDeploy meets in other services', () => {
  test('a green that never gets steady burns the hour of Install', async () => {
    const region = await start();
    region.world.steadyAfterMs = Number.POSITIVE_INFINITY;
    const done = await region.finish(await region.deploy());
    expect(done.errorInformation).toEqual({
      code: 'TIMEOUT',
      message: 'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
    });
  });

  test.each(['production', 'test'] as const)('a %s listener that does not serve blue fails the deployment before anything is created', async (listener) => {
    const region = await start();
    region.world.setActions(listener, { [GREEN_GROUP]: 1 });
    if (listener === 'production') region.world.setActions('rule', { [GREEN_GROUP]: 1 });
    const done = await region.finish(await region.deploy());
    expect(done.errorInformation?.code).toBe('ELASTIC_LOAD_BALANCING_INVALID');
    expect(done.errorInformation?.message).toContain('Primary taskset target group must be behind listener');
    expect(region.world.taskSets).toHaveLength(1);
  });

  test('the test listener may start on green in the other position of its switch', async () => {
    const region = await start({}, { testListenerMustServePrimary: false });
    region.world.setActions('test', { [GREEN_GROUP]: 1 });
    expect((await region.finish(await region.deploy())).status).toBe('Succeeded');
  });

  test('throttling and server errors are waited out', async () => {
    const region = await start();
    const throttled = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');
    region.world.failures.set('ecs:CreateTaskSet', [throttled(), new AwsError('ServerException', 'broken', { httpStatus: 500 })]);
    region.world.failures.set('elasticloadbalancing:ModifyListener', [throttled()]);
    expect((await region.finish(await region.deploy())).status).toBe('Succeeded');
  });

  test.each(['CreateTaskSet', 'UpdateServicePrimaryTaskSet', 'DeleteTaskSet', 'ModifyListener', 'ModifyRule'])(
    '%s repeated after its answer was lost changes nothing twice',
    async (operation) => {
      const region = await start();
      let isLost = false;
      region.running.dispatcher.intercept(async (call, _input, next) => {
        const answer = await next();
        if (call.operation !== operation || isLost) return answer;
        isLost = true;
        throw new AwsError('ServiceUnavailable', 'timed out', { httpStatus: 503 });
      });
      expect((await region.finish(await region.deploy())).status).toBe('Succeeded');
      expect(isLost).toBe(true);
      expect(region.world.taskSets.map((set) => set['status'])).toEqual(['DRAINING', 'PRIMARY']);
      expect(region.world.weightsOf('production')[GREEN_GROUP]).toBe(100);
    },
  );

  test.each([
    ['ecs:CreateTaskSet', new AwsError('InvalidParameterException', 'no'), 'ECS_UPDATE_ERROR'],
    ['ecs:DescribeServices', new AwsError('ServiceNotFoundException', 'no'), 'INVALID_ECS_SERVICE'],
    ['elasticloadbalancing:ModifyListener', new AwsError('TooManyActions', 'no'), 'ELASTIC_LOAD_BALANCING_INVALID'],
    ['ecs:CreateTaskSet', new AwsError('AccessDeniedException', 'not authorized'), 'IAM_ROLE_PERMISSIONS'],
    ['ecs:CreateTaskSet', new AwsError('LimitExceededException', 'too many'), 'RESOURCE_LIMIT_EXCEEDED'],
  ])('an error of %s becomes the deployment error it stands for (%#)', async (operation, error, code) => {
    const region = await start();
    region.world.failures.set(operation, [error]);
    const done = await region.finish(await region.deploy());
    expect(done).toMatchObject({ status: 'Failed', errorInformation: { code } });
  });

  test('endless throttling fails the deployment as THROTTLED', async () => {
    const region = await start();
    region.world.failures.set(
      'ecs:CreateTaskSet',
      Array.from({ length: 10 }, () => new AwsError('ThrottlingException', 'Rate exceeded')),
    );
    expect((await region.finish(await region.deploy())).errorInformation?.code).toBe('THROTTLED');
  });

  test('a role or service that is not what the group says ends the deployment with its code', async () => {
    const region = await start();
    region.world.roles.clear();
    expect((await region.finish(await region.deploy())).errorInformation?.code).toBe('IAM_ROLE_MISSING');
    region.world.roles.add('deployer');
    region.world.controller = 'ECS';
    expect((await region.finish(await region.deploy())).errorInformation?.code).toBe('INVALID_ECS_SERVICE');
  });

  test('a change of the desired count during the shift fails the deployment five minutes later', async () => {
    const region = await start();
    const id = await region.deploy({ config: 'CodeDeployDefault.ECSCanary10Percent15Minutes' });
    await reachCanary(region);
    const scaledAt = region.running.clock.now();
    region.world.desiredCount = 6;
    const done = await region.finish(id);
    expect(done).toMatchObject({ status: 'Failed', errorInformation: { code: 'ECS_UPDATE_ERROR' } });
    const after = (done.completeTime?.getTime() ?? 0) - scaledAt;
    expect(after).toBeGreaterThanOrEqual(5 * MINUTE_MS);
    expect(after).toBeLessThanOrEqual(6 * MINUTE_MS);
  });
});
