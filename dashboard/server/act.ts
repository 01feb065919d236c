// What the page's buttons do: the operations that the command line sends, with the caller's identity and the reason that was given.
import * as z from 'zod';
import { describeAbort } from '#cli/abort.ts';
import { describeApprovalAnswer } from '#cli/approve.ts';
import type { OperationsClient } from '#cli/operations-client.ts';
import { describePause, describeResume } from '#cli/pause.ts';
import { describePromote } from '#cli/promote.ts';
import { describeRetry } from '#cli/retry.ts';
import { describeRollback } from '#cli/rollback.ts';
import { OPERATOR_REASON_LENGTH_MAX } from '#contracts/operator-request.ts';
import { type Parsed, parseWith } from '#contracts/parse-with.ts';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { AbortAnswer } from '#flows/abort-deployment.ts';
import type { ApproveAnswer } from '#flows/approve-deployment.ts';
import type { PauseAnswer, ResumeAnswer } from '#flows/pause-deployment.ts';
import type { PromoteAnswer } from '#flows/promote-deployment.ts';
import type { RetryAnswer } from '#flows/retry-deployment.ts';
import type { RollbackAnswer } from '#flows/roll-back-service.ts';
import { actions } from '../view/controls.ts';

const actionRequest = z.strictObject({
  action: z.enum(actions),
  serviceKey: z.string().regex(/^[A-Za-z0-9_-]{1,255}\/[A-Za-z0-9_-]{1,255}$/),
  /** The deployment that was on the page: nothing else is to be changed. */
  deploymentId: z.string().regex(/^[0-9A-Za-z-]{1,80}$/),
  reason: z.string().trim().min(1, 'a reason is needed, for the record').max(OPERATOR_REASON_LENGTH_MAX),
  /** How often it had been paused or resumed when the page was drawn. */
  seen: z.number().int().min(0).optional(),
  /** Of the rollback that was shown. */
  ticket: z.string().max(100).optional(),
  /** Says what would be done and does nothing: rollback and retry only. */
  preview: z.boolean().default(false),
});
export type ActionRequest = z.output<typeof actionRequest>;

export const parseActionRequest = (input: unknown): Parsed<ActionRequest> => parseWith(actionRequest, input);

export interface ActionAnswer {
  /** It was done, or had been done before; false: nothing changed. */
  readonly done: boolean;
  readonly text: string;
  readonly ticket?: string;
}

/** @throws CommandFailure when AWS does not answer or the operation refuses the question */
export async function act(client: OperationsClient, request: ActionRequest): Promise<ActionAnswer> {
  const answer = await askFor(client, request, { by: await client.caller(), serviceKey: request.serviceKey, reason: request.reason });
  return { ...answer, text: withoutCommands(answer.text) };
}

type Who = Readonly<Record<'by' | 'serviceKey' | 'reason', string>>;

async function askFor(client: OperationsClient, request: ActionRequest, who: Who): Promise<ActionAnswer> {
  const { action, serviceKey, deploymentId, seen, ticket, preview } = request;
  switch (action) {
    case 'approve':
    case 'reject': {
      const answer = await client.ask<ApproveAnswer>('approve-deployment', { ...who, deploymentId, approves: action === 'approve' });
      return { done: answer.kind === 'counted', text: describeApprovalAnswer(serviceKey, answer) };
    }
    case 'pause': {
      const answer = await client.ask<PauseAnswer>('pause-deployment', { ...who, deploymentId, ...(seen === undefined ? {} : { seen }) });
      return { done: answer.kind === 'paused', text: describePause(serviceKey, answer) };
    }
    case 'resume': {
      const answer = await client.ask<ResumeAnswer>('resume-deployment', { ...who, deploymentId, ...(seen === undefined ? {} : { seen }) });
      return { done: answer.kind === 'resumed', text: describeResume(serviceKey, answer) };
    }
    case 'promote': {
      const answer = await client.ask<PromoteAnswer>('promote-deployment', { ...who, deploymentId });
      return { done: answer.kind === 'asked', text: describePromote(serviceKey, answer) };
    }
    case 'abort': {
      const answer = await client.ask<AbortAnswer>('abort-deployment', { ...who, deploymentId });
      return { done: answer.kind === 'asked', text: describeAbort(serviceKey, answer) };
    }
    case 'rollback': {
      const dryRun = preview ? { dryRun: true } : ticket === undefined ? {} : { ticket };
      return rollbackAnswer(serviceKey, await client.ask<RollbackAnswer>('roll-back-service', { ...who, ...dryRun }));
    }
    case 'retry': {
      const answer = await client.ask<RetryAnswer>('retry-deployment', { ...who, deploymentId, dryRun: preview });
      return { done: answer.kind === 'deploying' || answer.kind === 'planned', text: describeRetry(serviceKey, answer) };
    }
    default:
      return assertNever(action);
  }
}

function rollbackAnswer(serviceKey: string, answer: RollbackAnswer): ActionAnswer {
  const done =
    answer.kind === 'planned' || answer.kind === 'deploying' || answer.kind === 'askedBefore' || (answer.kind === 'aborted' && answer.answer.kind === 'asked');
  return { done, text: describeRollback(serviceKey, answer), ...(answer.kind === 'planned' ? { ticket: answer.plan.ticket } : {}) };
}

/** The page follows by itself; what a terminal should type next is left out. */
function withoutCommands(text: string): string {
  return text.replace(/; (?:follow it with|let it go on with): weir [^;]*$/, '').replace(/: weir resume \S+ --reason "\.\.\." lets it go on$/, '');
}
