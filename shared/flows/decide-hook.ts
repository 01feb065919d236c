// Decides a CodeDeploy lifecycle hook that is on record: one look, the answer recorded, then reported. What cannot be decided yet is
// left for Assess to have checked again; no function waits for the world to change.
import { type Deployment, isTerminal, type LifecycleHook } from '#core/deployment/deployment.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { evaluateHook } from './evaluate-hook.ts';

export interface HookDecision {
  readonly answer: 'Succeeded' | 'Failed' | 'later';
  readonly reason: string;
  /** The deployment's record, when the check has written to it. */
  readonly written?: VersionedDeployment | undefined;
}

/** Until an undecided hook is looked at again. */
const TRY_AGAIN_SECONDS = 15;

/**
 * @param known the record as it was just written
 * @param deadline epoch milliseconds by which the function must have reported
 */
export async function decideHook(ports: Ports, known: VersionedDeployment, hook: LifecycleHook, deadline: number): Promise<HookDecision> {
  const { serviceKey, id: deploymentId } = known.deployment;
  const record = known.deployment.hooks[hook];
  if (record === undefined) return { answer: 'later', reason: 'the hook is not on record yet' };
  const decision: HookDecision =
    record.answer === undefined ? await evaluate(ports, known.deployment, hook, deadline) : { answer: record.answer, reason: record.reason ?? '' };
  const { answer, reason, written = known } = decision;
  if (answer === 'later') {
    const nextTryAt = ports.now() + TRY_AGAIN_SECONDS * 1000;
    const postponed = { type: 'HookPostponed', hook, reason, nextTryAt } as const;
    await changeDeployment(ports, serviceKey, deploymentId, (newest) => (isOpen(newest, hook, record.executionId) ? [postponed] : []), written);
    return { answer, reason };
  }
  const answered = { type: 'HookAnswered', hook, answer, reason } as const;
  const recorded = await changeDeployment(ports, serviceKey, deploymentId, (newest) => (isOpen(newest, hook, record.executionId) ? [answered] : []), written);
  // Two functions may have decided at once: what is on record is the answer.
  const onRecord = recorded?.deployment.hooks[hook];
  const final = onRecord?.executionId === record.executionId ? (onRecord.answer ?? answer) : answer;
  await ports.driver.answerHook(record.driverDeploymentId, record.executionId, final);
  const isSame = (newest: Deployment): boolean => newest.hooks[hook]?.executionId === record.executionId;
  await changeDeployment(ports, serviceKey, deploymentId, (newest) => (isSame(newest) ? [{ type: 'HookReported', hook }] : []), recorded);
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
