// Reads all that a service's next deployment depends on and lets the core judge it. What may not be read is named, never guessed.
// Called by `weir verify` with the user's own credentials.
import type { Manifest } from '#contracts/manifest.ts';
import { driverTarget } from '#contracts/stored-manifest.ts';
import { type LifecycleHook, lifecycleHooks } from '#core/deployment/deployment.ts';
import { parseEcrReference } from '#core/inspection/ecr-reference.ts';
import type { PermissionFacts, ServiceFacts } from '#core/inspection/service-facts.ts';
import { type TaskDefinitionView, viewTaskDefinition } from '#core/inspection/task-definition-view.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import { neededPermissions, neededRoles } from '#core/verify/check-access.ts';
import { verifyService } from '#core/verify/verify.ts';
import type { ContainerImage, Finding, HookFacts, VerifyFacts, VerifyTarget } from '#core/verify/verify-facts.ts';
import { PermanentError, RetryableError } from '#ports/errors.ts';
import type { Inspection } from '#ports/inspection.ts';
import { inspectService } from './inspect-service.ts';

export interface VerifyQuestion {
  readonly manifest: Manifest;
  /** A task definition that is not registered yet, instead of the one that serves. */
  readonly taskDefinition?: TaskDefinitionDocument | undefined;
  /** Tag or digest to be deployed, instead of the image that serves. */
  readonly image?: string | undefined;
  /** Names of Weir's hook functions in this account, by what asks them. */
  readonly weirHooks: { readonly codedeploy: Readonly<Record<LifecycleHook, string>>; readonly ecs: string };
}

export interface VerifiedService {
  readonly findings: readonly Finding[];
  /** What could not be read, and so was not checked. */
  readonly unread: readonly string[];
}

type Tolerant = <Value>(what: string, read: () => Promise<Value>) => Promise<Value | undefined>;

export async function verifyLiveService(inspection: Inspection, question: VerifyQuestion): Promise<VerifiedService> {
  const { manifest } = question;
  const unread: string[] = [];
  const tolerant: Tolerant = async (what, read) => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof PermanentError || error instanceof RetryableError)) throw error;
      unread.push(`${what}: ${error.message}`);
      return undefined;
    }
  };
  const target = targetOf(manifest);
  const named = driverTarget(manifest);
  const live = await inspectService(inspection, manifest.cluster, manifest.service, named.kind === 'codedeploy' ? named : undefined);
  const service: ServiceFacts = question.taskDefinition === undefined ? live : { ...live, taskDefinition: question.taskDefinition };
  const view = service.taskDefinition === undefined ? undefined : viewTaskDefinition(service.taskDefinition);
  const [images, roles, secrets, logGroups, hooks, alarms] = await Promise.all([
    readImages(inspection, tolerant, service, view, target, question),
    each(neededRoles(service, view), ({ arn }) => tolerant(`role ${arn}`, () => inspection.role(arn))),
    each([...new Set(view?.containers.flatMap((container) => container.secrets))], (valueFrom) =>
      tolerant(`secret ${valueFrom}`, () => inspection.secret(valueFrom)),
    ),
    each(logGroupsOf(view), ({ name, region }) => tolerant(`log group ${name}`, () => inspection.logGroup(name, region))),
    readHooks(inspection, tolerant, service, question),
    tolerant('alarms', () => inspection.alarms(manifest.health.alarms)),
  ]);
  const known = { ...service, images, roles, secrets, logGroups, hooks, alarms };
  const facts: VerifyFacts = { ...known, permissions: await readPermissions(inspection, tolerant, known, view) };
  return { findings: verifyService(facts, target), unread };
}

function targetOf(manifest: Manifest): VerifyTarget {
  const { driver, image, health, smokeChecks } = manifest;
  return {
    driver: driver.kind,
    deploymentGroup: driver.kind === 'codedeploy' ? `${driver.application}/${driver.deploymentGroup}` : undefined,
    container: image.container,
    repository: image.repository,
    alarms: health.alarms,
    smokeChecks: smokeChecks.length,
    rolling: manifest.strategy.rolling !== undefined,
  };
}

async function each<Item, Value>(items: readonly Item[], read: (item: Item) => Promise<Value | undefined>): Promise<readonly Value[]> {
  return (await Promise.all(items.map(read))).filter((value) => value !== undefined);
}

function logGroupsOf(view: TaskDefinitionView | undefined): readonly { readonly name: string; readonly region: string | undefined }[] {
  return (view?.containers ?? []).flatMap(({ awslogs }) => {
    const name = awslogs?.['awslogs-group'];
    return name === undefined ? [] : [{ name, region: awslogs?.['awslogs-region'] }];
  });
}

async function readImages(
  inspection: Inspection,
  tolerant: Tolerant,
  { account }: ServiceFacts,
  view: TaskDefinitionView | undefined,
  target: VerifyTarget,
  { manifest, image: wanted }: VerifyQuestion,
): Promise<readonly ContainerImage[]> {
  const containers = view?.containers ?? [];
  const deployed = target.container ?? (containers.length === 1 ? containers[0]?.name : undefined);
  return each(containers, async ({ name, image }) => {
    const isDeployed = name === deployed && wanted !== undefined;
    const reference = isDeployed ? wantedReference(manifest, account, wanted) : parseEcrReference(image, account);
    if (reference === undefined) return undefined;
    const { registry, repository, tag, digest } = reference;
    const named = { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
    const facts = await tolerant(`image ${image}`, () => inspection.image(named));
    // What Weir deploys it deploys by digest, whatever it was asked for.
    return facts === undefined ? undefined : { ...facts, container: name, pinned: isDeployed || digest !== undefined };
  });
}

function wantedReference({ image }: Manifest, account: string, wanted: string): NonNullable<ReturnType<typeof parseEcrReference>> {
  const isDigest = wanted.startsWith('sha256:');
  return {
    registry: image.registry ?? account,
    repository: image.repository,
    tag: isDigest ? undefined : wanted,
    digest: isDigest ? wanted : undefined,
  };
}

const manifestHooks = {
  BeforeInstall: 'beforeInstall',
  AfterInstall: 'afterInstall',
  AfterAllowTestTraffic: 'afterAllowTestTraffic',
  BeforeAllowTraffic: 'beforeAllowTraffic',
  AfterAllowTraffic: 'afterAllowTraffic',
} as const satisfies Readonly<Record<LifecycleHook, keyof Manifest['hooks']>>;

/** Weir's functions, which the driver's role invokes, and the user's, which Weir's functions invoke with theirs. */
async function readHooks(
  inspection: Inspection,
  tolerant: Tolerant,
  { groups }: ServiceFacts,
  { manifest, weirHooks }: VerifyQuestion,
): Promise<readonly HookFacts[]> {
  const isCodeDeploy = manifest.driver.kind === 'codedeploy';
  const read = (name: string) => tolerant(`function ${name}`, () => inspection.hookFunction(name));
  const own = new Map<string, Awaited<ReturnType<typeof read>>>();
  for (const name of isCodeDeploy ? Object.values(weirHooks.codedeploy) : [weirHooks.ecs]) own.set(name, await read(name));
  const users = await each(lifecycleHooks, async (hook): Promise<HookFacts | undefined> => {
    const name = manifest.hooks[manifestHooks[hook]]?.function;
    const found = name === undefined ? undefined : await read(name);
    const asker = own.get(isCodeDeploy ? weirHooks.codedeploy[hook] : weirHooks.ecs);
    return found === undefined ? undefined : { ...found, owner: 'user', invokerRoleArn: asker?.roleArn };
  });
  const weirs = [...own.values()].flatMap((found): HookFacts[] =>
    found === undefined ? [] : [{ ...found, owner: 'weir', invokerRoleArn: isCodeDeploy ? groups[0]?.roleArn : undefined }],
  );
  return [...weirs, ...users];
}

async function readPermissions(
  inspection: Inspection,
  tolerant: Tolerant,
  known: Omit<VerifyFacts, 'permissions'>,
  view: TaskDefinitionView | undefined,
): Promise<readonly PermissionFacts[]> {
  const existing = new Set(known.roles.filter(({ exists }) => exists).map(({ arn }) => arn));
  const byRole = Map.groupBy(neededPermissions(known, view), ({ roleArn }) => roleArn);
  const answers = await each([...byRole], async ([roleArn, needed]) => {
    // Weir's own roles are not among those that were read.
    const isMissing = !existing.has(roleArn) && known.roles.some(({ arn }) => arn === roleArn);
    return isMissing ? [] : tolerant(`permissions of ${roleArn}`, () => inspection.permissions(roleArn, needed));
  });
  return answers.flat();
}
