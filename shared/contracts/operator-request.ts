// What `weir` asks of functions/operations. Whoever may invoke the function by IAM may ask; `by` says who did, for the record.
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';

/** Longest reason an operator may give. */
export const OPERATOR_REASON_LENGTH_MAX = 500;
/** Most deployments shown at once. */
export const DEPLOYMENTS_SHOWN_MAX = 50;

/** Longest time an operator may open a circuit breaker for, minutes: 30 days. */
export const BREAKER_MINUTES_MAX = 43_200;

const serviceKey = z.string().regex(/^[A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255}$/, 'must be cluster/service');
const deploymentId = z.string().regex(/^[0-9A-Za-z-]{1,80}$/, 'must be a deployment id');
const by = z.string().min(1).max(2_048);

const applyRequest = z.object({ by, manifest: z.unknown(), dryRun: z.boolean().default(false) });
/** Abort and promote: what a person decides about a running deployment. */
const decisionRequest = z.object({
  by,
  serviceKey,
  deploymentId: deploymentId.optional(),
  reason: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX),
});
const approveRequest = decisionRequest.extend({ approves: z.boolean() });
/** Pause and resume: `seen` is how often the deployment had been paused or resumed when the sender looked. */
const pauseRequest = decisionRequest.extend({ seen: z.number().int().min(0).max(1_000_000).optional() });
/** Rollback; `ticket` is that of a plan shown before (dryRun). */
const rollbackRequest = z.object({
  by,
  serviceKey,
  reason: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX),
  dryRun: z.boolean().default(false),
  ticket: z
    .string()
    .regex(/^(?:abort|deploy)\/[0-9A-Za-z-]{1,80}$/, 'must be a ticket of a planned rollback')
    .optional(),
});
const retryRequest = decisionRequest.extend({ dryRun: z.boolean().default(false) });
const breakerRequest = z.object({
  by,
  serviceKey,
  reason: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX),
  to: z.enum(['open', 'closed']),
  minutes: z.number().int().min(1).max(BREAKER_MINUTES_MAX).optional(),
});
const deployRequest = z.object({
  by,
  serviceKey,
  /** A tag (ECR: at most 300 characters) or a digest. */
  image: z.string().min(1).max(300),
  force: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX).optional(),
  bypassFreeze: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX).optional(),
  dryRun: z.boolean().default(false),
});
const showRequest = z.object({ serviceKey, limit: z.number().int().min(1).max(DEPLOYMENTS_SHOWN_MAX).default(10), deploymentId: deploymentId.optional() });
/** Most remediations shown at once. */
export const REMEDIATIONS_SHOWN_MAX = 50;

const remediationRequest = z.object({
  by,
  serviceKey,
  remediationId: z.string().regex(/^[0-9A-Za-z_-]{1,80}$/, 'must be a remediation id'),
  reason: z.string().min(1).max(OPERATOR_REASON_LENGTH_MAX),
});
const listRemediationsRequest = z.object({ serviceKey, limit: z.number().int().min(1).max(REMEDIATIONS_SHOWN_MAX).default(10) });
const explainTaskRequest = z.object({ serviceKey, taskId: z.string().regex(/^[0-9a-f-]{32,36}$/, 'must be a task id') });
const listRequest = z.object({ after: z.string().max(600).optional() });

export type DecisionRequest = z.output<typeof decisionRequest>;

export const parseApplyRequest = (input: unknown): Parsed<z.output<typeof applyRequest>> => parseWith(applyRequest, input);
export const parseDecisionRequest = (input: unknown): Parsed<DecisionRequest> => parseWith(decisionRequest, input);
export const parseApproveRequest = (input: unknown): Parsed<z.output<typeof approveRequest>> => parseWith(approveRequest, input);
export const parsePauseRequest = (input: unknown): Parsed<z.output<typeof pauseRequest>> => parseWith(pauseRequest, input);
export const parseRollbackRequest = (input: unknown): Parsed<z.output<typeof rollbackRequest>> => parseWith(rollbackRequest, input);
export const parseRetryRequest = (input: unknown): Parsed<z.output<typeof retryRequest>> => parseWith(retryRequest, input);
export const parseBreakerRequest = (input: unknown): Parsed<z.output<typeof breakerRequest>> => parseWith(breakerRequest, input);
export const parseDeployRequest = (input: unknown): Parsed<z.output<typeof deployRequest>> => parseWith(deployRequest, input);
export const parseShowRequest = (input: unknown): Parsed<z.output<typeof showRequest>> => parseWith(showRequest, input);
export const parseListRequest = (input: unknown): Parsed<z.output<typeof listRequest>> => parseWith(listRequest, input);
export const parseRemediationRequest = (input: unknown): Parsed<z.output<typeof remediationRequest>> => parseWith(remediationRequest, input);
export const parseExplainTaskRequest = (input: unknown): Parsed<z.output<typeof explainTaskRequest>> => parseWith(explainTaskRequest, input);
export const parseListRemediationsRequest = (input: unknown): Parsed<z.output<typeof listRemediationsRequest>> => parseWith(listRemediationsRequest, input);
