// ECS says a task stopped: if it crashed, count it against the revision it ran, so that a crash-looping green is noticed in
// seconds and not after CodeDeploy's hour.
import { parseTaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { crashOf } from '#core/breaker/task-crash.ts';
import { recordCrash } from '#flows/record-crash.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseTaskStoppedEvent, async (ports, event) => {
  if (event.service === undefined || event.lastStatus !== 'STOPPED') return 'not a stopped task of a service';
  const reason = crashOf(event);
  if (reason === undefined) return 'stopped on purpose';
  const taskId = event.taskArn.slice(event.taskArn.lastIndexOf('/') + 1);
  return recordCrash(ports, `${event.cluster}/${event.service}`, event.taskDefinitionArn, { taskId, reason, at: event.at });
});
