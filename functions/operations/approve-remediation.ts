// `weir remediation approve`: does what was proposed.
import { parseRemediationRequest } from '#contracts/operator-request.ts';
import { answerRemediation } from '#flows/remediation/answer-remediation.ts';
import { operationHandler } from '#runtime/operation-handler.ts';

export const handler = operationHandler(parseRemediationRequest, async (ports, request) => ({
  ok: true,
  value: await answerRemediation(ports, request, true),
}));
