// A scan of an image is complete: each service that deploys from the repository and has a limit that the findings reach gets a decision.
// Whether the image serves is observed there.
import type { ImageScannedEvent } from '#contracts/image-scanned-event.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { scanSeverities } from '#core/remediation/runbooks/scan-finding.ts';
import type { Ports } from '#ports/ports.ts';
import { startRemediation } from './count-sighting.ts';

const HASH_LENGTH = 10;

/** @returns services for which a decision was asked */
export async function observeScan(ports: Ports, event: ImageScannedEvent): Promise<readonly string[]> {
  const asked: string[] = [];
  for (const serviceKey of await ports.subscriptions.subscribers({ kind: 'repository', name: `${event.account}/${event.repository}` })) {
    const service = await ports.services.load(serviceKey);
    if (service === undefined || !reachesLimit(event, readManifest(service.record.manifest).remediation.scanFinding)) continue;
    const { repository, digest, counts } = event;
    // The same findings of the same image are told once.
    const known = ports.sha256Hex(JSON.stringify([serviceKey, digest, Object.entries(counts).toSorted()])).slice(0, HASH_LENGTH);
    await startRemediation(ports, {
      id: `scan-${known}`,
      serviceKey,
      subject: `scan#${digest}`,
      cause: { kind: 'scan', registry: event.account, repository, digest, counts },
    });
    asked.push(serviceKey);
  }
  return asked;
}

function reachesLimit(event: ImageScannedEvent, policy: { readonly mode: string; readonly severity: (typeof scanSeverities)[number] }): boolean {
  const counting = scanSeverities.slice(scanSeverities.indexOf(policy.severity));
  return policy.mode !== 'off' && counting.some((severity) => (event.counts[severity] ?? 0) > 0);
}
