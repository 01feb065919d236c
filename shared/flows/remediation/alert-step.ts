// Step RemediateAlert: there is nothing Weir could do, so people are told, with the evidence and the remedy.
import { type RemediationAnswered, type RemediationStepInput, remediationOver } from '#contracts/remediation-workflow.ts';
import type { Ports } from '#ports/ports.ts';
import { tellOnce } from './tell-once.ts';

export async function alertStep(ports: Ports, input: RemediationStepInput): Promise<RemediationAnswered> {
  const loaded = await ports.remediations.load(input.serviceKey, input.remediationId);
  if (loaded !== undefined) await tellOnce(ports, loaded.remediation);
  return remediationOver;
}
