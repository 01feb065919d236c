// What must hold when a story is over: everything at rest, everything put back, and Weir's record the same as AWS's truth.

import type { Remedy, Truth } from '#rehearsal/region/truth.ts';
import type { World } from '#rehearsal/region/world.ts';
import type { AwsShape } from '../../../localaws/region.ts';
import type { Fault } from './faults.ts';
import type { Violation, Watch } from './invariants.ts';

const TERMINAL = new Set(['Succeeded', 'RolledBack', 'Failed', 'Held', 'Refused', 'Superseded']);

export interface EndingContext {
  readonly world: World;
  readonly truth: Truth;
  readonly watch: Watch;
  readonly struck: readonly Fault[];
  /** Digests that no healthy Weir leaves with all the traffic. */
  readonly badDigests: ReadonlySet<string>;
}

/** Everything has ended and nobody is at work: the story may be judged. */
export async function isAtRest(truth: Truth): Promise<boolean> {
  const { service, deployments } = await truth.records();
  if (service === undefined || service['active'] !== undefined || service['next'] !== undefined) return false;
  if (deployments.some((deployment) => !TERMINAL.has(String(deployment['status'])))) return false;
  if ((await truth.remedies()).some(isAtWork) || (await untoldNews(truth, deployments)).length > 0) return false;
  return (await truth.runningExecutions()).length === 0 && (await truth.runningDriverDeployments()).length === 0;
}

/** A remedy that waits for a person waits as long as people take. */
function isAtWork({ status }: Remedy): boolean {
  return status === 'Requested' || status === 'Acting' || status === 'Verifying';
}

/** Says what keeps a story from its end. */
export async function reportUnrest(context: EndingContext): Promise<void> {
  const { truth, watch } = context;
  const { service, deployments } = await truth.records();
  for (const deployment of deployments) {
    const status = String(deployment['status']);
    if (!TERMINAL.has(status)) watch.report('every deployment ends', `${deployment['id']} is ${status}`);
  }
  const active = service?.['active'] as AwsShape | undefined;
  if (active !== undefined) watch.report('every deployment ends', `${active['deploymentId']} still holds the service`);
  const next = service?.['next'] as AwsShape | undefined;
  if (next !== undefined) watch.report('every deployment ends', `${next['deploymentId']} still waits`);
  for (const remedy of await truth.remedies()) if (isAtWork(remedy)) watch.report('every remediation ends', `${remedy.id} is ${remedy.status}`);
  for (const name of await truth.runningExecutions()) watch.report('every execution ends', name);
  for (const { invariant, text } of await untoldNews(truth, deployments)) watch.report(invariant, text);
  for (const id of await truth.runningDriverDeployments()) watch.report('no driver deployment is left behind', id);
}

export async function reportEnding(context: EndingContext): Promise<void> {
  const { truth, watch, world } = context;
  const { service, deployments } = await truth.records();
  const scaling = await truth.scaling();
  if (!scaling.scalingIn || !scaling.scalingOut || !scaling.scheduled) watch.report('scale-in is restored', JSON.stringify(scaling));
  await reportServing(context, deployments);
  reportNewest(context, deployments);
  reportQuarantine(context, service, deployments);
  for (const { invariant, text } of await untoldNews(truth, deployments)) watch.report(invariant, text);
  for (const id of watch.vanished) watch.report('a queue never drops the newest push', `${id} left the queue and nobody was told`);
  for (const { queue, messages } of await truth.deadLetters()) {
    if (messages > 0 && !mayGiveUp(context.struck)) watch.report('dead-letter queues are empty', `${queue} has ${messages}`);
  }
  for (const denial of world.localAws.iamReport().denials) {
    // Lambda tries to make a function's log group, and most roles rightly may not.
    if (denial.action === 'logs:CreateLogGroup') continue;
    watch.report('no permission is missing', `${denial.roleArn.split('/').at(-1)} may not ${denial.action} on ${denial.resource}`);
  }
}

const ENDS_AN_INVOCATION: readonly string[] = ['throttled', 'failsBefore', 'failsAfter', 'killed'];
/** Functions that are not tried again: what they missed, their next round does. */
const UNREPEATED: readonly string[] = ['guard'];

/** An asynchronous invocation that fails three times ends in the queue, which takes several faults, or one where nothing is tried again. */
function mayGiveUp(struck: readonly Fault[]): boolean {
  const fatal = struck.filter(({ kind }) => ENDS_AN_INVOCATION.includes(kind));
  return fatal.length >= 2 || fatal.some((fault) => 'functionName' in fault && UNREPEATED.includes(fault.functionName));
}

async function reportServing({ truth, watch, world, struck, badDigests }: EndingContext, deployments: readonly AwsShape[]): Promise<void> {
  const serving = await truth.servingDigest();
  const name = world.tags.get(serving ?? '') ?? serving ?? 'several versions at once';
  // A person has to decide about a held deployment, and somebody else's doings are not Weir's to undo.
  if (deployments.some((deployment) => deployment['status'] === 'Held') || struck.some(({ kind }) => kind === 'outsideDeployment')) return;
  if (serving === undefined) return watch.report('the record agrees with AWS when it ends', 'the listener serves several versions');
  if (badDigests.has(serving)) watch.report('a bad image never stays', `${name} serves all production traffic`);
  const lastSuccess = deployments
    .filter(({ status }) => status === 'Succeeded')
    .toSorted((a, b) => Number(a['fence']) - Number(b['fence']))
    .at(-1);
  const expected = (lastSuccess?.['request'] as AwsShape | undefined)?.['digest'] ?? world.firstDigest;
  if (serving !== expected)
    watch.report('the record agrees with AWS when it ends', `the last success is ${world.tags.get(String(expected)) ?? expected}, the listener serves ${name}`);
}

/** Causes of a rollback that are the image's own. */
const IMAGE_CAUSES = new Set(['health', 'alarm', 'hook']);

function reportQuarantine({ watch, world }: EndingContext, service: AwsShape | undefined, deployments: readonly AwsShape[]): void {
  const quarantined = new Set(((service?.['quarantine'] ?? []) as AwsShape[]).map(({ digest }) => String(digest)));
  // A person insisted, and it went well.
  const cleared = new Set(deployments.filter(({ status }) => status === 'Succeeded').map(({ request }) => String(request.digest)));
  for (const { id, rollback, request } of deployments) {
    if (!IMAGE_CAUSES.has(rollback?.cause.kind) || request.remedy !== undefined) continue;
    if (quarantined.has(request.digest) || cleared.has(request.digest)) continue;
    watch.report('an image that was rolled back is quarantined', `${world.tags.get(request.digest)} of ${id} may be deployed again`);
  }
}

/** What gave way to another before it began was that other's to tell of. */
const UNTOLD_ENDS = new Set(['Superseded', 'Refused']);
/** A person said so themselves, or nothing was to be done. */
const UNTOLD_REMEDIES = new Set(['Rejected', 'Expired', 'NotNeeded']);

/** What people should know and nobody told them. */
async function untoldNews(truth: Truth, deployments: readonly AwsShape[]): Promise<readonly Pick<Violation, 'invariant' | 'text'>[]> {
  const published = truth.published();
  const untold: Pick<Violation, 'invariant' | 'text'>[] = [];
  for (const { id, status, guard } of deployments) {
    if (!UNTOLD_ENDS.has(status) && !published.has(`${id}#${status}`))
      untold.push({ invariant: 'people are told how every deployment ended', text: `nobody was told that ${id} ended ${status}` });
    if (guard?.ended?.news !== undefined && !published.has(`${id}#GuardEnded`))
      untold.push({ invariant: 'people are told what a guard window found', text: `nobody was told that ${id} went bad` });
  }
  for (const { id, status } of await truth.remedies()) {
    if (!UNTOLD_REMEDIES.has(status) && !published.has(`${id}#${status}`))
      untold.push({ invariant: 'people are told how every remediation stands', text: `nobody was told that ${id} is ${status}` });
  }
  return untold;
}

/** The newest image pushed has a deployment that came to its own end: it was not dropped for an older one. */
function reportNewest({ watch, world, struck }: EndingContext, deployments: readonly AwsShape[]): void {
  const newest = [...world.tags.keys()].at(-1);
  if (newest === undefined || newest === world.firstDigest) return;
  // Weir yields to somebody else's deployment, and says so: whoever started that one has decided what serves.
  if (struck.some(({ kind }) => kind === 'outsideDeployment')) return;
  const requestOf = (deployment: AwsShape): { digest: string; pushedAt: number } => deployment['request'] as { digest: string; pushedAt: number };
  const ofNewest = deployments.filter((deployment) => requestOf(deployment).digest === newest);
  // ECR's events tell the time in whole seconds: of the pushes of one second any may be taken for the newest.
  const seconds = ofNewest.map((deployment) => Math.floor(requestOf(deployment).pushedAt / 1000));
  const asNew = deployments.filter((deployment) => seconds.includes(Math.floor(requestOf(deployment).pushedAt / 1000)));
  const judged = asNew.some((deployment) => deployment['status'] !== 'Superseded');
  if (!judged) watch.report('the newest push is judged', `${world.tags.get(newest)}: ${ofNewest.map(({ status }) => status).join(', ') || 'no deployment'}`);
}
