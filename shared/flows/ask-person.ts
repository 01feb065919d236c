// Tells people that a deployment waits for their decision. Repeated by the watch loop until the notification was taken.
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';

export async function askPerson(ports: Ports, deployment: Deployment, question: string): Promise<void> {
  const service = await ports.services.load(deployment.serviceKey);
  if (service === undefined) return;
  const image = deployment.request.tag ?? deployment.request.digest;
  try {
    await ports.notifier.notify(
      {
        serviceKey: deployment.serviceKey,
        deploymentId: deployment.id,
        status: 'DecisionNeeded',
        title: `${deployment.serviceKey}: ${image} needs a decision`,
        text: question,
      },
      readManifest(service.record.manifest).notifications.topicArn,
    );
  } catch (error) {
    // Not being able to tell must not end the watch: the next look tries again.
    ports.log.warn('could not ask for a decision; trying again at the next look', { deploymentId: deployment.id, error: String(error) });
    return;
  }
  await changeDeployment(ports, deployment.serviceKey, deployment.id, (newest) => (newest.toldAt === undefined ? [{ type: 'PersonTold' }] : []));
}
