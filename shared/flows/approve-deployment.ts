// Somebody approves the running deployment, or does not. Who, when and why is on record; the workflow decides what it amounts to.
import { answerProblem, decideApproval } from '#core/approval/approval.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export type ApproveAnswer =
  | { readonly kind: 'counted'; readonly deploymentId: string; readonly approves: boolean; readonly missing: number }
  | { readonly kind: 'notCounted'; readonly deploymentId: string; readonly why: string }
  | { readonly kind: 'nothingRuns' };

export interface Approving {
  readonly serviceKey: string;
  /** The one that runs, when undefined. */
  readonly deploymentId?: string | undefined;
  readonly by: string;
  readonly reason: string;
  readonly approves: boolean;
}

export async function approveDeployment(ports: Ports, { serviceKey, deploymentId, by, reason, approves }: Approving): Promise<ApproveAnswer> {
  const id = deploymentId ?? (await ports.services.load(serviceKey))?.record.active?.deploymentId;
  if (id === undefined) return { kind: 'nothingRuns' };
  let why: string | undefined;
  const changed = await changeDeployment(ports, serviceKey, id, ({ approval }) => {
    why = answerProblem(approval, by, ports.now());
    return why === undefined ? [{ type: 'ApprovalAnswered', by, reason, approves }] : [];
  });
  if (changed === undefined) return { kind: 'nothingRuns' };
  if (why !== undefined) return { kind: 'notCounted', deploymentId: id, why };
  const { token } = await ports.deployments.signal(serviceKey, id, { source: 'operator', note: `${approves ? 'approved' : 'rejected'} by ${by}` });
  if (token !== undefined) await ports.workflow.wake(token);
  const { approval } = changed.deployment;
  const decision = approval === undefined ? undefined : decideApproval(approval, ports.now());
  return { kind: 'counted', deploymentId: id, approves, missing: decision?.kind === 'waits' ? decision.missing : 0 };
}
