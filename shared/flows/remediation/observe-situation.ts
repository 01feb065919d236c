// Everything a runbook has to know, read from AWS and the records. Called by the decide step.
import type { Manifest } from '#contracts/manifest.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Situation } from '#core/remediation/decide-remediation.ts';
import { countsWithin, type Incident } from '#core/remediation/incident.ts';
import { CAPACITY_SUBJECT, isShort, PLACEMENT_SUBJECT, runbookOfIncident } from '#core/remediation/needs-decision.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import { runbookForCause } from '#core/remediation/runbook-for-cause.ts';
import { planTargetHealth } from '#core/remediation/runbooks/target-health.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import { memorySettings } from '#core/task-definition/with-memory.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { registryOf } from '../registry-of.ts';
import { observeCapacity } from './observe-capacity.ts';
import { observeTargetHealth } from './observe-target-health.ts';
import { deployedContainer, digestOfImage, type ServingRevision, servingRevision } from './serving-revision.ts';
import { successfulRevisions } from './successful-revisions.ts';

export interface SituationView {
  readonly ports: Ports;
  readonly service: ServiceRecord;
  readonly manifest: Manifest;
  readonly incident: Incident;
  readonly account: string;
}

/** undefined: there is nothing to decide any more, `why` says so. */
export type ObservedSituation = { readonly situation: Situation } | { readonly situation: undefined; readonly why: string };

/** @param account the one Weir runs in */
export async function observeSituation(ports: Ports, remediation: Remediation, service: ServiceRecord, account: string): Promise<ObservedSituation> {
  const manifest = readManifest(service.manifest);
  const { cause } = remediation;
  if (cause.kind === 'scan') return observeScan(ports, service, manifest, cause);
  if (cause.kind === 'wayBack') return found(await observeCapacity(ports, manifest, service.key, undefined, { previous: cause.previous, until: cause.until }));
  const incident = (await ports.incidents.load(service.key, remediation.subject))?.incident;
  if (incident === undefined || incident.id !== cause.incidentId) return nothing('the incident is over');
  const view: SituationView = { ports, service, manifest, incident, account };
  if (incident.subject === CAPACITY_SUBJECT) {
    const { windowMinutes } = manifest.remediation.capacity;
    const trigger = isShort(incident, ports.now()) ? 'shortage' : 'interruption';
    return found(await observeCapacity(ports, manifest, service.key, { trigger, events: countsWithin(incident, windowMinutes, ports.now()).count }));
  }
  if (incident.subject === PLACEMENT_SUBJECT) return found(await observePlacement(view));
  return observeRevision(view);
}

function found(situation: Situation | undefined): ObservedSituation {
  return situation === undefined ? nothing('the service could not be found') : { situation };
}

function nothing(why: string): ObservedSituation {
  return { situation: undefined, why };
}

async function observeRevision(view: SituationView): Promise<ObservedSituation> {
  const { ports, manifest, incident } = view;
  const serving = await servingRevision(ports, manifest);
  if (serving?.taskDefinitionArn !== incident.subject) return nothing('the revision does not serve any more');
  switch (runbookOfIncident(incident)?.runbook) {
    case 'outOfMemory':
      return found(await observeOutOfMemory(view));
    case 'imagePull':
      return found(await observeImagePull(view));
    case 'crashLoop':
      return observeCrashLoop(view, serving);
    default:
      return nothing('no runbook looks after its causes');
  }
}

/** How long ago a container instance may have been heard of to be part of the trouble. */
const INSTANCE_TROUBLE_MILLISECONDS = 30 * 60_000;

async function observePlacement({ ports, manifest, incident }: SituationView): Promise<Situation | undefined> {
  const [cause] = incident.causes;
  if (cause === undefined) return undefined;
  const instances = await ports.containerInstances.troubled(manifest.cluster, ports.now() - INSTANCE_TROUBLE_MILLISECONDS);
  return {
    kind: 'placement',
    reason: cause.lastText,
    // They are in the reason's text.
    capacityProviders: [],
    failures: incident.count,
    instances: instances.map((one) => `${one.ec2InstanceId ?? one.containerInstanceArn} ${one.agentConnected ? one.status : 'lost its agent'}`),
  };
}

async function observeOutOfMemory({ ports, incident, manifest }: SituationView): Promise<Situation | undefined> {
  const document = await ports.ecs.describeTaskDefinition(incident.subject);
  const cause = incident.causes.find(({ code }) => code === 'outOfMemory');
  if (document === undefined || cause === undefined) return undefined;
  const { task, fargate, windows, containers } = memorySettings(document);
  // `app: exit code 137, OutOfMemoryError: ...` is how a stop's text names the container that was killed.
  const [named] = /(?:^|; )([A-Za-z0-9_-]+): [^;]*OutOfMemoryError/.exec(cause.lastText)?.slice(1) ?? [];
  const killed = containers.find(({ name }) => name === named) ?? containers.find(({ name }) => name === manifest.image.container) ?? containers[0];
  if (killed === undefined) return undefined;
  const others = containers.filter((container) => container !== killed);
  return {
    kind: 'outOfMemory',
    container: killed.name,
    containerMemory: killed.memory,
    otherContainersMemory: others.reduce((sum, { memory = 0 }) => sum + memory, 0),
    task,
    fargate,
    windows,
    kills: cause.count,
    firstAt: incident.firstSeen,
    lastAt: cause.lastAt,
  };
}

async function observeImagePull({ ports, service, manifest, incident, account }: SituationView): Promise<Situation | undefined> {
  const document = await ports.ecs.describeTaskDefinition(incident.subject);
  const container = document === undefined ? undefined : deployedContainer(document, manifest.image.container);
  const found = runbookOfIncident(incident);
  if (container === undefined || found === undefined) return undefined;
  const tasks = await ports.tasks.running(manifest.cluster, manifest.service);
  const counted = new Map<string, number>();
  for (const { digest } of tasks.flatMap((task) => task.digests.filter((one) => one.container === container.name))) {
    counted.set(digest, (counted.get(digest) ?? 0) + 1);
  }
  const registry = registryOf(manifest, account);
  const running = await Promise.all(
    [...counted].map(async ([digest, count]) => ({ digest, tasks: count, inRegistry: await isInRegistry(ports, registry, manifest.image.repository, digest) })),
  );
  const { code: cause, lastText } = found.cause;
  ports.log.info('an image cannot be pulled', { serviceKey: service.key, image: container.image, running: running.length });
  return { kind: 'imagePull', container: container.name, image: container.image, cause, lastText, running };
}

async function isInRegistry(ports: Ports, registry: string, repository: string, digest: string): Promise<boolean | undefined> {
  try {
    return (await ports.images.describe(registry, repository, digest))?.status === 'ACTIVE';
  } catch (error) {
    // The step is tried again.
    if (error instanceof RetryableError) throw error;
    ports.log.warn('an image could not be looked up', { digest, error: String(error) });
    return undefined;
  }
}

/** Tasks that failed the load balancer's health check only: first of all, does the check ask what the container answers? */
async function observeCrashLoop(view: SituationView, serving: ServingRevision): Promise<ObservedSituation> {
  const { ports, manifest, incident } = view;
  const cause = incident.causes.find(({ code }) => runbookForCause(code) === 'crashLoop');
  if (cause === undefined) return nothing('nothing was counted');
  const document = await ports.ecs.describeTaskDefinition(serving.taskDefinitionArn);
  const container = document === undefined ? undefined : deployedContainer(document, manifest.image.container);
  if (cause.code === 'targetHealthCheck' && container !== undefined) {
    const targets = await observeTargetHealth(ports, manifest, serving, container);
    if (targets !== undefined && manifest.remediation.targetHealth.mode !== 'off' && planTargetHealth(targets).kind === 'alert') return { situation: targets };
  }
  const digest = container === undefined ? undefined : digestOfImage(container.image);
  return {
    situation: {
      kind: 'crashLoop',
      serving: { taskDefinitionArn: serving.taskDefinitionArn, digest },
      crashes: countsWithin(incident, manifest.remediation.crashLoop.windowMinutes, ports.now()).crashes,
      cause: cause.code,
      lastText: cause.lastText,
      successes: await successfulRevisions(view, digest),
    },
  };
}

async function observeScan(
  ports: Ports,
  service: ServiceRecord,
  manifest: Manifest,
  cause: Extract<Remediation['cause'], { kind: 'scan' }>,
): Promise<ObservedSituation> {
  const serving = await servingRevision(ports, manifest);
  const document = serving === undefined ? undefined : await ports.ecs.describeTaskDefinition(serving.taskDefinitionArn);
  const container = document === undefined ? undefined : deployedContainer(document, manifest.image.container);
  const { repository, digest, counts } = cause;
  const servingDigest = container === undefined ? undefined : digestOfImage(container.image);
  const blocked = service.quarantine.some((entry) => entry.digest === digest && entry.until > ports.now());
  return { situation: { kind: 'scanFinding', repository, digest, servingDigest, counts, blocked } };
}
