// Step RollBack: ask the driver to go back, or to stop where it stands; when it ended without going back, set the listener ourselves.
// Whether it worked is observed by Assess, never assumed.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { shiftedRoute } from '#core/deployment/step-state.ts';
import { trafficShare } from '#core/deployment/watch.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { loadHeld, requireShift } from './held-deployment.ts';

const LOOK_AGAIN_SECONDS = 10;

export async function rollBack(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const held = await loadHeld(ports, input);
  if (held === undefined) return stop;
  if (isTerminal(held.deployment.status)) return { next: { kind: 'conclude' } };
  await goBack(ports, held);
  return { next: { kind: 'watch', waitSeconds: LOOK_AGAIN_SECONDS }, signals: held.signals };
}

/** Safe to repeat. */
export async function goBack(ports: Ports, held: VersionedDeployment): Promise<void> {
  const started = requireShift(held.deployment);
  if (started === undefined) return;
  const { plan, shift } = started;
  const mode = held.deployment.rollback?.mode ?? 'toBlue';
  const answer = await ports.driver.stop(shift.driverDeploymentId, mode);
  if (answer === 'stopping' || mode === 'freeze') return;
  const observed = await ports.driver.observe(shift.driverDeploymentId);
  // A driver that succeeded has deleted blue: sending traffic there would lose it. Assess concludes that as held.
  if (observed === undefined || observed.status === 'succeeded' || observed.rollback !== undefined) return;
  // Somebody else's deployment moves this traffic now.
  if (observed.takenOverBy !== undefined) return;
  const route = shiftedRoute(plan);
  const pair = [plan.blue.targetGroupArn, plan.greenTargetGroupArn];
  const share = trafficShare(await ports.loadBalancer.weights(route, pair), plan.blue.targetGroupArn);
  if (share !== undefined && share < 100) await ports.loadBalancer.sendAllTo(route, pair, plan.blue.targetGroupArn);
}
