// An operator answers for green: the bake ends without waiting for more evidence. Evidence against green still rolls back.
import { type DeploymentStatus, isTerminal } from '#core/deployment/deployment.ts';
import { isPaused } from '#core/deployment/pause-state.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export type PromoteAnswer =
  | { readonly kind: 'asked'; readonly deploymentId: string; readonly allTrafficOnGreen: boolean; readonly before?: Asked; readonly pausedBy?: string }
  | { readonly kind: 'nothingRuns' }
  | { readonly kind: 'ended'; readonly deploymentId: string; readonly status: DeploymentStatus }
  | { readonly kind: 'goesBack'; readonly deploymentId: string; readonly why: string };

interface Asked {
  readonly by: string;
  readonly reason: string;
}

/** @param deploymentId the one that runs, when undefined */
export async function promoteDeployment(
  ports: Ports,
  serviceKey: string,
  deploymentId: string | undefined,
  by: string,
  reason: string,
): Promise<PromoteAnswer> {
  const id = deploymentId ?? (await ports.services.load(serviceKey))?.record.active?.deploymentId;
  if (id === undefined) return { kind: 'nothingRuns' };
  let earlier: Asked | undefined;
  const changed = await changeDeployment(ports, serviceKey, id, (deployment) => {
    earlier = deployment.promoteRequest;
    return isTerminal(deployment.status) || goesBack(deployment) !== undefined || earlier !== undefined ? [] : [{ type: 'PromoteRequested', by, reason }];
  });
  if (changed === undefined) return { kind: 'nothingRuns' };
  const { deployment } = changed;
  if (isTerminal(deployment.status)) return { kind: 'ended', deploymentId: id, status: deployment.status };
  const why = goesBack(deployment);
  if (why !== undefined) return { kind: 'goesBack', deploymentId: id, why };
  const { token } = await ports.deployments.signal(serviceKey, id, { source: 'operator', note: `promote by ${by}` });
  if (token !== undefined) await ports.workflow.wake(token);
  return {
    kind: 'asked',
    deploymentId: id,
    allTrafficOnGreen: deployment.shift?.fullTrafficAt !== undefined,
    ...(earlier === undefined ? {} : { before: { by: earlier.by, reason: earlier.reason } }),
    ...(isPaused(deployment) && deployment.pause !== undefined ? { pausedBy: deployment.pause.by } : {}),
  };
}

/** Of two opposite requests the first one stands; a rollback under way is never turned round. */
function goesBack(deployment: { readonly rollback?: unknown; readonly abortRequest?: { readonly by: string } }): string | undefined {
  if (deployment.abortRequest !== undefined) return `${deployment.abortRequest.by} asked to abort it before`;
  return deployment.rollback === undefined ? undefined : 'it is being rolled back';
}
