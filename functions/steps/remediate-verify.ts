// Task state RemediateVerify.
import { verifyStep } from '#flows/remediation/verify-step.ts';
import { remediationStepHandler } from '#runtime/remediation-step-handler.ts';

export const handler = remediationStepHandler(verifyStep);
