// A task of a service stopped outside of a deployment: one count more, and now and then a look at what the counts amount to. Called by
// the task-stopped subscriber for every stop; a storm of them costs one write each.
import type { TaskStoppedEvent } from '#contracts/task-stopped-event.ts';
import { type StopClassification, stopText } from '#core/breaker/classify-stop.ts';
import { isSighting } from '#core/remediation/incident.ts';
import { subjectOfStop } from '#core/remediation/needs-decision.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { countSighting } from './count-sighting.ts';
import { tellUnknownReason } from './tell-unknown-reason.ts';

/** @returns what was done, for the log */
export async function observeStop(ports: Ports, service: ServiceRecord, event: TaskStoppedEvent, stop: StopClassification): Promise<string> {
  if (!isSighting(stop)) return 'stopped on purpose';
  const { code, crash, text, family } = stop;
  if (family === 'unknown') await tellUnknownReason(ports, service, stopText(event), event.at);
  if (service.active !== undefined) return `deployment ${service.active.deploymentId} runs: its own limits count`;
  return countSighting(ports, service, subjectOfStop(code, event.taskDefinitionArn), {
    id: event.taskArn,
    // The same however often and however late it is told.
    at: event.stoppedAt ?? event.at,
    code,
    crash,
    text,
  });
}
