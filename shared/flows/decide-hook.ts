// Decides a CodeDeploy lifecycle hook that is on record: one look, the answer recorded, then reported. What cannot be decided yet is
// left for Assess to have checked again; no function waits for the world to change.
import { type Deployment, isTerminal, type LifecycleHook } from '#core/deployment/deployment.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { evaluateHook } from './evaluate-hook.ts';

export type HookDecision = { readonly answer: 'Succeeded' | 'Failed' | 'later'; readonly reason: string };

/** Until an undecided hook is looked at again. */
const TRY_AGAIN_SECONDS = 15;

/** @param deadline epoch milliseconds by which the function must have reported */
export async function decideHook(ports: Ports, serviceKey: string, deploymentId: string, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  const loaded = await ports.deployments.load(serviceKey, deploymentId);
  const record = loaded?.deployment.hooks[hook];
  if (loaded === undefined || record === undefined) return { answer: 'later', reason: 'the hook is not on record yet' };
  const decision: HookDecision =
    record.answer === undefined ? await evaluate(ports, loaded.deployment, hook, deadline) : { answer: record.answer, reason: record.reason ?? '' };
  const { answer, reason } = decision;
  if (answer === 'later') {
    const nextTryAt = ports.now() + TRY_AGAIN_SECONDS * 1000;
    await changeDeployment(ports, serviceKey, deploymentId, (newest) =>
      isOpen(newest, hook, record.executionId) ? [{ type: 'HookPostponed', hook, reason, nextTryAt }] : [],
    );
    return decision;
  }
  const recorded = await changeDeployment(ports, serviceKey, deploymentId, (newest) =>
    isOpen(newest, hook, record.executionId) ? [{ type: 'HookAnswered', hook, answer, reason }] : [],
  );
  // Two functions may have decided at once: what is on record is the answer.
  const onRecord = recorded?.deployment.hooks[hook];
  const final = onRecord?.executionId === record.executionId ? (onRecord.answer ?? answer) : answer;
  await ports.driver.answerHook(record.driverDeploymentId, record.executionId, final);
  await changeDeployment(ports, serviceKey, deploymentId, (newest) =>
    newest.hooks[hook]?.executionId === record.executionId ? [{ type: 'HookReported', hook }] : [],
  );
  return { answer: final, reason: final === answer ? reason : (onRecord?.reason ?? reason) };
}

function isOpen(deployment: Deployment, hook: LifecycleHook, executionId: string): boolean {
  const record = deployment.hooks[hook];
  return record?.executionId === executionId && record.answer === undefined;
}

async function evaluate(ports: Ports, deployment: Deployment, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  if (isTerminal(deployment.status)) return { answer: 'Failed', reason: `the deployment is already ${deployment.status}` };
  try {
    return await evaluateHook(ports, deployment, hook, deadline);
  } catch (error) {
    // Unreadable evidence holds: CodeDeploy's own limit of one hour ends it if it never gets readable.
    ports.log.warn('a hook check could not be made; it will be tried again', { deploymentId: deployment.id, hook, error: String(error) });
    return { answer: 'later', reason: `could not be checked: ${error instanceof Error ? error.message : String(error)}` };
  }
}
