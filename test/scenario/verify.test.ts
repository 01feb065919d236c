// weir verify against the local AWS: a sound service passes, and each planted fault is found with its remedy.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { parseManifestDocument } from '#contracts/stored-manifest.ts';
import { lifecycleHooks } from '#core/deployment/deployment.ts';
import type { Finding } from '#core/verify/verify-facts.ts';
import { hookFunctionName } from '#drivers/codedeploy/app-spec.ts';
import { type VerifyQuestion, verifyLiveService } from '#flows/verify-service.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Inspection } from '#ports/inspection.ts';
import { composeInspection } from '#runtime/compose-inspection.ts';
import { runWeir } from '../support/run-weir.ts';
import { type Scenario, sampleManifest, startScenario } from '../support/scenario/scenario.ts';

type Document = Record<string, unknown>;

const names = Object.fromEntries(lifecycleHooks.map((hook) => [hook, hookFunctionName('CodeDeployHook_weir-dev', hook)]));
const weirHooks = { codedeploy: names, ecs: 'weir-dev-ecs-lifecycle' } as VerifyQuestion['weirHooks'];
const MINUTE = 60_000;
/** Images are built here for this machine's processor; tasks want the other one. */
const [built, other] = process.arch === 'arm64' ? ['linux/arm64', 'X86_64'] : ['linux/amd64', 'ARM64'];

let scenario: Scenario;
let serving: Document;
let folder: string;
const credentials = { AWS_ACCESS_KEY_ID: process.env['AWS_ACCESS_KEY_ID'], AWS_SECRET_ACCESS_KEY: process.env['AWS_SECRET_ACCESS_KEY'] };

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  scenario = await startScenario();
  const { taskDefinition } = await scenario.call('ecs', 'DescribeTaskDefinition', { taskDefinition: 'orders' });
  serving = taskDefinition;
  folder = mkdtempSync(join(tmpdir(), 'weir-verify-'));
});
afterAll(async () => {
  await scenario.close();
  rmSync(folder, { recursive: true });
  for (const [name, value] of Object.entries(credentials)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function verify(
  planted: { readonly manifest?: Document; readonly taskDefinition?: Document; readonly image?: string } = {},
  refused: Partial<Inspection> = {},
) {
  const parsed = parseManifestDocument({ ...sampleManifest, ...planted.manifest });
  if (!parsed.ok) throw new Error(parsed.problem);
  const { endpointUrl, region } = scenario.localAws;
  const inspection = { ...composeInspection({ endpointUrl, region: region.name }), ...refused };
  return verifyLiveService(inspection, { manifest: parsed.value, weirHooks, taskDefinition: planted.taskDefinition, image: planted.image });
}

/** The serving task definition with its one container, and the task, changed. */
function changed(container: Document, task: Document = {}): Document {
  const [app] = serving['containerDefinitions'] as Document[];
  return { ...serving, ...task, containerDefinitions: [{ ...app, ...container }] };
}

const finding = (check: string, problem: string, remedy: string): Partial<Finding> => ({
  check,
  problem: expect.stringContaining(problem) as unknown as string,
  remedy: expect.stringContaining(remedy) as unknown as string,
});

const logs = (options: Record<string, string>): Document => ({
  logConfiguration: { logDriver: 'awslogs', options: { 'awslogs-region': 'us-east-1', ...options } },
});

test('a sound service has no finding, and everything could be read', async () => {
  expect(await verify()).toEqual({ findings: [], unread: [] });
});

test('what may not be read is named and not guessed', async () => {
  const denied = async () => {
    throw new PermanentError('AccessDenied: not authorized');
  };
  const { findings, unread } = await verify(
    { taskDefinition: changed({}, { taskRoleArn: 'arn:aws:iam::000000000000:role/nobody' }) },
    { role: denied, permissions: denied },
  );
  expect(findings).toEqual([]);
  expect(unread).toContain('role arn:aws:iam::000000000000:role/nobody: AccessDenied: not authorized');
  expect(unread).toContain('permissions of arn:aws:iam::000000000000:role/orders-execution: AccessDenied: not authorized');
});

describe('a fault planted in the task definition is found with its remedy:', () => {
  const role = 'arn:aws:iam::000000000000:role/nobody';
  const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:password::';

  test.each<[string, () => Document, Partial<Finding>]>([
    [
      'a role that does not exist',
      () => ({ ...serving, executionRoleArn: role }),
      finding('roles', `execution role ${role} does not exist`, 'create it with a trust policy'),
    ],
    ['no execution role', () => ({ ...serving, executionRoleArn: undefined }), finding('roles', 'no execution role', 'AmazonECSTaskExecutionRolePolicy')],
    [
      'a role that ECS may not take',
      () => ({ ...serving, taskRoleArn: 'arn:aws:iam::000000000000:role/orders-codedeploy' }),
      finding('roles', 'does not let ecs-tasks.amazonaws.com assume it', 'trust policy'),
    ],
    [
      'an image that is not in ECR',
      () => changed({ image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/team/orders:9.9.9' }),
      finding('imageExists', 'team/orders:9.9.9 is not in the registry', 'push it again'),
    ],
    [
      'a tag that can move',
      () => changed({ image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/team/orders:1.0.0' }),
      { ...finding('tagWithoutDigest', 'team/orders:1.0.0 is a tag', '@sha256'), level: 'warning' },
    ],
    ['a secret that does not exist', () => changed({ secrets: [{ name: 'DB', valueFrom: secret }] }), finding('secrets', 'does not exist', 'create it')],
    [
      'a parameter that does not exist',
      () => changed({ secrets: [{ name: 'DB', valueFrom: '/team/db' }] }),
      finding('secrets', 'the parameter /team/db does not exist', 'create it'),
    ],
    ['no log group', () => changed(logs({ 'awslogs-group': '/ecs/nothing' })), finding('logGroup', '/ecs/nothing does not exist', 'aws logs create-log-group')],
    [
      'a log group that the role may not create',
      () => changed(logs({ 'awslogs-group': '/ecs/nothing', 'awslogs-create-group': 'true' })),
      finding('logPermission', 'may not logs:CreateLogGroup', 'allow logs:CreateLogGroup'),
    ],
    [
      'the wrong container port',
      () => changed({ portMappings: [{ containerPort: 9090 }] }),
      finding('containerPort', 'port 8080 of container app, which maps 9090', 'add a port mapping for 8080'),
    ],
    ['a container the load balancer does not know', () => changed({ name: 'web' }), finding('containerPort', 'sends to container app', 'name a container')],
    [
      'a size Fargate does not have',
      () => changed({}, { cpu: '256', memory: '4096' }),
      finding('taskSize', 'cpu 256 and memory 4096', 'memory from 512 to 2048 MiB'),
    ],
    [
      'an image of another processor (x86 on ARM)',
      () => changed({}, { runtimePlatform: { cpuArchitecture: other } }),
      finding('platform', `was built for ${built}`, 'build it with --platform linux/'),
    ],
    ['a network mode that needs other target groups', () => ({ ...serving, networkMode: 'bridge' }), finding('targetType', 'is of type ip', 'type instance')],
  ])('%s', async (_, taskDefinition, expected) => {
    const { findings, unread } = await verify({ taskDefinition: taskDefinition() });
    expect(unread).toEqual([]);
    expect(findings).toContainEqual(expect.objectContaining(expected));
    // One cause is one finding, but for the two target groups of a pair.
    expect(new Set(findings.map(({ check }) => check)).size).toBe(1);
    for (const { remedy } of findings) expect(remedy).not.toContain('\n');
  });

  test('a secret the execution role may not read, until it may', async () => {
    const { call } = scenario;
    const { ARN } = await call('secretsmanager', 'CreateSecret', { Name: 'db', SecretString: 'never shown' });
    const taskDefinition = changed({ secrets: [{ name: 'DB', valueFrom: `${ARN}:password::` }] });
    const { findings } = await verify({ taskDefinition });
    expect(findings).toEqual([
      expect.objectContaining(finding('secrets', 'may not secretsmanager:GetSecretValue', `allow secretsmanager:GetSecretValue on ${ARN}`)),
    ]);
    expect(JSON.stringify(findings)).not.toContain('never shown');
    const Statement = [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: ARN }];
    await call('iam', 'PutRolePolicy', {
      RoleName: 'orders-execution',
      PolicyName: 'db',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
    expect((await verify({ taskDefinition })).findings).toEqual([]);
  });
});

describe('a fault planted around the service is found with its remedy:', () => {
  test('a manifest that names a container, a group, an alarm and a function that do not exist', async () => {
    const { findings } = await verify({
      manifest: {
        image: { repository: 'team/orders', container: 'web' },
        driver: { kind: 'codedeploy', application: 'orders', deploymentGroup: 'nothing' },
        health: { alarms: ['nobody-made-it'] },
        hooks: { afterInstall: { function: 'CodeDeployHook_absent' } },
      },
    });
    expect(findings.map(({ check, level }) => `${level} ${check}`)).toEqual(['fault deploymentGroup', 'fault container', 'fault hookFunction', 'fault alarms']);
  });

  test('the other driver', async () => {
    const { findings } = await verify({ manifest: { driver: { kind: 'ecs' } } });
    expect(findings[0]).toMatchObject(finding('controller', 'is CODE_DEPLOY, and the ecs driver needs ECS', 'driver.kind: codedeploy'));
  });

  test("a user's hook function that Weir may not invoke, and one that it may by its name", async () => {
    const { call } = scenario;
    const { Configuration } = await call('lambda', 'GetFunction', { FunctionName: names['AfterInstall'] });
    const like = {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: Configuration.Role,
      Code: { ZipFile: zipSync({ 'index.mjs': strToU8('export const handler = () => undefined;') }) },
    };
    for (const FunctionName of ['my-check', 'CodeDeployHook_my-check']) await call('lambda', 'CreateFunction', { ...like, FunctionName });
    const { findings } = await verify({
      manifest: { hooks: { afterInstall: { function: 'my-check' }, beforeAllowTraffic: { function: 'CodeDeployHook_my-check' } } },
    });
    expect(findings).toEqual([
      expect.objectContaining(finding('hookPermission', 'the hook cannot be asked: my-check', 'names that begin with CodeDeployHook_ are granted already')),
    ]);
  });

  test("a CodeDeploy role that may not invoke Weir's hooks", async () => {
    const { call } = scenario;
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS';
    await call('iam', 'DetachRolePolicy', { RoleName: 'orders-codedeploy', PolicyArn });
    const { findings } = await verify();
    await call('iam', 'AttachRolePolicy', { RoleName: 'orders-codedeploy', PolicyArn });
    expect(findings).toHaveLength(lifecycleHooks.length);
    expect(findings[0]).toMatchObject(finding('hookPermission', 'role orders-codedeploy may not lambda:InvokeFunction', 'allow lambda:InvokeFunction on'));
  });

  test('a health check that fails, a listener without the test route, a target group of the wrong type', async () => {
    const { call, sample, pass } = scenario;
    const [blue] = sample.targetGroupArns;
    await call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn: blue, HealthCheckPath: '/nowhere', Matcher: { HttpCode: '418' } });
    await pass(MINUTE);
    const { findings } = await verify();
    await call('elasticloadbalancing', 'ModifyTargetGroup', { TargetGroupArn: blue, HealthCheckPath: '/health', Matcher: { HttpCode: '200' } });
    expect(findings).toContainEqual(
      expect.objectContaining(finding('healthCheck', 'the health check of orders-blue (/nowhere) fails on 2 of 2 targets', 'make /nowhere answer 418')),
    );

    const { deploymentGroupInfo } = await call('codedeploy', 'GetDeploymentGroup', { applicationName: 'orders', deploymentGroupName: 'orders-prod' });
    const [{ testTrafficRoute, ...pair }] = deploymentGroupInfo.loadBalancerInfo.targetGroupPairInfoList;
    const update = (withRoute: Document): Promise<unknown> =>
      call('codedeploy', 'UpdateDeploymentGroup', {
        applicationName: 'orders',
        currentDeploymentGroupName: 'orders-prod',
        loadBalancerInfo: { targetGroupPairInfoList: [{ ...pair, ...withRoute }] },
      });
    await update({});
    await pass(2 * MINUTE);
    expect((await verify()).findings).toEqual([
      expect.objectContaining({ ...finding('testRoute', '1 smoke check(s)', 'add a test listener'), level: 'fault' }),
    ]);
    expect((await verify({ manifest: { smokeChecks: [] } })).findings).toEqual([expect.objectContaining({ check: 'testRoute', level: 'warning' })]);
    await update({ testTrafficRoute });

    await call('elasticloadbalancing', 'CreateTargetGroup', {
      Name: 'orders-instance',
      TargetType: 'instance',
      Protocol: 'HTTP',
      Port: 8080,
      VpcId: 'vpc-0a1b2c3d',
    });
    await update({ testTrafficRoute, targetGroups: [{ name: 'orders-blue' }, { name: 'orders-instance' }] });
    expect((await verify()).findings).toEqual([
      expect.objectContaining(finding('targetType', 'orders-instance is of type instance', 'make a target group of type ip')),
    ]);
    await update({ testTrafficRoute });
  });
});

describe('the command', () => {
  const weir = (...args: string[]) => runWeir(scenario.localAws.endpointUrl, args, folder);

  test('ends with 0 when nothing would fail, 1 on a fault, 2 on a file that is none; --strict counts warnings', async () => {
    writeFileSync(join(folder, 'weir.yaml'), JSON.stringify(sampleManifest));
    writeFileSync(join(folder, 'other.json'), JSON.stringify({ taskDefinition: changed({}, { runtimePlatform: { cpuArchitecture: other } }) }));
    writeFileSync(join(folder, 'tag.json'), JSON.stringify(changed({ image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/team/orders:1.0.0' })));
    writeFileSync(join(folder, 'none.json'), '{}');
    const [sound, otherProcessor, tag, strict, none, absent] = await Promise.all([
      weir('verify', '-f', 'weir.yaml'),
      weir('--json', 'verify', '-f', 'weir.yaml', '--task-definition', 'other.json'),
      weir('verify', '-f', 'weir.yaml', '--task-definition', 'tag.json'),
      weir('verify', '-f', 'weir.yaml', '--task-definition', 'tag.json', '--strict'),
      weir('verify', '-f', 'weir.yaml', '--task-definition', 'none.json'),
      weir('verify', '-f', 'weir.yaml', '--image', '7.7.7'),
    ]);
    expect(sound).toMatchObject({ status: 0, out: 'prod/orders: nothing found that would fail\n' });
    expect(otherProcessor.status).toBe(1);
    expect(JSON.parse(otherProcessor.out)).toMatchObject({ findings: [{ check: 'platform', level: 'fault' }], unread: [] });
    expect([tag.status, strict.status]).toEqual([0, 1]);
    expect(tag.out).toMatch(/WARNING tagWithoutDigest: .*\n {10}remedy: /);
    expect(none).toMatchObject({ status: 2, error: expect.stringContaining('not a task definition') });
    expect(absent).toMatchObject({ status: 1, out: expect.stringContaining('FAULT   imageExists') });
  });
});
