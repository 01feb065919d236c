// Tells people that a step is held, once for each reason.
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { TellHeld } from '#core/deployment/watch-held.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { tellPeople } from './tell-people.ts';

export async function tellHeld(ports: Ports, deployment: Deployment, { why, text }: TellHeld): Promise<void> {
  const { serviceKey, id, request, step, weightsChange } = deployment;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return;
  // Each hold is one: a step by the share it waits for, a change of weights by when it was seen.
  const which = why === 'step' ? step?.nextPercent : weightsChange?.seenAt;
  const told = await tellPeople(ports, readManifest(service.record.manifest).notifications, {
    id: `${id}#Held#${why}#${which}`,
    alert: 'decisionNeeded',
    serviceKey,
    thread: id,
    deploymentId: id,
    status: 'StepHeld',
    title: `${serviceKey}: ${request.tag ?? request.digest} is held`,
    text,
  });
  if (told) await changeDeployment(ports, serviceKey, id, () => [{ type: 'HoldTold', why }]);
}
