// Gives a deployment that holds its service a workflow. Called on admission, when the previous holder ends, and by the sweeper.
import { isTerminal } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

/** Starts the deployment's first run, or starts it again if that got lost. Nothing happens when it does not hold the service or has ended. */
export async function startDeployment(ports: Ports, serviceKey: string, deploymentId: string): Promise<void> {
  const service = await ports.services.load(serviceKey);
  const active = service?.record.active;
  if (active?.deploymentId !== deploymentId) return;
  const changed = await changeDeployment(ports, serviceKey, deploymentId, (deployment) =>
    deployment.fence === active.fence || isTerminal(deployment.status) ? [] : [{ type: 'Started', fence: active.fence, run: 1 }],
  );
  if (changed === undefined || changed.deployment.run !== 1) return;
  await ports.workflow.start({ serviceKey, deploymentId, fence: active.fence, run: 1, resume: false });
}
