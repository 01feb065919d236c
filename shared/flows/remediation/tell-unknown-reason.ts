// Words that nobody has classified: kept verbatim, counted, and told of once.
import { readManifest } from '#contracts/stored-manifest.ts';
import { fingerprint } from '#core/remediation/incident.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { tellPeople } from './tell-people.ts';

export async function tellUnknownReason(ports: Ports, service: ServiceRecord, text: string, at: number): Promise<void> {
  const print = fingerprint(text);
  const seen = await ports.incidents.recordUnknownReason(service.key, print, text, at);
  if (seen > 1) return;
  await tellPeople(ports, readManifest(service.manifest).notifications.topicArn, {
    serviceKey: service.key,
    deploymentId: `unknown-reason-${ports.sha256Hex(print).slice(0, 10)}`,
    status: 'UnknownReason',
    title: `${service.key}: a task stopped for a reason Weir does not know`,
    text,
  });
}
