// Step RemediatePropose: tell a person what is proposed, and leave the task token where their answer finds it.
import type { RemediationStepInput } from '#contracts/remediation-workflow.ts';
import type { Remediation } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';
import { changeRemediation } from './change-remediation.ts';
import { tellOnce } from './tell-once.ts';

export async function proposeStep(ports: Ports, input: RemediationStepInput, token: string): Promise<void> {
  const left = await changeRemediation(ports, input.serviceKey, input.remediationId, (remediation) =>
    isAwaited(remediation) ? { type: 'TokenLeft', token } : undefined,
  );
  // Answered meanwhile, or nothing to answer: the next step sees what stands.
  if (left === undefined || !isAwaited(left)) return ports.remediationWorkflow.wake(token);
  await tellOnce(ports, left);
}

function isAwaited(remediation: Remediation): boolean {
  return remediation.status === 'Proposed' && remediation.answer === undefined;
}
