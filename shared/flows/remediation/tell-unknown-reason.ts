// Words that nobody has classified: kept verbatim, counted, and told of once.
import { readManifest } from '#contracts/stored-manifest.ts';
import { fingerprint } from '#core/remediation/incident.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { tellPeople } from '../tell-people.ts';

export async function tellUnknownReason(ports: Ports, service: ServiceRecord, text: string, at: number): Promise<void> {
  const print = fingerprint(text);
  const { told, firstAt } = await ports.incidents.recordUnknownReason(service.key, print, text, at);
  if (told) return;
  const id = `unknown-reason-${ports.sha256Hex(print).slice(0, 10)}`;
  const done = await tellPeople(ports, readManifest(service.manifest).notifications, {
    // Told again should it come back after it was forgotten.
    id: `${id}#${firstAt}`,
    alert: 'unknownStopReason',
    serviceKey: service.key,
    thread: id,
    status: 'UnknownReason',
    title: `${service.key}: a task stopped for a reason Weir does not know`,
    text,
  });
  if (done) await ports.incidents.recordUnknownReasonTold(service.key, print, at);
}
