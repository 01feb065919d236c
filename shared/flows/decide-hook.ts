// Answers a CodeDeploy lifecycle hook: evaluates it until it is decided or the time given is over, records the answer, reports it.
// Called by the five hook functions, and by Assess for a hook whose function died before it answered.
import { type Deployment, isTerminal, type LifecycleHook } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { evaluateHook } from './evaluate-hook.ts';

export type HookDecision = { readonly answer: 'Succeeded' | 'Failed' | 'later'; readonly reason: string };

/** Milliseconds between two tries of a check that is not decided yet. */
const TRY_AGAIN_MILLISECONDS = 5_000;
/** A hook's check is tried at most this often in one call. */
const TRIES_MAX = 200;

/**
 * @param deadline epoch milliseconds; a check that is undecided then is left for Assess to try again
 */
export async function decideHook(ports: Ports, serviceKey: string, deploymentId: string, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  const loaded = await ports.deployments.load(serviceKey, deploymentId);
  const record = loaded?.deployment.hooks[hook];
  if (loaded === undefined || record === undefined) return { answer: 'later', reason: 'the hook was not received yet' };
  const decision: HookDecision =
    record.answer === undefined ? await evaluateUntil(ports, serviceKey, deploymentId, hook, deadline) : { answer: record.answer, reason: record.reason ?? '' };
  if (decision.answer === 'later') return decision;
  const { answer } = decision;
  await changeDeployment(ports, serviceKey, deploymentId, (deployment) =>
    deployment.hooks[hook]?.executionId === record.executionId && deployment.hooks[hook].answer === undefined
      ? [{ type: 'HookAnswered', hook, answer, reason: decision.reason }]
      : [],
  );
  await ports.driver.answerHook(record.driverDeploymentId, record.executionId, answer);
  return decision;
}

async function evaluateUntil(ports: Ports, serviceKey: string, deploymentId: string, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const loaded = await ports.deployments.load(serviceKey, deploymentId);
    if (loaded === undefined) return { answer: 'Failed', reason: 'the deployment is not on record any more' };
    const decision = await tryOnce(ports, loaded.deployment, hook, deadline);
    if (decision.answer !== 'later') return decision;
    if (ports.now() + TRY_AGAIN_MILLISECONDS >= deadline) return decision;
    await ports.sleep(TRY_AGAIN_MILLISECONDS);
  }
  return { answer: 'later', reason: 'tried often enough for one call' };
}

async function tryOnce(ports: Ports, deployment: Deployment, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  if (isTerminal(deployment.status)) return { answer: 'Failed', reason: `the deployment is already ${deployment.status}` };
  try {
    return await evaluateHook(ports, deployment, hook, deadline);
  } catch (error) {
    // Unreadable evidence holds: CodeDeploy's own limit of one hour ends it if it never gets readable.
    ports.log.warn('a hook check could not be made; trying again', { deploymentId: deployment.id, hook, error: String(error) });
    return { answer: 'later', reason: `could not be checked: ${error instanceof Error ? error.message : String(error)}` };
  }
}
