// Step Assess: observe, decide, record, act. The heart of the watch loop; everything it does may be repeated.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { decideWatch, type WatchAction } from '#core/deployment/watch.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { askApproval } from './ask-approval.ts';
import { askPerson } from './ask-person.ts';
import { recordEvents } from './change-deployment.ts';
import { loadHeld, requireShift } from './held-deployment.ts';
import { observeDeployment } from './observe-deployment.ts';
import { tellHeld } from './tell-held.ts';

export async function assessDeployment(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const held = await loadHeld(ports, input);
  if (held === undefined) return stop;
  const { deployment } = held;
  if (isTerminal(deployment.status)) return { next: { kind: 'conclude' } };
  const started = requireShift(deployment);
  // A run that resumes may find a deployment that had not come that far.
  if (started === undefined) return { next: { kind: 'plan' } };

  const observed = await observeDeployment(ports, deployment, started.plan, started.shift);
  const decision = decideWatch(deployment, observed, ports.now());
  const recorded = await recordEvents(ports, held, decision.events);
  for (const action of decision.actions) await act(ports, action, recorded.deployment, started.shift.driverDeploymentId);
  const signals = held.signals;
  if (decision.next.kind === 'watch') return { next: decision.next, signals };
  return { next: { kind: isTerminal(recorded.deployment.status) ? 'conclude' : decision.next.kind }, signals };
}

async function act(ports: Ports, action: WatchAction, deployment: Deployment, driverDeploymentId: string): Promise<void> {
  switch (action.kind) {
    case 'releaseBlue':
      await ports.driver.endTerminationWait(driverDeploymentId);
      return;
    case 'askPerson':
      await askPerson(ports, deployment, action.question);
      return;
    case 'askApproval':
      if (deployment.approval !== undefined) await askApproval(ports, deployment, deployment.approval.rules);
      return;
    case 'tellHeld':
      await tellHeld(ports, deployment, action);
      return;
    case 'continueReady':
      await ports.driver.continueReady(driverDeploymentId);
      return;
    case 'checkHook':
      // In the hook's own function: nothing else of the deployment may wait for it.
      await ports.hookFunctions.check(action.hook, action.record.driverDeploymentId, action.record.executionId);
      return;
    default:
      throw new PermanentError(`unknown action ${JSON.stringify(action)}`);
  }
}
