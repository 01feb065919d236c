// Task state RemediatePropose: called with a task token and answered through it, by `weir remediation approve` or `reject`.
import { proposeStep } from '#flows/remediation/propose-step.ts';
import { PermanentError } from '#ports/errors.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler(async (ports, input, _configuration, { token }) => {
  if (typeof token !== 'string') throw new PermanentError('RemediatePropose got no task token');
  await proposeStep(ports, input, token);
  return undefined;
});
