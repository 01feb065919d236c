// ECS says what happened to a service: tasks that could not be placed are counted, and looked after where something can be done.
import { parseServiceActionEvent } from '#contracts/service-action-event.ts';
import { observeServiceAction } from '#flows/remediation/observe-service-action.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseServiceActionEvent, observeServiceAction);
