// Native ECS deployments in the whole local AWS: a real function as the hook, and roles that may not do what they must.
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { AwsShape, ServiceName } from '#localaws/region.ts';
import { type LocalAws, startLocalAws } from '#localaws/start-local-aws.ts';
import { createScriptedTaskRuntime } from '#rehearsal/region/scripted-task-runtime.ts';
import { fargateDefinition, NETWORK } from '../../unit/localaws/ecs/ecs-stage.ts';
import { freePort } from '../../unit/localaws/elbv2/sample-target.ts';

const OVER = ['SUCCESSFUL', 'STOPPED', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED'];
const ACCOUNT_ROLE = 'arn:aws:iam::000000000000:role';
const HOOK = 'arn:aws:lambda:us-east-1:000000000000:function:gate';

/** Says IN_PROGRESS once and then what its hookDetails ask for. */
const CODE = `exports.handler = async ({ hookDetails }) =>
  hookDetails.asked ? { hookStatus: hookDetails.wanted } : { hookStatus: 'IN_PROGRESS', callBackDelay: 60, hookDetails: { asked: true } };`;

let localAws: LocalAws;
let ecs: ECSClient;
let balancer: AwsShape;

const call = (service: ServiceName, operation: string, input: AwsShape): Promise<AwsShape> => localAws.region.call(service, operation, input, { kind: 'root' });

async function makeRole(RoleName: string, service: string, statements: object[] = []): Promise<void> {
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] };
  await call('iam', 'CreateRole', { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) });
  if (statements.length === 0) return;
  await call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'work', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statements }) });
}

async function makeBalancer(): Promise<AwsShape> {
  const { LoadBalancers } = await call('elasticloadbalancing', 'CreateLoadBalancer', { Name: 'shop', Subnets: ['subnet-1', 'subnet-2'] });
  const [blue, green] = await Promise.all(
    ['blue', 'green'].map(async (Name) => {
      const group = { Name, Protocol: 'HTTP', Port: 80, VpcId: 'vpc-1', TargetType: 'ip' };
      return (await call('elasticloadbalancing', 'CreateTargetGroup', group))['TargetGroups'][0].TargetGroupArn as string;
    }),
  );
  const TargetGroups = [
    { TargetGroupArn: blue, Weight: 1 },
    { TargetGroupArn: green, Weight: 0 },
  ];
  const { Listeners } = await call('elasticloadbalancing', 'CreateListener', {
    LoadBalancerArn: LoadBalancers[0].LoadBalancerArn,
    Protocol: 'HTTP',
    Port: await freePort(),
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
  const { Rules } = await call('elasticloadbalancing', 'CreateRule', {
    ListenerArn: Listeners[0].ListenerArn,
    Priority: 1,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
  });
  const advancedConfiguration = { alternateTargetGroupArn: green, productionListenerRule: Rules[0].RuleArn, roleArn: `${ACCOUNT_ROLE}/elb` };
  return { targetGroupArn: blue, containerName: 'app', containerPort: 8080, advancedConfiguration };
}

beforeAll(async () => {
  const taskRuntime = createScriptedTaskRuntime({ v1: { respond: (_request, response) => void response.writeHead(200).end() } });
  localAws = await startLocalAws({ clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 10, 23, 12), taskRuntime });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  ecs = new ECSClient({ endpoint: localAws.endpointUrl, region: 'us-east-1', credentials, maxAttempts: 1 });
  const elb = { Effect: 'Allow', Action: 'elasticloadbalancing:*', Resource: '*' };
  await makeRole('function', 'lambda.amazonaws.com');
  await makeRole('hooks', 'ecs.amazonaws.com', [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: HOOK }]);
  await makeRole('idle', 'ecs.amazonaws.com');
  await makeRole('stranger', 'lambda.amazonaws.com', [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  await makeRole('elb', 'ecs.amazonaws.com', [elb]);
  await makeRole('elb-reader', 'ecs.amazonaws.com', [elb, { Effect: 'Deny', Action: 'elasticloadbalancing:ModifyRule', Resource: '*' }]);
  const ZipFile = Buffer.from(zipSync({ 'index.js': strToU8(CODE) })).toString('base64');
  const lambda = { FunctionName: 'gate', Runtime: 'nodejs24.x', Handler: 'index.handler', Role: `${ACCOUNT_ROLE}/function`, Code: { ZipFile } };
  await call('lambda', 'CreateFunction', lambda);
  await ecs.send(new CreateClusterCommand({ clusterName: 'prod' }));
  await ecs.send(new RegisterTaskDefinitionCommand(fargateDefinition('v1') as never));
  balancer = await makeBalancer();
  const deploymentConfiguration = { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 0 } as const;
  const service = {
    cluster: 'prod',
    serviceName: 'orders',
    desiredCount: 1,
    taskDefinition: 'orders',
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
  } as const;
  const created = await ecs.send(new CreateServiceCommand({ ...service, deploymentConfiguration, loadBalancers: [balancer as never] }));
  expect((await finish(created.service?.currentServiceDeployment)).status).toBe('SUCCESSFUL');
});
afterAll(async () => {
  ecs.destroy();
  await localAws.close();
});

async function finish(arn: string | undefined): Promise<ServiceDeployment> {
  let deployment: ServiceDeployment = {};
  const isOver = async (): Promise<boolean> => {
    const { serviceDeployments } = await call('ecs', 'DescribeServiceDeployments', { serviceDeploymentArns: [arn] });
    deployment = serviceDeployments[0];
    return OVER.includes(deployment.status ?? '');
  };
  await localAws.clock.runUntil(isOver, 24 * 60 * 60 * 1_000);
  return deployment;
}

/** Deploys the same image anew with one hook, and with another role for the load balancer where one is given. */
async function deploy(hookRole: string, wanted: string, elbRole = 'elb'): Promise<ServiceDeployment> {
  const hook = { hookTargetArn: HOOK, roleArn: `${ACCOUNT_ROLE}/${hookRole}`, lifecycleStages: ['POST_SCALE_UP'], hookDetails: { wanted } };
  const advancedConfiguration = { ...balancer['advancedConfiguration'], roleArn: `${ACCOUNT_ROLE}/${elbRole}` };
  const { service } = await ecs.send(
    new UpdateServiceCommand({
      cluster: 'prod',
      service: 'orders',
      forceNewDeployment: true,
      deploymentConfiguration: { lifecycleHooks: [hook as never] },
      loadBalancers: [{ ...balancer, advancedConfiguration } as never],
    }),
  );
  return finish(service?.currentServiceDeployment);
}

const invocationDenied = `User: arn:aws:sts::000000000000:assumed-role/idle/ECS-Lambda-Execution is not authorized to perform: lambda:InvokeFunction on resource: ${HOOK}`;

describe('a deployment with a real function as its hook', () => {
  test('goes by what the function answers, asked again with its own details', async () => {
    expect((await deploy('hooks', 'SUCCEEDED')).status).toBe('SUCCESSFUL');
    expect((await deploy('hooks', 'FAILED')).statusReason).toBe(
      `Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target ${HOOK} returned FAILED status.`,
    );
  });

  test.each([
    ['may not invoke it', 'idle', `ECS was unable to invoke hook target ${HOOK} due to ${invocationDenied}`],
    ['does not trust ECS', 'stranger', `ECS was unable to assume role ${ACCOUNT_ROLE}/stranger`],
    ['does not exist', 'nobody', `ECS was unable to assume role ${ACCOUNT_ROLE}/nobody`],
  ])("rolls back when the hook's role %s", async (_name, role, why) => {
    const { status, statusReason } = await deploy(role, 'SUCCEEDED');
    expect(status).toBe('ROLLBACK_SUCCESSFUL');
    expect(statusReason).toContain(`Service deployment rolled back because POST_SCALE_UP lifecycle hook(s) failed. ${why}`);
  });
});

describe('a deployment whose infrastructure role', () => {
  test('does not trust ECS ends before it begins', async () => {
    const { statusReason } = await deploy('hooks', 'SUCCEEDED', 'stranger');
    expect(statusReason).toBe(
      `Service deployment rolled back because of invalid networking configuration. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${ACCOUNT_ROLE}/stranger'.`,
    );
  });

  test('may not modify rules ends at the shift', async () => {
    const { status, statusReason } = await deploy('hooks', 'SUCCEEDED', 'elb-reader');
    expect(statusReason).toContain(
      'Service deployment rolled back because PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. User: arn:aws:sts::000000000000:assumed-role/elb-reader/ECSNetworkingWithELB is not authorized to perform: elasticloadbalancing:ModifyRule',
    );
    // The way back needs the same permission.
    expect(status).toBe('ROLLBACK_FAILED');
  });
});
