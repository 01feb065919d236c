// Task state RemediateGiveUp: where every unexpected error of the remediation workflow ends.
import { giveUp } from '#flows/remediation/give-up.ts';
import { caughtError } from '#runtime/caught-error.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler((ports, input, _configuration, extras) => giveUp(ports, input, caughtError(extras['error'])));
