// A CodeDeploy lifecycle hook function's whole work: find whose deployment it is, put the hook on record, decide, report. CodeDeploy
// always gets an answer it can live with.
import type { LifecycleHook } from '#core/deployment/deployment.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { decideHook, type HookDecision } from './decide-hook.ts';
import { signalRunning } from './signal-deployment.ts';

export interface HookRequest {
  readonly driverDeploymentId: string;
  readonly executionId: string;
}

/** @param deadline epoch milliseconds by which the function must have returned */
export async function answerHook(ports: Ports, hook: LifecycleHook, request: HookRequest, deadline: number): Promise<HookDecision> {
  const owner = await ports.driver.ownerOf(request.driverDeploymentId);
  if (owner.isRollback) return answerNow(ports, request, 'a rollback must not be held up');
  if (owner.serviceKey === undefined || owner.deploymentId === undefined) return answerNow(ports, request, 'not a deployment of Weir: it is not judged here');
  const { serviceKey, deploymentId } = owner;
  const received = await changeDeployment(ports, serviceKey, deploymentId, (deployment) =>
    deployment.hooks[hook]?.executionId === request.executionId
      ? [{ type: 'HookRetried', hook }]
      : [{ type: 'HookReceived', hook, executionId: request.executionId, driverDeploymentId: request.driverDeploymentId }],
  );
  // The description names a deployment whose record cannot be seen: that is doubt, and a retry may see it.
  if (received === undefined) throw new RetryableError(`deployment ${deploymentId} of ${serviceKey} is not on record`);
  const decision = await decideHook(ports, serviceKey, deploymentId, hook, deadline);
  if (decision.answer === 'Failed') await signalRunning(ports, serviceKey, { source: 'hook', note: `${hook}: ${decision.reason}` });
  return decision;
}

async function answerNow(ports: Ports, request: HookRequest, reason: string): Promise<HookDecision> {
  await ports.driver.answerHook(request.driverDeploymentId, request.executionId, 'Succeeded');
  return { answer: 'Succeeded', reason };
}
