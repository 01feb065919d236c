// An ECS Service Action: tasks that cannot be placed are an incident of their own, whichever revision they would run; the rest says only
// that ECS has trouble, which the stopped tasks tell better.
import type { ServiceActionEvent } from '#contracts/service-action-event.ts';
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';
import { CAPACITY_SUBJECT, PLACEMENT_SUBJECT } from '#core/remediation/needs-decision.ts';
import { isSpotShortage } from '#core/remediation/runbooks/placement.ts';
import type { Ports } from '#ports/ports.ts';
import { signalRunning } from '../signal-deployment.ts';
import { countSighting } from './count-sighting.ts';

/** Causes of what could not be placed, by event name. */
const causes: ReadonlyMap<string, StopCauseCode> = new Map([
  ['SERVICE_TASK_PLACEMENT_FAILURE', 'capacityUnavailable'],
  ['SERVICE_TASK_CONFIGURATION_FAILURE', 'incompatibleCompute'],
  ['SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED', 'capacityUnavailable'],
]);

/** @returns what was done, for the log */
export async function observeServiceAction(ports: Ports, event: ServiceActionEvent): Promise<string> {
  const code = causes.get(event.eventName);
  if (event.service === undefined || code === undefined) return `${event.eventName}: nothing to do`;
  const serviceKey = `${event.cluster}/${event.service}`;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return 'the service has no manifest';
  const reason = event.reason ?? event.eventName;
  // A deployment whose tasks cannot be placed is told to look; its own limits decide.
  if (service.record.active !== undefined) return `woke ${await signalRunning(ports, serviceKey, { source: 'task', note: `${event.eventName}: ${reason}` })}`;
  const subject = isSpotShortage(reason, event.capacityProviders) ? CAPACITY_SUBJECT : PLACEMENT_SUBJECT;
  const providers = event.capacityProviders.length === 0 ? '' : ` (${event.capacityProviders.join(', ')})`;
  return countSighting(ports, service.record, subject, { id: event.eventId, at: event.at, code, crash: false, text: `${reason}${providers}` });
}
