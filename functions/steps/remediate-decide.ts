// Task state RemediateDecide.
import { decideStep } from '#flows/remediation/decide-step.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler((ports, input, configuration) => decideStep(ports, input, configuration.account));
