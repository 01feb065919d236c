// Deployments of ECS's own controller, whole: the packaged stack on the virtual clock, from the push to who serves at the end.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AwsShape } from '../../localaws/region.ts';
import { type Scenario, startScenario } from '../support/scenario/scenario.ts';

const MINUTE = 60_000;
const native = { driver: { kind: 'ecs' } };

let scenario: Scenario;
/** One world for all stories, told in order. */
beforeAll(async () => {
  scenario = await startScenario({ driver: 'ecs' });
  scenario.traffic.requestsPerMinute = 12_000;
  await scenario.apply(native);
});
afterAll(() => scenario.close());

async function setWeights(share: number): Promise<void> {
  const { call, sample } = scenario;
  const { Rules } = await call('elasticloadbalancing', 'DescribeRules', { RuleArns: [sample.productionRuleArn] });
  const groups: AwsShape[] = Rules[0].Actions[0].ForwardConfig.TargetGroups;
  const [smaller] = groups.toSorted((one, other) => one['Weight'] - other['Weight']);
  const TargetGroups = groups.map((group) => ({ TargetGroupArn: group['TargetGroupArn'], Weight: group === smaller ? share : 100 - share }));
  await call('elasticloadbalancing', 'ModifyRule', { RuleArn: sample.productionRuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] });
}

describe('a pushed image', () => {
  test('becomes a canary that passes all gates, goes on when the evidence allows it and ends with blue gone', async () => {
    const { push, untilEnded, servingDigest, service, until, call, sample } = scenario;
    const digest = await push('2.0.0');
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', plan: { driver: 'ecs', configurationName: 'CANARY 10 %, 5 min' } });
    expect(Object.values(deployment.hooks).map((record) => record.answer)).toEqual(Array(5).fill('Succeeded'));
    expect(deployment.step).toMatchObject({ greenPercent: 10, nextPercent: 100, passedAt: expect.any(Number) });
    const { firstTrafficAt = 0, fullTrafficAt = 0, blueReleasedAt = 0 } = deployment.shift ?? {};
    expect(fullTrafficAt - firstTrafficAt).toBeGreaterThanOrEqual(4.5 * MINUTE);
    expect(blueReleasedAt - fullTrafficAt).toBeGreaterThanOrEqual(3 * MINUTE);
    expect(await servingDigest()).toBe(digest);
    expect(await service()).toMatchObject({ lastSuccess: { deploymentId: deployment.id, digest }, quarantine: [] });
    await until(
      async () =>
        (await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] }))['services'][0].currentServiceRevisions.length === 1,
    );
  });

  test('is rolled back within the canary when it fails on real traffic, and its image is quarantined', async () => {
    const { push, untilEnded, servingDigest, service } = scenario;
    const before = await servingDigest();
    const digest = await push('3.0.0', { errorShare: 0.25 });
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'health' } } });
    expect(deployment.shift?.fullTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
    expect(await service()).toMatchObject({ quarantine: [{ digest }], lastSuccess: { digest: before } });
  });

  test('that crashes at start never gets traffic and is stopped in minutes', async () => {
    const { push, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const deployment = await untilEnded(await push('4.0.0', { script: { exitAfterMs: 500, exitCode: 1 } }));
    expect(deployment).toMatchObject({ status: 'Failed', rollback: { cause: { kind: 'crashes', threshold: 3 } } });
    expect((deployment.outcome?.at ?? 0) - deployment.requestedAt).toBeLessThan(15 * MINUTE);
    expect(deployment.shift?.firstTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
  });

  test('that fails its smoke check on the test rule never gets production traffic', async () => {
    const { push, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const digest = await push('5.0.0', { script: { respond: (request, response) => void response.writeHead(request.url === '/smoke' ? 503 : 200).end() } });
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Failed', rollback: { cause: { kind: 'hook', hook: 'AfterAllowTestTraffic' } } });
    expect(deployment.shift?.firstTrafficAt).toBeUndefined();
    expect(await servingDigest()).toBe(before);
  });
});

describe('the hook before a step', () => {
  test('holds the canary past its interval while the evidence is thin, and lets it go on when there is enough', async () => {
    const { push, until, pass, greenPercent, traffic, deploymentOf, untilEnded, servingDigest } = scenario;
    traffic.requestsPerMinute = 60;
    const digest = await push('6.0.0');
    await until(async () => (await greenPercent()) === 10);
    await pass(30 * MINUTE);
    expect(await greenPercent()).toBe(10);
    expect(await deploymentOf(digest)).toMatchObject({
      status: 'Shifting',
      // Who might decide instead has been told.
      step: { greenPercent: 10, nextPercent: 100, reason: expect.stringContaining('more green requests needed'), toldAt: expect.any(Number) },
    });
    traffic.requestsPerMinute = 12_000;
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
    expect(await servingDigest()).toBe(digest);
  });

  test('paces an adaptive shift by the evidence: all steps, none skipped, faster than the default linear one', async () => {
    const { apply, push, untilEnded } = scenario;
    await apply({ ...native, strategy: { adaptive: { stepPercent: 20 } } });
    const deployment = await untilEnded(await push('7.0.0'));
    expect(deployment).toMatchObject({ status: 'Succeeded', plan: { configurationName: 'LINEAR 20 %, paced by evidence' } });
    const steps = deployment.timeline.flatMap((entry) => (entry.type === 'StepPassed' ? [/from (\d+) % to (\d+) %/.exec(entry.text)?.slice(1).join('-')] : []));
    expect(steps).toEqual(['20-40', '40-60', '60-80', '80-100']);
    await apply(native);
  });

  test('finds weights that somebody else set back, holds, names them, and goes on when they are right again', async () => {
    const { push, until, pass, greenPercent, deploymentOf, untilEnded, sample } = scenario;
    const digest = await push('8.0.0');
    await until(async () => (await greenPercent()) === 10);
    await setWeights(0);
    await pass(20 * MINUTE);
    expect(await greenPercent()).toBe(0);
    const held = await deploymentOf(digest);
    expect(held).toMatchObject({
      status: 'Shifting',
      weightsChange: { ruleArn: sample.productionRuleArn, expectedPercent: 10, foundPercent: 0, toldAt: expect.any(Number) },
    });
    expect(held?.timeline.map((entry) => entry.text)).toContainEqual(
      expect.stringMatching(/^Somebody else set the weights of .*green has 0 % .* 10 % expected$/),
    );
    await setWeights(10);
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', weightsChange: { restoredAt: expect.any(Number) } });
  });

  test('goes back instead where the manifest says so', async () => {
    const { apply, push, until, greenPercent, untilEnded, servingDigest, service } = scenario;
    const before = await servingDigest();
    await apply({ driver: { kind: 'ecs', onWeightsChanged: 'rollBack' } });
    const digest = await push('9.0.0');
    await until(async () => (await greenPercent()) === 10);
    await setWeights(50);
    expect(await untilEnded(digest)).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'weights' } } });
    expect(await servingDigest()).toBe(before);
    // Somebody's hand on the weights says nothing about the image.
    expect((await service()).quarantine.map((entry) => entry.digest)).not.toContain(digest);
    await apply(native);
  });
});

describe('an outside deployment', () => {
  test('that takes the service over is yielded to, not fought', async () => {
    const { push, until, greenPercent, untilEnded, call, sample } = scenario;
    const digest = await push('10.0.0');
    await until(async () => (await greenPercent()) === 10);
    await call('ecs', 'UpdateService', { cluster: sample.cluster, service: sample.service, forceNewDeployment: true });
    const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
    const other: string = services[0].currentServiceDeployment;
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Superseded', outcome: { reason: expect.stringContaining(other) } });
    // Its own hooks are let pass: it ends as ECS alone would have ended it.
    await until(async () => {
      const { serviceDeployments } = await call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns: [other] });
      return serviceDeployments[0].status === 'SUCCESSFUL';
    });
  });
});

describe('an outside deployment, where the manifest says so,', () => {
  const deployments = async (): Promise<readonly string[]> => {
    const { cluster, service } = scenario.sample;
    return (await scenario.call('ecs', 'ListServiceDeployments', { cluster, service }))['serviceDeployments'].map(
      (one: AwsShape) => one['serviceDeploymentArn'],
    );
  };

  test('is adopted when it deploys the same: the canary begins anew and is judged like any other', async () => {
    const { apply, push, until, greenPercent, untilEnded, call, sample, servingDigest } = scenario;
    await apply({ driver: { kind: 'ecs', onOutsideDeployment: 'adopt' } });
    const digest = await push('10.1.0');
    await until(async () => (await greenPercent()) === 10);
    await call('ecs', 'UpdateService', { cluster: sample.cluster, service: sample.service, forceNewDeployment: true });
    const [other] = await deployments();
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'Succeeded', shift: { driverDeploymentId: other } });
    expect(deployment.timeline.map(({ type }) => type)).toContain('ShiftAdopted');
    expect(deployment.timeline.filter(({ text }) => text.includes('green has 10 %')).length).toBeGreaterThanOrEqual(2);
    expect(await servingDigest()).toBe(digest);
  });

  test('that deploys something else is yielded to all the same', async () => {
    const { push, until, greenPercent, untilEnded, call, sample, servingDigest } = scenario;
    const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
    const digest = await push('10.2.0');
    await until(async () => (await greenPercent()) === 10);
    await call('ecs', 'UpdateService', {
      cluster: sample.cluster,
      service: sample.service,
      taskDefinition: services[0].taskDefinition,
      forceNewDeployment: true,
    });
    const [other] = await deployments();
    expect(await untilEnded(digest)).toMatchObject({ status: 'Superseded', outcome: { reason: expect.stringContaining(String(other)) } });
    await until(
      async () => (await call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns: [other] }))['serviceDeployments'][0].status === 'SUCCESSFUL',
    );
    expect(await servingDigest()).not.toBe(digest);
  });

  test('is stopped, and blue serves everything again', async () => {
    const { apply, push, until, greenPercent, untilEnded, call, sample, servingDigest, service } = scenario;
    await apply({ driver: { kind: 'ecs', onOutsideDeployment: 'stop' } });
    const before = await servingDigest();
    const digest = await push('10.3.0');
    await until(async () => (await greenPercent()) === 10);
    await call('ecs', 'UpdateService', { cluster: sample.cluster, service: sample.service, forceNewDeployment: true });
    const [other] = await deployments();
    const deployment = await untilEnded(digest);
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'outside', driverDeploymentId: other } } });
    const { serviceDeployments } = await call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns: [other] });
    expect(serviceDeployments[0].status).toBe('ROLLBACK_SUCCESSFUL');
    expect(await servingDigest()).toBe(before);
    // What somebody else did says nothing about the image.
    expect((await service()).quarantine.map((entry) => entry.digest)).not.toContain(digest);
    await apply(native);
  });
});

describe('a service whose owner hooks more than Weir does', () => {
  const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:weir-dev-ecs-lifecycle';
  const invocations = async (): Promise<readonly AwsShape[]> => {
    const { events } = await scenario.call('logs', 'FilterLogEvents', {
      logGroupName: '/aws/lambda/weir-dev-ecs-lifecycle',
      filterPattern: '"lifecycle hook decided"',
    });
    return (events as AwsShape[]).map((event) => JSON.parse(event['message']));
  };

  test('sees the hooks of a rollback pass at once: the weights are reversed', async () => {
    const { call, sample, push, untilEnded, servingDigest } = scenario;
    const before = await servingDigest();
    const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
    const { deploymentConfiguration } = services[0];
    const [own] = deploymentConfiguration.lifecycleHooks;
    const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const { Role } = await call('iam', 'CreateRole', { RoleName: 'owner-hooks', AssumeRolePolicyDocument: JSON.stringify(trust) });
    const policy = { Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: `${functionArn}:*` }] };
    await call('iam', 'PutRolePolicy', { RoleName: 'owner-hooks', PolicyName: 'invoke', PolicyDocument: JSON.stringify(policy) });
    // The same function by its version, at the stages that Weir leaves out.
    const added = {
      ...own,
      roleArn: Role.Arn,
      hookTargetArn: `${functionArn}:$LATEST`,
      lifecycleStages: ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT'],
      hookDetails: {},
    };
    await call('ecs', 'UpdateService', {
      cluster: sample.cluster,
      service: sample.service,
      deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [own, added] },
    });
    const deployment = await untilEnded(await push('11.0.0', { errorShare: 0.5 }));
    expect(deployment).toMatchObject({ status: 'RolledBack', rollback: { cause: { kind: 'health' } } });
    expect(await servingDigest()).toBe(before);
    const reversed = (await invocations()).filter((line) => line['reason'] === 'a rollback must not be held up');
    expect(reversed.map((line) => line['stage']).toSorted()).toEqual(['PRODUCTION_TRAFFIC_SHIFT', 'TEST_TRAFFIC_SHIFT']);
    expect(reversed.every((line) => line['answer'] === 'Succeeded')).toBe(true);
  });

  test('keeps a pause of its own: nobody but an operator ends it', async () => {
    const { call, sample, push, until, pass, greenPercent, deploymentOf, ask, untilEnded } = scenario;
    const { services } = await call('ecs', 'DescribeServices', { cluster: sample.cluster, services: [sample.service] });
    const { deploymentConfiguration } = services[0];
    const own = deploymentConfiguration.lifecycleHooks.find((hook: AwsShape) => hook['hookTargetArn'] === functionArn);
    const pause = { targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'], timeoutConfiguration: { timeoutInMinutes: 14 * 24 * 60, action: 'ROLLBACK' } };
    await call('ecs', 'UpdateService', {
      cluster: sample.cluster,
      service: sample.service,
      deploymentConfiguration: { ...deploymentConfiguration, lifecycleHooks: [own, pause] },
    });
    const digest = await push('12.0.0');
    await until(async () => (await deploymentOf(digest))?.shift?.phase === 'POST_SCALE_UP');
    await pass(60 * MINUTE);
    expect(await greenPercent()).toBe(0);
    await ask('promote-deployment', { by: 'arn:aws:iam::000000000000:user/ann', serviceKey: 'prod/orders', reason: 'checked by hand' });
    expect(await untilEnded(digest)).toMatchObject({ status: 'Succeeded' });
  });
});
