// ECS says a container instance lost its agent or is being drained: kept for a while, as evidence for tasks that cannot be placed.
import { parseContainerInstanceChangedEvent } from '#contracts/container-instance-changed-event.ts';
import { observeContainerInstance } from '#flows/remediation/observe-container-instance.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseContainerInstanceChangedEvent, observeContainerInstance);
