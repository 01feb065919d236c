// What CreateService and UpdateService accept for native ECS deployments, and the way to them from CodeDeploy.
import { CreateServiceCommand, DescribeServiceDeploymentsCommand, DescribeServiceRevisionsCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { functionArn, HOOK_ROLE, hook, type NativeStage, openNativeStage, pause } from '../../support/native-deployment-stage.ts';
import { NETWORK } from '../../unit/localaws/ecs/ecs-stage.ts';

let stage: NativeStage;
afterEach(() => stage.close());

const create = async (deploymentConfiguration: object, more: object = {}): Promise<string> =>
  stage.ecs
    .send(
      new CreateServiceCommand({
        cluster: 'prod',
        serviceName: 'orders',
        desiredCount: 1,
        taskDefinition: 'orders',
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        loadBalancers: [stage.balancer()],
        deploymentConfiguration,
        ...more,
      } as never),
    )
    .then(
      () => 'done',
      (error: Error) => `${error.name}: ${error.message}`,
    );

describe('a request', () => {
  test.each<[string, object, string]>([
    ['a strategy that is none', { strategy: 'FAST' }, "Invalid value 'FAST' for strategy. Valid values are ROLLING, BLUE_GREEN, LINEAR, CANARY."],
    ['no bake time for BLUE_GREEN', { strategy: 'BLUE_GREEN' }, 'bakeTimeInMinutes must be specified for the BLUE_GREEN strategy.'],
    ['a bake time beyond a day', { strategy: 'CANARY', bakeTimeInMinutes: 1_441 }, 'bakeTimeInMinutes must be between 0 and 1440.'],
    ['a step below 3 %', { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2.9 } }, 'stepPercent must be a multiple of 0.1 between 3.0 and 100.0.'],
    [
      'a share of 5.55 %',
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 5.55 } },
      'canaryPercent must be a multiple of 0.1 between 0.1 and 100.0.',
    ],
    ['linear steps for a canary', { strategy: 'CANARY', linearConfiguration: {} }, 'linearConfiguration can only be specified with the LINEAR strategy.'],
    [
      'early success for a canary',
      { strategy: 'CANARY', earlySuccessCriteria: { enable: false } },
      'earlySuccessCriteria can only be specified with the ROLLING strategy.',
    ],
    [
      'a hook of another kind',
      { lifecycleHooks: [{ targetType: 'SNS', lifecycleStages: ['PRE_SCALE_UP'] }] },
      'Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE',
    ],
    ['a pause in a traffic shift', { lifecycleHooks: [pause(['PRODUCTION_TRAFFIC_SHIFT'])] }, 'Invalid lifecycle stage provided for Pause Hook'],
    ['a pause at reconciliation', { lifecycleHooks: [pause(['RECONCILE_SERVICE'])] }, 'Invalid lifecycle stage provided for Pause Hook'],
    ['a pause of 15 days', { lifecycleHooks: [pause(['PRE_SCALE_UP'], 21_600)] }, 'timeoutInMinutes must be between 1 and 20160.'],
    [
      'a function that may take two days',
      { lifecycleHooks: [hook('gate', ['PRE_SCALE_UP'], { timeoutConfiguration: { timeoutInMinutes: 2_880 } })] },
      'timeoutInMinutes must be between 1 and 1440.',
    ],
    [
      'a hook without role',
      { lifecycleHooks: [{ hookTargetArn: functionArn('gate'), lifecycleStages: ['PRE_SCALE_UP'] }] },
      'roleArn must be the ARN of an IAM role.',
    ],
    [
      'a hook without function',
      { lifecycleHooks: [{ roleArn: HOOK_ROLE, lifecycleStages: ['PRE_SCALE_UP'] }] },
      'hookTargetArn must be the ARN of a Lambda function.',
    ],
    ['a hook without stage', { lifecycleHooks: [hook('gate', [])] }, 'lifecycleStages cannot be empty.'],
    ['a hook at SCALE_UP', { lifecycleHooks: [hook('gate', ['SCALE_UP'])] }, "Invalid value 'SCALE_UP' for lifecycleStages."],
    [
      'eleven functions',
      { lifecycleHooks: Array.from({ length: 11 }, () => hook('gate', ['PRE_SCALE_UP'])) },
      'A service can have at most 10 AWS_LAMBDA lifecycle hooks.',
    ],
    [
      'a breaker of 101 %',
      { deploymentCircuitBreaker: { enable: true, rollback: true, thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 101 } } },
      'value must be between 1 and 100.',
    ],
    ['alarms without names', { alarms: { enable: true, rollback: true, alarmNames: [] } }, 'alarmNames cannot be empty.'],
  ])('with %s is refused', async (_name, configuration, message) => {
    stage = await openNativeStage();
    await stage.register('v1');
    expect(await create(configuration)).toContain(`InvalidParameterException: ${message}`);
  });

  test("with load balancers that cannot be shifted is refused, in AWS's words", async () => {
    stage = await openNativeStage();
    await stage.register('v1');
    const canary = { strategy: 'CANARY' };
    const { advancedConfiguration, ...plain } = stage.balancer();
    const listener = stage.productionRule.replace(':listener-rule/', ':listener/').replace(/\/[0-9a-f]+$/, '');
    expect(await create(canary, { loadBalancers: [plain] })).toBe(
      'InvalidParameterException: advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
    expect(await create(canary, { loadBalancers: [stage.balancer(), { ...plain, targetGroupArn: stage.greenArn }] })).toBe(
      'InvalidParameterException: Either all or none of the provided loadBalancers must have advancedConfiguration defined',
    );
    expect(await create(canary, { loadBalancers: [stage.balancer({ alternateTargetGroupArn: stage.blueArn })] })).toBe(
      `InvalidParameterException: Duplicate targetGroupArn found: ${stage.blueArn}`,
    );
    expect(await create(canary, { loadBalancers: [stage.balancer({ testListenerRule: stage.productionRule })] })).toBe(
      `InvalidParameterException: The following rules cannot be used as both production and test listener rules: ${stage.productionRule}`,
    );
    expect(await create(canary, { loadBalancers: [stage.balancer({ productionListenerRule: listener })] })).toBe(
      `InvalidParameterException: productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${listener}`,
    );
    expect(await create(canary, { loadBalancers: [{ ...plain, advancedConfiguration: { ...advancedConfiguration, roleArn: undefined } }] })).toBe(
      'InvalidParameterException: roleArn must be specified in advancedConfiguration.',
    );
  });

  test('for things nobody deployed gets failures, and none at all an error', async () => {
    stage = await openNativeStage();
    const serviceDeploymentArns = ['arn:aws:ecs:us-east-1:000000000000:service-deployment/prod/orders/none'];
    expect(await stage.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }))).toMatchObject({
      serviceDeployments: [],
      failures: [{ arn: serviceDeploymentArns[0], reason: 'MISSING' }],
    });
    await expect(stage.ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [] }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
    const many = Array.from({ length: 21 }, (_, index) => `${serviceDeploymentArns[0]}${index}`);
    await expect(stage.ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: many }))).rejects.toThrow('cannot have more than 20 elements');
  });
});

describe('UpdateService', () => {
  const update = (input: object): Promise<unknown> => stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', ...input }));

  test('that changes the configuration alone starts no deployment, and the next one goes by it', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 50, stepBakeTimeInMinutes: 1 } });
    const before = await stage.deploymentArns();
    await update({ deploymentConfiguration: { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 20, canaryBakeTimeInMinutes: 1 } } });
    expect(await stage.deploymentArns()).toEqual(before);
    const { deploymentConfiguration } = await stage.service();
    expect(deploymentConfiguration).toMatchObject({ strategy: 'CANARY', canaryConfiguration: { canaryPercent: 20 } });
    expect(deploymentConfiguration?.linearConfiguration).toBeUndefined();
    await update({ forceNewDeployment: true });
    const [arn = ''] = await stage.deploymentArns();
    await stage.finish(arn);
    expect(stage.ruleWrites.filter((write) => write.rule === 'production').map((write) => write.weights)).toEqual([
      [80, 20],
      [0, 100],
    ]);
  });

  test('with the same parameters starts none, and scaling starts none', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'CANARY' });
    const before = await stage.deploymentArns();
    await update({ taskDefinition: 'orders:1', loadBalancers: [stage.balancer()] });
    await update({ desiredCount: 3 });
    await stage.until(async () => (await stage.service()).runningCount === 3);
    expect(await stage.deploymentArns()).toEqual(before);
  });
});

describe('a service of CodeDeploy', () => {
  const update = (input: object): Promise<unknown> => stage.ecs.send(new UpdateServiceCommand({ cluster: 'prod', service: 'orders', ...input }));

  async function underCodeDeploy(): Promise<void> {
    const { advancedConfiguration: _none, ...plain } = stage.balancer();
    await stage.register('v1');
    expect(await create({}, { deploymentController: { type: 'CODE_DEPLOY' }, loadBalancers: [plain], desiredCount: 2 })).toBe('done');
    await stage.until(async () => (await stage.service()).taskSets?.[0]?.stabilityStatus === 'STEADY_STATE');
  }

  const toEcs = (): object => ({
    deploymentController: { type: 'ECS' },
    deploymentConfiguration: { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 1 } },
    loadBalancers: [stage.balancer()],
  });

  test('moves to native deployments without a new task, and is then deployed by a canary', async () => {
    stage = await openNativeStage();
    await underCodeDeploy();
    const started = stage.runtime.started.length;
    await update(toEcs());
    expect(await stage.service()).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }] });
    expect(stage.runtime.started).toHaveLength(started);
    const done = await stage.finish(await stage.deploy('v2'));
    expect(done).toMatchObject({ status: 'SUCCESSFUL', sourceServiceRevisions: [{ requestedProductionTrafficWeight: 0 }] });
    expect(stage.ruleWrites.filter((write) => write.rule === 'production').map((write) => write.weights)).toEqual([
      [90, 10],
      [0, 100],
    ]);
  });

  test('does not come back, as AWS lists the ways, but does by the switch', async () => {
    stage = await openNativeStage();
    await underCodeDeploy();
    await update(toEcs());
    await expect(update({ deploymentController: { type: 'CODE_DEPLOY' } })).rejects.toThrow(
      'The deployment controller cannot be changed from ECS to CODE_DEPLOY.',
    );
    await stage.close();

    stage = await openNativeStage({ returnsToCodeDeploy: true });
    await underCodeDeploy();
    await update(toEcs());
    const arn = await stage.deploy('v2');
    const back = { deploymentController: { type: 'CODE_DEPLOY' }, deploymentConfiguration: { strategy: 'ROLLING' } };
    await expect(update(back)).rejects.toThrow('cannot be changed while more than one task set exists');
    await stage.finish(arn);
    await stage.until(async () => (await stage.service()).deployments?.length === 1);
    await update(back);
    const returned = await stage.service();
    expect(returned).toMatchObject({ deploymentController: { type: 'CODE_DEPLOY' }, deployments: [], runningCount: 2 });
    expect(returned.taskSets).toMatchObject([{ status: 'PRIMARY', runningCount: 2 }]);
    expect(returned.loadBalancers).toEqual([{ targetGroupArn: stage.greenArn, containerName: 'app', containerPort: 8080 }]);
    await expect(update({ taskDefinition: 'orders:1' })).rejects.toThrow(
      'Unable to update task definition on services with a CODE_DEPLOY deployment controller.',
    );
  });

  test('takes no native configuration', async () => {
    stage = await openNativeStage();
    await underCodeDeploy();
    await expect(update({ deploymentConfiguration: { strategy: 'CANARY' } })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(update({ ...toEcs(), loadBalancers: undefined })).rejects.toThrow('advancedConfiguration field is required');
    expect((await stage.service()).deploymentController?.type).toBe('CODE_DEPLOY');
  });
});
