// Applications: names under which deployment groups and revisions live.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringList, stringMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { applicationArn, type CodeDeployContext, nameForArn } from './code-deploy-context.ts';
import { APPLICATIONS_MAX, BATCH_MAX } from './limits.ts';
import type { Application, ComputePlatform } from './model.ts';
import { applicationName } from './names.ts';
import { pageOf } from './pages.ts';
import { tagsOf } from './tags.ts';

const PLATFORMS: readonly string[] = ['Server', 'Lambda', 'ECS'];

/** @throws AwsError InvalidComputePlatformException */
export function computePlatformOf(input: AwsShape): ComputePlatform {
  const platform = stringMember(input, 'computePlatform') ?? 'Server';
  if (!PLATFORMS.includes(platform)) {
    throw new AwsError('InvalidComputePlatformException', 'The computePlatform is invalid. The computePlatform should be Lambda, Server, or ECS.');
  }
  return platform as ComputePlatform;
}

function applicationInfo(application: Application): AwsShape {
  return {
    applicationId: application.id,
    applicationName: application.name,
    createTime: new Date(application.createTime),
    linkedToGitHub: false,
    computePlatform: application.computePlatform,
  };
}

type Names = 'BatchGetApplications' | 'CreateApplication' | 'DeleteApplication' | 'GetApplication' | 'ListApplications' | 'UpdateApplication';

export function applicationOperations(context: CodeDeployContext): Record<Names, Operation> {
  const { region, store } = context;
  const resources = (input: AwsShape): string[] => [applicationArn(region, nameForArn(input['applicationName']))];
  return {
    CreateApplication: {
      resources,
      handle(input) {
        const name = applicationName(input);
        const computePlatform = computePlatformOf(input);
        const tags = tagsOf(input, 'tags');
        if (store.applications.has(name)) throw new AwsError('ApplicationAlreadyExistsException', `An application named ${name} already exists`);
        if (store.applications.size >= APPLICATIONS_MAX)
          throw new AwsError('ApplicationLimitExceededException', `The limit of ${APPLICATIONS_MAX} applications is reached`);
        const id = region.ids.uuid();
        store.applications.set(name, { id, name, createTime: region.clock.now(), computePlatform, groups: new Map(), revisions: new Map(), tags });
        return { applicationId: id };
      },
    },
    GetApplication: { resources, handle: (input) => ({ application: applicationInfo(store.application(applicationName(input))) }) },
    UpdateApplication: {
      resources,
      handle(input) {
        const application = store.application(applicationName(input));
        if (input['newApplicationName'] === undefined) return {};
        const name = applicationName(input, 'newApplicationName');
        if (name === application.name) return {};
        if (store.applications.has(name)) throw new AwsError('ApplicationAlreadyExistsException', `An application named ${name} already exists`);
        store.applications.delete(application.name);
        application.name = name;
        store.applications.set(name, application);
        return {};
      },
    },
    DeleteApplication: {
      resources,
      handle(input) {
        const name = applicationName(input);
        const application = store.applications.get(name);
        store.applications.delete(name);
        for (const group of application?.groups.values() ?? [])
          abandonActive(context, group.activeDeploymentId, 'APPLICATION_MISSING', `The application ${name} was deleted.`);
        return {};
      },
    },
    ListApplications: {
      handle(input) {
        const { page, nextToken } = pageOf([...store.applications.keys()].toSorted(), input);
        return { applications: page, nextToken };
      },
    },
    BatchGetApplications: {
      resources: (input) =>
        Array.isArray(input['applicationNames']) ? input['applicationNames'].map((name) => applicationArn(region, nameForArn(name))) : ['*'],
      handle(input) {
        const names = stringList(input, 'applicationNames') ?? [];
        if (names.length === 0) throw new AwsError('ApplicationNameRequiredException', 'Application name is required');
        if (names.length > BATCH_MAX)
          throw new AwsError('BatchLimitExceededException', `The maximum number of names or IDs allowed for this request (${BATCH_MAX}) was exceeded.`);
        const found = names.flatMap((name) => store.applications.get(applicationName({ applicationName: name })) ?? []);
        return { applicationsInfo: found.map(applicationInfo) };
      },
    },
  };
}

/** Ends the deployment under way of a group that is being deleted. */
export function abandonActive(context: CodeDeployContext, deploymentId: string | undefined, code: string, message: string): void {
  const deployment = deploymentId === undefined ? undefined : context.store.deployments.get(deploymentId);
  if (deployment !== undefined) context.runner.send(deployment, { kind: 'Abandoned', error: { code, message } });
}
