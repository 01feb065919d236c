// A container instance is in trouble: a hint for whoever asks later why tasks cannot be placed. A lost agent mostly comes back by itself.
import type { ContainerInstanceChangedEvent } from '#contracts/container-instance-changed-event.ts';
import type { Ports } from '#ports/ports.ts';

/** @returns what was done, for the log */
export async function observeContainerInstance(ports: Ports, event: ContainerInstanceChangedEvent): Promise<string> {
  const { cluster, containerInstanceArn, ec2InstanceId, status, agentConnected, version, at } = event;
  if (agentConnected && status === 'ACTIVE') return 'nothing is wrong with it';
  const isNews = await ports.containerInstances.record(cluster, { containerInstanceArn, ec2InstanceId, status, agentConnected, version, at });
  return isNews ? 'kept' : 'as new is known already';
}
