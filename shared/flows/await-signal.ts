// Step AwaitSignal: leave the task token where the next signal finds it, or go on at once when one came since the last decision.
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { loadHeld } from './held-deployment.ts';

export async function awaitSignal(ports: Ports, input: WorkflowInput, token: string, seenSignals: number): Promise<void> {
  const held = await loadHeld(ports, input);
  // Not ours any more: waking at once lets Assess find that out and end this run.
  const waits = held !== undefined && (await ports.deployments.await(input.serviceKey, input.deploymentId, token, seenSignals));
  if (!waits) await ports.workflow.wake(token);
}
