// The shell of ECS's lifecycle hook function. A crash or an answer in the wrong form makes ECS roll back, so that every way out of
// here is an answer on purpose.
import type { Context } from 'aws-lambda';
import { type LifecycleHookAnswer, movesTraffic, parseLifecycleHookRequest, stageOfUnreadable } from '#contracts/lifecycle-hook-request.ts';
import { answerLifecycleHook, type LifecycleDecision } from '#flows/answer-lifecycle-hook.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

/** Kept back of the function's time for recording the answer. */
const REPORT_MILLISECONDS = 15_000;
/** Until ECS asks again after a look that could not be made. */
const TRY_AGAIN_SECONDS = 30;

export function lifecycleHookHandler() {
  return observed().handler(async (event: unknown, context: Context): Promise<LifecycleHookAnswer> => {
    const parsed = parseLifecycleHookRequest(event);
    if (!parsed.ok) return unreadable(event, parsed.problem);
    const { stage, serviceDeploymentArn } = parsed.value;
    logger.appendKeys({ stage, serviceDeploymentArn });
    try {
      const { ports } = portsOfThisFunction();
      const deadline = ports.now() + context.getRemainingTimeInMillis() - REPORT_MILLISECONDS;
      const decision = await answerLifecycleHook(ports, parsed.value, deadline);
      logger.info('lifecycle hook decided', { ...decision });
      return answerOf(decision);
    } catch (error) {
      // What cannot be judged now holds traffic where it is; ECS's limit of a day per stage ends it if it never can be.
      logger.warn('a lifecycle hook could not be judged; ECS will ask again', { error: String(error) });
      return movesTraffic(stage) ? { hookStatus: 'SUCCEEDED' } : { hookStatus: 'IN_PROGRESS', callBackDelay: TRY_AGAIN_SECONDS };
    }
  });
}

function answerOf(decision: LifecycleDecision): LifecycleHookAnswer {
  switch (decision.answer) {
    case 'Succeeded':
      return { hookStatus: 'SUCCEEDED' };
    case 'Failed':
      return { hookStatus: 'FAILED' };
    case 'later':
      return { hookStatus: 'IN_PROGRESS', callBackDelay: decision.delaySeconds };
  }
}

/** Doubt never promotes, and never holds up a rollback. */
function unreadable(event: unknown, problem: string): LifecycleHookAnswer {
  const stage = stageOfUnreadable(event);
  logger.error('a lifecycle hook request could not be read', { stage, problem });
  return { hookStatus: stage !== undefined && movesTraffic(stage) ? 'SUCCEEDED' : 'FAILED' };
}
