// Gives a deployment that holds its service a workflow. Called on admission, when the previous holder ends, and by the sweeper.
import { defaultServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { type Released, release } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { changeService } from './change-service.ts';

/** Holders that turn out to have ended before they began, one after the other; each gives the service to the next in the queue. */
const ENDED_HOLDERS_MAX = 10;

/** Starts the deployment's first run, or starts it again if that got lost. Nothing happens when it does not hold the service. */
export async function startDeployment(ports: Ports, serviceKey: string, deploymentId: string): Promise<void> {
  let id: string | undefined = deploymentId;
  for (let holders = 0; id !== undefined && holders < ENDED_HOLDERS_MAX; holders++) id = await startOrRelease(ports, serviceKey, id);
}

/** @returns the deployment that got the service because this one had ended before it began */
async function startOrRelease(ports: Ports, serviceKey: string, deploymentId: string): Promise<string | undefined> {
  const active = (await ports.services.load(serviceKey))?.record.active;
  if (active?.deploymentId !== deploymentId) return undefined;
  const { fence } = active;
  const changed = await changeDeployment(ports, serviceKey, deploymentId, (deployment) =>
    deployment.fence === fence || isTerminal(deployment.status) ? [] : [{ type: 'Started', fence, run: 1 }],
  );
  if (changed === undefined) return undefined;
  if (isTerminal(changed.deployment.status) && changed.deployment.run === 0) {
    const reason = changed.deployment.outcome?.reason ?? changed.deployment.status;
    const end = { end: 'neither' as const, purpose: changed.deployment.request.remedy?.purpose ?? ('change' as const), reason };
    const gone = { deploymentId, fence, succeeded: undefined, quarantine: undefined, end, breaker: defaultServiceBreakerPolicy };
    const released = await changeService(ports, serviceKey, (record) => release(record, gone, ports.now()));
    if (released?.refused !== undefined) await refuseWaiting(ports, serviceKey, released.refused);
    return released?.started?.deploymentId;
  }
  if (changed.deployment.run === 1) await ports.workflow.start({ serviceKey, deploymentId, fence, run: 1, resume: false });
  return undefined;
}

/** The record of a push that waited and may not start. If this is lost, the sweeper admits it again, which refuses it again. */
export async function refuseWaiting(ports: Ports, serviceKey: string, refused: NonNullable<Released['refused']>): Promise<void> {
  await changeDeployment(ports, serviceKey, refused.deploymentId, () => [{ type: 'Refused', reason: refused.reason }]);
}
