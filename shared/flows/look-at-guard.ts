// One look at a version after its deployment succeeded: is it still healthy? If not, the last successful one before it is deployed all
// at once by the ordinary workflow. Called for every open guard window once a minute; everything it does may be repeated.
import { breakerPolicy, readManifest } from '#contracts/stored-manifest.ts';
import type { Deployment, DeploymentEvent } from '#core/deployment/deployment.ts';
import { deploymentId } from '#core/deployment/deployment-id.ts';
import type { GuardState } from '#core/deployment/guard-state.ts';
import { secondsUntilToldAgain } from '#core/notification/tell-again.ts';
import { decideGuard, type GuardDecision, type GuardedDeployment, type GuardTarget } from '#core/remediation/guard-window.ts';
import { countRegression, type ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { admitPush } from './admit-push.ts';
import { changeDeployment } from './change-deployment.ts';
import { changeService } from './change-service.ts';
import { type ObservedGuard, observeGuard } from './observe-guard.ts';
import { tellOfBreaker } from './tell-of-breaker.ts';
import { tellPeople } from './tell-people.ts';

type GuardEnded = NonNullable<GuardState['ended']>;
type Regression = Extract<GuardDecision, { kind: 'redeploy' | 'propose' | 'alert' }>;

/** @returns what was decided, for the log; undefined when the window is not open any more */
export async function lookAtGuard(ports: Ports, serviceKey: string, id: string): Promise<GuardDecision['kind'] | undefined> {
  const [loaded, service] = await Promise.all([ports.deployments.load(serviceKey, id), ports.services.load(serviceKey)]);
  if (loaded === undefined || service === undefined) return undefined;
  const { deployment } = loaded;
  const guarded = guardedOf(deployment);
  if (guarded === undefined) return undefined;
  if (deployment.guard?.ended !== undefined) return await tellEnd(ports, deployment, service.record);
  const { record } = service;
  const target = await targetOf(ports, deployment, record);
  const policy = readManifest(record.manifest).guard;
  const way = wayBack(ports, deployment, target);
  // Begun by an earlier look that did not come to its end.
  const begun = way !== undefined && record.active?.deploymentId === way.id;
  const facts = { lastSuccess: record.lastSuccess?.deploymentId, runningDeployment: begun ? undefined : record.active?.deploymentId };
  const cheap = decideGuard(guarded, target, policy, { ...facts, verdict: undefined, crashes: undefined }, ports.now());
  if (cheap.kind === 'over') {
    const restored = await restoredByRunbook(ports, deployment, record);
    if (restored !== undefined) return restored;
    await recordOn(ports, deployment, [{ type: 'GuardEnded', kind: 'over', why: cheap.why, evidence: [], isNews: false }]);
    return 'over';
  }
  const seen = await observeGuard(ports, deployment, record);
  const { badSince } = deployment.guard ?? {};
  const decision = decideGuard(guarded, target, policy, { ...facts, verdict: seen.confirmed, crashes: seen.crashes, badSince }, ports.now());
  await recordOn(ports, deployment, judged(seen));
  if (decision.kind !== 'watch' && decision.kind !== 'over') await act(ports, deployment, record, decision);
  return decision.kind;
}

/** A runbook was faster: the version went bad all the same, and the way back that runs is counted as this one's. */
async function restoredByRunbook(ports: Ports, deployment: Deployment, record: ServiceRecord): Promise<'redeploy' | undefined> {
  const { serviceKey, request } = deployment;
  const { active } = record;
  if (active === undefined || record.lastSuccess?.deploymentId !== deployment.id) return undefined;
  const remedy = (await ports.deployments.load(serviceKey, active.deploymentId))?.deployment.request.remedy;
  if (remedy?.purpose !== 'restore' || active.digest === request.digest) return undefined;
  await count(ports, deployment, record, remedy.why);
  await recordOn(ports, deployment, [
    { type: 'GuardEnded', kind: 'redeploy', why: remedy.why, evidence: [`asked for by ${remedy.by}`], restoredBy: active.deploymentId, isNews: false },
  ]);
  return 'redeploy';
}

/** Its image is refused for a while, and it counts as a failed deployment. Counted once, however often this is repeated. */
async function count(ports: Ports, deployment: Deployment, service: ServiceRecord, why: string): Promise<void> {
  const { serviceKey, id, request, plan } = deployment;
  const policy = breakerPolicy(readManifest(service.manifest));
  const regressed = { deploymentId: id, digest: request.digest, reason: why, hours: plan?.settings.quarantineHours ?? 0 };
  const counted = await changeService(ports, serviceKey, (record) => ({ record: countRegression(record, regressed, policy, ports.now()) }));
  if (counted !== undefined) await tellOfBreaker(ports, counted.record);
}

function guardedOf(deployment: Deployment): GuardedDeployment | undefined {
  const { guard, taskDefinitionArn, request, id } = deployment;
  if (guard === undefined || taskDefinitionArn === undefined) return undefined;
  return { deploymentId: id, taskDefinitionArn, digest: request.digest, succeededAt: guard.startedAt, purpose: request.remedy?.purpose ?? 'change' };
}

function judged({ verdict, evidence, crashes }: ObservedGuard): readonly DeploymentEvent[] {
  return verdict === undefined ? [] : [{ type: 'GuardJudged', verdict, evidence, isBad: verdict.verdict === 'fail' || crashes !== undefined }];
}

async function recordOn(ports: Ports, deployment: Deployment, events: readonly DeploymentEvent[]): Promise<Deployment> {
  return (await changeDeployment(ports, deployment.serviceKey, deployment.id, () => events))?.deployment ?? deployment;
}

async function act(ports: Ports, deployment: Deployment, service: ServiceRecord, decision: Regression): Promise<void> {
  const { cause, evidence, kind } = decision;
  const way = kind === 'redeploy' ? await goBack(ports, deployment, service, decision.target, cause) : undefined;
  const refused = way !== undefined && 'refused' in way ? way.refused : undefined;
  const ended = await recordOn(ports, deployment, [
    {
      type: 'GuardEnded',
      kind: refused === undefined ? kind : 'alert',
      why: refused === undefined ? cause : `${cause}; the way back was refused: ${refused}`,
      evidence,
      ...(way !== undefined && 'id' in way ? { restoredBy: way.id } : {}),
      isNews: true,
    },
  ]);
  await tellEnd(ports, ended, service);
}

/** What could not be told is on record, and the next minute's look tells it. */
async function tellEnd(ports: Ports, deployment: Deployment, { manifest }: ServiceRecord): Promise<undefined> {
  const ended = deployment.guard?.ended;
  if (ended?.news !== 'due') return;
  const told = await tellPeople(ports, readManifest(manifest).notifications, {
    id: `${deployment.id}#GuardEnded`,
    alert: 'wentBad',
    serviceKey: deployment.serviceKey,
    thread: deployment.id,
    deploymentId: deployment.id,
    status: 'GuardEnded',
    title: `${deployment.serviceKey}: ${deployment.request.tag ?? deployment.request.digest} went bad after its deployment`,
    text: [ended.why, ...ended.evidence, advice(deployment, ended)].join('\n'),
  });
  if (told) await recordOn(ports, deployment, [{ type: 'GuardNewsEnded', news: 'told' }]);
  else if (secondsUntilToldAgain(ended.at, ports.now()) === undefined) await recordOn(ports, deployment, [{ type: 'GuardNewsEnded', news: 'givenUp' }]);
}

function advice({ serviceKey, guard }: Deployment, { kind, restoredBy }: GuardEnded): string {
  const target = guard?.target?.digest ?? '';
  if (restoredBy !== undefined) return `Deployment ${restoredBy} goes back to ${target}: weir status ${serviceKey} --watch`;
  if (kind === 'propose') return `To go back: weir deploy ${target} --service ${serviceKey}`;
  return `Push a fix, or deploy an earlier image: weir deploy TAG --service ${serviceKey}`;
}

/** The regression is counted first: should this end here, the next look finds the same and goes on. */
async function goBack(
  ports: Ports,
  deployment: Deployment,
  service: ServiceRecord,
  target: GuardTarget,
  why: string,
): Promise<{ readonly id: string } | { readonly refused: string }> {
  const way = wayBack(ports, deployment, target);
  if (way === undefined) return { refused: 'it has no target' };
  await count(ports, deployment, service, why);
  const { serviceKey, id, request } = deployment;
  const { repository, registry } = request;
  const remedy = {
    by: `the guard window of ${id}`,
    why,
    purpose: 'restore' as const,
    taskDefinition: { kind: 'revision' as const, taskDefinitionArn: target.taskDefinitionArn },
    strategy: 'allAtOnce' as const,
  };
  const asked = { repository, registry, digest: target.digest, tag: undefined, pushedAt: way.pushedAt, source: 'remedy' as const, remedy };
  const admitted = await admitPush(ports, serviceKey, asked, way.pushId);
  return admitted.admission === 'start' || admitted.admission === 'known' ? { id: way.id } : { refused: admitted.reason ?? admitted.admission };
}

/** The same guarded deployment always has the same way back. */
function wayBack(ports: Ports, { serviceKey, id, guard }: Deployment, target: GuardTarget | undefined) {
  if (guard === undefined || target === undefined) return undefined;
  const pushId = `guard:${id}`;
  const pushedAt = guard.startedAt;
  return { id: deploymentId(serviceKey, target.digest, pushId, pushedAt, ports.sha256Hex), pushId, pushedAt };
}

async function targetOf(ports: Ports, { id, serviceKey, guard, request }: Deployment, record: ServiceRecord): Promise<GuardTarget | undefined> {
  if (guard?.target === undefined) return undefined;
  const { digest, taskDefinitionArn } = guard.target;
  if (record.quarantine.some((entry) => entry.digest === digest && entry.until > ports.now())) return { ...guard.target, deployable: false };
  try {
    const [image, document] = await Promise.all([
      ports.images.describe(request.registry, request.repository, digest),
      ports.ecs.describeTaskDefinition(taskDefinitionArn),
    ]);
    return { ...guard.target, deployable: image?.status === 'ACTIVE' && document !== undefined };
  } catch (error) {
    ports.log.warn('the version to go back to could not be looked up', { serviceKey, deploymentId: id, digest, error: String(error) });
    return { ...guard.target, deployable: undefined };
  }
}
