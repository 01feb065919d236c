// Native ECS deployments: what hooks may answer, and pauses.
import {
  ContinueServiceDeploymentCommand,
  type DeploymentConfiguration,
  type DeploymentLifecycleHookDetail,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localaws/endpoint/aws-error.ts';
import { functionArn, type HookFunction, hook, MINUTE_MS, type NativeStage, openNativeStage, pause } from '../../support/native-deployment-stage.ts';

let stage: NativeStage;
afterEach(() => stage.close());

const GATE = functionArn('gate');
/** Seconds between health checks where days pass. */
const SELDOM = 300;
/** Real time that simulated days may take on a busy machine. */
const LONG_MS = 120_000;
const yes = { hookStatus: 'SUCCEEDED' };

/** A service whose first deployment was let pass, and the next one with `gate` as given. */
async function deployWith(gate: HookFunction, stages: string[], more: object = {}): Promise<string> {
  stage.hooks.set('gate', () => yes);
  await stage.createOrders({
    strategy: 'CANARY',
    canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
    lifecycleHooks: [hook('gate', stages, more)],
  });
  stage.hooks.set('gate', gate);
  return stage.deploy('v2');
}

function expectBlueServes(done: ServiceDeployment): void {
  expect(done).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', targetServiceRevision: { requestedProductionTrafficWeight: 0 } });
  expect(done.rollback?.serviceRevisionArn).toBe(done.sourceServiceRevisions?.[0]?.arn);
}

describe('a hook that says IN_PROGRESS', () => {
  test('is asked again after thirty seconds, or when it says, with its details merged', async () => {
    stage = await openNativeStage();
    const gate: HookFunction = (_input, calls) => {
      if (calls === 1) return { hookStatus: 'IN_PROGRESS', hookDetails: { seen: 1 } };
      if (calls === 2) return { hookStatus: 'IN_PROGRESS', callBackDelay: 90, hookDetails: { seen: 2, more: true } };
      return yes;
    };
    const arn = await deployWith(gate, ['POST_SCALE_UP'], { hookDetails: { team: 'shop' } });
    expect((await stage.finish(arn)).status).toBe('SUCCESSFUL');
    const [first, second, third] = stage.hookCalls;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(30_000);
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBe(90_000);
    expect(stage.hookCalls.map((call) => call.input.hookDetails)).toEqual([{ team: 'shop' }, { team: 'shop', seen: 1 }, { team: 'shop', seen: 2, more: true }]);
    expect(new Set(stage.hookCalls.map((call) => call.input.executionId)).size).toBe(1);
    const names = stage.events.filter((event) => event.detailType === 'ECS Hook State Change').map((event) => event.detail['eventName']);
    expect(names).toEqual(['HOOK_IN_PROGRESS', 'HOOK_SUCCEEDED']);
  });

  test('for longer than its timeout rolls back, or lets pass where it is configured so', async () => {
    stage = await openNativeStage();
    const never: HookFunction = () => ({ hookStatus: 'IN_PROGRESS' });
    const arn = await deployWith(never, ['POST_SCALE_UP'], { timeoutConfiguration: { timeoutInMinutes: 10, action: 'ROLLBACK' } });
    const done = await stage.finish(arn);
    expectBlueServes(done);
    expect(done.statusReason).toBe('Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) timed out.');
    await stage.close();

    stage = await openNativeStage();
    const passing = await deployWith(never, ['POST_SCALE_UP'], { timeoutConfiguration: { timeoutInMinutes: 10, action: 'CONTINUE' } });
    expect((await stage.finish(passing)).status).toBe('SUCCESSFUL');
    const names = stage.events.filter((event) => event.detailType === 'ECS Hook State Change').map((event) => event.detail['eventName']);
    expect(names).toEqual(['HOOK_IN_PROGRESS', 'HOOK_TIMED_OUT']);
  });

  test(
    'for a whole day rolls back where no timeout is configured',
    async () => {
      stage = await openNativeStage({}, SELDOM);
      const arn = await deployWith(() => ({ hookStatus: 'IN_PROGRESS', callBackDelay: 3_600 }), ['PRE_SCALE_UP']);
      const done = await stage.finish(arn);
      expectBlueServes(done);
      expect((done.rollback?.startedAt?.getTime() ?? 0) - (done.startedAt?.getTime() ?? 0)).toBe(24 * 60 * MINUTE_MS);
    },
    LONG_MS,
  );
});

describe('a hook that does not say SUCCEEDED', () => {
  const parse = 'ECS was unable to parse the response from';
  test.each<[string, HookFunction, string]>([
    ['FAILED', () => ({ hookStatus: 'FAILED' }), `Lifecycle hook target ${GATE} returned FAILED status.`],
    ['nothing', () => ({}), `${parse} ${GATE} due to: HookStatus must not be null.`],
    ['null', () => 'null', `${parse} ${GATE} due to: HookStatus must not be null.`],
    ['with an exception', () => new TypeError('boom'), `${parse} ${GATE} due to: HookStatus must not be null.`],
    ['something else', () => ({ hookStatus: 'succeeded' }), `${parse} ${GATE} due to: "succeeded" is not a valid HookStatus.`],
    ['no JSON', () => 'OK', `${parse} ${GATE} due to: The response is not valid JSON.`],
    [
      'IN_PROGRESS with a delay that is none',
      () => ({ hookStatus: 'IN_PROGRESS', callBackDelay: '30' }),
      `${parse} ${GATE} due to: callBackDelay must be a number of seconds from 1 to 86400.`,
    ],
  ])("but answers %s rolls back, with the cause in AWS's words", async (_name, gate, why) => {
    stage = await openNativeStage();
    const done = await stage.finish(await deployWith(gate, ['POST_TEST_TRAFFIC_SHIFT']));
    expectBlueServes(done);
    expect(done.statusReason).toBe(`Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT lifecycle hook(s) failed. ${why}`);
    expect(done.rollback?.reason).toBe(done.statusReason);
    expect((await stage.service()).taskDefinition).toMatch(/:1$/);
    const messages = (await stage.service()).events?.map((event) => event.message ?? '') ?? [];
    expect(messages.some((message) => message.endsWith(`deployment failed: ${done.statusReason}`))).toBe(true);
    // Documented for services with circuit breaker or alarms only.
    expect(stage.events.some((event) => event.detail['eventName'] === 'SERVICE_DEPLOYMENT_FAILED')).toBe(false);
  });

  test('but does not exist any more rolls back', async () => {
    stage = await openNativeStage();
    const arn = await deployWith(() => yes, ['PRE_SCALE_UP']);
    stage.hooks.delete('gate');
    expect((await stage.finish(arn)).statusReason).toBe(
      `Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to invoke hook target ${GATE} due to Function not found: ${GATE}`,
    );
  });
});

describe('a rollback', () => {
  test('runs the hooks of both traffic shifts again, with the weights reversed and the same target', async () => {
    stage = await openNativeStage();
    const stages = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'POST_PRODUCTION_TRAFFIC_SHIFT'];
    const arn = await deployWith((input) => (input.lifecycleStage === 'POST_PRODUCTION_TRAFFIC_SHIFT' ? { hookStatus: 'FAILED' } : yes), stages);
    const done = await stage.finish(arn);
    expectBlueServes(done);
    const target = done.targetServiceRevision?.arn ?? '';
    const source = done.sourceServiceRevisions?.[0]?.arn ?? '';
    expect(stage.hookCalls.slice(-2).map(({ input }) => [input.lifecycleStage, input.executionDetails])).toEqual([
      [
        'PRODUCTION_TRAFFIC_SHIFT',
        expect.objectContaining({ targetServiceRevisionArn: target, testTrafficWeights: {}, productionTrafficWeights: { [source]: 100, [target]: 0 } }),
      ],
      [
        'TEST_TRAFFIC_SHIFT',
        expect.objectContaining({ targetServiceRevisionArn: target, testTrafficWeights: { [source]: 100, [target]: 0 }, productionTrafficWeights: {} }),
      ],
    ]);
    expect(stage.ruleWrites.slice(-2).map(({ rule, weights }) => [rule, weights])).toEqual([
      ['production', [100, 0]],
      ['test', [100, 0]],
    ]);
  });

  test('asks those hooks even when no traffic had moved, unless the switch says otherwise', async () => {
    stage = await openNativeStage();
    const no: HookFunction = (input) => (input.lifecycleStage === 'PRE_SCALE_UP' ? { hookStatus: 'FAILED' } : yes);
    await stage.finish(await deployWith(no, ['PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT']));
    expect(stage.hookCalls.map((call) => call.input.lifecycleStage)).toEqual(['PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT']);
    expect(stage.ruleWrites).toEqual([]);
    await stage.close();

    stage = await openNativeStage({ rollbackHooks: 'OnlyReachedStages' });
    await stage.finish(await deployWith(no, ['PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT']));
    expect(stage.hookCalls.map((call) => call.input.lifecycleStage)).toEqual(['PRE_SCALE_UP']);
  });

  test(
    'hangs on a hook that fails then, for a day; traffic is back all the same',
    async () => {
      stage = await openNativeStage({}, SELDOM);
      const arn = await deployWith(() => ({ hookStatus: 'FAILED' }), ['PRODUCTION_TRAFFIC_SHIFT']);
      await stage.until(() => stage.hookCalls.length > 10);
      expect((await stage.deployment(arn)).status).toBe('ROLLBACK_IN_PROGRESS');
      expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
      const done = await stage.finish(arn);
      expect(done.status).toBe('ROLLBACK_FAILED');
      expect((done.finishedAt?.getTime() ?? 0) - (done.rollback?.startedAt?.getTime() ?? 0)).toBe(24 * 60 * MINUTE_MS);
      await stage.close();

      stage = await openNativeStage({ failedRollbackHook: 'Ignore' });
      expect((await stage.finish(await deployWith(() => ({ hookStatus: 'FAILED' }), ['PRODUCTION_TRAFFIC_SHIFT']))).status).toBe('ROLLBACK_SUCCESSFUL');
    },
    LONG_MS,
  );
});

describe('a hook that Lambda cannot run at the moment', () => {
  const throttled = async (): Promise<ServiceDeployment> => {
    const arn = await deployWith(() => yes, ['PRE_SCALE_UP']);
    let left = 2;
    stage.running.dispatcher.intercept((call, _input, next) => {
      if (call.service !== 'lambda' || left-- <= 0) return next();
      return Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429 }));
    });
    return stage.finish(arn);
  };

  test('rolls back, or is invoked again by the switch', async () => {
    stage = await openNativeStage();
    expect((await throttled()).statusReason).toBe(
      `Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. ECS was unable to invoke hook target ${GATE} due to Rate Exceeded.`,
    );
    await stage.close();
    stage = await openNativeStage({ hookInvocationAttempts: 3 });
    expect((await throttled()).status).toBe('SUCCESSFUL');
  });
});

test('a hook gets its input flat by the switch', async () => {
  stage = await openNativeStage({ hookInput: 'Flat' });
  const arn = await deployWith(() => yes, ['PRODUCTION_TRAFFIC_SHIFT']);
  const { targetServiceRevision } = await stage.finish(arn);
  expect(stage.hookCalls[0]?.input).toMatchObject({
    lifecycleStage: 'PRODUCTION_TRAFFIC_SHIFT',
    targetServiceRevisionArn: targetServiceRevision?.arn,
    productionTrafficWeights: { [targetServiceRevision?.arn ?? '']: 10 },
  });
  expect(stage.hookCalls[0]?.input.executionDetails).toBeUndefined();
});

describe('a hook of a traffic shift', () => {
  test('is asked after the move, or before it by the switch', async () => {
    stage = await openNativeStage();
    const shares: (readonly [number, number])[] = [];
    const record: HookFunction = (input) => {
      const last = stage.ruleWrites.findLast((write) => write.rule === 'production');
      if (input.executionDetails.productionTrafficWeights[input.executionDetails.targetServiceRevisionArn] === 10) shares.push(last?.weights ?? [100, 0]);
      return yes;
    };
    await stage.finish(await deployWith(record, ['PRODUCTION_TRAFFIC_SHIFT']));
    await stage.close();
    stage = await openNativeStage({ trafficShiftHooks: 'BeforeTheMove' });
    await stage.finish(await deployWith(record, ['PRODUCTION_TRAFFIC_SHIFT']));
    expect(shares).toEqual([
      [90, 10],
      [100, 0],
    ]);
  });
});

describe('a pause', () => {
  const answer = (serviceDeploymentArn: string, hookId: string, action?: 'CONTINUE' | 'ROLLBACK'): Promise<unknown> =>
    stage.ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, ...(action === undefined ? {} : { action }) }));

  async function deployPaused(...parameters: Parameters<typeof pause>): Promise<string> {
    await stage.createOrders({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 } });
    const deploymentConfiguration: DeploymentConfiguration = { strategy: 'CANARY', lifecycleHooks: [pause(...parameters)] };
    return stage.deploy('v2', { deploymentConfiguration });
  }

  async function waitingHook(arn: string, after?: string): Promise<string> {
    const id = async (): Promise<string | undefined> => {
      const { lifecycleHookDetails } = await stage.peek(arn);
      return (lifecycleHookDetails as DeploymentLifecycleHookDetail[]).find((candidate) => candidate.status === 'AWAITING_ACTION' && candidate.hookId !== after)
        ?.hookId;
    };
    await stage.until(async () => (await id()) !== undefined);
    return (await id()) ?? '';
  }

  test(
    'holds the deployment for days, costs no invocation, and needs an answer of its own at every step',
    async () => {
      stage = await openNativeStage({}, SELDOM);
      const arn = await deployPaused(['PRE_PRODUCTION_TRAFFIC_SHIFT'], 14 * 24 * 60);
      const first = await waitingHook(arn);
      expect(first).toMatch(/^ecs-pause-/);
      await stage.pass(3 * 24 * 60 * MINUTE_MS);
      const held = await stage.deployment(arn);
      expect(held).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' });
      expect(held.lifecycleHookDetails).toMatchObject([{ hookId: first, targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' }]);
      expect(stage.hookCalls).toEqual([]);
      expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
      await answer(arn, first);
      const second = await waitingHook(arn, first);
      expect(await stage.weights(stage.productionRule)).toEqual([90, 10]);
      await expect(answer(arn, first)).rejects.toThrow('Provided hookId is either completed, unavailable, or not associated with the given Resource ARN');
      await answer(arn, second, 'CONTINUE');
      expect((await stage.finish(arn)).status).toBe('SUCCESSFUL');
      const events = stage.events.filter((event) => event.detailType === 'ECS Hook State Change');
      expect(events.map(({ detail }) => [detail['eventName'], detail['hookId']])).toEqual([
        ['HOOK_AWAITING_ACTION', first],
        ['HOOK_SUCCEEDED', first],
        ['HOOK_AWAITING_ACTION', second],
        ['HOOK_SUCCEEDED', second],
      ]);
      expect(events[0]).toMatchObject({
        resources: [arn],
        detail: { eventType: 'INFO', hookType: 'PAUSE', lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', serviceDeploymentArn: arn },
      });
      await expect(answer(arn, second)).rejects.toThrow('Continuing a service deployment is not allowed for service deployment in terminal states.');
    },
    LONG_MS,
  );

  test('that nobody answers rolls back, or goes on where it is configured so', async () => {
    stage = await openNativeStage();
    const done = await stage.finish(await deployPaused(['POST_TEST_TRAFFIC_SHIFT'], 30));
    expectBlueServes(done);
    expect(done.statusReason).toBe('Service deployment rolled back because POST_TEST_TRAFFIC_SHIFT pause hook timed out.');
    expect(stage.events.some((event) => event.detail['eventName'] === 'HOOK_TIMED_OUT')).toBe(true);
    await stage.close();
    stage = await openNativeStage();
    expect((await stage.finish(await deployPaused(['POST_TEST_TRAFFIC_SHIFT'], 30, 'CONTINUE'))).status).toBe('SUCCESSFUL');
  });

  test('may be answered with a rollback', async () => {
    stage = await openNativeStage();
    const arn = await deployPaused(['PRE_SCALE_UP']);
    await answer(arn, await waitingHook(arn), 'ROLLBACK');
    expectBlueServes(await stage.finish(arn));
    expect(stage.events.filter((event) => event.detailType === 'ECS Hook State Change').at(-1)?.detail['eventName']).toBe('HOOK_FAILED');
  });

  test('beside a function waits for both, and the function alone can end it', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', (_input, calls) => ({ hookStatus: calls < 3 ? 'IN_PROGRESS' : 'FAILED' }));
    await stage.createOrders({ strategy: 'CANARY' });
    const lifecycleHooks = [pause(['POST_SCALE_UP']), hook('gate', ['POST_SCALE_UP'])];
    const arn = await stage.deploy('v2', { deploymentConfiguration: { strategy: 'CANARY', lifecycleHooks } });
    const id = await waitingHook(arn);
    const done = await stage.finish(arn);
    expectBlueServes(done);
    expect(done.statusReason).toContain('returned FAILED status.');
    expect(done.lifecycleHookDetails?.map((detail) => detail.status)).toEqual(['FAILED']);
    await expect(answer(arn, id)).rejects.toThrow('terminal states');
  });

  test('answered wrongly gets the errors AWS gives', async () => {
    stage = await openNativeStage();
    const arn = await deployPaused(['PRE_SCALE_UP']);
    const id = await waitingHook(arn);
    await expect(answer(arn, 'pause-1')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}',
    });
    await expect(answer(`${arn}0`, id)).rejects.toMatchObject({
      name: 'ServiceDeploymentNotFoundException',
      message: 'The service deployment does not exist.',
    });
    await expect(answer(arn, `${id}0`)).rejects.toThrow('Provided hookId is either completed, unavailable');
    expect((await stage.deployment(arn)).status).toBe('IN_PROGRESS');
  });
});
