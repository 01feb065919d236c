// ECS says a task stopped: if it crashed, count it against the revision it ran, so that a crash-looping green is noticed in
// seconds and not after CodeDeploy's hour, and one that serves by a runbook.
import { parseTaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { observeStoppedTask } from '#flows/observe-stopped-task.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseTaskStoppedEvent, observeStoppedTask);
