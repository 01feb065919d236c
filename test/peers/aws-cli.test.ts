// The unmodified aws CLI as a client of the local AWS with Weir in it: what an engineer would type to look at a deployment.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isTerminal } from '#core/deployment/deployment.ts';
import { freePorts } from '../../cli/demo/free-ports.ts';
import { createStage, type Stage } from '../../cli/demo/stage.ts';
import { showOf } from '../../cli/service-view.ts';
import type { AwsShape } from '../../localaws/region.ts';
import { type LocalAws, startLocalAws } from '../../localaws/start-local-aws.ts';
import { isInstalled } from '../support/installed.ts';
import { packagedWeir } from '../support/scenario/packaged-template.ts';

const installed = isInstalled('aws');
const describeWithCli = installed ? describe : describe.skip;
const run = promisify(execFile);
const SPEED = 120;

let localAws: LocalAws;
let stage: Stage;
let digest: string;
let deploymentId: string;
let folder: string;

/** ecs deploy makes a CodeDeploy client of its own, which --endpoint-url does not reach; the variable does. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  AWS_ENDPOINT_URL: localAws.endpointUrl,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
});

/** Runs `aws ...`; answers its JSON. Rejects with the CLI's own error text. */
async function aws(...args: string[]): Promise<AwsShape> {
  const { stdout } = await run('aws', ['--endpoint-url', localAws.endpointUrl, '--output', 'json', ...args], {
    env: environment(),
    timeout: 60_000,
  });
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}

async function untilIdle(): Promise<void> {
  for (let look = 0; look < 400; look++) {
    const { service, deployments } = await showOf(stage.client, stage.serviceKey, 5);
    // A deployment is on record before it holds its service.
    if (service.active === undefined && deployments.length > 0 && deployments.every(({ status }) => isTerminal(status))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the deployment did not end');
}

describeWithCli(installed ? 'the aws CLI' : 'the aws CLI is not installed, so these are skipped', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'weir-aws-cli-'));
    localAws = await startLocalAws({ clock: { kind: 'scaled', speed: SPEED }, ...packagedWeir() });
    const [productionPort, testPort] = await freePorts();
    stage = await createStage(localAws, { productionPort, testPort, live: false });
    digest = await stage.push('v2', '2.0.0');
    await untilIdle();
    await stage.stopTraffic();
    deploymentId = (await aws('deploy', 'list-deployments', '--application-name', 'orders', '--deployment-group-name', 'orders-prod'))['deployments'][0];
  }, 90_000);
  afterAll(async () => {
    await localAws.close();
    rmSync(folder, { recursive: true });
  });

  test('reads the service, its task definition and its image', async () => {
    const { services } = await aws('ecs', 'describe-services', '--cluster', 'prod', '--services', 'orders');
    expect(services[0]).toMatchObject({ status: 'ACTIVE', deploymentController: { type: 'CODE_DEPLOY' } });
    expect(services[0].taskSets.map((taskSet: AwsShape) => taskSet['status'])).toContain('PRIMARY');
    const { taskDefinition } = await aws('ecs', 'describe-task-definition', '--task-definition', 'orders');
    expect(taskDefinition.containerDefinitions[0].image).toContain(digest);
    const { imageDetails } = await aws('ecr', 'describe-images', '--repository-name', 'team/orders', '--image-ids', 'imageTag=2.0.0');
    expect(imageDetails[0].imageDigest).toBe(digest);
    const { taskArns } = await aws('ecs', 'list-tasks', '--cluster', 'prod', '--service-name', 'orders');
    expect(taskArns.length).toBeGreaterThanOrEqual(2);
  });

  test('reads the CodeDeploy deployment, its target and its waiter', async () => {
    const { deploymentInfo } = await aws('deploy', 'get-deployment', '--deployment-id', deploymentId);
    expect(deploymentInfo).toMatchObject({ status: 'Succeeded', creator: 'user', deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes' });
    const { deploymentTarget } = await aws('deploy', 'get-deployment-target', '--deployment-id', deploymentId, '--target-id', 'prod:orders');
    expect(deploymentTarget.ecsTarget.lifecycleEvents.map((event: { status: string }) => event.status)).not.toContain('Failed');
    await aws('deploy', 'wait', 'deployment-successful', '--deployment-id', deploymentId);
  });

  test('reads the listener, its rules and the targets', async () => {
    const { Rules } = await aws('elbv2', 'describe-rules', '--listener-arn', stage.sample.productionListenerArn);
    const groups: { TargetGroupArn: string; Weight: number }[] = Rules[0].Actions[0].ForwardConfig.TargetGroups;
    const serving = groups.find((group) => group.Weight === 100)?.TargetGroupArn ?? '';
    const { TargetHealthDescriptions } = await aws('elbv2', 'describe-target-health', '--target-group-arn', serving);
    expect(
      TargetHealthDescriptions.filter((target: { TargetHealth: { State: string } }) => target.TargetHealth.State === 'healthy').length,
    ).toBeGreaterThanOrEqual(1);
    await aws('elbv2', 'wait', 'target-in-service', '--target-group-arn', serving);
  });

  test('reads the execution of the workflow and its history', async () => {
    const { stateMachines } = await aws('stepfunctions', 'list-state-machines');
    const { executions } = await aws('stepfunctions', 'list-executions', '--state-machine-arn', stateMachines[0].stateMachineArn);
    const { status, executionArn } = await aws('stepfunctions', 'describe-execution', '--execution-arn', executions[0].executionArn);
    expect(status).toBe('SUCCEEDED');
    const { events } = await aws('stepfunctions', 'get-execution-history', '--execution-arn', executionArn, '--max-items', '20');
    expect(events[0].type).toBe('ExecutionStarted');
  });

  test('queries the table, puts events and reads metrics', async () => {
    const values = JSON.stringify({ ':pk': { S: 'SERVICE#prod/orders' } });
    const { Count } = await aws(
      'dynamodb',
      'query',
      '--table-name',
      'weir-dev',
      '--key-condition-expression',
      'pk = :pk',
      '--expression-attribute-values',
      values,
    );
    expect(Count).toBeGreaterThanOrEqual(3);
    const entries = JSON.stringify([{ Source: 'my.app', DetailType: 'Something', Detail: '{}' }]);
    expect(await aws('events', 'put-events', '--entries', entries)).toMatchObject({ FailedEntryCount: 0 });
    const query = {
      Id: 'requests',
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName: 'RequestCount',
          Dimensions: [{ Name: 'LoadBalancer', Value: stage.sample.productionListenerArn.split(':listener/')[1]?.split('/').slice(0, 3).join('/') }],
        },
        Period: 60,
        Stat: 'Sum',
      },
    };
    const now = localAws.clock.now();
    const times = ['--start-time', new Date(now - 86_400_000).toISOString(), '--end-time', new Date(now).toISOString()];
    const { MetricDataResults } = await aws('cloudwatch', 'get-metric-data', '--metric-data-queries', JSON.stringify([query]), ...times);
    expect(MetricDataResults[0].Values.length).toBeGreaterThan(0);
    await aws('cloudwatch', 'describe-alarms');
    await aws('sts', 'get-caller-identity');
    await aws('sns', 'list-topics');
    await aws('lambda', 'list-functions');
    await aws('application-autoscaling', 'describe-scalable-targets', '--service-namespace', 'ecs');
  });

  test.each([
    ['ClusterNotFoundException', ['ecs', 'describe-services', '--cluster', 'nowhere', '--services', 'orders']],
    ['DeploymentDoesNotExistException', ['deploy', 'get-deployment', '--deployment-id', 'd-AAAAAAAAA']],
    ['RepositoryNotFoundException', ['ecr', 'describe-images', '--repository-name', 'nowhere']],
    [
      'TargetGroupNotFound',
      ['elbv2', 'describe-target-health', '--target-group-arn', 'arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/nowhere/0000000000000000'],
    ],
    [
      'ExecutionDoesNotExist',
      ['stepfunctions', 'describe-execution', '--execution-arn', 'arn:aws:states:us-east-1:000000000000:execution:weir-dev-deploy:nowhere'],
    ],
    [
      'ResourceNotFoundException',
      ['dynamodb', 'query', '--table-name', 'nowhere', '--key-condition-expression', 'pk = :pk', '--expression-attribute-values', '{":pk":{"S":"x"}}'],
    ],
  ])('gets AWS’s own error code %s for a bad argument', async (code, args) => {
    await expect(aws(...args)).rejects.toThrow(code);
  });

  test('deploys with its own CodeDeploy client, aws ecs deploy', async () => {
    const { taskDefinition } = await aws('ecs', 'describe-task-definition', '--task-definition', 'orders');
    const { family, executionRoleArn, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions } = taskDefinition;
    const definitionFile = join(folder, 'task-definition.json');
    const appSpecFile = join(folder, 'appspec.json');
    writeFileSync(definitionFile, JSON.stringify({ family, executionRoleArn, networkMode, requiresCompatibilities, cpu, memory, containerDefinitions }));
    const properties = { TaskDefinition: '<TASK_DEFINITION>', LoadBalancerInfo: { ContainerName: 'app', ContainerPort: 8080 } };
    writeFileSync(appSpecFile, JSON.stringify({ version: 0.0, Resources: [{ TargetService: { Type: 'AWS::ECS::Service', Properties: properties } }] }));
    const names = ['--codedeploy-application', 'orders', '--codedeploy-deployment-group', 'orders-prod'];
    const { stdout } = await run(
      'aws',
      [
        '--endpoint-url',
        localAws.endpointUrl,
        'ecs',
        'deploy',
        '--service',
        'orders',
        '--cluster',
        'prod',
        '--task-definition',
        definitionFile,
        '--codedeploy-appspec',
        appSpecFile,
        ...names,
      ],
      {
        env: environment(),
        timeout: 80_000,
      },
    );
    expect(stdout).toContain('Successfully deployed');
  }, 90_000);
});
