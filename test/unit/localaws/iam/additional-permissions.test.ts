// Permissions that depend on the input of a call: passing roles on.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createIam } from '#localaws/iam/create-iam.ts';
import type { AwsShape, Operation, Principal, ServiceFactory, ServiceName } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;
const WORKER: Principal = { kind: 'role', roleArn: role('worker'), sessionName: 's' };
const root: Principal = { kind: 'root' };

let running: RunningRegion;
let served: string[];

function answering(name: ServiceName, answers: Record<string, AwsShape>): ServiceFactory {
  const operations: Record<string, Operation> = {};
  for (const [operation, answer] of Object.entries(answers)) {
    operations[operation] = {
      handle() {
        served.push(operation);
        return answer;
      },
    };
  }
  return () => ({ name, iamPrefix: name, wires: [], operations });
}

beforeEach(async () => {
  served = [];
  const iam = createIam();
  const taskDefinition = { taskDefinition: { taskRoleArn: role('task'), executionRoleArn: role('execution') } };
  running = await startRegion({
    services: [
      iam.factory,
      answering('ecs', { RegisterTaskDefinition: {}, CreateTaskSet: {}, CreateService: {}, DescribeTaskDefinition: taskDefinition }),
      answering('events', { PutTargets: {} }),
    ],
    clock: { kind: 'virtual' },
  });
  running.dispatcher.setAuthorizer(iam.authorizer);
  running.dispatcher.intercept(iam.interceptor);
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  });
  await running.region.call('iam', 'CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: trust }, root);
  await allow(['ecs:*', 'events:*']);
});

afterEach(() => running.close());

async function allow(Action: string[], Resource = '*', Condition: AwsShape = {}, PolicyName = 'base'): Promise<void> {
  const statement = { Effect: 'Allow', Action, Resource, ...(Object.keys(Condition).length === 0 ? {} : { Condition }) };
  await running.region.call(
    'iam',
    'PutRolePolicy',
    { RoleName: 'worker', PolicyName, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
    root,
  );
}

const call = (service: ServiceName, operation: string, input: AwsShape, principal: Principal = WORKER): Promise<AwsShape> =>
  running.region.call(service, operation, input, principal);

describe('iam:PassRole', () => {
  test('registering a task definition passes its roles to the tasks', async () => {
    const register = (): Promise<AwsShape> => call('ecs', 'RegisterTaskDefinition', { taskRoleArn: role('task'), executionRoleArn: role('execution') });
    await expect(register()).rejects.toThrow(
      'User: arn:aws:sts::000000000000:assumed-role/worker/s is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/task because no identity-based policy allows the iam:PassRole action',
    );
    await allow(['iam:PassRole'], role('*'), { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }, 'pass');
    await expect(register()).rejects.toThrow(/iam:PassRole/);
    expect(served).toEqual([]);
    await allow(['iam:PassRole'], role('*'), { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } }, 'pass');
    await register();
    expect(served).toEqual(['RegisterTaskDefinition']);
  });

  test('starting tasks of a task definition passes its roles too', async () => {
    await expect(call('ecs', 'CreateTaskSet', { taskDefinition: 'orders:3' })).rejects.toThrow(/iam:PassRole on resource: .*role\/task/);
    await allow(['iam:PassRole'], role('task'), {}, 'pass');
    await expect(call('ecs', 'CreateTaskSet', { taskDefinition: 'orders:3' })).rejects.toThrow(/iam:PassRole on resource: .*role\/execution/);
  });

  test('roles deep inside the input are found', async () => {
    await expect(call('events', 'PutTargets', { Targets: [{ Id: '1' }, { Id: '2', RoleArn: role('events') }] })).rejects.toThrow(/role\/events/);
    const service = {
      deploymentConfiguration: { lifecycleHooks: [{ roleArn: role('hook') }] },
      loadBalancers: [{ advancedConfiguration: { roleArn: role('balancer') } }],
    };
    await expect(call('ecs', 'CreateService', service)).rejects.toThrow(/role\/balancer/);
    await allow(['iam:PassRole'], role('balancer'), { StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' } }, 'pass');
    await expect(call('ecs', 'CreateService', service)).rejects.toThrow(/iam:PassRole on resource: .*role\/hook/);
  });

  test('root, services and calls without roles need nothing more', async () => {
    await call('ecs', 'RegisterTaskDefinition', { taskRoleArn: role('task') }, root);
    await call('ecs', 'RegisterTaskDefinition', {});
    await call('events', 'PutTargets', { Targets: 'nonsense' });
    expect(served).toHaveLength(3);
  });
});
