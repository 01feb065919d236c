// Step HandOver: a fresh run of the workflow takes the deployment over before this run's history is full.
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { changeDeployment } from './change-deployment.ts';

/** Starts run `input.run + 1` at the watch loop. Repeating it starts nothing twice: the run is part of the execution's name. */
export async function handOver(ports: Ports, input: WorkflowInput, why: string): Promise<void> {
  const next = input.run + 1;
  const changed = await changeDeployment(ports, input.serviceKey, input.deploymentId, (deployment) =>
    deployment.run >= next ? [] : [{ type: 'RunStarted', run: next, why }],
  );
  if (changed === undefined || changed.deployment.run !== next) return;
  await ports.workflow.start({ ...input, run: next, resume: true });
}
