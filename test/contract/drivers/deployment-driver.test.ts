// What the port promises, asked of both drivers on the local AWS: real adapters, the sample service of each, virtual time.

import { join } from 'node:path';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAwsCodedeploy } from '#adapters/codedeploy/aws-codedeploy.ts';
import { createAwsEcs } from '#adapters/ecs/aws-ecs.ts';
import { createAwsEcsDeployments } from '#adapters/ecs/aws-ecs-deployments.ts';
import { createAwsLoadBalancer } from '#adapters/elbv2/aws-load-balancer.ts';
import type { LaunchSettings } from '#core/deployment/deployment.ts';
import type { ShiftObservation } from '#core/deployment/shift-observation.ts';
import { trafficShare } from '#core/deployment/watch.ts';
import { chooseDriver } from '#drivers/choose-driver.ts';
import { createCodedeployDriver } from '#drivers/codedeploy/codedeploy-driver.ts';
import { createEcsDriver } from '#drivers/ecs/ecs-driver.ts';
import type { DeploymentDriver, DriverTarget, StartShift } from '#ports/deployment-driver.ts';
import { createScriptedTaskRuntime } from '#rehearsal/region/scripted-task-runtime.ts';
import { freePorts } from '../../../cli/demo/free-ports.ts';
import { createSampleRepository, SAMPLE_REPOSITORY, type SampleService, setUpSample } from '../../../examples/orders/set-up.ts';
import { pushImage } from '../../../localaws/image/push-image.ts';
import { type LocalAws, startLocalAws } from '../../../localaws/start-local-aws.ts';

const HOUR = 3_600_000;
const HOOK_ROLE = 'arn:aws:iam::000000000000:role/hook-invoker';
const root = { kind: 'root' } as const;
const ORDERS = join(import.meta.dirname, '..', '..', '..', 'examples', 'orders', 'v1');
const UNKNOWN = {
  codedeploy: 'd-UNKNOWN99',
  ecs: 'arn:aws:ecs:us-east-1:000000000000:service-deployment/prod/orders/unknown',
} as const;

interface Stage {
  readonly localAws: LocalAws;
  readonly sample: SampleService;
  readonly driver: DeploymentDriver;
  readonly target: DriverTarget;
  /** Deployments whose blue may go: ECS's hook keeps it until then. */
  readonly released: Set<string>;
  greenShare(): Promise<number>;
  until(reached: (observation: ShiftObservation) => boolean, id: string): Promise<ShiftObservation>;
  request(deploymentId: string): Promise<StartShift>;
}

/** As whom ECS invokes the lifecycle hook. */
async function createHookRole({ region }: LocalAws): Promise<void> {
  const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  await region.call('iam', 'CreateRole', { RoleName: 'hook-invoker', AssumeRolePolicyDocument: JSON.stringify(trust) }, root);
  const policy = { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' }] };
  await region.call('iam', 'PutRolePolicy', { RoleName: 'hook-invoker', PolicyName: 'invoke', PolicyDocument: JSON.stringify(policy) }, root);
}

/** Hook functions that pass everything, and with ECS keep blue until it is released. */
function answerHooks(localAws: LocalAws, driver: DeploymentDriver): Set<string> {
  const released = new Set<string>();
  localAws.dispatcher.intercept(async (call, input, next) => {
    if (call.operation !== 'Invoke') return next();
    const given: unknown = input['Payload'];
    const payload = JSON.parse(given instanceof Uint8Array ? new TextDecoder().decode(given) : String(given));
    if (payload.DeploymentId !== undefined) {
      const answer = (): Promise<void> => driver.answerHook(payload.DeploymentId, payload.LifecycleEventHookExecutionId, 'Succeeded');
      localAws.clock.schedule(1_000, () => void localAws.clock.during(answer));
      return { StatusCode: 200, Payload: 'null' };
    }
    const keepsBlue = payload.lifecycleStage === 'POST_PRODUCTION_TRAFFIC_SHIFT' && !released.has(payload.resourceArn);
    const hook = keepsBlue ? { hookStatus: 'IN_PROGRESS', callBackDelay: 15 } : { hookStatus: 'SUCCEEDED' };
    return { StatusCode: 200, Payload: JSON.stringify(hook) };
  });
  return released;
}

async function openStage(kind: DriverTarget['kind']): Promise<Stage> {
  const runtime = createScriptedTaskRuntime();
  const localAws = await startLocalAws({ clock: { kind: 'virtual' }, taskRuntime: runtime });
  const where = { endpointUrl: localAws.endpointUrl, region: localAws.region.name, account: localAws.region.account };
  const client = { endpoint: where.endpointUrl, region: where.region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [ecs, elb, codedeploy] = [new ECSClient(client), new ElasticLoadBalancingV2Client(client), new CodeDeployClient(client)];
  await createSampleRepository(where);
  const { digest } = await pushImage({ endpointUrl: where.endpointUrl, repository: SAMPLE_REPOSITORY, tag: '1.0.0', directory: ORDERS });
  runtime.script(digest, { respond: (_request, response) => void response.end('ok') });
  const [productionPort, testPort] = await freePorts();
  const image = `${where.account}.dkr.ecr.${where.region}.amazonaws.com/${SAMPLE_REPOSITORY}@${digest}`;
  const sample = await setUpSample({ ...where, image, productionPort, testPort, desiredCount: 2, driver: kind });
  await createHookRole(localAws);
  const { cluster, service } = sample;
  const service1 = createAwsEcs(ecs);
  await localAws.clock.runUntil(async () => {
    const { services } = await localAws.region.call('ecs', 'DescribeServices', { cluster, services: [service] }, root);
    return kind === 'ecs' ? services[0].deployments[0]?.rolloutState === 'COMPLETED' : services[0].taskSets[0]?.stabilityStatus === 'STEADY_STATE';
  }, HOUR);

  const loadBalancer = createAwsLoadBalancer(elb);
  const driver = chooseDriver({
    codedeploy: () => createCodedeployDriver(createAwsCodedeploy(codedeploy), loadBalancer, 'CodeDeployHook_weir'),
    ecs: () => createEcsDriver(createAwsEcsDeployments(ecs, { functionArn: localAws.region.arn('lambda', 'function:weir-ecs-lifecycle'), roleArn: HOOK_ROLE })),
  });
  const target: DriverTarget = kind === 'ecs' ? { kind, cluster, service } : { kind, application: sample.application, deploymentGroup: sample.deploymentGroup };
  let registered = 1;
  const released = answerHooks(localAws, driver);
  return {
    released,
    localAws,
    sample,
    driver,
    target,
    async greenShare() {
      const blue = (await service1.describeService(cluster, service))?.taskSets.find(({ status }) => status === 'PRIMARY')?.targetGroupArn ?? '';
      const route = sample.productionRuleArn ?? sample.productionListenerArn;
      return 100 - (trafficShare(await loadBalancer.weights(route, sample.targetGroupArns), blue) ?? Number.NaN);
    },
    async until(reached, id) {
      let seen: ShiftObservation | undefined;
      await localAws.clock.runUntil(async () => {
        seen = await driver.observe(id);
        return seen !== undefined && reached(seen);
      }, 3 * HOUR);
      if (seen === undefined) throw new Error(`${id} cannot be observed`);
      return seen;
    },
    async request(deploymentId) {
      registered++;
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: `${service}:1` }));
      const { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, containerDefinitions } = taskDefinition ?? {};
      const next = { family, networkMode, requiresCompatibilities, cpu, memory, executionRoleArn, containerDefinitions };
      const environment = [{ name: 'REVISION', value: String(registered) }];
      const made = await ecs.send(
        new RegisterTaskDefinitionCommand({ ...next, family, containerDefinitions: containerDefinitions?.map((each) => ({ ...each, environment })) }),
      );
      const network = services?.[0]?.networkConfiguration?.awsvpcConfiguration ?? services?.[0]?.taskSets?.[0]?.networkConfiguration?.awsvpcConfiguration;
      const launch: LaunchSettings = {
        loadBalancerContainer: 'app',
        loadBalancerPort: 8080,
        networkConfiguration: { subnets: network?.subnets ?? [], securityGroups: network?.securityGroups ?? [], assignPublicIp: 'DISABLED' },
      };
      return {
        deploymentId,
        serviceKey: `${cluster}/${service}`,
        target,
        taskDefinitionArn: made.taskDefinition?.taskDefinitionArn ?? '',
        launch,
        strategy: { kind: 'canary', percent: 10, intervalMinutes: 5 },
        configurationName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
        onlyAdopt: false,
      };
    },
  };
}

describe.each(['codedeploy', 'ecs'] as const)('the %s driver', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(kind);
  });
  afterAll(() => stage.localAws.close());

  test('knows the pair of target groups, the listener and that nothing runs', async () => {
    const { driver, target, sample } = stage;
    const group = await driver.observeGroup(target, 'first');
    expect(group).toMatchObject({ cluster: sample.cluster, service: sample.service, productionListenerArn: sample.productionListenerArn, active: undefined });
    expect(group?.targetGroupArns.toSorted()).toEqual([...sample.targetGroupArns].toSorted());
    expect(group?.testListenerArn).toBe(sample.testListenerArn);
    expect(group?.productionRuleArn).toBe(sample.productionRuleArn);
  });

  test('knows nothing of what does not exist', async () => {
    const { driver, target, sample } = stage;
    const elsewhere: DriverTarget = target.kind === 'ecs' ? { ...target, service: 'nobody' } : { ...target, deploymentGroup: 'nobody' };
    expect(await driver.observeGroup(elsewhere, 'first')).toBeUndefined();
    expect(await driver.observe(UNKNOWN[kind])).toBeUndefined();
    expect(await driver.ownerOf(UNKNOWN[kind])).toMatchObject({ deploymentId: undefined });
    expect(sample.service).toBe('orders');
  });

  test('starts nothing when only asked to adopt', async () => {
    const request = await stage.request('withdrawn');
    expect(await stage.driver.start({ ...request, onlyAdopt: true })).toEqual({ kind: 'notStarted' });
    expect((await stage.driver.observeGroup(stage.target, 'withdrawn'))?.active).toBeUndefined();
  });

  test('starts once: asked again it adopts, and somebody else has to wait', async () => {
    const { driver, target, request, until, greenShare, released } = stage;
    const first = await request('first');
    const started = await driver.start(first);
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    const id = started.driverDeploymentId;
    expect(await driver.start(first)).toEqual({ kind: 'adopted', driverDeploymentId: id });
    expect(await driver.start({ ...first, onlyAdopt: true })).toEqual({ kind: 'adopted', driverDeploymentId: id });
    expect((await driver.observeGroup(target, 'first'))?.active).toEqual({ id, isOurs: true });
    expect((await driver.observeGroup(target, 'second'))?.active).toEqual({ id, isOurs: false });
    const second = await driver.start(await request('second'));
    expect(second).toMatchObject({ kind: 'slotTaken', holder: expect.stringContaining(id) });
    expect(await driver.ownerOf(id)).toEqual({ serviceKey: 'prod/orders', deploymentId: 'first', isRollback: false });

    expect(await until(({ status }) => status === 'running', id)).toMatchObject({ rollback: undefined, failure: undefined });
    await stage.localAws.clock.runUntil(async () => (await greenShare()) === 10, HOUR);
    expect(await until(({ waitsBeforeBlueEnds }) => waitsBeforeBlueEnds, id)).toMatchObject({ status: 'running' });
    await driver.endTerminationWait(id);
    released.add(id);
    await driver.endTerminationWait(id);
    expect(await until(({ status }) => status !== 'running', id)).toMatchObject({ status: 'succeeded', waitsBeforeBlueEnds: false, failure: undefined });
    expect(await driver.stop(id, 'toBlue')).toBe('atRest');
  });

  test('stopped in mid-shift, takes all traffic back and says so', async () => {
    const { driver, request, until, greenShare } = stage;
    const started = await driver.start(await request('third'));
    if (started.kind !== 'started') throw new Error(JSON.stringify(started));
    const id = started.driverDeploymentId;
    await stage.localAws.clock.runUntil(async () => (await greenShare()) === 10, HOUR);
    expect(await driver.stop(id, 'toBlue')).toBe('stopping');
    expect(await driver.stop(id, 'toBlue')).toMatch(/^(stopping|atRest)$/);
    const over = await until(({ rollback }) => rollback !== undefined && rollback.status !== 'running', id);
    expect(over.rollback?.status).toBe('succeeded');
    expect(['failed', 'stopped']).toContain(over.status);
    expect(await greenShare()).toBe(0);
    // Asked once more it is an answer and no error, and nothing moves.
    expect(await driver.stop(id, 'toBlue')).toMatch(/^(stopping|atRest)$/);
    expect(await greenShare()).toBe(0);
  });
});
