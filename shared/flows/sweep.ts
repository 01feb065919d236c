// The scheduled repair of everything that an event or a function should have done and did not: unfinished deployments nobody
// drives, pushes whose event was lost, remediations that were not begun, and what people should know and were not told. It only observes and repeats; it decides nothing of its own.

import { imagePolicy, readManifest } from '#contracts/stored-manifest.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { isStuck } from '#core/deployment/stuck.ts';
import { newestAccepted } from '#core/image-policy/newest-accepted.ts';
import type { UnfinishedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import type { VersionedService } from '#ports/service-store.ts';
import { admitDeployment, admitPush } from './admit-push.ts';
import { handOver } from './hand-over.ts';
import { registryOf } from './registry-of.ts';
import { attendRemediation } from './remediation/attend-remediation.ts';
import { startDeployment } from './start-deployment.ts';
import { tellOfBreaker } from './tell-of-breaker.ts';

export interface SweepReport {
  readonly deployments: number;
  readonly restarted: readonly string[];
  readonly pushesFound: readonly string[];
  /** Remediations that were begun, or told of. */
  readonly remediations: readonly string[];
  /** Deployments that run, wait for nobody, and have recorded nothing for long. */
  readonly stuck: readonly string[];
  readonly problems: readonly string[];
}

/** Pages of each kind looked at in one sweep; the next sweep goes on where it matters: oldest first. */
const PAGES_MAX = 20;
/** A deployment that changed this recently has somebody at work. */
const QUIET_MINUTES = 3;
/** Pushes younger than this may still have their event on the way. */
const PUSH_AGE_MINUTES = 5;
/** What was not begun or told within a day is about yesterday. */
const REMEDIATION_AGE_MILLISECONDS = 86_400_000;

export async function sweep(ports: Ports, account: string): Promise<SweepReport> {
  const report = {
    deployments: 0,
    restarted: [] as string[],
    pushesFound: [] as string[],
    remediations: [] as string[],
    stuck: [] as string[],
    problems: [] as string[],
  };
  await eachPage(
    (after) => ports.deployments.unfinished(after).then((page) => ({ items: page.deployments, after: page.after })),
    async (unfinished) => {
      report.deployments++;
      await guarded(report, `${unfinished.serviceKey} ${unfinished.deploymentId}`, async () => {
        if (await repair(ports, unfinished)) report.restarted.push(unfinished.deploymentId);
      });
    },
  );
  await eachPage(
    (after) => ports.services.keys(after).then((page) => ({ items: page.keys, after: page.after })),
    (key) =>
      guarded(report, key, async () => {
        const service = await ports.services.load(key);
        if (service !== undefined) await tellOfBreaker(ports, service.record);
        const repaired = await repairHolder(ports, key, service);
        if (repaired?.restarted === true) report.restarted.push(repaired.deploymentId);
        if (repaired?.stuck === true) report.stuck.push(repaired.deploymentId);
        const found = await findLostPush(ports, key, account);
        if (found !== undefined) report.pushesFound.push(found);
      }),
  );
  await eachPage(
    (after) =>
      ports.remediations.unattended(ports.now() - REMEDIATION_AGE_MILLISECONDS, after).then((page) => ({ items: page.remediations, after: page.after })),
    ({ serviceKey, id }) =>
      guarded(report, `${serviceKey} ${id}`, async () => {
        if (await attendRemediation(ports, serviceKey, id)) report.remediations.push(id);
      }),
  );
  return report;
}

async function eachPage<T>(
  read: (after: string | undefined) => Promise<{ readonly items: readonly T[]; readonly after: string | undefined }>,
  visit: (item: T) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const read_ = await read(after);
    for (const item of read_.items) await visit(item);
    if (read_.after === undefined) return;
    after = read_.after;
  }
}

/** One broken service must not keep the sweeper from the others. */
async function guarded(report: { problems: string[] }, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    report.problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @returns whether something had to be started again */
async function repair(ports: Ports, unfinished: UnfinishedDeployment): Promise<boolean> {
  const { serviceKey, deploymentId } = unfinished;
  if (ports.now() < unfinished.updatedAt + QUIET_MINUTES * 60_000) return false;
  const [loaded, service] = await Promise.all([ports.deployments.load(serviceKey, deploymentId), ports.services.load(serviceKey)]);
  if (loaded === undefined || service === undefined) return false;
  const { deployment } = loaded;
  const { active, next } = service.record;
  // The holder is looked at with its service, whether it has ended or not.
  if (active?.deploymentId === deploymentId || next?.deploymentId === deploymentId || isTerminal(deployment.status)) return false;
  // Requested and never admitted, or displaced without its record saying so: admission decides again.
  await admitDeployment(ports, serviceKey, deploymentId);
  return true;
}

interface Holder {
  readonly deploymentId: string;
  readonly restarted: boolean;
  readonly stuck: boolean;
}

/** The holder of a service needs a running workflow until it has given the service back, also when its record says it has ended. */
async function repairHolder(ports: Ports, serviceKey: string, service: VersionedService | undefined): Promise<Holder | undefined> {
  const active = service?.record.active;
  if (active === undefined) return undefined;
  const { deploymentId } = active;
  const loaded = await ports.deployments.load(serviceKey, deploymentId);
  if (loaded === undefined || ports.now() < loaded.deployment.updatedAt + QUIET_MINUTES * 60_000) return undefined;
  const { deployment } = loaded;
  if (deployment.run === 0) {
    await startDeployment(ports, serviceKey, deploymentId);
    return { deploymentId, restarted: true, stuck: false };
  }
  const status = await ports.workflow.status(deploymentId, deployment.run);
  if (status === 'running') return { deploymentId, restarted: false, stuck: isStuck(deployment, ports.now()) };
  const input = { serviceKey, deploymentId, fence: active.fence, run: deployment.run, resume: deployment.run > 1 };
  if (status === 'unknown') await ports.workflow.start(input);
  else await handOver(ports, input, 'the sweeper found that the previous run had ended');
  return { deploymentId, restarted: true, stuck: false };
}

async function findLostPush(ports: Ports, serviceKey: string, account: string): Promise<string | undefined> {
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return undefined;
  const { record } = service;
  const manifest = readManifest(record.manifest);
  const registry = registryOf(manifest, account);
  const images = await ports.images.list(registry, manifest.image.repository);
  const newest = newestAccepted(imagePolicy(manifest), images);
  if (newest === undefined || ports.now() < newest.image.pushedAt + PUSH_AGE_MINUTES * 60_000) return undefined;
  const known = [record.active?.digest, record.next?.digest, record.lastSuccess?.digest, ...record.quarantine.map((entry) => entry.digest)];
  if (known.includes(newest.image.digest) || newest.image.pushedAt <= record.pushesSeenUntil) return undefined;
  if (await wasJudged(ports, serviceKey, newest.image)) return undefined;
  const admitted = await admitPush(
    ports,
    serviceKey,
    { repository: manifest.image.repository, registry, digest: newest.image.digest, tag: newest.tag, pushedAt: newest.image.pushedAt, source: 'sweep' },
    `sweep:${newest.image.pushedAt}`,
  );
  return admitted.admission === 'start' || admitted.admission === 'queue' ? admitted.deploymentId : undefined;
}

/** Deployments looked back through for a push that was judged. */
const HISTORY_MAX = 50;
/** An event's time is in whole seconds and may be a little before or after the registry's own. */
const TIME_TOLERANCE_MILLISECONDS = 60_000;

/** Whether this very push has a record already: refused and superseded ones stay what they are. */
async function wasJudged(ports: Ports, serviceKey: string, image: { readonly digest: string; readonly pushedAt: number }): Promise<boolean> {
  const history = await ports.deployments.history(serviceKey, HISTORY_MAX);
  return history.some(({ request }) => request.digest === image.digest && request.pushedAt >= image.pushedAt - TIME_TOLERANCE_MILLISECONDS);
}
