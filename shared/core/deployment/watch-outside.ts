// The watch loop's part about deployments of somebody else that took the service over.
import type { Deployment, DeploymentEvent, Plan } from './deployment.ts';
import { decideOutside } from './outside-deployment.ts';
import type { ShiftObservation } from './shift-observation.ts';
import type { WatchDecision } from './watch.ts';
import { conclude, concludeRollback, held, watch } from './watch-endings.ts';

/** Seconds between two looks at a deployment of somebody else. */
const OUTSIDE_SECONDS = 15;

export function takenOver(deployment: Deployment, plan: Plan, by: NonNullable<ShiftObservation['takenOverBy']>, greenPercent: number): WatchDecision {
  const decision = decideOutside(deployment, plan, by);
  if (decision.kind === 'yield') return yieldTo(decision.to, greenPercent);
  if (decision.kind === 'adopt') return { ...watch(OUTSIDE_SECONDS), events: [decision.event] };
  const events: DeploymentEvent[] = [{ type: 'RollbackStarted', cause: decision.cause, mode: 'toBlue' }];
  return { events, actions: [], next: { kind: 'rollBack' } };
}

/** The other deployment was asked to go back, and takes this one's traffic with it. Asked again until it is over. */
export function watchStopped(
  deployment: Deployment,
  other: { readonly name: string; readonly isOver: boolean },
  bluePercent: number | undefined,
  overdue: boolean,
): WatchDecision {
  const { rollback } = deployment;
  if (other.isOver && bluePercent === 100 && rollback !== undefined) return concludeRollback(deployment, rollback.cause);
  // It came to its end before it could be stopped: what it left is its own.
  if (other.isOver && bluePercent !== undefined) return yieldTo(other.name, 100 - bluePercent);
  if (overdue) return held('the deployment of somebody else did not go back in time', bluePercent);
  return other.isOver ? watch(OUTSIDE_SECONDS) : { events: [], actions: [], next: { kind: 'rollBack' } };
}

/** Two who move the same traffic only harm it: the other one has it now, and what green has is part of its deployment. */
export function yieldTo(other: string, greenPercent: number): WatchDecision {
  return conclude('Superseded', `${other}, which Weir did not start, took the service over while green had ${greenPercent} % of the traffic; Weir yields`);
}
