// Task state RemediateAct.
import { actStep } from '#flows/remediation/act-step.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler((ports, input, configuration) => actStep(ports, input, configuration.account));
