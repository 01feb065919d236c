// Step RemediateGiveUp: something unexpected went wrong in another step. What was begun is left to its own safeguards: a deployment
// watches itself; people are told.
import { type RemediationAnswered, type RemediationStepInput, remediationOver } from '#contracts/remediation-workflow.ts';
import { isOver } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';
import { endRemediation } from './end-remediation.ts';

/** Longest error text kept. */
const REASON_LENGTH_MAX = 500;

/** @param error what the state machine caught */
export async function giveUp(
  ports: Ports,
  input: RemediationStepInput,
  error: { readonly Error?: string; readonly Cause?: string } | undefined,
): Promise<RemediationAnswered> {
  const loaded = await ports.remediations.load(input.serviceKey, input.remediationId);
  if (loaded === undefined || isOver(loaded.remediation)) return remediationOver;
  await endRemediation(ports, loaded.remediation, 'Failed', `${error?.Error ?? 'unknown error'}: ${error?.Cause ?? ''}`.slice(0, REASON_LENGTH_MAX));
  return remediationOver;
}
