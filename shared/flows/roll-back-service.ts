// A person sends a service back: a deployment that runs is aborted, otherwise the version that served before is deployed by the same
// workflow. What is to happen is planned first and asked for by its ticket, so that a request that comes twice, or after somebody
// else's, does what its sender saw or nothing.
import { readManifest } from '#contracts/stored-manifest.ts';
import { type Deployment, type DeploymentRequest, type DeploymentStatus, isTerminal } from '#core/deployment/deployment.ts';
import { deploymentId } from '#core/deployment/deployment-id.ts';
import { type RollbackTarget, rollbackTarget } from '#core/service/rollback-target.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { type AbortAnswer, abortDeployment } from './abort-deployment.ts';
import { admitPush } from './admit-push.ts';
import { registryOf } from './registry-of.ts';

/** Deployments looked back through. */
const HISTORY_MAX = 50;
/** Rollbacks from one version that may fail before a person has to deploy by name. */
export const ROLLBACK_ATTEMPTS_MAX = 10;

export interface RollbackQuestion {
  readonly serviceKey: string;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
  /** Of a plan that was shown before; undefined: whatever the plan is now. */
  readonly ticket?: string | undefined;
}

export type RollbackPlan =
  | { readonly kind: 'abort'; readonly ticket: string; readonly deploymentId: string; readonly requestedBy: string }
  | { readonly kind: 'deploy'; readonly ticket: string; readonly deploymentId: string; readonly from: string; readonly target: RollbackTarget };

export type RollbackAnswer =
  | { readonly kind: 'planned'; readonly plan: RollbackPlan }
  | { readonly kind: 'aborted'; readonly deploymentId: string; readonly answer: AbortAnswer }
  | { readonly kind: 'deploying'; readonly deploymentId: string; readonly target: RollbackTarget }
  /** This very rollback was asked for before: by whom, and where it stands. */
  | { readonly kind: 'askedBefore'; readonly deploymentId: string; readonly status: DeploymentStatus; readonly by: string }
  | { readonly kind: 'changed'; readonly why: string }
  | { readonly kind: 'refused'; readonly deploymentId: string; readonly reason: string }
  | { readonly kind: 'nothingBefore'; readonly why: string }
  | { readonly kind: 'unknownService' };

interface Planned {
  readonly plan: RollbackPlan;
  /** For a plan that deploys. */
  readonly pushedAt: number;
  readonly pushId: string;
}

export async function rollBackService(ports: Ports, question: RollbackQuestion, account: string): Promise<RollbackAnswer> {
  const { serviceKey, by, reason, ticket, dryRun } = question;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return { kind: 'unknownService' };
  const asked = ticket === undefined ? undefined : await answerTicket(ports, serviceKey, ticket, service.record);
  if (asked !== undefined) return asked;
  const planned = await planRollback(ports, service.record);
  if ('why' in planned) return { kind: 'nothingBefore', why: planned.why };
  const { plan } = planned;
  if (dryRun) return { kind: 'planned', plan };
  if (ticket !== undefined && ticket !== plan.ticket) return { kind: 'changed', why: describePlan(plan) };
  if (plan.kind === 'abort') {
    const answer = await abortDeployment(ports, serviceKey, plan.deploymentId, by, reason);
    return { kind: 'aborted', deploymentId: plan.deploymentId, answer };
  }
  const { repository } = readManifest(service.record.manifest).image;
  const registry = registryOf(readManifest(service.record.manifest), account);
  const request: DeploymentRequest = {
    repository,
    registry,
    digest: plan.target.digest,
    tag: undefined,
    pushedAt: planned.pushedAt,
    source: 'operator',
    by,
    alone: true,
    remedy: {
      by,
      why: reason,
      purpose: 'restore',
      taskDefinition: { kind: 'revision', taskDefinitionArn: plan.target.taskDefinitionArn },
      strategy: 'allAtOnce',
    },
  };
  const admitted = await admitPush(ports, serviceKey, request, planned.pushId);
  if (admitted.admission === 'start') return { kind: 'deploying', deploymentId: admitted.deploymentId, target: plan.target };
  const there = await ports.deployments.load(serviceKey, admitted.deploymentId);
  // Somebody else's request for the same came between the plan and here.
  if (admitted.admission === 'known' || admitted.admission === 'ended') return askedBefore(there?.deployment ?? undefined, admitted.deploymentId);
  return { kind: 'refused', deploymentId: admitted.deploymentId, reason: admitted.reason ?? admitted.admission };
}

/** What became of what the ticket names, where that has been decided; undefined: it is still to be done. */
async function answerTicket(ports: Ports, serviceKey: string, ticket: string, record: ServiceRecord): Promise<RollbackAnswer | undefined> {
  const [kind, id = ''] = ticket.split('/');
  const loaded = await ports.deployments.load(serviceKey, id);
  if (kind === 'deploy') return loaded === undefined ? undefined : askedBefore(loaded.deployment, id);
  if (loaded === undefined || record.active?.deploymentId === id) return undefined;
  const { status, abortRequest } = loaded.deployment;
  if (isTerminal(status) && abortRequest !== undefined) return { kind: 'askedBefore', deploymentId: id, status, by: abortRequest.by };
  return { kind: 'changed', why: `deployment ${id} has ended meanwhile: ${status}` };
}

function askedBefore(deployment: Deployment | undefined, id: string): RollbackAnswer {
  return { kind: 'askedBefore', deploymentId: id, status: deployment?.status ?? 'Requested', by: deployment?.request.by ?? 'somebody' };
}

async function planRollback(ports: Ports, record: ServiceRecord): Promise<Planned | { readonly why: string }> {
  const { active, lastSuccess, key } = record;
  if (active !== undefined) {
    const running = await ports.deployments.load(key, active.deploymentId);
    const requestedBy = running?.deployment.request.by ?? running?.deployment.request.source ?? 'push';
    return { plan: { kind: 'abort', ticket: `abort/${active.deploymentId}`, deploymentId: active.deploymentId, requestedBy }, pushedAt: 0, pushId: '' };
  }
  if (lastSuccess === undefined) return { why: 'no deployment of this service has succeeded yet; what serves is what served before Weir' };
  const target = rollbackTarget(await ports.deployments.history(key, HISTORY_MAX), lastSuccess.deploymentId, record.quarantine, ports.now());
  if (target === undefined)
    return { why: `no earlier version is known that succeeded and is not quarantined; weir deploy IMAGE --service ${key} deploys one by name` };
  const pushedAt = lastSuccess.at;
  for (let attempt = 1; attempt <= ROLLBACK_ATTEMPTS_MAX; attempt++) {
    const pushId = `rollback:${lastSuccess.deploymentId}:${attempt}`;
    const id = deploymentId(key, target.digest, pushId, pushedAt, ports.sha256Hex);
    const before = await ports.deployments.load(key, id);
    // One that failed is a new request when it is asked for again; its ticket still answers for the old one.
    if (before !== undefined && isTerminal(before.deployment.status)) continue;
    return { plan: { kind: 'deploy', ticket: `deploy/${id}`, deploymentId: id, from: lastSuccess.deploymentId, target }, pushedAt, pushId };
  }
  return { why: `${ROLLBACK_ATTEMPTS_MAX} rollbacks from ${lastSuccess.deploymentId} have failed; weir explain says why` };
}

function describePlan(plan: RollbackPlan): string {
  return plan.kind === 'abort'
    ? `deployment ${plan.deploymentId}, asked for by ${plan.requestedBy}, runs now`
    : `${plan.from} serves now, and a rollback would go to ${plan.target.digest}`;
}
