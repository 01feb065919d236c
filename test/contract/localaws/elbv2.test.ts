// The load balancer as an unmodified AWS SDK client and real HTTP clients meet it.
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteRuleCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  ModifyRuleCommand,
  ModifyTargetGroupAttributesCommand,
  PriorityInUseException,
  RegisterTargetsCommand,
  ResourceInUseException,
  SetRulePrioritiesCommand,
  TargetGroupAssociationLimitException,
  TargetGroupNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createCloudWatch } from '../../../localaws/cloudwatch/create-cloudwatch.ts';
import { createElbv2 } from '../../../localaws/elbv2/create-elbv2.ts';
import { type RunningRegion, startRegion } from '../../../localaws/start-region.ts';
import { sendTraffic } from '../../../localaws/traffic/send-traffic.ts';
import { freePort, type SampleTarget, startTarget } from '../../unit/localaws/elbv2/sample-target.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(): Promise<{ running: RunningRegion; elb: ElasticLoadBalancingV2Client; cloudwatch: CloudWatchClient }> {
  const running = await startRegion({ services: [createElbv2, createCloudWatch], clock: { kind: 'virtual' } });
  const options = { endpoint: running.endpointUrl, region: 'us-east-1', credentials };
  const elb = new ElasticLoadBalancingV2Client(options);
  const cloudwatch = new CloudWatchClient(options);
  closing.push(async () => {
    elb.destroy();
    cloudwatch.destroy();
    await running.close();
  });
  return { running, elb, cloudwatch };
}

async function target(version: string, ...rest: [Parameters<typeof startTarget>[1]?]): Promise<SampleTarget> {
  const made = await startTarget(version, ...rest);
  closing.push(() => made.close());
  return made;
}

async function loadBalancer(elb: ElasticLoadBalancingV2Client, name = 'shop'): Promise<string> {
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: name, Subnets: ['subnet-1', 'subnet-2'] }));
  return LoadBalancers?.[0]?.LoadBalancerArn ?? '';
}

async function targetGroup(elb: ElasticLoadBalancingV2Client, name: string): Promise<string> {
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' }));
  return TargetGroups?.[0]?.TargetGroupArn ?? '';
}

async function register(elb: ElasticLoadBalancingV2Client, group: string, ...targets: SampleTarget[]): Promise<void> {
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: group, Targets: targets.map(({ port }) => ({ Id: '127.0.0.1', Port: port })) }));
}

/** Lets simulated time pass. */
async function pass(running: RunningRegion, milliseconds: number): Promise<void> {
  let isOver = false;
  running.clock.schedule(milliseconds, () => {
    isOver = true;
  });
  await running.clock.runUntil(() => isOver, milliseconds + 1);
}

async function states(elb: ElasticLoadBalancingV2Client, group: string): Promise<string[]> {
  const { TargetHealthDescriptions = [] } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }));
  return TargetHealthDescriptions.map(({ TargetHealth }) => [TargetHealth?.State, TargetHealth?.Reason].filter((part) => part !== undefined).join(' '));
}

describe('the control plane', () => {
  test('makes ARNs in the shapes AWS has, and describes what it made', async () => {
    const { running, elb } = await start();
    const arn = await loadBalancer(elb);
    expect(arn).toMatch(/^arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer\/app\/shop\/[0-9a-f]{16}$/);
    const group = await targetGroup(elb, 'blue');
    expect(group).toMatch(/^arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup\/blue\/[0-9a-f]{16}$/);
    const port = await freePort();
    const { Listeners } = await elb.send(
      new CreateListenerCommand({ LoadBalancerArn: arn, Protocol: 'HTTP', Port: port, DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] }),
    );
    const listener = Listeners?.[0]?.ListenerArn ?? '';
    expect(listener).toMatch(/:listener\/app\/shop\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
    expect(Listeners?.[0]?.DefaultActions).toEqual([
      {
        Type: 'forward',
        TargetGroupArn: group,
        ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }], TargetGroupStickinessConfig: { Enabled: false } },
      },
    ]);
    const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn: listener }));
    expect(Rules).toMatchObject([{ Priority: 'default', IsDefault: true }]);
    expect(Rules?.[0]?.RuleArn).toMatch(/:listener-rule\/app\/shop\/[0-9a-f]{16}\/[0-9a-f]{16}\/[0-9a-f]{16}$/);
    const groups = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: arn }));
    expect(groups.TargetGroups).toMatchObject([
      {
        TargetGroupName: 'blue',
        LoadBalancerArns: [arn],
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        Matcher: { HttpCode: '200' },
      },
    ]);
    const before = await elb.send(new DescribeLoadBalancersCommand({ Names: ['shop'] }));
    expect(before.LoadBalancers?.[0]?.State?.Code).toBe('provisioning');
    await pass(running, 3_000);
    const after = await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
    expect(after.LoadBalancers?.[0]).toMatchObject({ State: { Code: 'active' }, Type: 'application', Scheme: 'internet-facing' });
  });

  test('creates the same thing twice as once, and refuses the same name with other settings', async () => {
    const { elb } = await start();
    expect(await loadBalancer(elb)).toBe(await loadBalancer(elb));
    expect(await targetGroup(elb, 'blue')).toBe(await targetGroup(elb, 'blue'));
    const other = new CreateTargetGroupCommand({ Name: 'blue', Protocol: 'HTTP', Port: 81, VpcId: 'vpc-1', TargetType: 'ip' });
    await expect(elb.send(other)).rejects.toMatchObject({ name: 'DuplicateTargetGroupNameException' });
  });

  test('answers unknown and wrong things with the errors of AWS', async () => {
    const { elb } = await start();
    const unknown = 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/none/0123456789abcdef';
    await expect(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: unknown }))).rejects.toBeInstanceOf(TargetGroupNotFoundException);
    await expect(elb.send(new DescribeTargetGroupsCommand({ Names: ['none'] }))).rejects.toBeInstanceOf(TargetGroupNotFoundException);
    await expect(elb.send(new DescribeLoadBalancersCommand({ Names: ['none'] }))).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' });
    await expect(elb.send(new DescribeListenersCommand({}))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: 'blue' }))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(elb.send(new CreateLoadBalancerCommand({ Name: 'net', Type: 'network', Subnets: ['subnet-1', 'subnet-2'] }))).rejects.toMatchObject({
      message: expect.stringContaining("localaws: the load balancer type 'network'"),
    });
    await expect(elb.send(new CreateLoadBalancerCommand({ Name: 'one', Subnets: ['subnet-1'] }))).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(
      elb.send(
        new CreateTargetGroupCommand({
          Name: 'slow',
          Protocol: 'HTTP',
          Port: 80,
          VpcId: 'vpc-1',
          TargetType: 'ip',
          HealthCheckIntervalSeconds: 5,
          HealthCheckTimeoutSeconds: 5,
        }),
      ),
    ).rejects.toMatchObject({ message: 'Health check interval must be greater than the timeout.' });
    await expect(
      elb.send(new CreateTargetGroupCommand({ Name: 'fast', Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip', HealthCheckIntervalSeconds: 1 })),
    ).rejects.toMatchObject({ message: expect.stringContaining("Value '1' at 'healthCheckIntervalSeconds' failed to satisfy constraint") });
  });

  test('a port that is taken fails the listener clearly and leaves nothing behind', async () => {
    const { elb } = await start();
    const arn = await loadBalancer(elb);
    const taken = await target('other');
    const create = new CreateListenerCommand({
      LoadBalancerArn: arn,
      Protocol: 'HTTP',
      Port: taken.port,
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200' } }],
    });
    await expect(elb.send(create)).rejects.toMatchObject({
      name: 'InvalidConfigurationRequestException',
      message: expect.stringContaining(`port ${taken.port}`),
    });
    expect((await elb.send(new DescribeListenersCommand({ LoadBalancerArn: arn }))).Listeners).toEqual([]);
  });

  test('a target group in use cannot be deleted, nor used by a second load balancer', async () => {
    const { elb } = await start();
    const [first, second, group] = [await loadBalancer(elb, 'first'), await loadBalancer(elb, 'second'), await targetGroup(elb, 'blue')];
    const forward = [{ Type: 'forward' as const, TargetGroupArn: group }];
    const { Listeners } = await elb.send(
      new CreateListenerCommand({ LoadBalancerArn: first, Protocol: 'HTTP', Port: await freePort(), DefaultActions: forward }),
    );
    await expect(elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }))).rejects.toBeInstanceOf(ResourceInUseException);
    const other = new CreateListenerCommand({ LoadBalancerArn: second, Protocol: 'HTTP', Port: await freePort(), DefaultActions: forward });
    await expect(elb.send(other)).rejects.toBeInstanceOf(TargetGroupAssociationLimitException);
    await elb.send(new DeleteListenerCommand({ ListenerArn: Listeners?.[0]?.ListenerArn }));
    await elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: group }));
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: first }));
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: first }));
  });

  test('keeps rules in order of priority, and the default rule out of reach', async () => {
    const { elb } = await start();
    const arn = await loadBalancer(elb);
    const fixed = (code: string) => [{ Type: 'fixed-response' as const, FixedResponseConfig: { StatusCode: code, MessageBody: code } }];
    const port = await freePort();
    const { Listeners } = await elb.send(new CreateListenerCommand({ LoadBalancerArn: arn, Protocol: 'HTTP', Port: port, DefaultActions: fixed('404') }));
    const ListenerArn = Listeners?.[0]?.ListenerArn;
    const rule = async (priority: number, path: string, code: string): Promise<string> => {
      const Conditions = [{ Field: 'path-pattern', Values: [path] }];
      const { Rules } = await elb.send(new CreateRuleCommand({ ListenerArn, Priority: priority, Conditions, Actions: fixed(code) }));
      return Rules?.[0]?.RuleArn ?? '';
    };
    const any = await rule(20, '/api/*', '201');
    const one = await rule(30, '/api/one', '202');
    await expect(rule(20, '/x', '203')).rejects.toBeInstanceOf(PriorityInUseException);
    const status = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await status('/api/one'), await status('/api/two'), await status('/')]).toEqual([201, 201, 404]);
    await elb.send(new SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn: one, Priority: 5 }] }));
    expect(await status('/api/one')).toBe(202);
    const { Rules = [] } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
    expect(Rules.map(({ Priority }) => Priority)).toEqual(['5', '20', 'default']);
    expect(Rules[0]?.Conditions).toEqual([{ Field: 'path-pattern', Values: ['/api/one'], PathPatternConfig: { Values: ['/api/one'] } }]);
    const defaultArn = Rules[2]?.RuleArn;
    await expect(elb.send(new DeleteRuleCommand({ RuleArn: defaultArn }))).rejects.toMatchObject({ name: 'OperationNotPermittedException' });
    await expect(elb.send(new ModifyRuleCommand({ RuleArn: defaultArn, Actions: fixed('200') }))).rejects.toMatchObject({
      name: 'OperationNotPermittedException',
    });
    await elb.send(new DeleteRuleCommand({ RuleArn: any }));
    expect(await status('/api/two')).toBe(404);
    await elb.send(new AddTagsCommand({ ResourceArns: [one], Tags: [{ Key: 'team', Value: 'orders' }] }));
    expect((await elb.send(new DescribeTagsCommand({ ResourceArns: [one] }))).TagDescriptions).toEqual([
      { ResourceArn: one, Tags: [{ Key: 'team', Value: 'orders' }] },
    ]);
  });
});

describe('health', () => {
  test('a target goes from unused over initial to healthy, unhealthy, healthy again, and drains', async () => {
    const { running, elb } = await start();
    const { clock } = running;
    const arn = await loadBalancer(elb);
    const group = await targetGroup(elb, 'blue');
    const server = await target('1');
    await register(elb, group, server);
    expect(await states(elb, group)).toEqual(['unused Target.NotInUse']);
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: arn,
        Protocol: 'HTTP',
        Port: await freePort(),
        DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
      }),
    );
    expect(await states(elb, group)).toEqual(['initial Elb.RegistrationInProgress']);
    // One passed check is enough for a new target.
    await clock.runUntil(async () => (await states(elb, group))[0] === 'healthy', 5_000);
    server.healthStatus = 503;
    await clock.runUntil(async () => (await states(elb, group))[0] === 'unhealthy Target.ResponseCodeMismatch', 61_000);
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }));
    expect(TargetHealthDescriptions?.[0]?.TargetHealth?.Description).toBe('Health checks failed with these codes: [503]');
    expect(TargetHealthDescriptions?.[0]?.HealthCheckPort).toBe(String(server.port));
    server.healthStatus = 200;
    const recovering = clock.now();
    await clock.runUntil(async () => (await states(elb, group))[0] === 'healthy', 151_000);
    expect(clock.now() - recovering).toBeGreaterThan(4 * 30_000);
    await elb.send(
      new ModifyTargetGroupAttributesCommand({ TargetGroupArn: group, Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '120' }] }),
    );
    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: group, Targets: [{ Id: '127.0.0.1', Port: server.port }] }));
    expect(await states(elb, group)).toEqual(['draining Target.DeregistrationInProgress']);
    const draining = clock.now();
    await clock.runUntil(async () => (await states(elb, group)).length === 0, 121_000);
    expect(clock.now() - draining).toBe(120_000);
    const gone = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group, Targets: [{ Id: '127.0.0.1', Port: server.port }] }));
    expect(gone.TargetHealthDescriptions?.[0]?.TargetHealth).toMatchObject({ State: 'unused', Reason: 'Target.NotRegistered' });
  });

  test('a group of weight 0 in a rule is in use and checked', async () => {
    const { running, elb } = await start();
    const arn = await loadBalancer(elb);
    const [blue, green] = [await targetGroup(elb, 'blue'), await targetGroup(elb, 'green')];
    await register(elb, green, await target('2'));
    const TargetGroups = [
      { TargetGroupArn: blue, Weight: 100 },
      { TargetGroupArn: green, Weight: 0 },
    ];
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: arn,
        Protocol: 'HTTP',
        Port: await freePort(),
        DefaultActions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
      }),
    );
    await running.clock.runUntil(async () => (await states(elb, green))[0] === 'healthy', 5_000);
  });
});

describe('traffic', () => {
  async function canary(weight: number) {
    const { running, elb, cloudwatch } = await start();
    const arn = await loadBalancer(elb);
    const [blue, green] = [await targetGroup(elb, 'blue'), await targetGroup(elb, 'green')];
    await register(elb, blue, await target('1'), await target('1'));
    const greenTarget = await target('2');
    await register(elb, green, greenTarget);
    const actions = (share: number) => [
      {
        Type: 'forward' as const,
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: blue, Weight: 100 - share },
            { TargetGroupArn: green, Weight: share },
          ],
        },
      },
    ];
    const port = await freePort();
    const { Listeners } = await elb.send(new CreateListenerCommand({ LoadBalancerArn: arn, Protocol: 'HTTP', Port: port, DefaultActions: actions(weight) }));
    const healthy = async (): Promise<boolean> => [...(await states(elb, blue)), ...(await states(elb, green))].join() === 'healthy,healthy,healthy';
    await running.clock.runUntil(healthy, 10_000);
    const ListenerArn = Listeners?.[0]?.ListenerArn;
    return {
      running,
      elb,
      cloudwatch,
      arn,
      blue,
      green,
      greenTarget,
      port,
      shift: (share: number) => elb.send(new ModifyListenerCommand({ ListenerArn, DefaultActions: actions(share) })),
    };
  }

  test('gives a 10 % canary its share within 3 points over 2,000 requests, and loses none', async () => {
    const { port } = await canary(10);
    const result = await sendTraffic({ url: `http://127.0.0.1:${port}/`, requestsPerSecond: 2_000, seconds: 1, concurrency: 32 });
    expect(result).toMatchObject({ lost: 0, unsent: 0, byStatus: { 200: 2_000 } });
    const share = ((result.byVersion['2'] ?? 0) / result.answered) * 100;
    expect(share).toBeGreaterThan(7);
    expect(share).toBeLessThan(13);
  });

  test('loses no request while weights move to and fro and a target is deregistered', async () => {
    const { elb, port, green, greenTarget, shift } = await canary(50);
    const traffic = sendTraffic({ url: `http://127.0.0.1:${port}/`, requestsPerSecond: 500, seconds: 2, concurrency: 32 });
    for (const share of [100, 0, 30, 70, 0]) await shift(share);
    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: green, Targets: [{ Id: '127.0.0.1', Port: greenTarget.port }] }));
    expect(await traffic).toMatchObject({ lost: 0, byStatus: { 200: 1_000 } });
  });

  test('a group without a registered target loses its share with 503; one whose targets are gone answers 502', async () => {
    const { elb, port, green, greenTarget, shift, running, cloudwatch, arn } = await canary(100);
    await greenTarget.close();
    const began = running.clock.now();
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(502);
    await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: green, Targets: [{ Id: '127.0.0.1', Port: greenTarget.port }] }));
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503);
    await shift(0);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await pass(running, 70_000);
    const LoadBalancer = arn.split(':loadbalancer/')[1] ?? '';
    const metric = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: {
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: [{ Name: 'LoadBalancer', Value: LoadBalancer }] },
        Period: 60,
        Stat: 'Sum',
      },
    });
    const names = [
      'RequestCount',
      'HTTPCode_ELB_5XX_Count',
      'HTTPCode_ELB_502_Count',
      'HTTPCode_ELB_503_Count',
      'TargetConnectionErrorCount',
      'HTTPCode_Target_2XX_Count',
      'HTTPCode_Target_5XX_Count',
    ];
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: names.map((name, index) => metric(`m${index}`, name)),
        StartTime: new Date(began - 60_000),
        EndTime: new Date(began + 120_000),
      }),
    );
    // A request without a target is not in RequestCount, and a count of nothing is missing, not 0.
    expect(MetricDataResults.map(({ Values }) => Values)).toEqual([[2], [2], [1], [1], [1], [1], []]);
  });

  test('real traffic becomes the metrics of a load balancer, per target group and zone', async () => {
    const { running, cloudwatch, port, green, arn } = await canary(100);
    const began = running.clock.now();
    for (let count = 0; count < 20; count++) await (await fetch(`http://127.0.0.1:${port}/orders?page=2`)).text();
    await pass(running, 70_000);
    const dimensions = [
      { Name: 'LoadBalancer', Value: arn.split(':loadbalancer/')[1] ?? '' },
      { Name: 'TargetGroup', Value: green.split(':').at(-1) ?? '' },
    ];
    const query = (Id: string, MetricName: string, Stat: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName, Dimensions: dimensions }, Period: 60, Stat },
    });
    const { MetricDataResults = [] } = await cloudwatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          query('requests', 'RequestCount', 'Sum'),
          query('p50', 'TargetResponseTime', 'p50'),
          query('slow', 'TargetResponseTime', 'TC(10:)'),
          query('fast', 'TargetResponseTime', 'PR(:10)'),
          query('healthy', 'HealthyHostCount', 'Minimum'),
          query('unhealthy', 'UnHealthyHostCount', 'Maximum'),
          query('each', 'RequestCountPerTarget', 'Sum'),
          { Id: 'rate', Expression: 'requests / PERIOD(requests)' },
        ],
        StartTime: new Date(Math.floor(began / 60_000) * 60_000),
        EndTime: new Date(Math.floor(began / 60_000) * 60_000 + 60_000),
      }),
    );
    const values = Object.fromEntries(MetricDataResults.map(({ Id, Values }) => [Id, Values?.[0]]));
    expect(values).toMatchObject({ requests: 20, slow: 0, fast: 100, healthy: 1, unhealthy: 0, each: 20, rate: 20 / 60 });
    expect(values['p50']).toBeGreaterThan(0);
    expect(values['p50']).toBeLessThan(5);
  });
});
