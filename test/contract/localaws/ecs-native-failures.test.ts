// Native ECS deployments that do not go to plan: circuit breaker, alarms, stops, newer deployments, foreign hands on the
// listener, and networks that are not as they must be.
import { PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DeleteServiceCommand, type DeploymentConfiguration, StopServiceDeploymentCommand } from '@aws-sdk/client-ecs';
import { CreateRuleCommand, DescribeRulesCommand, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hook, MINUTE_MS, type NativeStage, openNativeStage, pause } from '../../support/native-deployment-stage.ts';

let stage: NativeStage;
afterEach(() => stage.close());

const CANARY: DeploymentConfiguration = { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 10 }, bakeTimeInMinutes: 10 };
const CANNOT_PULL = { cannotPull: 'pull access denied' };

async function setWeights(blue: number, green: number): Promise<void> {
  const TargetGroups = [
    { TargetGroupArn: stage.blueArn, Weight: blue },
    { TargetGroupArn: stage.greenArn, Weight: green },
  ];
  await stage.elb.send(new ModifyRuleCommand({ RuleArn: stage.productionRule, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }));
}

function stateChanges(): (readonly [name: string, type: string, reason: string])[] {
  return stage.events
    .filter((event) => event.detailType === 'ECS Deployment State Change')
    .map(({ detail }) => [detail['eventName'], detail['eventType'], detail['reason']]);
}

describe('the circuit breaker', () => {
  const breaker = (more: object = {}) => ({ deploymentCircuitBreaker: { enable: true, rollback: true, ...more } });

  test('rolls a blue/green deployment back when tasks do not start, before any traffic has moved', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ ...CANARY, ...breaker() });
    stage.runtime.script('bad', CANNOT_PULL);
    const arn = await stage.deploy('bad');
    const done = await stage.finish(arn);
    expect(done).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
      sourceServiceRevisions: [{ runningTaskCount: 2 }],
      targetServiceRevision: { runningTaskCount: 0 },
    });
    expect(stage.ruleWrites).toEqual([]);
    const blue = (await stage.service()).deployments?.[0]?.id ?? '';
    expect(stateChanges().map(([name, type]) => [name, type])).toEqual([
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', 'INFO'],
      ['SERVICE_DEPLOYMENT_FAILED', 'ERROR'],
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', 'INFO'],
      ['SERVICE_DEPLOYMENT_COMPLETED', 'INFO'],
    ]);
    expect(stateChanges()[1]?.[2]).toBe('ECS deployment circuit breaker: tasks failed to start.');
    expect(stateChanges()[2]?.[2]).toBe(`ECS deployment circuit breaker: rolling back to deploymentId ${blue}.`);
  });

  test('counts against its threshold in each of its forms', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'ROLLING', ...breaker() }, { desiredCount: 8, loadBalancers: [] });
    stage.runtime.script('bad', CANNOT_PULL);
    const forms = [
      { thresholdConfiguration: { type: 'COUNT', value: 2 }, threshold: 2 },
      { thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 10 }, threshold: 3 },
      { thresholdConfiguration: { type: 'UNBOUNDED_PERCENT', value: 10 }, threshold: 1 },
      { thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 51 }, threshold: 5 },
    ] as const;
    for (const { thresholdConfiguration, threshold } of forms) {
      const done = await stage.finish(await stage.deploy('bad', { deploymentConfiguration: breaker({ thresholdConfiguration }) }));
      expect(done).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', deploymentCircuitBreaker: { status: 'TRIGGERED', threshold } });
    }
  });

  test('counts failed health checks, starts again at a healthy task unless told not to, and not what exits by itself', async () => {
    stage = await openNativeStage();
    const healthCheck = { command: ['CMD', 'true'], interval: 5, timeout: 2, retries: 1 };
    const flapping = { isHealthy: (elapsedMs: number) => elapsedMs < 20_000 };
    await stage.createOrders({ strategy: 'ROLLING', ...breaker({ resetOnHealthyTask: false }) }, { desiredCount: 1, loadBalancers: [] });
    stage.runtime.script('flapping', flapping);
    const strict = { ...breaker({ resetOnHealthyTask: false }), minimumHealthyPercent: 100, bakeTimeInMinutes: 60 };
    const taskDefinition = await stage.register('flapping', { healthCheck });
    const done = await stage.finish(await stage.deploy('flapping', { taskDefinition, deploymentConfiguration: strict }));
    expect(done).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3 } });
    const lenient = { ...breaker({ resetOnHealthyTask: true }), bakeTimeInMinutes: 60 };
    const kept = await stage.finish(await stage.deploy('flapping', { taskDefinition, deploymentConfiguration: lenient }));
    expect(kept).toMatchObject({ status: 'SUCCESSFUL', deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' } });
    expect(kept.deploymentCircuitBreaker?.failureCount).toBeLessThan(3);
  });

  test('does not count programs that crash after their start: the deployment waits, until somebody stops it', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ ...CANARY, ...breaker() }, { loadBalancers: [] });
    stage.runtime.script('crashing', { exitAfterMs: 3_000, exitCode: 1 });
    const arn = await stage.deploy('crashing');
    await stage.pass(60 * MINUTE_MS);
    expect(await stage.deployment(arn)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'SCALE_UP', deploymentCircuitBreaker: { failureCount: 0 } });
    await stage.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ROLLBACK' }));
    expect((await stage.finish(arn)).status).toBe('ROLLBACK_SUCCESSFUL');
  });

  test('without rollback leaves the service as it stands and starts no more tasks', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ ...CANARY, ...breaker({ rollback: false }) });
    stage.runtime.script('bad', CANNOT_PULL);
    const done = await stage.finish(await stage.deploy('bad'));
    expect(done).toMatchObject({ status: 'STOPPED', deploymentCircuitBreaker: { status: 'TRIGGERED' } });
    expect(done.stoppedAt).toBeDefined();
    expect(done.rollback).toBeUndefined();
    // Tasks that were on their way come to their end.
    await stage.pass(MINUTE_MS);
    const pulls = stage.events.filter((event) => event.detail['stopCode'] === 'TaskFailedToStart').length;
    await stage.pass(30 * MINUTE_MS);
    expect(stage.events.filter((event) => event.detail['stopCode'] === 'TaskFailedToStart').length).toBe(pulls);
    expect((await stage.service()).deployments?.map(({ rolloutState, runningCount }) => [rolloutState, runningCount])).toEqual([
      ['FAILED', 0],
      ['COMPLETED', 2],
    ]);
  });

  test('rolls a rolling deployment back with a deployment of its own, and old tasks serve all the while', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'ROLLING', ...breaker() });
    const before = (await stage.service()).deployments?.[0]?.id;
    stage.runtime.script('bad', CANNOT_PULL);
    const arn = await stage.deploy('bad');
    let fewest = 2;
    await stage.until(async () => {
      fewest = Math.min(fewest, (await stage.service()).runningCount ?? 0);
      return (await stage.peek(arn))['status'] === 'ROLLBACK_SUCCESSFUL';
    });
    expect(fewest).toBe(2);
    const { deployments, taskDefinition } = await stage.service();
    expect(deployments).toHaveLength(1);
    expect(deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
    expect(deployments?.[0]?.id).not.toBe(before);
    expect(taskDefinition).toMatch(/:1$/);
    expect(stateChanges()[2]?.[2]).toBe(`ECS deployment circuit breaker: rolling back to deploymentId ${before}.`);
  });

  test('watches rolling deployments only, by the switch', async () => {
    stage = await openNativeStage({ monitorsTrafficShifts: false });
    await stage.createOrders({ ...CANARY, ...breaker() });
    stage.runtime.script('bad', CANNOT_PULL);
    const arn = await stage.deploy('bad');
    await stage.pass(60 * MINUTE_MS);
    expect(await stage.deployment(arn)).toMatchObject({ status: 'IN_PROGRESS', deploymentCircuitBreaker: { status: 'DISABLED', failureCount: 0 } });
  });
});

describe('alarms', () => {
  const alarm = async (AlarmName: string, StateValue?: 'ALARM' | 'OK'): Promise<void> => {
    if (StateValue === undefined) {
      await stage.cloudwatch.send(
        new PutMetricAlarmCommand({
          AlarmName,
          Namespace: 'shop',
          MetricName: AlarmName,
          Statistic: 'Sum',
          Period: 86_400,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'ignore',
        }),
      );
    } else {
      await stage.cloudwatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'the test says so' }));
    }
  };

  test('that go off during the bake take all traffic back, though blue had none any more', async () => {
    stage = await openNativeStage();
    for (const name of ['errors', 'latency']) await alarm(name);
    await stage.createOrders({ ...CANARY, alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback: true } });
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'BAKE_TIME');
    expect(await stage.weights(stage.productionRule)).toEqual([0, 100]);
    await alarm('latency', 'ALARM');
    const done = await stage.finish(arn);
    expect(done).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: 'Service deployment rolled back because of one or more active alarms.',
      alarms: { status: 'TRIGGERED', alarmNames: ['errors', 'latency'], triggeredAlarmNames: ['latency'] },
    });
    expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
    expect(stateChanges().some(([name]) => name === 'SERVICE_DEPLOYMENT_FAILED')).toBe(true);
  });

  test('that are red at the start are left out for the whole deployment', async () => {
    stage = await openNativeStage();
    await alarm('errors');
    await stage.createOrders({ ...CANARY, alarms: { alarmNames: ['errors'], enable: true, rollback: true } });
    await alarm('errors', 'ALARM');
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'PRODUCTION_TRAFFIC_SHIFT');
    await alarm('errors', 'OK');
    await stage.pass(MINUTE_MS);
    await alarm('errors', 'ALARM');
    expect(await stage.finish(arn)).toMatchObject({ status: 'SUCCESSFUL', alarms: { status: 'MONITORING_COMPLETE' } });
  });
});

describe('StopServiceDeployment', () => {
  const stop = (serviceDeploymentArn: string, stopType?: 'ROLLBACK' | 'ABORT'): Promise<unknown> =>
    stage.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, ...(stopType === undefined ? {} : { stopType }) }));

  test('rolls back in mid-shift, although no rollback is configured', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const arn = await stage.deploy('v2');
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    await stop(arn);
    expect((await stage.deployment(arn)).status).toBe('ROLLBACK_REQUESTED');
    // Asked again, it goes on rolling back.
    await stop(arn, 'ROLLBACK');
    const done = await stage.finish(arn);
    expect(done).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', sourceServiceRevisions: [{ requestedProductionTrafficWeight: 100 }] });
    expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
    await expect(stop(arn)).rejects.toMatchObject({ name: 'ConflictException' });
    await expect(stop(`${arn}0`)).rejects.toMatchObject({ name: 'ServiceDeploymentNotFoundException' });
  });

  test('rolls back a deployment that has not begun', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const arn = await stage.deploy('v2');
    expect((await stage.deployment(arn)).status).toBe('PENDING');
    await stop(arn);
    expect((await stage.finish(arn)).status).toBe('ROLLBACK_SUCCESSFUL');
    expect((await stage.service()).runningCount).toBe(2);
  });

  test('comes too late once the old tasks go', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'CLEAN_UP');
    await stop(arn);
    expect((await stage.deployment(arn)).status).toBe('ROLLBACK_REQUESTED');
    expect((await stage.finish(arn)).status).toBe('SUCCESSFUL');
  });

  test('with ABORT leaves everything where it is, and the next deployment sets it right', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    await stage.createOrders({ ...CANARY, lifecycleHooks: [hook('gate', ['RECONCILE_SERVICE'])] });
    const arn = await stage.deploy('v2');
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    await stop(arn, 'ABORT');
    expect((await stage.deployment(arn)).status).toBe('STOP_REQUESTED');
    expect((await stage.finish(arn)).status).toBe('STOPPED');
    expect(await stage.weights(stage.productionRule)).toEqual([90, 10]);
    expect((await stage.service()).runningCount).toBe(4);

    stage.ruleWrites.length = 0;
    const next = await stage.finish(await stage.deploy('v3'));
    expect(next.status).toBe('SUCCESSFUL');
    expect(next.sourceServiceRevisions).toHaveLength(2);
    expect(stage.hookCalls.map((call) => call.input.lifecycleStage)).toEqual(['RECONCILE_SERVICE']);
    expect(stage.ruleWrites.filter((write) => write.rule === 'production').map((write) => write.weights)).toEqual([
      [100, 0],
      [90, 10],
      [0, 100],
    ]);
  });
});

describe('StopServiceDeployment of a rolling deployment', () => {
  test('with ABORT leaves what runs, old and new; without a switch for it, it is refused', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'ROLLING', maximumPercent: 150, minimumHealthyPercent: 100 });
    const arn = await stage.deploy('v2');
    await stage.until(async () => (await stage.service()).deployments?.[0]?.runningCount === 1);
    await stage.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: arn, stopType: 'ABORT' }));
    expect((await stage.finish(arn)).status).toBe('STOPPED');
    const counts = async () => (await stage.service()).deployments?.map(({ rolloutState, runningCount }) => [rolloutState, runningCount]);
    const left = await counts();
    await stage.pass(60 * MINUTE_MS);
    expect(await counts()).toEqual(left);
    expect(left?.[0]?.[0]).toBe('FAILED');
    await stage.close();

    stage = await openNativeStage({ abort: 'Refuse' });
    await stage.createOrders({ strategy: 'ROLLING' });
    const serviceDeploymentArn = await stage.deploy('v2');
    await expect(stage.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }))).rejects.toMatchObject({
      name: 'UnsupportedFeatureException',
    });
  });
});

describe('a second UpdateService', () => {
  test('stops the first deployment in mid-shift, reconciles, and is deployed itself', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const first = await stage.deploy('v2');
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    const second = await stage.deploy('v3');
    expect((await stage.deployment(first)).status).toBe('STOP_REQUESTED');
    expect((await stage.deployment(second)).status).toBe('PENDING');
    const done = await stage.finish(second);
    expect(done.status).toBe('SUCCESSFUL');
    const stopped = await stage.deployment(first);
    expect(stopped.status).toBe('STOPPED');
    expect(stopped.stoppedAt?.getTime()).toBeLessThanOrEqual(done.startedAt?.getTime() ?? 0);
    expect(await stage.deploymentArns()).toEqual([second, first, expect.any(String)]);
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    expect((await stage.service()).deployments?.[0]?.taskDefinition).toMatch(/:3$/);
  });

  test('at once after the first leaves only the second to be deployed', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const first = await stage.deploy('v2');
    const second = await stage.deploy('v3');
    expect((await stage.finish(second)).status).toBe('SUCCESSFUL');
    expect((await stage.deployment(first)).status).toBe('STOPPED');
    expect(stage.runtime.started.some((request) => request.image.image.endsWith(':v2'))).toBe(false);
  });

  test('during a rollback ends that, and comes from the revision that served', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', (input) => ({ hookStatus: input.lifecycleStage === 'PRODUCTION_TRAFFIC_SHIFT' ? 'FAILED' : 'SUCCEEDED' }));
    await stage.createOrders(CANARY);
    const first = await stage.deploy('v2', { deploymentConfiguration: { ...CANARY, lifecycleHooks: [hook('gate', ['PRODUCTION_TRAFFIC_SHIFT'])] } });
    await stage.until(async () => (await stage.peek(first))['status'] === 'ROLLBACK_IN_PROGRESS');
    const second = await stage.deploy('v3', { deploymentConfiguration: { ...CANARY, lifecycleHooks: [] } });
    const done = await stage.finish(second);
    expect((await stage.deployment(first)).status).toBe('ROLLBACK_FAILED');
    expect(done.status).toBe('SUCCESSFUL');
    expect(await stage.weights(stage.productionRule)).toEqual([0, 100]);
  });

  test('between the request to roll back and the rollback does not wait for hooks that hold it up', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', (input) => ({ hookStatus: Object.values(input.executionDetails.productionTrafficWeights).includes(10) ? 'SUCCEEDED' : 'FAILED' }));
    await stage.createOrders(CANARY);
    const first = await stage.deploy('v2', { deploymentConfiguration: { ...CANARY, lifecycleHooks: [hook('gate', ['PRODUCTION_TRAFFIC_SHIFT'])] } });
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    await stage.ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: first, stopType: 'ROLLBACK' }));
    const second = await stage.deploy('v3', { deploymentConfiguration: { ...CANARY, lifecycleHooks: [] } });
    await stage.until(async () => (await stage.peek(second))['status'] === 'SUCCESSFUL', 60 * MINUTE_MS);
    expect((await stage.deployment(first)).status).toBe('STOPPED');
    const { deployments, taskDefinition } = await stage.service();
    expect(taskDefinition).toMatch(/:3$/);
    expect(deployments?.[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition });
  });

  test('that is rolled back returns what the first one left with its own green', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'FAILED' }));
    await stage.createOrders(CANARY);
    const first = await stage.deploy('v2');
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    const second = await stage.deploy('v3', { deploymentConfiguration: { ...CANARY, lifecycleHooks: [hook('gate', ['RECONCILE_SERVICE'])] } });
    expect((await stage.finish(second)).status).toBe('ROLLBACK_SUCCESSFUL');
    expect((await stage.deployment(first)).status).toBe('STOPPED');
    expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    expect(await stage.service()).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] });
  });

  test('more than the service can hold is refused', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    for (const tag of ['v2', 'v3', 'v2', 'v3']) await stage.deploy(tag);
    await expect(stage.deploy('v2')).rejects.toThrow('5 active deployments exist, unable to create new deployment.');
  });
});

test('DeleteService in mid-shift stops the deployment', async () => {
  stage = await openNativeStage();
  await stage.createOrders(CANARY);
  const arn = await stage.deploy('v2');
  await stage.untilStage(arn, 'PRODUCTION_TRAFFIC_SHIFT');
  await stage.ecs.send(new DeleteServiceCommand({ cluster: 'prod', service: 'orders', force: true }));
  await stage.until(async () => (await stage.service()).status === 'INACTIVE');
  expect((await stage.deployment(arn)).status).toBe('STOPPED');
});

describe('weights that somebody else sets', () => {
  test('in mid-shift are not noticed: the next step overwrites them', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 10 } });
    const arn = await stage.deploy('v2');
    await stage.until(() => stage.ruleWrites.some((write) => write.rule === 'production'));
    await setWeights(1, 0);
    const during = await stage.deployment(arn);
    // A record of what was asked for, not of what is.
    expect(during.targetServiceRevision?.requestedProductionTrafficWeight).toBe(50);
    expect((await stage.finish(arn)).status).toBe('SUCCESSFUL');
    expect(await stage.weights(stage.productionRule)).toEqual([0, 100]);
  });

  test('so that both groups serve at the start end the deployment before it begins', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    await setWeights(50, 50);
    const done = await stage.finish(await stage.deploy('v2'));
    expect(done).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      statusReason: `Service deployment rolled back because of invalid networking configuration. productionListenerRule ${stage.productionRule} should have exactly one target group serving traffic but found 2 target groups which are serving traffic`,
    });
    expect(stage.runtime.started.some((request) => request.image.image.endsWith(':v2'))).toBe(false);
  });
});

describe('a network that is not as it must be', () => {
  const forwardToBlueOnly = async (): Promise<void> => {
    const TargetGroups = [{ TargetGroupArn: stage.blueArn, Weight: 1 }];
    for (const RuleArn of [stage.productionRule, stage.testRule]) {
      await stage.elb.send(new ModifyRuleCommand({ RuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] }));
    }
  };

  test('without a load balancer for one group is refused', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    await forwardToBlueOnly();
    await expect(stage.deploy('v2')).rejects.toThrow(`The target group with targetGroupArn ${stage.greenArn} does not have an associated load balancer.`);
  });

  test('with one group in another rule only rolls back', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const { Rules = [] } = await stage.elb.send(new DescribeRulesCommand({ RuleArns: [stage.testRule] }));
    const Conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/elsewhere'] } }];
    const ListenerArn = Rules[0]?.RuleArn?.replace(':listener-rule/', ':listener/').replace(/\/[0-9a-f]+$/, '');
    await stage.elb.send(new CreateRuleCommand({ ListenerArn, Priority: 9, Conditions, Actions: [{ Type: 'forward', TargetGroupArn: stage.greenArn }] }));
    await forwardToBlueOnly();
    expect((await stage.finish(await stage.deploy('v2'))).statusReason).toBe(
      `Service deployment rolled back because of invalid networking configuration: Target group ${stage.greenArn} is not associated with either productionListenerRule or testListenerRule.`,
    );
  });

  test('with a rule that is gone rolls back', async () => {
    stage = await openNativeStage();
    await stage.createOrders(CANARY);
    const productionListenerRule = stage.productionRule.replace(/[0-9a-f]{16}$/, '0123456789abcdef');
    const done = await stage.finish(await stage.deploy('v2', { loadBalancers: [stage.balancer({ productionListenerRule })] }));
    expect(done.statusReason).toBe('Service deployment rolled back because of invalid networking configuration. One or more rules not found');
  });
});

describe('the first deployment of a service', () => {
  test('has nothing to roll back to', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'FAILED' }));
    await stage.createOrders({ ...CANARY, lifecycleHooks: [hook('gate', ['PRE_SCALE_UP'])] });
    const [arn = ''] = await stage.deploymentArns();
    const failed = await stage.deployment(arn);
    expect(failed).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
      sourceServiceRevisions: [],
    });
    const messages = (await stage.service()).events?.map((event) => event.message ?? '') ?? [];
    expect(
      messages.some((message) => message.includes('deployment failed: Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed.')),
    ).toBe(true);

    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    expect((await stage.finish(await stage.deploy('v2'))).status).toBe('SUCCESSFUL');
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    expect((await stage.service()).runningCount).toBe(2);
  });

  test('moves all traffic in one step and runs its hooks', async () => {
    stage = await openNativeStage();
    const seen: string[] = [];
    stage.hooks.set('gate', (input) => {
      seen.push(input.lifecycleStage);
      return { hookStatus: 'SUCCEEDED' };
    });
    await stage.createOrders({ ...CANARY, lifecycleHooks: [hook('gate', ['PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT'])] });
    expect(seen).toEqual(['PRE_SCALE_UP', 'PRODUCTION_TRAFFIC_SHIFT']);
    expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
  });
});

test('a deployment may not last longer than thirty days', async () => {
  stage = await openNativeStage({}, 300);
  await stage.createOrders(CANARY, { loadBalancers: [], desiredCount: 0 });
  const stages = ['PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_TEST_TRAFFIC_SHIFT'];
  const lifecycleHooks = [pause(stages, 20_160, 'CONTINUE')];
  const arn = await stage.deploy('v2', { deploymentConfiguration: { ...CANARY, lifecycleHooks } });
  await stage.pass(30 * 24 * 60 * MINUTE_MS);
  const done = await stage.finish(arn);
  expect(done.status).toBe('ROLLBACK_SUCCESSFUL');
  expect((done.rollback?.startedAt?.getTime() ?? 0) - (done.startedAt?.getTime() ?? 0)).toBe(30 * 24 * 60 * MINUTE_MS);
}, 120_000);
