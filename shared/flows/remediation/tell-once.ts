// Tells people how a remediation stands: what was found and decided, and how it ended. Each once; what they could not be told stays for
// the sweeper.
import { readManifest } from '#contracts/stored-manifest.ts';
import { isNews, type Remediation } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';
import { tellPeople } from '../tell-people.ts';
import { changeRemediation } from './change-remediation.ts';

export async function tellOnce(ports: Ports, remediation: Remediation): Promise<void> {
  if (!isNews(remediation)) return;
  const { serviceKey, id, status } = remediation;
  const told = await tell(ports, remediation);
  // Of what it has become meanwhile they do not know.
  if (told) await changeRemediation(ports, serviceKey, id, (newest) => (newest.status === status ? { type: 'PersonTold' } : undefined));
}

/** @returns whether they were told */
async function tell(ports: Ports, remediation: Remediation): Promise<boolean> {
  const { serviceKey, id, status, runbook, evidence, held, deploymentId, endWhy } = remediation;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return false;
  const ask = status === 'Proposed' ? [`approve: weir remediation approve ${serviceKey}/${id} --reason "..."`] : [];
  const why = endWhy === undefined ? (remediation.why ?? '') : `${remediation.why ?? 'remediation'}: ${status}, ${endWhy}`;
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
