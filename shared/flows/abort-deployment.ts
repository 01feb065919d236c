// An operator asks a running deployment to go back. Asking twice is asking once; the first reason stays on record.
import { type DeploymentStatus, isTerminal } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export type AbortAnswer =
  | { readonly kind: 'asked'; readonly deploymentId: string }
  | { readonly kind: 'nothingRuns' }
  | { readonly kind: 'ended'; readonly deploymentId: string; readonly status: DeploymentStatus };

/** @param deploymentId the one that runs, when undefined */
export async function abortDeployment(ports: Ports, serviceKey: string, deploymentId: string | undefined, by: string, reason: string): Promise<AbortAnswer> {
  const id = deploymentId ?? (await ports.services.load(serviceKey))?.record.active?.deploymentId;
  if (id === undefined) return { kind: 'nothingRuns' };
  const changed = await changeDeployment(ports, serviceKey, id, (deployment) =>
    isTerminal(deployment.status) || deployment.abortRequest !== undefined ? [] : [{ type: 'AbortRequested', by, reason }],
  );
  if (changed === undefined) return { kind: 'nothingRuns' };
  if (isTerminal(changed.deployment.status)) return { kind: 'ended', deploymentId: id, status: changed.deployment.status };
  const { token } = await ports.deployments.signal(serviceKey, id, { source: 'operator', note: `abort by ${by}` });
  if (token !== undefined) await ports.workflow.wake(token);
  return { kind: 'asked', deploymentId: id };
}
