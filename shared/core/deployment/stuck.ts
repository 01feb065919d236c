// Whether a deployment under way has stopped recording anything although nobody has to answer: an operator's alarm, no decision.
import type { Deployment, EpochMillis } from './deployment.ts';
import { awaitsApproval } from './watch-approval.ts';

/** A deployment under way that records nothing for so long is looked at by a person. */
const STUCK_MINUTES = 30;

/** A look is recorded every minute at least, but for one that waits for people or for a slot: those may wait long. */
export function isStuck(deployment: Deployment, now: EpochMillis): boolean {
  if (awaitsApproval(deployment) || deployment.plan === undefined) return false;
  return now >= deployment.updatedAt + STUCK_MINUTES * 60_000;
}
