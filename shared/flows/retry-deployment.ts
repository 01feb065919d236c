// A person asks for the image of a deployment that did not succeed once more. The same deployment is retried once: a request that
// comes twice is answered with what became of the first.
import { type Deployment, type DeploymentStatus, isTerminal } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { admitPush } from './admit-push.ts';

/** Deployments looked back through for the newest one that did not succeed. */
const HISTORY_MAX = 50;

export interface RetryQuestion {
  readonly serviceKey: string;
  /** The newest one that ended without success, when undefined. */
  readonly deploymentId?: string | undefined;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

export type RetryAnswer =
  | { readonly kind: 'planned'; readonly retries: string; readonly image: string; readonly ended: DeploymentStatus }
  | { readonly kind: 'deploying'; readonly deploymentId: string; readonly retries: string }
  | { readonly kind: 'retriedBefore'; readonly deploymentId: string; readonly retries: string; readonly status: DeploymentStatus; readonly by: string }
  | { readonly kind: 'refused'; readonly deploymentId: string; readonly reason: string }
  | { readonly kind: 'notEnded'; readonly deploymentId: string; readonly status: DeploymentStatus }
  | { readonly kind: 'succeeded'; readonly deploymentId: string }
  | { readonly kind: 'nothingToRetry' }
  | { readonly kind: 'unknownService' };

export async function retryDeployment(ports: Ports, question: RetryQuestion): Promise<RetryAnswer> {
  const { serviceKey, by, reason, dryRun } = question;
  if ((await ports.services.load(serviceKey)) === undefined) return { kind: 'unknownService' };
  const before = await deploymentOf(ports, question);
  if (before === undefined) return { kind: 'nothingToRetry' };
  const { id, status, request, outcome } = before;
  if (status === 'Succeeded') return { kind: 'succeeded', deploymentId: id };
  if (!isTerminal(status)) return { kind: 'notEnded', deploymentId: id, status };
  if (dryRun) return { kind: 'planned', retries: id, image: request.tag ?? request.digest, ended: status };
  // Insists: the image may be quarantined for how its first deployment ended, and a person says that it was not to blame.
  const asked = { ...request, source: 'operator' as const, by, alone: true, force: { by, why: reason }, pushedAt: outcome?.at ?? before.updatedAt };
  const admitted = await admitPush(ports, serviceKey, asked, `retry:${id}`);
  const made = admitted.deploymentId;
  if (admitted.admission === 'start') return { kind: 'deploying', deploymentId: made, retries: id };
  if (admitted.admission !== 'known' && admitted.admission !== 'ended')
    return { kind: 'refused', deploymentId: made, reason: admitted.reason ?? admitted.admission };
  const first = await ports.deployments.load(serviceKey, made);
  return {
    kind: 'retriedBefore',
    deploymentId: made,
    retries: id,
    status: first?.deployment.status ?? 'Requested',
    by: first?.deployment.request.by ?? 'somebody',
  };
}

async function deploymentOf(ports: Ports, { serviceKey, deploymentId }: RetryQuestion): Promise<Deployment | undefined> {
  if (deploymentId !== undefined) return (await ports.deployments.load(serviceKey, deploymentId))?.deployment;
  const history = await ports.deployments.history(serviceKey, HISTORY_MAX);
  // Newer ones that were refused or made room say nothing about an image.
  return history.find(({ status }) => status === 'Failed' || status === 'RolledBack' || status === 'Held');
}
