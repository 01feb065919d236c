// Deployment groups: one ECS service, its pair of target groups and listeners, and how to deploy to it.
import { AwsError, notAvailableLocally } from '../endpoint/aws-error.ts';
import { stringList } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { abandonActive } from './applications.ts';
import { applicationArn, type CodeDeployContext, deploymentGroupArn, nameForArn } from './code-deploy-context.ts';
import { requireGradualListener, requireRoleExists } from './group-checks.ts';
import { groupSettings } from './group-settings.ts';
import { BATCH_MAX, DEPLOYMENT_GROUPS_PER_APPLICATION_MAX } from './limits.ts';
import type { Application, DeploymentGroup, GroupSettings, LastDeployment } from './model.ts';
import { applicationName, deploymentGroupName, shortName } from './names.ts';
import { pageOf } from './pages.ts';
import { revisionWithoutContent } from './revisions.ts';
import type { Store } from './store.ts';
import { tagsOf } from './tags.ts';

function lastDeploymentInfo(last: LastDeployment): AwsShape {
  return {
    deploymentId: last.deploymentId,
    status: last.status,
    createTime: new Date(last.createTime),
    ...(last.endTime === undefined ? {} : { endTime: new Date(last.endTime) }),
  };
}

function groupInfo(store: Store, application: Application, group: DeploymentGroup): AwsShape {
  return {
    applicationName: application.name,
    deploymentGroupId: group.id,
    deploymentGroupName: group.name,
    computePlatform: application.computePlatform,
    ...group.settings,
    ec2TagFilters: [],
    onPremisesInstanceTagFilters: [],
    autoScalingGroups: [],
    terminationHookEnabled: false,
    ...(group.lastAttempted === undefined
      ? {}
      : {
          targetRevision: revisionWithoutContent(group.lastAttempted.sha256),
          lastAttemptedDeployment: {
            ...lastDeploymentInfo(group.lastAttempted),
            status: store.deployments.get(group.lastAttempted.deploymentId)?.lifecycle.status ?? group.lastAttempted.status,
          },
        }),
    ...(group.lastSuccessful === undefined ? {} : { lastSuccessfulDeployment: lastDeploymentInfo(group.lastSuccessful) }),
  };
}

/** AWS allows one deployment group for an ECS service, in whatever application. */
function requireServiceIsFree(store: Store, settings: GroupSettings, self: DeploymentGroup | undefined): void {
  const [wanted] = settings.ecsServices;
  for (const application of store.applications.values()) {
    for (const group of application.groups.values()) {
      const [taken] = group.settings.ecsServices;
      const isSame = shortName(taken.serviceName) === shortName(wanted.serviceName) && shortName(taken.clusterName) === shortName(wanted.clusterName);
      if (group !== self && isSame) {
        throw new AwsError(
          'ECSServiceMappingLimitExceededException',
          `The Amazon ECS service ${wanted.clusterName}:${wanted.serviceName} is already associated with the deployment group ${group.name}`,
        );
      }
    }
  }
}

async function createGroup(context: CodeDeployContext, input: AwsShape): Promise<AwsShape> {
  const { region, store } = context;
  const application = store.application(applicationName(input));
  const name = deploymentGroupName(input);
  if (application.computePlatform !== 'ECS')
    throw notAvailableLocally('codedeploy', `CreateDeploymentGroup for the ${application.computePlatform} compute platform`);
  const settings = groupSettings(store, input, undefined);
  const tags = tagsOf(input, 'tags');
  await requireRoleExists(context, settings.serviceRoleArn);
  await requireGradualListener(context, settings, settings.deploymentConfigName);
  if (application.groups.has(name)) throw new AwsError('DeploymentGroupAlreadyExistsException', `A deployment group named ${name} already exists`);
  if (application.groups.size >= DEPLOYMENT_GROUPS_PER_APPLICATION_MAX)
    throw new AwsError('DeploymentGroupLimitExceededException', 'The deployment groups limit was exceeded.');
  requireServiceIsFree(store, settings, undefined);
  const id = region.ids.uuid();
  application.groups.set(name, { id, name, settings, tags, activeDeploymentId: undefined, lastAttempted: undefined, lastSuccessful: undefined });
  return { deploymentGroupId: id };
}

async function updateGroup(context: CodeDeployContext, input: AwsShape): Promise<AwsShape> {
  const { store } = context;
  const application = store.application(applicationName(input));
  const group = store.group(application, deploymentGroupName(input, 'currentDeploymentGroupName'));
  const settings = groupSettings(store, input, group.settings);
  const name = input['newDeploymentGroupName'] === undefined ? group.name : deploymentGroupName(input, 'newDeploymentGroupName');
  if (settings.serviceRoleArn !== group.settings.serviceRoleArn) await requireRoleExists(context, settings.serviceRoleArn);
  await requireGradualListener(context, settings, settings.deploymentConfigName);
  if (name !== group.name && application.groups.has(name))
    throw new AwsError('DeploymentGroupAlreadyExistsException', `A deployment group named ${name} already exists`);
  requireServiceIsFree(store, settings, group);
  application.groups.delete(group.name);
  group.name = name;
  group.settings = settings;
  application.groups.set(name, group);
  return { hooksNotCleanedUp: [] };
}

type Names =
  | 'BatchGetDeploymentGroups'
  | 'CreateDeploymentGroup'
  | 'DeleteDeploymentGroup'
  | 'GetDeploymentGroup'
  | 'ListDeploymentGroups'
  | 'UpdateDeploymentGroup';

export function deploymentGroupOperations(context: CodeDeployContext): Record<Names, Operation> {
  const { region, store } = context;
  const arnOf = (input: AwsShape, group: unknown): string => deploymentGroupArn(region, nameForArn(input['applicationName']), nameForArn(group));
  const resources = (input: AwsShape): string[] => [arnOf(input, input['deploymentGroupName'])];
  return {
    CreateDeploymentGroup: { resources, handle: (input) => createGroup(context, input) },
    UpdateDeploymentGroup: { resources: (input) => [arnOf(input, input['currentDeploymentGroupName'])], handle: (input) => updateGroup(context, input) },
    GetDeploymentGroup: {
      resources,
      handle(input) {
        const application = store.application(applicationName(input));
        return { deploymentGroupInfo: groupInfo(store, application, store.group(application, deploymentGroupName(input))) };
      },
    },
    DeleteDeploymentGroup: {
      resources,
      handle(input) {
        const application = store.applications.get(applicationName(input));
        const name = deploymentGroupName(input);
        const group = application?.groups.get(name);
        application?.groups.delete(name);
        abandonActive(context, group?.activeDeploymentId, 'DEPLOYMENT_GROUP_MISSING', `The deployment group ${name} was deleted.`);
        return { hooksNotCleanedUp: [] };
      },
    },
    ListDeploymentGroups: {
      resources: (input) => [applicationArn(region, nameForArn(input['applicationName']))],
      handle(input) {
        const application = store.application(applicationName(input));
        const { page, nextToken } = pageOf([...application.groups.keys()].toSorted(), input);
        return { applicationName: application.name, deploymentGroups: page, nextToken };
      },
    },
    BatchGetDeploymentGroups: {
      resources: (input) => (Array.isArray(input['deploymentGroupNames']) ? input['deploymentGroupNames'].map((name) => arnOf(input, name)) : ['*']),
      handle(input) {
        const application = store.application(applicationName(input));
        const names = stringList(input, 'deploymentGroupNames') ?? [];
        if (names.length === 0) throw new AwsError('DeploymentGroupNameRequiredException', 'Deployment Group name is required');
        if (names.length > BATCH_MAX)
          throw new AwsError('BatchLimitExceededException', `The maximum number of names or IDs allowed for this request (${BATCH_MAX}) was exceeded.`);
        const checked = names.map((name) => deploymentGroupName({ deploymentGroupName: name }));
        const missing = checked.filter((name) => !application.groups.has(name));
        return {
          deploymentGroupsInfo: checked.flatMap((name) => application.groups.get(name) ?? []).map((group) => groupInfo(store, application, group)),
          ...(missing.length === 0 ? {} : { errorMessage: `No Deployment Group found for name: ${missing.join(', ')}` }),
        };
      },
    },
  };
}
