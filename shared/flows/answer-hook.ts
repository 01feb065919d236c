// A CodeDeploy lifecycle hook function's whole work: find whose deployment it is, put the hook on record, decide, report. CodeDeploy
// always gets an answer it can live with.
import { isTerminal, type LifecycleHook } from '#core/deployment/deployment.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { decideHook, type HookDecision } from './decide-hook.ts';
import { signalRunning } from './signal-deployment.ts';

export interface HookRequest {
  readonly driverDeploymentId: string;
  readonly executionId: string;
}

/** Longest that Weir's own checks of one hook take; after it the function counts as dead and Assess has the hook checked again. */
const CHECK_SECONDS_MAX = 60;

/** @param deadline epoch milliseconds by which the function must have returned */
export async function answerHook(ports: Ports, hook: LifecycleHook, request: HookRequest, deadline: number): Promise<HookDecision> {
  const owner = await ports.driver.ownerOf(request.driverDeploymentId);
  if (owner.isRollback) return answerNow(ports, request, 'Succeeded', 'a rollback must not be held up');
  if (owner.serviceKey === undefined || owner.deploymentId === undefined)
    return answerNow(ports, request, 'Succeeded', 'not a deployment of Weir: it is not judged here');
  const { serviceKey, deploymentId } = owner;
  const nextTryAt = ports.now() + CHECK_SECONDS_MAX * 1000;
  const received = await changeDeployment(ports, serviceKey, deploymentId, () => [{ type: 'HookReceived', hook, ...request, nextTryAt }]);
  // The description names a deployment whose record cannot be seen: that is doubt, and a retry may see it.
  if (received === undefined) throw new RetryableError(`deployment ${deploymentId} of ${serviceKey} is not on record`);
  if (isTerminal(received.deployment.status)) return answerNow(ports, request, 'Failed', `the deployment is already ${received.deployment.status}`);
  const decision = await decideHook(ports, received, hook, deadline);
  if (decision.answer === 'Failed') await signalRunning(ports, serviceKey, { source: 'hook', note: `${hook}: ${decision.reason}` });
  return decision;
}

async function answerNow(ports: Ports, request: HookRequest, answer: 'Succeeded' | 'Failed', reason: string): Promise<HookDecision> {
  await ports.driver.answerHook(request.driverDeploymentId, request.executionId, answer);
  return { answer, reason };
}
