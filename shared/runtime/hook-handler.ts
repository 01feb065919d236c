// The shell of the five CodeDeploy lifecycle hook functions: whatever happens inside, CodeDeploy gets an answer, or somebody who
// will give it one.
import type { Context } from 'aws-lambda';
import { parseHookRequest } from '#contracts/hook-request.ts';
import type { LifecycleHook } from '#core/deployment/deployment.ts';
import { answerHook } from '#flows/answer-hook.ts';
import { logger } from './logger.ts';
import { observed } from './observed-handler.ts';
import { portsOfThisFunction } from './ports-of-this-function.ts';

/** Kept back of the function's time for recording and reporting the answer. */
const REPORT_MILLISECONDS = 15_000;
/** Tries within one invocation when something unexpected fails. */
const TRIES_MAX = 4;
const TRY_AGAIN_MILLISECONDS = 2_000;

export function hookHandler(hook: LifecycleHook) {
  return observed().handler(async (event: unknown, context: Context) => {
    const parsed = parseHookRequest(event);
    if (!parsed.ok) {
      // Without both ids there is nobody to answer; CodeDeploy's own time limit applies.
      logger.error('a hook request could not be read', { hook, problem: parsed.problem });
      return { answer: 'none', reason: parsed.problem };
    }
    const { ports } = portsOfThisFunction();
    const deadline = ports.now() + context.getRemainingTimeInMillis() - REPORT_MILLISECONDS;
    const request = { driverDeploymentId: parsed.value.deploymentId, executionId: parsed.value.executionId };
    logger.appendKeys({ hook, driverDeploymentId: request.driverDeploymentId });
    for (let attempt = 1; ; attempt++) {
      try {
        const decision = await answerHook(ports, hook, request, deadline);
        logger.info('hook decided', { ...decision });
        return decision;
      } catch (error) {
        logger.warn('hook attempt failed', { attempt, error: String(error) });
        if (attempt < TRIES_MAX && ports.now() + TRY_AGAIN_MILLISECONDS < deadline) await ports.sleep(TRY_AGAIN_MILLISECONDS);
        else return await refuse(hook, request, error);
      }
    }
  });

  /** Doubt never promotes: a hook that cannot be judged at all fails, and CodeDeploy rolls back. */
  async function refuse(name: LifecycleHook, request: { driverDeploymentId: string; executionId: string }, cause: unknown) {
    const { ports } = portsOfThisFunction();
    const reason = `${name} could not be judged: ${String(cause)}`;
    await ports.driver.answerHook(request.driverDeploymentId, request.executionId, 'Failed');
    return { answer: 'Failed', reason };
  }
}
