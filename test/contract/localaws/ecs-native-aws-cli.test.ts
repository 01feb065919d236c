// The unmodified aws CLI drives native ECS deployments on the local AWS: update, describe, list, continue, stop.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { AwsShape } from '../../../localaws/region.ts';
import { isInstalled } from '../../support/installed.ts';
import { type NativeStage, openNativeStage, pause } from '../../support/native-deployment-stage.ts';

const installed = isInstalled('aws');
const describeWithCli = installed ? describe : describe.skip;
const run = promisify(execFile);

let stage: NativeStage;
afterEach(() => stage.close());

/** Runs `aws ecs ...`; answers its JSON. Rejects with the CLI's own error text. */
async function awsEcs(...args: string[]): Promise<AwsShape> {
  const env = { PATH: process.env['PATH'], AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_DEFAULT_REGION: 'us-east-1' };
  const { stdout } = await run('aws', ['--endpoint-url', stage.running.endpointUrl, '--output', 'json', 'ecs', ...args], { env, timeout: 60_000 });
  return stdout.trim() === '' ? {} : JSON.parse(stdout);
}

const describeDeployment = async (arn: string): Promise<AwsShape> =>
  (await awsEcs('describe-service-deployments', '--service-deployment-arns', arn))['serviceDeployments'][0];

async function deployPaused(tag: string): Promise<{ arn: string; hookId: string }> {
  const configuration = JSON.stringify({ strategy: 'CANARY', lifecycleHooks: [pause(['POST_TEST_TRAFFIC_SHIFT'])] });
  const target = ['--cluster', 'prod', '--service', 'orders', '--task-definition', await stage.register(tag)];
  const { service } = await awsEcs('update-service', ...target, '--deployment-configuration', configuration);
  const arn: string = service.currentServiceDeployment;
  await stage.until(async () => (await stage.peek(arn))['lifecycleHookDetails'][0]?.status === 'AWAITING_ACTION');
  return { arn, hookId: (await describeDeployment(arn))['lifecycleHookDetails'][0].hookId };
}

describeWithCli(installed ? 'the aws CLI' : 'the aws CLI is not installed, so these are skipped', () => {
  test('updates a service, finds its deployment, continues it at a pause and sees its end', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'CANARY' });
    const { arn, hookId } = await deployPaused('v2');
    expect(await describeDeployment(arn)).toMatchObject({ status: 'IN_PROGRESS', deploymentConfiguration: { strategy: 'CANARY' } });
    await awsEcs('continue-service-deployment', '--service-deployment-arn', arn, '--hook-id', hookId, '--action', 'CONTINUE');
    await stage.finish(arn);
    const { serviceDeployments } = await awsEcs('list-service-deployments', '--cluster', 'prod', '--service', 'orders', '--status', 'SUCCESSFUL');
    expect(serviceDeployments[0]).toMatchObject({ serviceDeploymentArn: arn, status: 'SUCCESSFUL' });
    const { serviceRevisions } = await awsEcs('describe-service-revisions', '--service-revision-arns', serviceDeployments[0].targetServiceRevisionArn);
    expect(serviceRevisions[0].resolvedConfiguration.loadBalancers[0].targetGroupArn).toBe(stage.greenArn);
  }, 60_000);

  test('stops a deployment, which rolls back', async () => {
    stage = await openNativeStage();
    await stage.createOrders({ strategy: 'CANARY' });
    const { arn } = await deployPaused('v2');
    expect(await awsEcs('stop-service-deployment', '--service-deployment-arn', arn, '--stop-type', 'ROLLBACK')).toEqual({ serviceDeploymentArn: arn });
    await stage.finish(arn);
    expect(await describeDeployment(arn)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: expect.stringContaining('rolled back') } });
    await expect(awsEcs('stop-service-deployment', '--service-deployment-arn', arn)).rejects.toThrow('ConflictException');
  }, 60_000);
});
