// Native ECS deployments as the unmodified SDK sees them: every strategy and every stage of one that succeeds.
import { DescribeServiceRevisionsCommand, ListServiceDeploymentsCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ELB_ROLE, HOOK_ROLE, hook, MINUTE_MS, type NativeStage, openNativeStage } from '../../support/native-deployment-stage.ts';

let stage: NativeStage;
afterEach(() => stage.close());

const EVERY_STAGE = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
];

describe('a blue/green deployment', () => {
  test('goes through every stage in order, asks the hooks of each, bakes and cleans up', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    await stage.createOrders({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 3, lifecycleHooks: [hook('gate', EVERY_STAGE, { hookDetails: { team: 'shop' } })] });
    const arn = await stage.deploy('v2');
    expect(await stage.deployment(arn)).toMatchObject({ status: 'PENDING' });
    const stages: string[] = [];
    const seen = async (): Promise<boolean> => {
      const { lifecycleStage, status } = await stage.deployment(arn);
      if (lifecycleStage !== undefined && stages.at(-1) !== lifecycleStage) stages.push(lifecycleStage);
      return status === 'SUCCESSFUL';
    };
    await stage.until(seen);
    const done = await stage.deployment(arn);
    // Stages without work are passed within one instant of virtual time, and are seen through their hooks.
    expect(stages).toEqual(expect.arrayContaining(['SCALE_UP', 'BAKE_TIME', 'CLEAN_UP']));
    const asked = stage.hookCalls.map((call) => call.input.lifecycleStage);
    expect(asked).toEqual(EVERY_STAGE.slice(1));
    expect(done).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, requestedProductionTrafficWeight: 100, requestedTestTrafficWeight: 100 },
      deploymentConfiguration: { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 3 },
      deploymentCircuitBreaker: { status: 'DISABLED' },
      alarms: { status: 'DISABLED' },
    });
    const shifted = stage.ruleWrites.find((write) => write.rule === 'production');
    expect((done.finishedAt?.getTime() ?? 0) - (shifted?.at ?? 0)).toBeGreaterThanOrEqual(3 * MINUTE_MS);
    expect(stage.ruleWrites.map(({ rule, weights }) => [rule, weights])).toEqual([
      ['test', [0, 100]],
      ['production', [0, 100]],
    ]);
    for (const { principal } of stage.ruleWrites) expect(principal).toEqual({ kind: 'role', roleArn: ELB_ROLE, sessionName: 'ECSNetworkingWithELB' });
  });

  test('gives hooks the documented input: weights only where traffic moves, the revision, its own details', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    await stage.createOrders({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0, lifecycleHooks: [hook('gate', EVERY_STAGE, { hookDetails: { team: 'shop' } })] });
    const before = (await stage.service()).currentServiceRevisions?.[0]?.arn ?? '';
    const arn = await stage.deploy('v2');
    const { targetServiceRevision, sourceServiceRevisions } = await stage.finish(arn);
    const target = targetServiceRevision?.arn ?? '';
    expect(sourceServiceRevisions?.map((revision) => revision.arn)).toEqual([before]);
    const weights = stage.hookCalls.map(({ input }) => [
      input.lifecycleStage,
      input.executionDetails.testTrafficWeights,
      input.executionDetails.productionTrafficWeights,
    ]);
    expect(weights).toEqual([
      ['PRE_SCALE_UP', {}, {}],
      ['POST_SCALE_UP', {}, {}],
      ['TEST_TRAFFIC_SHIFT', { [before]: 0, [target]: 100 }, {}],
      ['POST_TEST_TRAFFIC_SHIFT', {}, {}],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', {}, { [before]: 100, [target]: 0 }],
      ['PRODUCTION_TRAFFIC_SHIFT', {}, { [before]: 0, [target]: 100 }],
      ['POST_PRODUCTION_TRAFFIC_SHIFT', {}, {}],
    ]);
    const [first] = stage.hookCalls;
    expect(first).toMatchObject({
      principal: { kind: 'role', roleArn: HOOK_ROLE, sessionName: 'ECS-Lambda-Execution' },
      input: {
        resourceArn: arn,
        hookDetails: { team: 'shop' },
        executionDetails: { serviceArn: 'arn:aws:ecs:us-east-1:000000000000:service/prod/orders', targetServiceRevisionArn: target },
      },
    });
    expect(new Set(stage.hookCalls.map((call) => call.input.executionId)).size).toBe(stage.hookCalls.length);
  });

  test('alternates the target groups, and its revisions say which one serves', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 });
    const groups: (string | undefined)[] = [];
    for (const tag of ['v2', 'v3']) {
      const { targetServiceRevision } = await stage.finish(await stage.deploy(tag));
      const { serviceRevisions = [] } = await stage.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevision?.arn ?? ''] }));
      expect(serviceRevisions[0]?.resolvedConfiguration?.loadBalancers?.[0]?.productionListenerRule).toBe(stage.productionRule);
      expect(serviceRevisions[0]?.loadBalancers?.[0]?.targetGroupArn).toBe(stage.blueArn);
      expect(serviceRevisions[0]?.containerImages?.[0]?.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      groups.push(serviceRevisions[0]?.resolvedConfiguration?.loadBalancers?.[0]?.targetGroupArn);
    }
    expect(groups).toEqual([stage.greenArn, stage.blueArn]);
    expect(await stage.weights(stage.productionRule)).toEqual([100, 0]);
    const { serviceDeployments = [] } = await stage.ecs.send(new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'orders', status: ['SUCCESSFUL'] }));
    expect(serviceDeployments).toHaveLength(3);
    const later = await stage.ecs.send(
      new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'orders', createdAt: { after: serviceDeployments[1]?.createdAt }, maxResults: 1 }),
    );
    expect(later.serviceDeployments?.map((brief) => brief.serviceDeploymentArn)).toEqual([serviceDeployments[0]?.serviceDeploymentArn]);
    expect(later.nextToken).toBeDefined();
  });

  test('keeps both revisions at full count through the bake time, and says so in DescribeServices', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 10 });
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'BAKE_TIME');
    const during = await stage.service();
    expect(during).toMatchObject({ desiredCount: 2, runningCount: 4, currentServiceDeployment: arn });
    expect(during.deployments?.map(({ status, desiredCount, runningCount, rolloutState }) => [status, desiredCount, runningCount, rolloutState])).toEqual([
      ['PRIMARY', 2, 2, 'IN_PROGRESS'],
      ['ACTIVE', 2, 2, 'COMPLETED'],
    ]);
    expect(during.currentServiceRevisions).toHaveLength(2);
    await stage.finish(arn);
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    const after = await stage.service();
    expect(after).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] });
    expect(after.events?.some(({ message }) => /^\(service orders\) \(deployment ecs-svc\/\d+\) deployment completed\.$/.test(message ?? ''))).toBe(true);
    const states = stage.events.filter((event) => event.detailType === 'ECS Deployment State Change');
    expect(states.map(({ detail }) => [detail['eventName'], detail['deploymentId']])).toEqual([
      ['SERVICE_DEPLOYMENT_IN_PROGRESS', after.deployments?.[0]?.id],
      ['SERVICE_DEPLOYMENT_COMPLETED', after.deployments?.[0]?.id],
    ]);
  });

  test('works without any load balancer', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 }, { loadBalancers: [] });
    expect(await stage.finish(await stage.deploy('v2'))).toMatchObject({ status: 'SUCCESSFUL' });
    expect(stage.ruleWrites).toEqual([]);
  });
});

describe('a linear deployment', () => {
  test('moves the same share again and again, asks before and at every step, and waits between them', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    const stages = ['PRE_PRODUCTION_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'];
    await stage.createOrders({
      strategy: 'LINEAR',
      linearConfiguration: { stepPercent: 30, stepBakeTimeInMinutes: 2 },
      lifecycleHooks: [hook('gate', stages)],
    });
    const done = await stage.finish(await stage.deploy('v2'));
    expect(done.status).toBe('SUCCESSFUL');
    const moves = stage.ruleWrites.filter((write) => write.rule === 'production');
    expect(moves.map((write) => write.weights)).toEqual([
      [70, 30],
      [40, 60],
      [10, 90],
      [0, 100],
    ]);
    const gaps = moves.slice(1).map((move, index) => move.at - (moves[index]?.at ?? 0));
    expect(gaps).toEqual([2 * MINUTE_MS, 2 * MINUTE_MS, 2 * MINUTE_MS]);
    const target = done.targetServiceRevision?.arn ?? '';
    expect(stage.hookCalls.map(({ input }) => [input.lifecycleStage, input.executionDetails.productionTrafficWeights[target]])).toEqual([
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 0],
      ['PRODUCTION_TRAFFIC_SHIFT', 30],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 30],
      ['PRODUCTION_TRAFFIC_SHIFT', 60],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 60],
      ['PRODUCTION_TRAFFIC_SHIFT', 90],
      ['PRE_PRODUCTION_TRAFFIC_SHIFT', 90],
      ['PRODUCTION_TRAFFIC_SHIFT', 100],
    ]);
  });

  test('moves tenths of a percent where they are asked for, and a shorter step last', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 3.5, stepBakeTimeInMinutes: 0 } });
    await stage.finish(await stage.deploy('v2'));
    const moves = stage.ruleWrites.filter((write) => write.rule === 'production');
    expect(moves).toHaveLength(29);
    expect(moves.slice(0, 3).map((write) => write.weights)).toEqual([
      [965, 35],
      [93, 7],
      [895, 105],
    ]);
    expect(moves.at(-1)?.weights).toEqual([0, 100]);
  });
});

describe('a canary deployment', () => {
  test('moves a tenth of a percent, waits, and moves the rest', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 0.1, canaryBakeTimeInMinutes: 15 }, bakeTimeInMinutes: 5 });
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'PRODUCTION_TRAFFIC_SHIFT');
    await stage.pass(MINUTE_MS);
    const during = await stage.deployment(arn);
    expect(during.targetServiceRevision?.requestedProductionTrafficWeight).toBe(0.1);
    expect(during.sourceServiceRevisions?.[0]?.requestedProductionTrafficWeight).toBe(99.9);
    await stage.finish(arn);
    const [canary, rest] = stage.ruleWrites.filter((write) => write.rule === 'production');
    expect([canary?.weights, rest?.weights]).toEqual([
      [999, 1],
      [0, 100],
    ]);
    expect((rest?.at ?? 0) - (canary?.at ?? 0)).toBe(15 * MINUTE_MS);
  });

  test('has five percent for ten minutes where nothing else is asked for', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'CANARY' });
    expect((await stage.service()).deploymentConfiguration).toMatchObject({ canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10 } });
    await stage.finish(await stage.deploy('v2'));
    const [canary, rest] = stage.ruleWrites.filter((write) => write.rule === 'production');
    expect(canary?.weights).toEqual([95, 5]);
    expect((rest?.at ?? 0) - (canary?.at ?? 0)).toBe(10 * MINUTE_MS);
  });
});

describe('a rolling deployment', () => {
  test('is on record like the others, with its stages, and moves no traffic', async () => {
    stage = await openNativeStage();
    stage.hooks.set('gate', () => ({ hookStatus: 'SUCCEEDED' }));
    await stage.createOrders({ strategy: 'ROLLING', bakeTimeInMinutes: 2, lifecycleHooks: [hook('gate', ['PRE_SCALE_UP', 'POST_SCALE_UP'])] });
    const arn = await stage.deploy('v2');
    await stage.untilStage(arn, 'BAKE_TIME');
    const { startedAt } = await stage.deployment(arn);
    const done = await stage.finish(arn);
    expect(done).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP', targetServiceRevision: { runningTaskCount: 2 } });
    expect((done.finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)).toBeGreaterThan(2 * MINUTE_MS);
    expect(stage.hookCalls.map((call) => call.input.lifecycleStage)).toEqual(['PRE_SCALE_UP', 'POST_SCALE_UP']);
    expect(stage.ruleWrites).toEqual([]);
  });

  test('ends early by its success criteria, and the old tasks go afterwards', async () => {
    stage = await openNativeStage();
    const earlySuccessCriteria = { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' } as const;
    await stage.createOrders({ strategy: 'ROLLING', maximumPercent: 150, minimumHealthyPercent: 50, earlySuccessCriteria });
    await stage.finish(await stage.deploy('v2'));
    expect((await stage.service()).deployments?.length).toBeGreaterThan(1);
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    expect((await stage.service()).deployments?.[0]).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 2 });
  });
});
