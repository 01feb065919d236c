// An operator asks a running deployment to go back. Asking twice is asking once; the first reason stays on record.
import { type DeploymentStatus, isTerminal } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export type AbortAnswer =
  /** `before`: who had asked for the same; `over`: whose promote or pause it overrides, for going back is the safe side. */
  | { readonly kind: 'asked'; readonly deploymentId: string; readonly before?: Asked; readonly over?: Asked }
  | { readonly kind: 'nothingRuns' }
  | { readonly kind: 'ended'; readonly deploymentId: string; readonly status: DeploymentStatus };

interface Asked {
  readonly by: string;
  readonly reason: string;
}

/** @param deploymentId the one that runs, when undefined */
export async function abortDeployment(ports: Ports, serviceKey: string, deploymentId: string | undefined, by: string, reason: string): Promise<AbortAnswer> {
  const id = deploymentId ?? (await ports.services.load(serviceKey))?.record.active?.deploymentId;
  if (id === undefined) return { kind: 'nothingRuns' };
  let earlier: Asked | undefined;
  const changed = await changeDeployment(ports, serviceKey, id, (deployment) => {
    earlier = deployment.abortRequest;
    return isTerminal(deployment.status) || earlier !== undefined ? [] : [{ type: 'AbortRequested', by, reason }];
  });
  if (changed === undefined) return { kind: 'nothingRuns' };
  if (isTerminal(changed.deployment.status)) return { kind: 'ended', deploymentId: id, status: changed.deployment.status };
  const { token } = await ports.deployments.signal(serviceKey, id, { source: 'operator', note: `abort by ${by}` });
  if (token !== undefined) await ports.workflow.wake(token);
  const { promoteRequest, pause } = changed.deployment;
  const over = promoteRequest ?? (pause?.resumed === undefined ? pause : undefined);
  return {
    kind: 'asked',
    deploymentId: id,
    ...(earlier === undefined ? {} : { before: { by: earlier.by, reason: earlier.reason } }),
    ...(over === undefined ? {} : { over: { by: over.by, reason: over.reason } }),
  };
}
