// Before traffic moves, an abort or a newer push simply ends a deployment: there is nothing to roll back.
import type { Deployment, DeploymentEvent } from '#core/deployment/deployment.ts';

export function withdrawn(deployment: Deployment): Extract<DeploymentEvent, { type: 'Concluded' }> | undefined {
  const { abortRequest, supersededBy } = deployment;
  if (abortRequest !== undefined)
    return { type: 'Concluded', status: 'Failed', reason: `aborted by ${abortRequest.by} before anything changed: ${abortRequest.reason}` };
  if (supersededBy !== undefined)
    return { type: 'Concluded', status: 'Superseded', reason: `a newer push (${supersededBy}) took its place before anything changed` };
  return undefined;
}
