// CodeDeploy's applications, deployment groups and deployment configs as the real SDK sees them, with their errors.
import {
  BatchGetApplicationsCommand,
  BatchGetDeploymentGroupsCommand,
  CreateApplicationCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type CreateDeploymentGroupCommandInput,
  DeleteApplicationCommand,
  DeleteDeploymentConfigCommand,
  GetApplicationCommand,
  GetDeploymentConfigCommand,
  GetDeploymentGroupCommand,
  ListApplicationsCommand,
  ListDeploymentConfigsCommand,
  ListDeploymentGroupsCommand,
  UpdateApplicationCommand,
  UpdateDeploymentGroupCommand,
} from '@aws-sdk/client-codedeploy';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { APPLICATION, type BlueGreenRegion, GROUP, groupInput, startBlueGreenRegion } from '../../support/blue-green-region.ts';

let region: BlueGreenRegion;

beforeAll(async () => {
  region = await startBlueGreenRegion();
});

afterAll(() => region.close());

function named(name: string): Error {
  return expect.objectContaining({ name }) as unknown as Error;
}

const applicationName = APPLICATION;
const deploymentGroupName = GROUP;

describe('applications', () => {
  test('are created, read, renamed, listed, batched and deleted', async () => {
    const { client } = region;
    const { applicationId } = await client.send(
      new CreateApplicationCommand({ applicationName: 'other', computePlatform: 'ECS', tags: [{ Key: 'team', Value: 'a' }] }),
    );
    const { application } = await client.send(new GetApplicationCommand({ applicationName: 'other' }));
    expect(application).toMatchObject({
      applicationId,
      applicationName: 'other',
      computePlatform: 'ECS',
      linkedToGitHub: false,
      createTime: new Date(region.running.clock.now()),
    });
    await client.send(new UpdateApplicationCommand({ applicationName: 'other', newApplicationName: 'renamed' }));
    expect((await client.send(new ListApplicationsCommand({}))).applications).toEqual([APPLICATION, 'renamed']);
    const { applicationsInfo } = await client.send(new BatchGetApplicationsCommand({ applicationNames: ['renamed', 'missing'] }));
    expect(applicationsInfo?.map((info) => info.applicationName)).toEqual(['renamed']);
    await client.send(new DeleteApplicationCommand({ applicationName: 'renamed' }));
    await expect(client.send(new GetApplicationCommand({ applicationName: 'renamed' }))).rejects.toThrow(named('ApplicationDoesNotExistException'));
  });

  test.each([
    [{ applicationName: '' }, 'ApplicationNameRequiredException'],
    [{ applicationName: 'a b' }, 'InvalidApplicationNameException'],
    [{ applicationName: 'x'.repeat(101) }, 'InvalidApplicationNameException'],
    [{ applicationName: 'ok', computePlatform: 'Moon' as 'ECS' }, 'InvalidComputePlatformException'],
    [{ applicationName: APPLICATION }, 'ApplicationAlreadyExistsException'],
    [{ applicationName: 5 as unknown as string }, 'SerializationException'],
  ])('CreateApplication refuses %j with %s', async (input, name) => {
    await expect(region.client.send(new CreateApplicationCommand(input))).rejects.toThrow(named(name));
  });
});

describe('deployment groups', () => {
  test('come back with AWS defaults filled in, so that aws ecs deploy can add up its waits', async () => {
    const { deploymentGroupInfo } = await region.client.send(new GetDeploymentGroupCommand({ applicationName, deploymentGroupName }));
    expect(deploymentGroupInfo).toMatchObject({
      computePlatform: 'ECS',
      deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      ecsServices: [{ clusterName: 'prod', serviceName: 'orders' }],
      blueGreenDeploymentConfiguration: {
        deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT', waitTimeInMinutes: 0 },
        terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE', terminationWaitTimeInMinutes: 5 },
      },
      autoRollbackConfiguration: { enabled: false, events: [] },
    });
  });

  test('keep what an update leaves out, and can be renamed', async () => {
    const { client } = region;
    const alarmConfiguration = { enabled: true, alarms: [{ name: 'a' }] };
    await client.send(
      new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: GROUP, newDeploymentGroupName: 'renamed', alarmConfiguration }),
    );
    expect((await client.send(new ListDeploymentGroupsCommand({ applicationName }))).deploymentGroups).toEqual(['renamed']);
    await client.send(new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: 'renamed', newDeploymentGroupName: GROUP }));
    const { deploymentGroupsInfo, errorMessage } = await client.send(
      new BatchGetDeploymentGroupsCommand({ applicationName, deploymentGroupNames: [GROUP, 'missing'] }),
    );
    expect(deploymentGroupsInfo?.[0]).toMatchObject({ alarmConfiguration, ecsServices: [{ serviceName: 'orders' }] });
    expect(errorMessage).toContain('missing');
    await client.send(
      new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: GROUP, alarmConfiguration: { enabled: false, alarms: [] } }),
    );
  });

  const pair = (overrides: object): CreateDeploymentGroupCommandInput['loadBalancerInfo'] => ({
    targetGroupPairInfoList: [
      { targetGroups: [{ name: 'a' }, { name: 'b' }], prodTrafficRoute: { listenerArns: [region.world.arn('production')] }, ...overrides },
    ],
  });
  const blueGreen = (overrides: object): CreateDeploymentGroupCommandInput['blueGreenDeploymentConfiguration'] => ({
    deploymentReadyOption: { actionOnTimeout: 'CONTINUE_DEPLOYMENT' },
    terminateBlueInstancesOnDeploymentSuccess: { action: 'TERMINATE' },
    ...overrides,
  });
  const refused: [string, () => Partial<CreateDeploymentGroupCommandInput>][] = [
    ['ApplicationDoesNotExistException', () => ({ applicationName: 'missing' })],
    ['DeploymentGroupNameRequiredException', () => ({ deploymentGroupName: '' })],
    ['InvalidDeploymentGroupNameException', () => ({ deploymentGroupName: 'a/b' })],
    ['DeploymentGroupAlreadyExistsException', () => ({ deploymentGroupName: GROUP })],
    ['ECSServiceMappingLimitExceededException', () => ({ ecsServices: [{ clusterName: 'prod', serviceName: 'orders' }] })],
    ['InvalidECSServiceException', () => ({ ecsServices: [] })],
    ['InvalidECSServiceException', () => ({ ecsServices: [{ clusterName: 'prod' }] })],
    ['RoleRequiredException', () => ({ serviceRoleArn: '' })],
    ['InvalidRoleException', () => ({ serviceRoleArn: 'deployer' })],
    ['InvalidRoleException', () => ({ serviceRoleArn: 'arn:aws:iam::000000000000:role/missing' })],
    ['DeploymentConfigDoesNotExistException', () => ({ deploymentConfigName: 'missing' })],
    ['InvalidDeploymentConfigNameException', () => ({ deploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce' })],
    ['InvalidDeploymentStyleException', () => ({ deploymentStyle: undefined })],
    ['InvalidDeploymentStyleException', () => ({ deploymentStyle: { deploymentType: 'IN_PLACE', deploymentOption: 'WITH_TRAFFIC_CONTROL' } })],
    ['InvalidLoadBalancerInfoException', () => ({ loadBalancerInfo: undefined })],
    ['InvalidLoadBalancerInfoException', () => ({ loadBalancerInfo: { targetGroupInfoList: [{ name: 'a' }] } })],
    ['InvalidTargetGroupPairException', () => ({ loadBalancerInfo: pair({ targetGroups: [{ name: 'a' }] }) })],
    ['InvalidTargetGroupPairException', () => ({ loadBalancerInfo: pair({ targetGroups: [{ name: 'a' }, { name: 'a' }] }) })],
    ['InvalidTargetGroupPairException', () => ({ loadBalancerInfo: pair({ prodTrafficRoute: { listenerArns: [] } }) })],
    ['InvalidBlueGreenDeploymentConfigurationException', () => ({ blueGreenDeploymentConfiguration: undefined })],
    [
      'InvalidBlueGreenDeploymentConfigurationException',
      () => ({ blueGreenDeploymentConfiguration: blueGreen({ deploymentReadyOption: { waitTimeInMinutes: 7_201 } }) }),
    ],
    ['InvalidAlarmConfigException', () => ({ alarmConfiguration: { enabled: true } })],
    ['InvalidAlarmConfigException', () => ({ alarmConfiguration: { enabled: true, alarms: [{ name: 'a' }, { name: 'a' }] } })],
    [
      'AlarmsLimitExceededException',
      () => ({ alarmConfiguration: { enabled: true, alarms: Array.from({ length: 11 }, (_, index) => ({ name: `a${index}` })) } }),
    ],
    ['InvalidAutoRollbackConfigException', () => ({ autoRollbackConfiguration: { enabled: true } })],
    ['InvalidTriggerConfigException', () => ({ triggerConfigurations: [{ triggerName: 't' }] })],
    ['InvalidInputException', () => ({ autoScalingGroups: ['asg'] })],
  ];

  test.each(refused)('are refused with %s (%#)', async (name, overrides) => {
    const input = groupInput(region.world, { deploymentGroupName: 'second', ecsServices: [{ clusterName: 'prod', serviceName: 'second' }], ...overrides() });
    await expect(region.client.send(new CreateDeploymentGroupCommand(input))).rejects.toThrow(named(name));
  });

  test('with gradual shifting need an application load balancer', async () => {
    region.world.listenerProtocol = 'TCP';
    const update = (deploymentConfigName: string): UpdateDeploymentGroupCommand =>
      new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: GROUP, deploymentConfigName });
    await expect(region.client.send(update('CodeDeployDefault.ECSLinear10PercentEvery1Minutes'))).rejects.toThrow(
      named('InvalidTrafficRoutingConfigurationException'),
    );
    await expect(region.client.send(update('CodeDeployDefault.ECSAllAtOnce'))).resolves.toBeDefined();
    region.world.listenerProtocol = 'HTTP';
    await region.client.send(update('CodeDeployDefault.ECSCanary10Percent5Minutes'));
  });

  test('of other platforms are plainly not available here', async () => {
    await region.client.send(new CreateApplicationCommand({ applicationName: 'servers' }));
    await expect(
      region.client.send(new CreateDeploymentGroupCommand({ applicationName: 'servers', deploymentGroupName: 'g', serviceRoleArn: 'r' })),
    ).rejects.toThrow(/not available on the local AWS/);
  });
});

describe('deployment configs', () => {
  const canary = (canaryPercentage: number, canaryInterval: number) =>
    ({ type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage, canaryInterval } }) as const;

  test('predefined ones are there and cannot be deleted or imitated', async () => {
    const { client } = region;
    const { deploymentConfigsList } = await client.send(new ListDeploymentConfigsCommand({}));
    expect(deploymentConfigsList).toEqual(expect.arrayContaining(['CodeDeployDefault.ECSAllAtOnce', 'CodeDeployDefault.OneAtATime']));
    const { deploymentConfigInfo } = await client.send(
      new GetDeploymentConfigCommand({ deploymentConfigName: 'CodeDeployDefault.ECSLinear10PercentEvery3Minutes' }),
    );
    expect(deploymentConfigInfo).toMatchObject({
      computePlatform: 'ECS',
      trafficRoutingConfig: { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 10, linearInterval: 3 } },
    });
    await expect(client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName: 'CodeDeployDefault.ECSAllAtOnce' }))).rejects.toThrow(
      named('InvalidOperationException'),
    );
    await expect(
      client.send(
        new CreateDeploymentConfigCommand({ deploymentConfigName: 'CodeDeployDefault.Mine', computePlatform: 'ECS', trafficRoutingConfig: canary(10, 1) }),
      ),
    ).rejects.toThrow(named('InvalidDeploymentConfigNameException'));
  });

  test.each([
    canary(0, 1),
    canary(100, 1),
    canary(10, 0),
    canary(10, 2_881),
    { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage: 1, linearInterval: 30 } } as const,
    { type: 'AllAtOnce', timeBasedCanary: { canaryPercentage: 1, canaryInterval: 1 } } as const,
    undefined,
  ])('a custom config refuses the traffic routing %j', async (trafficRoutingConfig) => {
    const input = { deploymentConfigName: 'bad', computePlatform: 'ECS', trafficRoutingConfig } as const;
    await expect(region.client.send(new CreateDeploymentConfigCommand(input))).rejects.toThrow(named('InvalidTrafficRoutingConfigurationException'));
  });

  test('at most fifty custom ones, none twice, none deleted while in use', async () => {
    const { client } = region;
    const create = (deploymentConfigName: string): Promise<unknown> =>
      client.send(new CreateDeploymentConfigCommand({ deploymentConfigName, computePlatform: 'ECS', trafficRoutingConfig: canary(20, 2) }));
    await Promise.all(Array.from({ length: 50 }, (_, index) => create(`weir-${index}`)));
    await expect(create('one-more')).rejects.toThrow(named('DeploymentConfigLimitExceededException'));
    await expect(create('weir-0')).rejects.toThrow(named('DeploymentConfigAlreadyExistsException'));
    await client.send(new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: GROUP, deploymentConfigName: 'weir-0' }));
    await expect(client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName: 'weir-0' }))).rejects.toThrow(named('DeploymentConfigInUseException'));
    await client.send(
      new UpdateDeploymentGroupCommand({
        applicationName,
        currentDeploymentGroupName: GROUP,
        deploymentConfigName: 'CodeDeployDefault.ECSCanary10Percent5Minutes',
      }),
    );
    await client.send(new DeleteDeploymentConfigCommand({ deploymentConfigName: 'weir-0' }));
    await expect(client.send(new GetDeploymentConfigCommand({ deploymentConfigName: 'weir-0' }))).rejects.toThrow(
      named('DeploymentConfigDoesNotExistException'),
    );
  });
});
