// One look before a traffic step that can be held: weights, targets and evidence; what was decided is put on record, and whoever
// watches the deployment is woken.
import type { Deployment, DeploymentEvent, Plan } from '#core/deployment/deployment.ts';
import { shiftedRoute } from '#core/deployment/step-state.ts';
import { decideStep, type StepObservation } from '#core/deployment/traffic-step.ts';
import { trafficShare } from '#core/deployment/watch.ts';
import { nextSharePercent } from '#core/strategy/ecs-configuration.ts';
import type { Ports } from '#ports/ports.ts';
import { changeDeployment } from './change-deployment.ts';
import { observeHealth } from './observe-deployment.ts';
import { signalRunning } from './signal-deployment.ts';

/** freeze: green is bad and blue has no healthy target either; the shift stays where it stands. */
export interface GuardedStep {
  readonly kind: 'goOn' | 'hold' | 'goBack' | 'freeze';
  readonly reason: string;
}

/** @param expectedPercent green's share now, as the driver says it; undefined when it does not */
export async function guardStep(ports: Ports, deployment: Deployment, plan: Plan, expectedPercent: number | undefined): Promise<GuardedStep> {
  const observed = await observeStep(ports, deployment, plan, expectedPercent);
  const greenPercent = expectedPercent ?? observed.foundPercent ?? 0;
  const { nextPercent } = observed;
  const decision = decideStep(deployment, plan, observed, ports.now());
  const { reason } = decision;
  const { serviceKey, id } = deployment;
  if (decision.kind === 'goBack') {
    const mode = (await blueIsHealthy(ports, plan)) ? 'toBlue' : 'freeze';
    await changeDeployment(ports, serviceKey, id, ({ rollback }) =>
      rollback === undefined ? [...decision.events, { type: 'RollbackStarted', cause: decision.cause, mode }] : [],
    );
    await signalRunning(ports, serviceKey, { source: 'hook', note: reason });
    return { kind: mode === 'toBlue' ? 'goBack' : 'freeze', reason };
  }
  const isHeld = decision.kind === 'hold';
  const isNew = deployment.step?.nextPercent !== nextPercent || deployment.step.passedAt !== undefined;
  // At full traffic there is no next step: what the hook waits for then is the bake, which has its own record.
  const isStep = greenPercent < 100;
  await changeDeployment(ports, serviceKey, id, ({ step }) => [
    ...decision.events,
    ...(isStep && (isHeld ? isNew || step?.reason !== reason : greenPercent > 0) ? [stepEvent(isHeld, greenPercent, nextPercent, reason)] : []),
  ]);
  // ECS announces no step: who watches learns here that green has got more.
  if ((isHeld && isNew) || decision.events.length > 0) await signalRunning(ports, serviceKey, { source: 'hook', note: `before ${nextPercent} %` });
  return { kind: decision.kind, reason };
}

function stepEvent(isHeld: boolean, greenPercent: number, nextPercent: number, reason: string): DeploymentEvent {
  return { type: isHeld ? 'StepHeld' : 'StepPassed', greenPercent, nextPercent, reason };
}

async function observeStep(ports: Ports, deployment: Deployment, plan: Plan, expectedPercent: number | undefined): Promise<StepObservation> {
  const pair = [plan.blue.targetGroupArn, plan.greenTargetGroupArn];
  const [weights, greenTargets] = await Promise.all([
    ports.loadBalancer.weights(shiftedRoute(plan), pair),
    ports.loadBalancer.targetHealth(plan.greenTargetGroupArn),
  ]);
  const foundPercent = trafficShare(weights, plan.greenTargetGroupArn);
  const greenPercent = expectedPercent ?? foundPercent ?? 0;
  const nextPercent = nextSharePercent(plan.settings.strategy, greenPercent);
  const seen = { expectedPercent, foundPercent, nextPercent };
  const { shift } = deployment;
  // Before the first step there is nothing to judge, after the last the bake judges.
  if (greenPercent <= 0 || greenPercent >= 100 || shift === undefined) return { ...seen, verdict: undefined };
  const crashes = deployment.evidence?.crashesSeen ?? { blue: 0, green: 0 };
  const { verdict } = await observeHealth(ports, deployment, plan, shift, { weights, greenTargets, crashes, nextShare: nextPercent / 100 });
  return { ...seen, verdict };
}

/** A group that is not health-checked or cannot be read is no reason to leave a bad green where it is. */
async function blueIsHealthy(ports: Ports, plan: Plan): Promise<boolean> {
  try {
    const { healthy, checked } = await ports.loadBalancer.targetHealth(plan.blue.targetGroupArn);
    return !checked || healthy > 0;
  } catch {
    return true;
  }
}
