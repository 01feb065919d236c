// CodeDeploy says a deployment changed state: wake the deployment of the service that this group deploys.
import { parseDeploymentStateChangedEvent } from '#contracts/deployment-state-changed-event.ts';
import { signalSubscribers } from '#flows/signal-deployment.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseDeploymentStateChangedEvent, (ports, event) => {
  const { application, deploymentGroup, deploymentId, state } = event;
  return signalSubscribers(
    ports,
    { kind: 'deploymentGroup', name: `${application}/${deploymentGroup}` },
    { source: 'codedeploy', note: `${deploymentId} ${state}` },
  );
});
