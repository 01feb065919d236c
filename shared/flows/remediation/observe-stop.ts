// A task of a service stopped outside of a deployment: one count more, and now and then a look at what the counts amount to. Called by
// the task-stopped subscriber for every stop; a storm of them costs one write each.
import type { TaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { classifyStop } from '#core/breaker/classify-stop.ts';
import { isSighting } from '#core/remediation/incident.ts';
import { subjectOfStop } from '#core/remediation/needs-decision.ts';
import type { Ports } from '#ports/ports.ts';
import { countSighting } from './count-sighting.ts';
import { tellUnknownReason } from './tell-unknown-reason.ts';

/** @returns what was done, for the log */
export async function observeStop(ports: Ports, event: TaskStoppedEvent): Promise<string> {
  if (event.service === undefined || event.lastStatus !== 'STOPPED') return 'not a stopped task of a service';
  const stop = classifyStop(event);
  if (!isSighting(stop)) return 'stopped on purpose';
  const service = await ports.services.load(`${event.cluster}/${event.service}`);
  if (service === undefined) return 'the service has no manifest';
  if (stop.family === 'unknown') await tellUnknownReason(ports, service.record, stop.text, event.at);
  const { active } = service.record;
  if (active !== undefined) return `deployment ${active.deploymentId} runs: its own limits count`;
  const { code, crash, text } = stop;
  return countSighting(ports, service.record, subjectOfStop(code, event.taskDefinitionArn), {
    id: event.taskArn,
    // The same however often and however late it is told.
    at: event.stoppedAt ?? event.at,
    code,
    crash,
    text,
  });
}
