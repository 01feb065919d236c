// Step RollBack: ask the driver to go back, or to stop where it stands; when it ended without going back, set the listener ourselves.
// Whether it worked is observed by Assess, never assumed.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { isTerminal, type Plan } from '#core/deployment/deployment.ts';
import { shiftedRoute } from '#core/deployment/step-state.ts';
import { BLUE_RECOVERY_MINUTES, ROLLBACK_GRACE_SECONDS, trafficShare } from '#core/deployment/watch.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { loadHeld, requireShift } from './held-deployment.ts';
import { healthyTargets } from './observe-deployment.ts';
import { targetsOf } from './sides.ts';

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
  const { rollback } = held.deployment;
  if (rollback?.cause.kind === 'outside') {
    // ECS has stopped this one for the other: the other goes back, and nothing else is touched.
    await ports.driver.stop(rollback.cause.driverDeploymentId, 'toBlue');
    return;
  }
  const sinceStart = ports.now() - (rollback?.startedAt ?? 0);
  const mode = rollback?.mode === 'freeze' ? 'freeze' : await modeFor(ports, plan, sinceStart);
  if (mode === undefined) return;
  const answer = await ports.driver.stop(shift.driverDeploymentId, mode);
  // A driver's rollback of its own appears a little after the stop, and is its business.
  // Tasks are ECS's to replace: it rolls back by itself, and there is no listener to set.
  if (plan.rolling !== undefined || mode === 'freeze' || (answer === 'stopping' && sinceStart < ROLLBACK_GRACE_SECONDS * 1000)) return;
  const observed = await ports.driver.observe(shift.driverDeploymentId);
  if (observed === undefined || observed.rollback !== undefined) return;
  // A driver that succeeded has deleted blue: sending traffic there would lose it. Assess concludes that as held. One that somebody else
  // stopped is asked to stop in vain: it says yes and starts no rollback.
  if (observed.status !== 'stopped' && observed.status !== 'failed') return;
  // Somebody else's deployment moves this traffic now.
  if (observed.takenOverBy !== undefined) return;
  const route = shiftedRoute(plan);
  const pair = [plan.blue.targetGroupArn, plan.greenTargetGroupArn];
  const blue = plan.blue.targetGroupArn;
  const share = trafficShare(await ports.loadBalancer.weights(route, pair), blue);
  if (share === undefined || share >= 100) return;
  const targets = await ports.loadBalancer.targetHealth(blue);
  // Targets that no listener names are not health-checked, and get requests before anybody knows whether they answer. Named with no
  // share of the traffic they are; the next look finds them healthy.
  const isUnchecked = targets !== undefined && !targets.checked && targets.total > 0;
  await ports.loadBalancer.sendAllTo(route, pair, share === 0 && isUnchecked ? plan.greenTargetGroupArn : blue);
}

/**
 * Blue as it is now, which may not be as it was when the rollback was decided: without a healthy target everything stops where it
 * stands, for what serves badly is better than nothing. Nobody knows (undefined): asked again, as long as blue might come back.
 */
async function modeFor(ports: Ports, plan: Plan, sinceStart: number): Promise<'toBlue' | 'freeze' | undefined> {
  try {
    return healthyTargets(await targetsOf(ports, plan, 'blue')) === 0 ? 'freeze' : 'toBlue';
  } catch (error) {
    ports.log.warn("could not read blue's targets before going back to them", { error: String(error) });
    return sinceStart < BLUE_RECOVERY_MINUTES * 60_000 ? undefined : 'toBlue';
  }
}
