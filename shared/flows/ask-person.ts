// Tells people that a deployment waits for their decision. Repeated by the watch loop until the notification was taken.
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { tellPeople } from './tell-people.ts';

export async function askPerson(ports: Ports, deployment: Deployment, question: string): Promise<void> {
  const { serviceKey, id, request } = deployment;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return;
  const told = await tellPeople(ports, readManifest(service.record.manifest).notifications, {
    id: `${id}#DecisionNeeded`,
    alert: 'decisionNeeded',
    serviceKey,
    thread: id,
    deploymentId: id,
    status: 'DecisionNeeded',
    title: `${serviceKey}: ${request.tag ?? request.digest} needs a decision`,
    text: question,
  });
  // Not being able to tell must not end the watch: the next look tries again.
  if (told) await changeDeployment(ports, serviceKey, id, (newest) => (newest.toldAt === undefined ? [{ type: 'PersonTold' }] : []));
}
