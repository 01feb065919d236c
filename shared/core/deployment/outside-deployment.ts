// Somebody else deploys the service while a shift is under way: ECS stops the shift for it. What becomes of both is the owner's policy;
// two who move the same traffic only harm it, so that nothing is ever fought over.
import type { Deployment, DeploymentEvent, Plan } from './deployment.ts';
import type { RollbackCause } from './rollback-cause.ts';
import type { ShiftObservation } from './shift-observation.ts';

/**
 * - yield: it is theirs. - adopt: where it deploys what this one deploys (a forced new deployment, changed settings), it goes on as this
 * one; else yield. - stop: it is stopped with rollback, once, and this one goes back with it.
 */
export type OutsidePolicy = 'yield' | 'adopt' | 'stop';

export type OutsideDecision =
  | { readonly kind: 'yield'; readonly to: string }
  | { readonly kind: 'adopt'; readonly event: DeploymentEvent }
  | { readonly kind: 'stop'; readonly cause: Extract<RollbackCause, { kind: 'outside' }> };

type TakenOver = NonNullable<ShiftObservation['takenOverBy']>;

export function decideOutside({ rollback }: Deployment, plan: Plan, { driverDeploymentId, name, deploysTheSame }: TakenOver): OutsideDecision {
  const policy = plan.onOutsideDeployment ?? 'yield';
  // A shift that goes back is not resumed, and nobody is stopped twice.
  if (rollback !== undefined || policy === 'yield') return { kind: 'yield', to: name };
  if (policy === 'adopt') return deploysTheSame ? { kind: 'adopt', event: { type: 'ShiftAdopted', driverDeploymentId } } : { kind: 'yield', to: name };
  const reason = `${name}, which Weir did not start, took the service over and is stopped`;
  return { kind: 'stop', cause: { kind: 'outside', driverDeploymentId, reason } };
}

/** Where the one that was stopped stands; undefined: the shift does not go back because of one, or another one came. */
export function stoppedOther({ rollback }: Deployment, takenOverBy: TakenOver): TakenOver | undefined {
  const { cause } = rollback ?? {};
  if (cause?.kind !== 'outside' || cause.driverDeploymentId !== takenOverBy.driverDeploymentId) return undefined;
  return takenOverBy;
}
