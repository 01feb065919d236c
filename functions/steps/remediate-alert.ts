// Task state RemediateAlert.
import { alertStep } from '#flows/remediation/alert-step.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler(alertStep);
