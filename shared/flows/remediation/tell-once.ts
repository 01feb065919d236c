// Tells people what was found and decided about an incident, once.
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';
import { tellPeople } from '../tell-people.ts';
import { changeRemediation } from './change-remediation.ts';

export async function tellOnce(ports: Ports, remediation: Remediation): Promise<void> {
  if (remediation.toldAt !== undefined) return;
  const told = await tell(ports, remediation, remediation.status, remediation.why ?? '');
  if (told) await changeRemediation(ports, remediation.serviceKey, remediation.id, () => ({ type: 'PersonTold' }));
}

/** @returns whether they were told */
export async function tell(ports: Ports, remediation: Remediation, status: Remediation['status'], why: string): Promise<boolean> {
  const { serviceKey, id, runbook, evidence, held, deploymentId } = remediation;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return false;
  const ask = status === 'Proposed' ? [`approve: weir remediation approve ${serviceKey}/${id} --reason "..."`] : [];
  return tellPeople(ports, readManifest(service.record.manifest).notifications, {
    id: `${id}#${status}`,
    alert: status === 'Failed' ? 'remediationFailed' : (runbook ?? 'remediationFailed'),
    serviceKey,
    thread: id,
    remediationId: id,
    ...(deploymentId === undefined ? {} : { deploymentId }),
    status: `Remediation${status}`,
    title: `${serviceKey}: ${why}`,
    text: [why, ...(held === undefined ? [] : [`not done by itself: ${held}`]), ...evidence, ...ask].join('\n'),
  });
}
