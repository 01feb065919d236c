// Step MakeSafe: something unexpected went wrong in another step. Traffic goes back to blue, checked here with as few parts as
// possible, because whatever broke may still be broken.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { decideWatch } from '#core/deployment/watch.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { changeDeployment, recordEvents } from './change-deployment.ts';
import { loadHeld, requireShift } from './held-deployment.ts';
import { goBack } from './roll-back.ts';
import { weightsOf } from './sides.ts';

const LOOK_AGAIN_SECONDS = 20;
/** Longest error text kept. */
const REASON_LENGTH_MAX = 500;

/** @param error what the state machine caught */
export async function makeSafe(
  ports: Ports,
  input: WorkflowInput,
  error: { readonly Error?: string; readonly Cause?: string } | undefined,
): Promise<StepAnswer> {
  if ((await loadHeld(ports, input)) === undefined) return stop;
  const reason = `${error?.Error ?? 'unknown error'}: ${error?.Cause ?? ''}`.slice(0, REASON_LENGTH_MAX);
  const held = await changeDeployment(ports, input.serviceKey, input.deploymentId, (deployment) => {
    if (isTerminal(deployment.status) || deployment.status === 'RollingBack') return [];
    if (deployment.shift === undefined) return [{ type: 'Concluded', status: 'Failed', reason }];
    return [{ type: 'RollbackStarted', cause: { kind: 'unexpected', reason }, mode: 'toBlue' }];
  });
  if (held === undefined) return stop;
  const started = requireShift(held.deployment);
  if (isTerminal(held.deployment.status) || started === undefined) return { next: { kind: 'conclude' } };

  await goBack(ports, held);
  const decision = decideWatch(
    held.deployment,
    {
      shift: await ports.driver.observe(started.shift.driverDeploymentId),
      weights: await weightsOf(ports, started.plan),
      blueHealthyTargets: undefined,
      verdict: undefined,
      evidence: undefined,
      crashes: { count: 0, lastReason: '' },
    },
    ports.now(),
  );
  await recordEvents(ports, held, decision.events);
  if (decision.next.kind === 'conclude') return { next: { kind: 'conclude' } };
  return { next: { kind: 'makeSafe', waitSeconds: LOOK_AGAIN_SECONDS } };
}
