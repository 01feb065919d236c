// Application revisions: AppSpec contents by their SHA-256. A deployment shows only the hash; the content is asked for here.
import { createHash } from 'node:crypto';
import { AwsError, notAvailableLocally } from '../endpoint/aws-error.ts';
import { stringMember, structureList, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import { parseAppSpec } from './app-spec.ts';
import { applicationArn, type CodeDeployContext, nameForArn } from './code-deploy-context.ts';
import { BATCH_MAX, DESCRIPTION_LENGTH_MAX, REVISIONS_PER_APPLICATION_KEPT_MAX } from './limits.ts';
import type { Application, Revision } from './model.ts';
import { applicationName } from './names.ts';
import { pageOf } from './pages.ts';

const SORT_KEYS = { registerTime: 'registerTime', firstUsedTime: 'firstUsedTime', lastUsedTime: 'lastUsedTime' } as const;

/** The revision as GetDeployment gives it: AWS leaves the content out. */
export function revisionWithoutContent(sha256: string): AwsShape {
  return { revisionType: 'AppSpecContent', appSpecContent: { sha256 } };
}

function revisionWithContent(revision: Revision): AwsShape {
  return { revisionType: 'AppSpecContent', appSpecContent: { content: revision.content, sha256: revision.sha256 } };
}

/** @throws AwsError DescriptionTooLongException */
export function descriptionOf(input: AwsShape): string | undefined {
  const description = stringMember(input, 'description');
  if (description !== undefined && description.length > DESCRIPTION_LENGTH_MAX) {
    throw new AwsError('DescriptionTooLongException', `The description is longer than ${DESCRIPTION_LENGTH_MAX} characters.`);
  }
  return description;
}

interface Location {
  readonly content: string | undefined;
  readonly sha256: string;
}

/** Reads a revision location. @throws AwsError RevisionRequiredException, InvalidRevisionException */
export function revisionLocation(location: AwsShape | undefined): Location {
  if (location === undefined) throw new AwsError('RevisionRequiredException', 'Revision is required');
  const type = stringMember(location, 'revisionType');
  if (type === 'S3' || type === 'GitHub') throw notAvailableLocally('codedeploy', `a revision in ${type}`);
  if (type !== 'AppSpecContent' && type !== 'String')
    throw new AwsError('InvalidRevisionException', 'The revisionType must be AppSpecContent for the ECS compute platform');
  const holder = structureMember(location, type === 'String' ? 'string' : 'appSpecContent') ?? {};
  const content = stringMember(holder, 'content');
  const given = stringMember(holder, 'sha256');
  if (content === undefined || content === '') {
    if (given === undefined || given === '') throw new AwsError('InvalidRevisionException', 'The revision has neither content nor sha256');
    return { content: undefined, sha256: given };
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  if (given !== undefined && given !== '' && given !== sha256) {
    throw new AwsError('InvalidRevisionException', `The sha256 of the AppSpec content does not match: ${given}`);
  }
  return { content, sha256 };
}

/** The registered revision of a location, registering it when its content is given. @throws AwsError */
function registered(context: CodeDeployContext, application: Application, location: Location): Revision {
  const existing = application.revisions.get(location.sha256);
  if (existing !== undefined) return existing;
  if (location.content === undefined) throw new AwsError('RevisionDoesNotExistException', `No revision found for sha256: ${location.sha256}`);
  const revision: Revision = {
    sha256: location.sha256,
    content: location.content,
    registerTime: context.region.clock.now(),
    description: undefined,
    firstUsedTime: undefined,
    lastUsedTime: undefined,
  };
  application.revisions.set(revision.sha256, revision);
  forgetOldRevisions(application);
  return revision;
}

/** Registering order is map order, and a revision in use is registered anew by the deployment that uses it. */
function forgetOldRevisions(application: Application): void {
  const wanted = new Set([...application.groups.values()].flatMap((group) => [group.lastSuccessful?.sha256, group.lastAttempted?.sha256]));
  for (const sha256 of application.revisions.keys()) {
    if (application.revisions.size <= REVISIONS_PER_APPLICATION_KEPT_MAX) return;
    if (!wanted.has(sha256)) application.revisions.delete(sha256);
  }
}

function genericInfo(application: Application, revision: Revision): AwsShape {
  const groups = [...application.groups.values()].filter((group) => group.lastSuccessful?.sha256 === revision.sha256).map((group) => group.name);
  return {
    description: revision.description ?? 'Application revision registered by Deployment ID',
    deploymentGroups: groups,
    registerTime: new Date(revision.registerTime),
    ...(revision.firstUsedTime === undefined ? {} : { firstUsedTime: new Date(revision.firstUsedTime) }),
    ...(revision.lastUsedTime === undefined ? {} : { lastUsedTime: new Date(revision.lastUsedTime) }),
  };
}

function listRevisions(context: CodeDeployContext, input: AwsShape): AwsShape {
  const application = context.store.application(applicationName(input));
  const sortBy = stringMember(input, 'sortBy') ?? 'registerTime';
  if (!Object.hasOwn(SORT_KEYS, sortBy))
    throw new AwsError('InvalidSortByException', 'The column name to sort by is either not present or was specified in an invalid format.');
  const sortOrder = stringMember(input, 'sortOrder') ?? 'ascending';
  if (sortOrder !== 'ascending' && sortOrder !== 'descending')
    throw new AwsError('InvalidSortOrderException', 'The sort order was specified in an invalid format.');
  const deployed = stringMember(input, 'deployed') ?? 'ignore';
  if (!['include', 'exclude', 'ignore'].includes(deployed))
    throw new AwsError('InvalidDeployedStateFilterException', 'The deployed state filter was specified in an invalid format.');
  const targets = new Set([...application.groups.values()].map((group) => group.lastSuccessful?.sha256));
  const key = sortBy as keyof typeof SORT_KEYS;
  const sorted = [...application.revisions.values()]
    .filter((revision) => deployed === 'ignore' || targets.has(revision.sha256) === (deployed === 'include'))
    .toSorted((a, b) => ((a[key] ?? 0) - (b[key] ?? 0)) * (sortOrder === 'ascending' ? 1 : -1));
  const { page, nextToken } = pageOf(
    sorted.map((revision) => revision.sha256),
    input,
  );
  return { revisions: page.map(revisionWithoutContent), nextToken };
}

type Names = 'BatchGetApplicationRevisions' | 'GetApplicationRevision' | 'ListApplicationRevisions' | 'RegisterApplicationRevision';

export function revisionOperations(context: CodeDeployContext): Record<Names, Operation> {
  const { region, store } = context;
  const resources = (input: AwsShape): string[] => [applicationArn(region, nameForArn(input['applicationName']))];
  return {
    RegisterApplicationRevision: {
      resources,
      handle(input) {
        const application = store.application(applicationName(input));
        const description = descriptionOf(input);
        const location = revisionLocation(structureMember(input, 'revision'));
        if (location.content !== undefined && application.computePlatform === 'ECS') parseAppSpec(location.content);
        const revision = registered(context, application, location);
        revision.description = description ?? revision.description;
        return {};
      },
    },
    GetApplicationRevision: {
      resources,
      handle(input) {
        const application = store.application(applicationName(input));
        const { sha256 } = revisionLocation(structureMember(input, 'revision'));
        const revision = registered(context, application, { content: undefined, sha256 });
        return { applicationName: application.name, revision: revisionWithContent(revision), revisionInfo: genericInfo(application, revision) };
      },
    },
    BatchGetApplicationRevisions: {
      resources,
      handle(input) {
        const application = store.application(applicationName(input));
        const locations = structureList(input, 'revisions') ?? [];
        if (locations.length === 0) throw new AwsError('RevisionRequiredException', 'Revision is required');
        if (locations.length > BATCH_MAX)
          throw new AwsError('BatchLimitExceededException', `The maximum number of names or IDs allowed for this request (${BATCH_MAX}) was exceeded.`);
        const found = locations.flatMap((location) => application.revisions.get(revisionLocation(location).sha256) ?? []);
        return {
          applicationName: application.name,
          revisions: found.map((revision) => ({ revisionLocation: revisionWithContent(revision), genericRevisionInfo: genericInfo(application, revision) })),
        };
      },
    },
    ListApplicationRevisions: { resources, handle: (input) => listRevisions(context, input) },
  };
}
