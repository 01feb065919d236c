// The first thing every step of the workflow does: is this run still the one that may act?
import type { Deployment } from '#core/deployment/deployment.ts';
import { holds } from '#core/service/service-record.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';

/**
 * The deployment when this run of its workflow may act on the service: the service is held with this fencing number and no newer
 * run took over. undefined: stop quietly, somebody else is responsible now.
 */
export async function loadHeld(ports: Ports, input: WorkflowInput): Promise<VersionedDeployment | undefined> {
  const { service, deployment } = await ports.deployments.loadWithService(input.serviceKey, input.deploymentId);
  if (service === undefined || deployment === undefined) return undefined;
  if (!holds(service.record, input.deploymentId, input.fence)) {
    ports.log.warn('this deployment no longer holds its service; stopping', { deploymentId: input.deploymentId, fence: input.fence });
    return undefined;
  }
  if (deployment.deployment.run > input.run) {
    ports.log.warn('a newer run of the workflow took over; stopping', { deploymentId: input.deploymentId, run: input.run });
    return undefined;
  }
  return deployment;
}

/** The traffic shift's parts that exist once it was started. */
export function requireShift(deployment: Deployment): { plan: NonNullable<Deployment['plan']>; shift: NonNullable<Deployment['shift']> } | undefined {
  return deployment.plan === undefined || deployment.shift === undefined ? undefined : { plan: deployment.plan, shift: deployment.shift };
}
