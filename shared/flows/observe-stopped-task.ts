// A task of a service stopped: an incident where nothing is being deployed, and a crash of the revision it ran where something is.
// Called by the task-stopped subscriber.
import type { TaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { classifyStop } from '#core/breaker/classify-stop.ts';
import { isSighting } from '#core/remediation/incident.ts';
import type { Ports } from '#ports/ports.ts';
import { recordCrash } from './record-crash.ts';
import { observeStop } from './remediation/observe-stop.ts';

/** @returns what was done, for the log */
export async function observeStoppedTask(ports: Ports, event: TaskStoppedEvent): Promise<readonly string[]> {
  if (event.service === undefined || event.lastStatus !== 'STOPPED') return ['not a stopped task of a service'];
  const stop = classifyStop(event);
  if (!stop.crash && !isSighting(stop)) return ['stopped on purpose'];
  const service = await ports.services.load(`${event.cluster}/${event.service}`);
  if (service === undefined) return ['not a service of ours'];
  const outside = await observeStop(ports, service.record, event, stop);
  if (!stop.crash) return [outside];
  const taskId = event.taskArn.slice(event.taskArn.lastIndexOf('/') + 1);
  const { code, text, remedy, container } = stop;
  return [await recordCrash(ports, service.record, event.taskDefinitionArn, { taskId, code, text, remedy, container, at: event.at }), outside];
}
