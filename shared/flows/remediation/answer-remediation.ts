// A person approves or rejects what was proposed. Answering twice is answering once; the first answer stands.
import type { RemediationAnswer, RemediationStatus } from '#core/remediation/remediation-record.ts';
import type { Ports } from '#ports/ports.ts';
import { changeRemediation } from './change-remediation.ts';

export type AnsweredRemediation =
  | { readonly kind: 'answered'; readonly answer: RemediationAnswer }
  | { readonly kind: 'answeredBefore'; readonly answer: RemediationAnswer }
  | { readonly kind: 'notProposed'; readonly status: RemediationStatus }
  | { readonly kind: 'unknown' };

export interface AnswerRequest {
  readonly serviceKey: string;
  readonly remediationId: string;
  readonly by: string;
  readonly reason: string;
}

export async function answerRemediation(ports: Ports, request: AnswerRequest, approve: boolean): Promise<AnsweredRemediation> {
  const { serviceKey, remediationId, by, reason } = request;
  const changed = await changeRemediation(ports, serviceKey, remediationId, () => ({ type: 'Answered', approve, by, why: reason }));
  if (changed === undefined) return { kind: 'unknown' };
  const { answer, token, status } = changed;
  if (answer === undefined) return { kind: 'notProposed', status };
  // Also when it was answered before: that one's wake-up may have been lost.
  if (token !== undefined && status === 'Proposed') await ports.remediationWorkflow.wake(token);
  return answer.approve === approve ? { kind: 'answered', answer } : { kind: 'answeredBefore', answer };
}
