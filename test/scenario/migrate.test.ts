// weir migrate on the sample service: from CodeDeploy to ECS's own deployments, a canary there, and back where AWS lets it.
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type MigrateOptions, migrate } from '../../cli/migrate.ts';
import type { AwsOfService } from '../../cli/migration/aws-service.ts';
import { type Scenario, SERVICE_KEY, startScenario } from '../support/scenario/scenario.ts';

let scenario: Scenario;
afterEach(() => scenario.close());

function awsOf({ localAws }: Scenario): AwsOfService {
  const settings = { endpoint: localAws.endpointUrl, region: localAws.region.name, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  return { ecs: new ECSClient(settings), elb: new ElasticLoadBalancingV2Client(settings), codedeploy: new CodeDeployClient(settings) };
}

async function move(options: Partial<MigrateOptions>): Promise<readonly string[]> {
  const lines: string[] = [];
  const client = { caller: async () => 'arn:aws:iam::000000000000:user/ann', ask: (operation: string, request: unknown) => scenario.ask(operation, request) };
  await migrate(awsOf(scenario), client as never, SERVICE_KEY, { to: 'ecs', yes: false, ...options }, (line) => lines.push(line));
  return lines;
}

async function loadBalancerRole(): Promise<string> {
  const trust = { Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
  const { Role } = await scenario.call('iam', 'CreateRole', { RoleName: 'orders-ecs', AssumeRolePolicyDocument: JSON.stringify(trust) });
  await scenario.call('iam', 'AttachRolePolicy', {
    RoleName: 'orders-ecs',
    PolicyArn: 'arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers',
  });
  return Role.Arn;
}

async function controller(): Promise<string> {
  const { cluster, service } = scenario.sample;
  const { services } = await scenario.call('ecs', 'DescribeServices', { cluster, services: [service] });
  return services[0].deploymentController.type;
}

const back = { to: 'codedeploy', application: 'orders', deploymentGroup: 'orders-prod', yes: true } as const;

describe('weir migrate', () => {
  test('shows the move and changes nothing, performs it, deploys a canary through ECS, and comes back where AWS allows it', async () => {
    scenario = await startScenario({ ecsBehaviour: { returnsToCodeDeploy: true } });
    scenario.traffic.requestsPerMinute = 12_000;
    const shown = await move({});
    expect(shown.join('\n')).toMatch(/AfterInstall +-> POST_SCALE_UP\n/);
    expect(shown.join('\n')).toMatch(/1\. refuse pushes.*2\. create a rule.*3\. create a rule.*4\. UpdateService.*5\. store the manifest/s);
    expect(shown.join('\n')).toContain('give --load-balancer-role');
    expect(shown.at(-1)).toContain('Nothing was changed.');
    expect(await controller()).toBe('CODE_DEPLOY');

    await move({ loadBalancerRole: await loadBalancerRole(), yes: true });
    expect(await controller()).toBe('ECS');
    expect(await scenario.service()).toMatchObject({ manifest: { driver: { kind: 'ecs' }, frozen: false } });
    expect(await scenario.servingDigest()).toBe(scenario.firstDigest);
    const canary = await scenario.push('2.0.0');
    expect(await scenario.untilEnded(canary)).toMatchObject({ status: 'Succeeded', plan: { driver: 'ecs', configurationName: 'CANARY 10 %, 5 min' } });
    expect(await scenario.servingDigest()).toBe(canary);
    expect(await move({})).toEqual([`${SERVICE_KEY}: the service is deployed through ECS already`]);

    await scenario.until(async () => {
      const { cluster, service } = scenario.sample;
      const { services } = await scenario.call('ecs', 'DescribeServices', { cluster, services: [service] });
      return services[0].deployments.length === 1 && services[0].runningCount === services[0].desiredCount;
    });
    await move(back);
    expect(await controller()).toBe('CODE_DEPLOY');
    expect(await scenario.servingDigest()).toBe(canary);
    const next = await scenario.push('3.0.0');
    expect(await scenario.untilEnded(next)).toMatchObject({ status: 'Succeeded', plan: { driver: 'codedeploy' } });
    expect(await scenario.servingDigest()).toBe(next);
  });

  test('leaves everything as it is where AWS refuses the way back, and says what is possible', async () => {
    scenario = await startScenario();
    await move({ loadBalancerRole: await loadBalancerRole(), yes: true });
    const before = await scenario.service();
    await expect(move(back)).rejects.toThrow(/AWS does not give the service back to CodeDeploy: .*cannot be changed from ECS to CODE_DEPLOY/);
    expect(await controller()).toBe('ECS');
    expect((await scenario.service()).manifest).toEqual(before.manifest);
    const shown = await move({ ...back, yes: false });
    expect(shown.join('\n')).toContain('create a second service with the controller CODE_DEPLOY');
  });

  test('goes on where it was interrupted, and refuses while a deployment is under way', async () => {
    scenario = await startScenario();
    const role = await loadBalancerRole();
    const aws = awsOf(scenario);
    const broken = { ...aws, ecs: Object.assign(Object.create(aws.ecs), { send: failingUpdate(aws.ecs) }) } as AwsOfService;
    const client = { caller: async () => 'ann', ask: (operation: string, request: unknown) => scenario.ask(operation, request) };
    const options = { to: 'ecs', yes: true, loadBalancerRole: role } as const;
    await expect(migrate(broken, client as never, SERVICE_KEY, options, () => undefined)).rejects.toThrow('interrupted');
    expect(await scenario.service()).toMatchObject({ frozen: expect.stringContaining('weir migrate') });
    const rest = await move(options);
    expect(rest.filter((line) => line.includes('create a rule'))).toEqual([]);
    expect(await controller()).toBe('ECS');
    expect((await scenario.service()).frozen).toBeUndefined();
    await scenario.push('2.0.0');
    await scenario.until(async () => (await scenario.service()).active !== undefined);
    await expect(move(back)).rejects.toThrow(/deployment .* is under way/);
  });
});

function failingUpdate(ecs: ECSClient): (command: object) => Promise<unknown> {
  return (command) => {
    if (command.constructor.name === 'UpdateServiceCommand') throw new Error('interrupted');
    return ecs.send(command as never);
  };
}
