// CodeDeploy's deployments, revisions, lists, tags and permissions as the real SDK sees them, with their errors.
import {
  BatchGetDeploymentsCommand,
  BatchGetDeploymentTargetsCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  GetApplicationRevisionCommand,
  GetDeploymentCommand,
  GetDeploymentGroupCommand,
  ListApplicationRevisionsCommand,
  ListDeploymentsCommand,
  ListDeploymentTargetsCommand,
  ListTagsForResourceCommand,
  RegisterApplicationRevisionCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-codedeploy';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { APPLICATION, appSpec, type BlueGreenRegion, GROUP, startBlueGreenRegion } from '../../support/blue-green-region.ts';

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

describe('deployments and revisions', () => {
  const revision = (content: string, sha256?: string) =>
    ({ revisionType: 'AppSpecContent', appSpecContent: { content, ...(sha256 === undefined ? {} : { sha256 }) } }) as const;
  const refused: [string, Partial<CreateDeploymentCommandInput>][] = [
    ['ApplicationDoesNotExistException', { applicationName: 'missing' }],
    ['DeploymentGroupNameRequiredException', { deploymentGroupName: undefined }],
    ['DeploymentGroupDoesNotExistException', { deploymentGroupName: 'missing' }],
    ['RevisionRequiredException', { revision: undefined }],
    ['RevisionDoesNotExistException', { revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'feed' } } }],
    ['InvalidRevisionException', { revision: { revisionType: 'AppSpecContent' } }],
    ['InvalidRevisionException', { revision: revision('{"version":0.0}') }],
    ['InvalidRevisionException', { revision: revision(appSpec(), 'feed') }],
    ['InvalidRevisionException', { revision: revision(appSpec({ hooks: { BeforeLunch: 'f' } })) }],
    ['InvalidRevisionException', { revision: revision(appSpec({ taskDefinition: 'orders:2' })) }],
    ['DeploymentConfigDoesNotExistException', { deploymentConfigName: 'missing' }],
    ['InvalidDeploymentConfigNameException', { deploymentConfigName: 'CodeDeployDefault.OneAtATime' }],
    ['DescriptionTooLongException', { description: 'x'.repeat(257) }],
    ['InvalidAutoRollbackConfigException', { autoRollbackConfiguration: { enabled: true, events: ['NEVER' as 'DEPLOYMENT_FAILURE'] } }],
    ['InvalidAlarmConfigException', { overrideAlarmConfiguration: { enabled: true, alarms: [] } }],
    ['InvalidTargetInstancesException', { targetInstances: {} }],
    ['InvalidFileExistsBehaviorException', { fileExistsBehavior: 'MAYBE' as 'RETAIN' }],
    ['InvalidIgnoreApplicationStopFailuresValueException', { ignoreApplicationStopFailures: true }],
    ['InvalidUpdateOutdatedInstancesOnlyValueException', { updateOutdatedInstancesOnly: true }],
  ];

  test.each(refused)('CreateDeployment refuses with %s (%#)', async (name, overrides) => {
    const input = { applicationName, deploymentGroupName, revision: revision(appSpec()), ...overrides };
    await expect(region.client.send(new CreateDeploymentCommand(input))).rejects.toThrow(named(name));
  });

  test('a deployment shows only the hash of its AppSpec; the revision gives the content', async () => {
    const { client } = region;
    const id = await region.deploy();
    const { revision: shown, status } = await region.info(id);
    expect(status).toBe('Created');
    expect(shown?.appSpecContent?.content).toBeUndefined();
    const sha256 = shown?.appSpecContent?.sha256 ?? '';
    const found = await client.send(
      new GetApplicationRevisionCommand({ applicationName, revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256 } } }),
    );
    expect(found.revision?.appSpecContent?.content).toBe(appSpec());
    await expect(
      client.send(new GetApplicationRevisionCommand({ applicationName, revision: { revisionType: 'AppSpecContent', appSpecContent: { sha256: 'feed' } } })),
    ).rejects.toThrow(named('RevisionDoesNotExistException'));
    await client.send(
      new RegisterApplicationRevisionCommand({ applicationName, description: 'by hand', revision: revision(appSpec({ hooks: { BeforeInstall: 'f' } })) }),
    );
    const { revisions } = await client.send(new ListApplicationRevisionsCommand({ applicationName, sortBy: 'registerTime' }));
    expect(revisions).toHaveLength(2);
    await region.finish(id);
    const deployed = await client.send(new ListApplicationRevisionsCommand({ applicationName, deployed: 'include' }));
    expect(deployed.revisions?.map((item) => item.appSpecContent?.sha256)).toEqual([sha256]);
    const { deploymentGroupInfo } = await client.send(new GetDeploymentGroupCommand({ applicationName, deploymentGroupName }));
    expect(deploymentGroupInfo).toMatchObject({
      lastSuccessfulDeployment: { deploymentId: id, status: 'Succeeded' },
      targetRevision: { appSpecContent: { sha256 } },
    });
  });

  test('are listed newest first and filtered by group, status and time', async () => {
    const { client } = region;
    const before = (await client.send(new ListDeploymentsCommand({ applicationName, deploymentGroupName }))).deployments ?? [];
    await region.pass(60_000);
    const since = new Date(region.running.clock.now());
    const id = await region.deploy();
    const list = async (input: object): Promise<string[] | undefined> =>
      (await client.send(new ListDeploymentsCommand({ applicationName, deploymentGroupName, ...input }))).deployments;
    expect(await list({})).toEqual([id, ...before]);
    expect(await list({ includeOnlyStatuses: ['Created', 'InProgress'] })).toEqual([id]);
    expect(await list({ createTimeRange: { start: since } })).toEqual([id]);
    expect(await list({ createTimeRange: { end: new Date(since.getTime() - 1) } })).toEqual(before);
    await expect(client.send(new ListDeploymentsCommand({ applicationName }))).rejects.toThrow(named('DeploymentGroupNameRequiredException'));
    await expect(client.send(new ListDeploymentsCommand({ deploymentGroupName }))).rejects.toThrow(named('ApplicationNameRequiredException'));
    await expect(list({ includeOnlyStatuses: ['Lost'] })).rejects.toThrow(named('InvalidDeploymentStatusException'));
    await expect(list({ nextToken: 'x' })).rejects.toThrow(named('InvalidNextTokenException'));
    const { deploymentsInfo } = await client.send(new BatchGetDeploymentsCommand({ deploymentIds: [id, 'd-000000000'] }));
    expect(deploymentsInfo?.map((info) => info.deploymentId)).toEqual([id]);
    await region.finish(id);
    const { targetIds } = await client.send(new ListDeploymentTargetsCommand({ deploymentId: id }));
    expect(targetIds).toEqual(['prod:orders']);
    expect((await client.send(new ListDeploymentTargetsCommand({ deploymentId: id, targetFilters: { TargetStatus: ['Failed'] } }))).targetIds).toEqual([]);
    expect((await client.send(new BatchGetDeploymentTargetsCommand({ deploymentId: id, targetIds }))).deploymentTargets?.[0]?.ecsTarget?.status).toBe(
      'Succeeded',
    );
    await expect(client.send(new BatchGetDeploymentTargetsCommand({ deploymentId: id, targetIds: ['a:b'] }))).rejects.toThrow(
      named('DeploymentTargetDoesNotExistException'),
    );
    await expect(client.send(new GetDeploymentCommand({ deploymentId: 'd-000000000' }))).rejects.toThrow(named('DeploymentDoesNotExistException'));
    await expect(client.send(new GetDeploymentCommand({ deploymentId: 'D1' }))).rejects.toThrow(named('InvalidDeploymentIdException'));
  });
});

describe('tags and permissions', () => {
  test('applications and groups carry tags; other ARNs are refused', async () => {
    const { client } = region;
    const ResourceArn = `arn:aws:codedeploy:us-east-1:000000000000:deploymentgroup:${APPLICATION}/${GROUP}`;
    await client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: 'team', Value: 'a' },
          { Key: 'tier', Value: '1' },
        ],
      }),
    );
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['tier'] }));
    expect((await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([{ Key: 'team', Value: 'a' }]);
    await expect(client.send(new ListTagsForResourceCommand({ ResourceArn: 'arn:aws:s3:::b' }))).rejects.toThrow(named('InvalidArnException'));
    await expect(client.send(new ListTagsForResourceCommand({ ResourceArn: 'arn:aws:codedeploy:us-east-1:000000000000:instance:i' }))).rejects.toThrow(
      named('ArnNotSupportedException'),
    );
  });

  test('CreateDeployment needs the permissions for what it uses, judged against the ARNs AWS names', async () => {
    const judged: string[] = [];
    region.running.dispatcher.setAuthorizer((_principal, action, resources) => {
      judged.push(`${action} ${resources.join(',')}`);
      return action === 'codedeploy:RegisterApplicationRevision' ? 'not authorized to perform codedeploy:RegisterApplicationRevision' : undefined;
    });
    const call = region.running.region.call(
      'codedeploy',
      'CreateDeployment',
      { applicationName, deploymentGroupName, revision: revisionOf(appSpec()) },
      { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/ci', sessionName: 'ci' },
    );
    await expect(call).rejects.toThrow(expect.objectContaining({ code: 'AccessDeniedException' }) as unknown as Error);
    region.running.dispatcher.setAuthorizer(() => undefined);
    const arn = (resource: string): string => `arn:aws:codedeploy:us-east-1:000000000000:${resource}`;
    expect(judged).toEqual([
      `codedeploy:CreateDeployment ${arn(`deploymentgroup:${APPLICATION}/${GROUP}`)}`,
      `codedeploy:GetDeploymentConfig ${arn('deploymentconfig:CodeDeployDefault.ECSCanary10Percent5Minutes')}`,
      `codedeploy:RegisterApplicationRevision ${arn(`application:${APPLICATION}`)}`,
    ]);
  });
});

function revisionOf(content: string): object {
  return { revisionType: 'AppSpecContent', appSpecContent: { content } };
}
