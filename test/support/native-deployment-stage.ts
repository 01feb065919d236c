// A region for native ECS deployments, in virtual time: the real local ECS, load balancer and CloudWatch, scripted containers
// that answer health checks, hook functions of the test's own, and every event, hook call and rule change on record.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type ServiceDeployment,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { createScriptedTaskRuntime, type ImageScript, type ScriptedTaskRuntime } from '#rehearsal/region/scripted-task-runtime.ts';
import { createCloudWatch } from '../../localaws/cloudwatch/create-cloudwatch.ts';
import type { EcsBehaviour } from '../../localaws/ecs/behaviour.ts';
import { createEcs } from '../../localaws/ecs/create-ecs.ts';
import { createElbv2 } from '../../localaws/elbv2/create-elbv2.ts';
import { AwsError } from '../../localaws/endpoint/aws-error.ts';
import type { AwsShape, Principal, ServiceFactory } from '../../localaws/region.ts';
import { type RunningRegion, startRegion } from '../../localaws/start-region.ts';
import { fargateDefinition, NETWORK } from '../unit/localaws/ecs/ecs-stage.ts';
import { freePort } from '../unit/localaws/elbv2/sample-target.ts';

export const MINUTE_MS = 60_000;
export const ELB_ROLE = 'arn:aws:iam::000000000000:role/ecs-elb';
export const HOOK_ROLE = 'arn:aws:iam::000000000000:role/ecs-hooks';
const LIMIT_MS = 40 * 24 * 60 * MINUTE_MS;
const START = Date.UTC(2026, 10, 23, 12);

/** What a hook function gets. */
export interface HookInput {
  readonly executionId: string;
  readonly lifecycleStage: string;
  readonly resourceArn: string;
  readonly executionDetails: {
    readonly serviceArn: string;
    readonly targetServiceRevisionArn: string;
    readonly testTrafficWeights: Record<string, number>;
    readonly productionTrafficWeights: Record<string, number>;
  };
  readonly hookDetails?: Record<string, unknown>;
}

export interface HookCall {
  readonly functionArn: string;
  readonly input: HookInput;
  readonly principal: Principal;
  readonly at: number;
}

export interface RuleWrite {
  readonly rule: 'production' | 'test' | 'other';
  /** Weights of [blue, green], the groups by their place, not by who serves. */
  readonly weights: readonly [number, number];
  readonly principal: Principal;
  readonly at: number;
}

export interface SentEvent {
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: AwsShape;
  readonly at: number;
}

/** Answers a hook: an object is its answer, a text its raw payload, an Error what it threw. */
export type HookFunction = (input: HookInput, calls: number) => object | string | Error;

export interface NativeStage {
  readonly running: RunningRegion;
  readonly ecs: ECSClient;
  readonly elb: ElasticLoadBalancingV2Client;
  readonly cloudwatch: CloudWatchClient;
  readonly runtime: ScriptedTaskRuntime;
  readonly blueArn: string;
  readonly greenArn: string;
  readonly productionRule: string;
  readonly testRule: string;
  readonly hooks: Map<string, HookFunction>;
  readonly hookCalls: HookCall[];
  readonly ruleWrites: RuleWrite[];
  readonly events: SentEvent[];
  /** Makes the service `orders` in the cluster `prod` and lets its first deployment end. */
  createOrders(configuration: DeploymentConfiguration, more?: Partial<CreateServiceCommandInput>): Promise<void>;
  /** The load balancer entry of the service. */
  balancer(more?: object): NonNullable<CreateServiceCommandInput['loadBalancers']>[number];
  register(tag: string, container?: object): Promise<string>;
  /** Begins a deployment of an image and answers its ARN. */
  deploy(tag: string, more?: Partial<UpdateServiceCommandInput>): Promise<string>;
  service(): Promise<Service>;
  deployment(arn: string): Promise<ServiceDeployment>;
  /** The same without HTTP, for questions asked at every step of virtual time. */
  peek(arn: string): Promise<AwsShape>;
  /** Newest first. */
  deploymentArns(): Promise<string[]>;
  /** Lets time run until the deployment is over. */
  finish(arn: string): Promise<ServiceDeployment>;
  until(reached: () => boolean | Promise<boolean>, limitMs?: number): Promise<void>;
  /** Lets time run until the deployment is in the stage. */
  untilStage(arn: string, stage: string): Promise<void>;
  pass(ms: number): Promise<void>;
  /** [blue, green] of a rule as it stands. */
  weights(ruleArn: string): Promise<readonly [number, number]>;
  close(): Promise<void>;
}

const OVER = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];

export function hook(name: string, stages: string[], more: object = {}): NonNullable<DeploymentConfiguration['lifecycleHooks']>[number] {
  return { hookTargetArn: functionArn(name), roleArn: HOOK_ROLE, lifecycleStages: stages as never, ...more };
}

export function pause(
  stages: string[],
  timeoutInMinutes?: number,
  action?: 'CONTINUE' | 'ROLLBACK',
): NonNullable<DeploymentConfiguration['lifecycleHooks']>[number] {
  return {
    targetType: 'PAUSE',
    lifecycleStages: stages as never,
    ...(timeoutInMinutes === undefined ? {} : { timeoutConfiguration: { timeoutInMinutes, action } }),
  };
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
}

const healthy: ImageScript = { respond: (_request, response) => void response.writeHead(200).end('ok') };

/** @param healthCheckSeconds long for the tests of long waits, which would else be spent on health checks */
export async function openNativeStage(behaviour: Partial<EcsBehaviour> = {}, healthCheckSeconds = 5): Promise<NativeStage> {
  const runtime = createScriptedTaskRuntime({ v1: healthy, v2: healthy, v3: healthy });
  const hooks = new Map<string, HookFunction>();
  const hookCalls: HookCall[] = [];
  const events: SentEvent[] = [];
  const running = await startRegion({
    services: [createEcs({ taskRuntime: runtime, behaviour }), createElbv2, createCloudWatch, hookLambda(hooks, hookCalls), eventSink(events)],
    clock: { kind: 'virtual' },
    startAt: START,
  });
  const client = { endpoint: running.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 };
  const ecs = new ECSClient(client);
  const elb = new ElasticLoadBalancingV2Client(client);
  const cloudwatch = new CloudWatchClient(client);
  const { blueArn, greenArn, productionRule, testRule } = await makeBalancer(elb, healthCheckSeconds);
  const ruleWrites: RuleWrite[] = [];
  running.dispatcher.intercept(async (call, input, next) => {
    const answer = await next();
    if (call.operation === 'ModifyRule') {
      const rule = input['RuleArn'] === productionRule ? 'production' : input['RuleArn'] === testRule ? 'test' : 'other';
      ruleWrites.push({ rule, weights: weightsIn(answer['Rules'][0], [blueArn, greenArn]), principal: call.principal, at: running.clock.now() });
    }
    return answer;
  });
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));

  const balancer: NativeStage['balancer'] = (more = {}) => ({
    targetGroupArn: blueArn,
    containerName: 'app',
    containerPort: 8080,
    advancedConfiguration: {
      alternateTargetGroupArn: greenArn,
      productionListenerRule: productionRule,
      testListenerRule: testRule,
      roleArn: ELB_ROLE,
      ...more,
    },
  });
  const register: NativeStage['register'] = async (tag, container = {}) => {
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand(fargateDefinition(tag, container) as never));
    return taskDefinition?.taskDefinitionArn ?? '';
  };
  const asRoot = (operation: string, input: AwsShape): Promise<AwsShape> => running.region.call('ecs', operation, input, { kind: 'root' });
  const service = async (): Promise<Service> => {
    const { services } = await asRoot('DescribeServices', { cluster: 'prod', services: ['orders'] });
    return services[0] as Service;
  };
  const deployment: NativeStage['deployment'] = async (arn) => {
    const { serviceDeployments = [] } = await ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [arn] }));
    return serviceDeployments[0] ?? {};
  };
  const peek: NativeStage['peek'] = async (arn) => {
    const { serviceDeployments } = await asRoot('DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
    return serviceDeployments[0];
  };
  const until: NativeStage['until'] = (reached, limitMs = LIMIT_MS) => running.clock.runUntil(reached, limitMs);
  const finish: NativeStage['finish'] = async (arn) => {
    await until(async () => OVER.includes((await peek(arn))['status']));
    return deployment(arn);
  };
  const deploymentArns: NativeStage['deploymentArns'] = async () => {
    const { serviceDeployments = [] } = await ecs.send(new ListServiceDeploymentsCommand({ cluster: 'prod', service: 'orders' }));
    return serviceDeployments.map((brief) => brief.serviceDeploymentArn ?? '');
  };
  return {
    running,
    ecs,
    elb,
    cloudwatch,
    runtime,
    blueArn,
    greenArn,
    productionRule,
    testRule,
    hooks,
    hookCalls,
    ruleWrites,
    events,
    balancer,
    register,
    service,
    deployment,
    peek,
    deploymentArns,
    finish,
    until,
    async createOrders(deploymentConfiguration, more = {}) {
      const input: CreateServiceCommandInput = {
        cluster: 'prod',
        serviceName: 'orders',
        desiredCount: 2,
        taskDefinition: await register('v1'),
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
        loadBalancers: [balancer()],
        deploymentConfiguration,
        ...more,
      };
      await ecs.send(new CreateServiceCommand(input));
      const [arn = ''] = await deploymentArns();
      await finish(arn);
      hookCalls.length = 0;
      ruleWrites.length = 0;
      events.length = 0;
    },
    async deploy(tag, more = {}) {
      const { service: updated } = await ecs.send(
        new UpdateServiceCommand({ cluster: 'prod', service: 'orders', taskDefinition: await register(tag), ...more }),
      );
      return updated?.currentServiceDeployment ?? '';
    },
    untilStage: (arn, stage) => until(async () => (await peek(arn))['lifecycleStage'] === stage),
    async pass(ms) {
      let isOver = false;
      running.clock.schedule(ms, () => {
        isOver = true;
      });
      await until(() => isOver, ms + 1);
    },
    async weights(ruleArn) {
      const { Rules = [] } = await elb.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
      return weightsIn(Rules[0] as AwsShape, [blueArn, greenArn]);
    },
    async close() {
      for (const one of [ecs, elb, cloudwatch]) one.destroy();
      await running.close();
    },
  };
}

function weightsIn(rule: AwsShape, [blue, green]: readonly [string, string]): readonly [number, number] {
  const groups: AwsShape[] = rule['Actions']?.[0]?.['ForwardConfig']?.['TargetGroups'] ?? [];
  const of = (arn: string): number => Number(groups.find((group) => group['TargetGroupArn'] === arn)?.['Weight'] ?? 0);
  return [of(blue), of(green)];
}

async function makeBalancer(
  elb: ElasticLoadBalancingV2Client,
  healthCheckSeconds: number,
): Promise<Pick<NativeStage, 'blueArn' | 'greenArn' | 'productionRule' | 'testRule'>> {
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'shop', Subnets: ['subnet-1', 'subnet-2'] }));
  const group = async (Name: string): Promise<string> => {
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({
        Name,
        Protocol: 'HTTP',
        Port: 80,
        VpcId: 'vpc-1',
        TargetType: 'ip',
        HealthCheckIntervalSeconds: healthCheckSeconds,
        HealthCheckTimeoutSeconds: 2,
      }),
    );
    const arn = TargetGroups?.[0]?.TargetGroupArn ?? '';
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes }));
    return arn;
  };
  const [blueArn, greenArn] = [await group('blue'), await group('green')];
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'HTTP',
      Port: await freePort(),
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  const TargetGroups = [
    { TargetGroupArn: blueArn, Weight: 1 },
    { TargetGroupArn: greenArn, Weight: 0 },
  ];
  const rule = async (Priority: number, condition: RuleCondition): Promise<string> => {
    const { Rules } = await elb.send(
      new CreateRuleCommand({
        ListenerArn: Listeners?.[0]?.ListenerArn,
        Priority,
        Conditions: [condition],
        Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
      }),
    );
    return Rules?.[0]?.RuleArn ?? '';
  };
  const testRule = await rule(1, { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x-test', Values: ['1'] } });
  const productionRule = await rule(2, { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } });
  return { blueArn, greenArn, productionRule, testRule };
}

function hookLambda(hooks: Map<string, HookFunction>, calls: HookCall[]): ServiceFactory {
  return (region) => ({
    name: 'lambda',
    iamPrefix: 'lambda',
    wires: [],
    operations: {
      Invoke: {
        handle: (input, call) => {
          const payload = JSON.parse(String(input['Payload'])) as HookInput;
          const arn = String(input['FunctionName']);
          calls.push({ functionArn: arn, input: payload, principal: call.principal, at: region.clock.now() });
          const name = arn.slice(arn.lastIndexOf(':') + 1);
          const run = hooks.get(name);
          if (run === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, { httpStatus: 404 });
          const answer = run(payload, calls.filter((made) => made.functionArn === arn).length);
          if (answer instanceof Error) {
            return { StatusCode: 200, FunctionError: 'Unhandled', Payload: JSON.stringify({ errorType: answer.name, errorMessage: answer.message }) };
          }
          return { StatusCode: 200, Payload: typeof answer === 'string' ? answer : JSON.stringify(answer) };
        },
      },
    },
  });
}

function eventSink(events: SentEvent[]): ServiceFactory {
  return (region) => ({
    name: 'events',
    iamPrefix: 'events',
    wires: [],
    operations: {
      PutEvents: {
        handle: (input) => {
          for (const entry of input['Entries']) {
            events.push({ detailType: entry.DetailType, resources: entry.Resources, detail: JSON.parse(entry.Detail), at: region.clock.now() });
          }
          return { FailedEntryCount: 0, Entries: [] };
        },
      },
    },
  });
}
