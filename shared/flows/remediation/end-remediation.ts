// The end of a remediation that was acted on: its place in the budget is free for the next, and people are told how it went.
import { endAction } from '#core/remediation/budget.ts';
import type { Remediation, RemediationEnd } from '#core/remediation/remediation-record.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { changeRemediation } from './change-remediation.ts';
import { tellOnce } from './tell-once.ts';

const END_ATTEMPTS_MAX = 8;

/** Repeatable: the budget comes first, so that whoever repeats it finds what is not done yet; news that are on record the sweeper tells. */
export async function endRemediation(ports: Ports, remediation: Remediation, status: RemediationEnd, why: string): Promise<void> {
  const { serviceKey, id } = remediation;
  await endActionOf(ports, serviceKey, id);
  await endActionOf(ports, undefined, id);
  const ended = await changeRemediation(ports, serviceKey, id, () => ({ type: 'Ended', status, why }));
  if (ended !== undefined) await tellOnce(ports, ended);
}

async function endActionOf(ports: Ports, serviceKey: string | undefined, id: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { log, version } = await ports.remediations.loadActions(serviceKey);
    const ended = endAction(log, id, ports.now());
    if (ended === log) return;
    try {
      await ports.remediations.saveActions(serviceKey, ended, version, ports.writeId());
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= END_ATTEMPTS_MAX) throw error;
    }
  }
}
