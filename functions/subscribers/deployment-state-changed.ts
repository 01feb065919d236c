// CodeDeploy or ECS says a deployment changed state: wake the deployment of the service it is about.
import { type DeploymentStateChangedEvent, parseDeploymentStateChangedEvent } from '#contracts/deployment-state-changed-event.ts';
import { type EcsDeploymentChangedEvent, parseEcsDeploymentChangedEvent } from '#contracts/ecs-deployment-changed-event.ts';
import type { Parsed } from '#contracts/parse-with.ts';
import { signalRunning, signalSubscribers } from '#flows/signal-deployment.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

const parse = (event: unknown): Parsed<DeploymentStateChangedEvent | EcsDeploymentChangedEvent> =>
  typeof event === 'object' && event !== null && 'source' in event && event.source === 'aws.ecs'
    ? parseEcsDeploymentChangedEvent(event)
    : parseDeploymentStateChangedEvent(event);

export const handler = subscriberHandler(parse, async (ports, event) => {
  if ('serviceKey' in event) return signalRunning(ports, event.serviceKey, { source: 'ecs', note: event.eventName });
  const { application, deploymentGroup, deploymentId, state } = event;
  return signalSubscribers(
    ports,
    { kind: 'deploymentGroup', name: `${application}/${deploymentGroup}` },
    { source: 'codedeploy', note: `${deploymentId} ${state}` },
  );
});
