// Small stateful doubles of the services CodeDeploy acts on (ECS task sets, ELB listeners, Lambda, alarms, the event bus), for
// tests of CodeDeploy alone. They know the AWS API members CodeDeploy uses and nothing else.
import { AwsError } from '../../localaws/endpoint/aws-error.ts';
import type { AwsShape, Operation, Region, Service, ServiceFactory, ServiceName } from '../../localaws/region.ts';

export const CLUSTER = 'prod';
export const SERVICE = 'orders';
export const BLUE_GROUP = 'orders-blue';
export const GREEN_GROUP = 'orders-green';

type Handler = (input: AwsShape) => AwsShape | Promise<AwsShape>;

interface Weights {
  at: number;
  listener: Listener;
  weights: Record<string, number>;
}

/** What a test sees and steers. */
export interface BlueGreenWorld {
  readonly services: readonly ServiceFactory[];
  /** Every call the doubles got, with the role that made it. */
  readonly calls: { service: string; operation: string; role: string; input: AwsShape; at: number }[];
  readonly taskSets: AwsShape[];
  /** Every weight change of a listener or rule, in order. */
  readonly routes: Weights[];
  readonly events: { state: string; deploymentId: string }[];
  readonly invocations: { functionName: string; type: string; payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }; at: number }[];
  readonly alarms: Map<string, string>;
  /** Lambda functions by name: what each does when invoked. */
  readonly functions: Map<string, (payload: { DeploymentId: string; LifecycleEventHookExecutionId: string }) => unknown>;
  /** Errors to answer with, per `service:Operation`, one for each call until used up. */
  readonly failures: Map<string, AwsError[]>;
  readonly roles: Set<string>;
  controller: string;
  desiredCount: number;
  /** How long a new task set takes to be steady; Infinity: never. */
  steadyAfterMs: number;
  listenerProtocol: string;
  arn(name: 'production' | 'test' | 'rule' | typeof BLUE_GROUP | typeof GREEN_GROUP): string;
  weightsOf(listener: 'production' | 'test' | 'rule'): Record<string, number>;
  setActions(listener: 'production' | 'test' | 'rule', weights: Record<string, number>): void;
}

export function createBlueGreenWorld(): BlueGreenWorld {
  const account = '000000000000';
  const elb = (resource: string): string => `arn:aws:elasticloadbalancing:us-east-1:${account}:${resource}`;
  const arns = {
    production: elb('listener/app/prod/50dc6c495c0c9188/f2f7dc8efc522ab2'),
    test: elb('listener/app/prod/50dc6c495c0c9188/0467ef3c8400ae65'),
    rule: elb('listener-rule/app/prod/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee'),
    [BLUE_GROUP]: elb(`targetgroup/${BLUE_GROUP}/73e2d6bc24d8a067`),
    [GREEN_GROUP]: elb(`targetgroup/${GREEN_GROUP}/83e2d6bc24d8a067`),
  };
  const single = (group: string): AwsShape[] => [
    { Type: 'forward', TargetGroupArn: group, ForwardConfig: { TargetGroups: [{ TargetGroupArn: group, Weight: 1 }] } },
  ];
  const actions: Record<string, AwsShape[]> = {
    [arns.production]: single(arns[BLUE_GROUP]),
    [arns.test]: single(arns[BLUE_GROUP]),
    [arns.rule]: single(arns[BLUE_GROUP]),
  };
  const nameOf = (arn: string): string => Object.entries(arns).find(([, value]) => value === arn)?.[0] ?? arn;
  const weights = (arn: string): Record<string, number> =>
    Object.fromEntries(
      ((actions[arn]?.[0]?.['ForwardConfig']?.['TargetGroups'] ?? []) as AwsShape[]).map((group) => [
        nameOf(String(group['TargetGroupArn'])),
        Number(group['Weight']),
      ]),
    );

  const world: BlueGreenWorld = {
    services: [],
    calls: [],
    taskSets: [],
    routes: [],
    events: [],
    invocations: [],
    alarms: new Map(),
    functions: new Map(),
    failures: new Map(),
    roles: new Set(['deployer']),
    controller: 'CODE_DEPLOY',
    desiredCount: 2,
    steadyAfterMs: 60_000,
    listenerProtocol: 'HTTP',
    arn: (name) => arns[name],
    weightsOf: (listener) => weights(arns[listener]),
    setActions(listener, wanted) {
      const groups = Object.entries(wanted).map(([group, weight]) => ({ TargetGroupArn: arns[group as keyof typeof arns], Weight: weight }));
      actions[arns[listener]] = [{ Type: 'forward', ForwardConfig: { TargetGroups: groups, TargetGroupStickinessConfig: { Enabled: false } } }];
    },
  };
  const services: ServiceFactory[] = [
    (region) => double(world, region, 'ecs', ecsOperations(world, region, arns[BLUE_GROUP])),
    (region) => double(world, region, 'elasticloadbalancing', elbOperations(world, region, arns, actions)),
    (region) => double(world, region, 'lambda', { Invoke: (input) => invoke(world, region, input) }),
    (region) =>
      double(world, region, 'monitoring', {
        DescribeAlarms: (input) => ({
          MetricAlarms: (input['AlarmNames'] as string[]).flatMap((name) =>
            world.alarms.has(name) ? [{ AlarmName: name, StateValue: world.alarms.get(name) }] : [],
          ),
          CompositeAlarms: [],
        }),
      }),
    (region) => double(world, region, 'events', { PutEvents: (input) => putEvents(world, input) }),
    (region) => double(world, region, 'iam', { GetRole: (input) => getRole(world, input) }),
  ];
  return Object.assign(world, { services });
}

function double(world: BlueGreenWorld, region: Region, name: ServiceName, handlers: Record<string, Handler>): Service {
  const operations = Object.entries(handlers).map(([operation, handler]): [string, Operation] => [
    operation,
    {
      async handle(input, call) {
        const role = call.principal.kind === 'role' ? call.principal.roleArn : call.principal.kind;
        world.calls.push({ service: name, operation, role, input, at: region.clock.now() });
        const failure = world.failures.get(`${name}:${operation}`)?.shift();
        if (failure !== undefined) throw failure;
        return handler(input);
      },
    },
  ]);
  return { name, iamPrefix: name, wires: [], operations: Object.fromEntries(operations) };
}

function getRole(world: BlueGreenWorld, input: AwsShape): AwsShape {
  const name = String(input['RoleName']);
  if (!world.roles.has(name)) throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, { httpStatus: 404 });
  return { Role: { RoleName: name } };
}

function putEvents(world: BlueGreenWorld, input: AwsShape): AwsShape {
  for (const entry of input['Entries'] as AwsShape[]) {
    const detail = JSON.parse(entry['Detail']) as { state: string; deploymentId: string };
    world.events.push({ state: detail.state, deploymentId: detail.deploymentId });
  }
  return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
}

type Listener = 'production' | 'test' | 'rule';

function elbOperations(
  world: BlueGreenWorld,
  region: Region,
  arns: Readonly<Record<string, string>>,
  actions: Record<string, AwsShape[]>,
): Record<string, Handler> {
  const modify = (arn: string, next: AwsShape[]): AwsShape => {
    actions[arn] = next;
    const listener = (['production', 'test', 'rule'] as const).find((name) => arns[name] === arn) ?? 'production';
    world.routes.push({ at: region.clock.now(), listener, weights: world.weightsOf(listener) });
    return {};
  };
  return {
    DescribeTargetGroups: (input) => ({ TargetGroups: (input['Names'] as string[]).map((name) => ({ TargetGroupName: name, TargetGroupArn: arns[name] })) }),
    DescribeListeners: (input) => ({
      Listeners: (input['ListenerArns'] as string[]).map((arn) => ({ ListenerArn: arn, Protocol: world.listenerProtocol, DefaultActions: actions[arn] })),
    }),
    DescribeRules: (input) => ({
      Rules: [
        ...(input['ListenerArn'] === arns['production']
          ? [{ RuleArn: arns['rule'], Priority: '10', IsDefault: false, Actions: actions[arns['rule'] ?? ''] }]
          : []),
        { RuleArn: `${String(input['ListenerArn'])}/default`, Priority: 'default', IsDefault: true, Actions: actions[input['ListenerArn']] },
      ],
    }),
    ModifyListener: (input) => modify(input['ListenerArn'], input['DefaultActions']),
    ModifyRule: (input) => modify(input['RuleArn'], input['Actions']),
  };
}

function ecsOperations(world: BlueGreenWorld, region: Region, blueArn: string): Record<string, Handler> {
  const taskSetArn = (id: string): string => region.arn('ecs', `task-set/${CLUSTER}/${SERVICE}/${id}`);
  const make = (fields: AwsShape): AwsShape => {
    const id = `ecs-svc/${region.ids.digits(19)}`;
    const createdAt = region.clock.now();
    return {
      id,
      taskSetArn: taskSetArn(id),
      computedDesiredCount: world.desiredCount,
      pendingCount: 0,
      runningCount: world.desiredCount,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0abc'], securityGroups: ['sg-0abc'], assignPublicIp: 'DISABLED' } },
      status: 'ACTIVE',
      get stabilityStatus() {
        return region.clock.now() - createdAt >= world.steadyAfterMs ? 'STEADY_STATE' : 'STABILIZING';
      },
      ...fields,
    };
  };
  world.taskSets.push(
    make({
      status: 'PRIMARY',
      taskDefinition: region.arn('ecs', 'task-definition/orders:1'),
      loadBalancers: [{ targetGroupArn: blueArn, containerName: 'app', containerPort: 8080 }],
    }),
  );
  const live = (): AwsShape[] => world.taskSets.filter((taskSet) => taskSet['isDeleted'] !== true);
  const find = (arn: unknown): AwsShape => {
    const found = live().find((taskSet) => taskSet['taskSetArn'] === arn);
    if (found === undefined) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
    return found;
  };
  return {
    DescribeServices: () => ({
      services: [
        {
          serviceName: SERVICE,
          serviceArn: region.arn('ecs', `service/${CLUSTER}/${SERVICE}`),
          clusterArn: region.arn('ecs', `cluster/${CLUSTER}`),
          status: 'ACTIVE',
          desiredCount: world.desiredCount,
          deploymentController: { type: world.controller },
          taskSets: live(),
        },
      ],
      failures: [],
    }),
    CreateTaskSet(input) {
      const { cluster: _cluster, service: _service, ...fields } = input;
      const made = world.taskSets.find((other) => input['clientToken'] !== undefined && other['clientToken'] === input['clientToken']);
      const taskSet = made ?? make(fields);
      if (made === undefined) world.taskSets.push(taskSet);
      return { taskSet };
    },
    UpdateServicePrimaryTaskSet(input) {
      const wanted = find(input['primaryTaskSet']);
      for (const taskSet of live()) if (taskSet['status'] === 'PRIMARY') taskSet['status'] = 'ACTIVE';
      wanted['status'] = 'PRIMARY';
      return { taskSet: wanted };
    },
    DeleteTaskSet(input) {
      const taskSet = find(input['taskSet']);
      if (input['force'] !== true) throw new AwsError('InvalidParameterException', 'The task set must be scaled to zero first.');
      taskSet['status'] = 'DRAINING';
      taskSet['isDeleted'] = true;
      return { taskSet };
    },
  };
}

async function invoke(world: BlueGreenWorld, region: Region, input: AwsShape): Promise<AwsShape> {
  const functionName = String(input['FunctionName']);
  const run = world.functions.get(functionName);
  if (run === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${functionName}`, { httpStatus: 404 });
  const payload = JSON.parse(new TextDecoder().decode(input['Payload'])) as { DeploymentId: string; LifecycleEventHookExecutionId: string };
  world.invocations.push({ functionName, type: String(input['InvocationType']), payload, at: region.clock.now() });
  if (input['InvocationType'] === 'Event') {
    region.clock.schedule(1_000, () => void run(payload), `function ${functionName}`);
    return { StatusCode: 202 };
  }
  try {
    await run(payload);
    return { StatusCode: 200 };
  } catch {
    return { StatusCode: 200, FunctionError: 'Unhandled' };
  }
}
