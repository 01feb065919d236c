// The watch loop's part about approvals: a shift that stands at ECS's PAUSE hook until people have answered. Nothing is looked at
// meanwhile; an answer, an abort, a crash or an alarm wakes the loop, and so does the end of the time.
import { type ApprovalDecision, decideApproval } from '#core/approval/approval.ts';
import type { Deployment, DeploymentEvent, EpochMillis, Plan } from './deployment.ts';
import type { RollbackCause } from './rollback-cause.ts';
import type { ShiftObservation } from './shift-observation.ts';
import type { WatchAction } from './watch.ts';

/**
 * Lifecycle stage at which ECS waits for approval: green serves the test rule, and no production traffic yet. It comes once, where the
 * stage before production traffic comes before every step.
 */
export const APPROVAL_STAGE = 'POST_TEST_TRAFFIC_SHIFT';

export interface WatchedApproval {
  readonly events: readonly DeploymentEvent[];
  readonly actions: readonly WatchAction[];
  /** Absent: as ever. */
  readonly waitSeconds?: number;
}

/** Until people were told, telling them is tried again. */
const TELL_AGAIN_SECONDS = 60;

/** undefined: the shift does not stand at an approval. */
export function watchApproval({ approval }: Deployment, plan: Plan, shift: ShiftObservation, now: EpochMillis): WatchedApproval | undefined {
  const rules = approval?.rules ?? plan.settings.approval;
  if (rules === undefined || shift.status !== 'ready' || shift.pausedAt !== APPROVAL_STAGE) return undefined;
  const asked = approval ?? { rules, askedAt: now, answers: [] };
  const decision = decideApproval(asked, now);
  if (decision.kind !== 'waits') return { events: approvalEnd(approval, decision), actions: [{ kind: 'continueReady' }] };
  const untilEnd = Math.max(1, Math.ceil((decision.until - now) / 1000));
  return {
    events: approval === undefined ? [{ type: 'ApprovalAsked', rules }] : [],
    actions: asked.toldAt === undefined ? [{ kind: 'askApproval' }] : [],
    // Told or not is known only afterwards: the next look is the last one before the long wait.
    waitSeconds: asked.toldAt === undefined ? Math.min(TELL_AGAIN_SECONDS, untilEnd) : untilEnd,
  };
}

/** Recorded once. */
export function approvalEnd(approval: Deployment['approval'], decision: Exclude<ApprovalDecision, { kind: 'waits' }>): readonly DeploymentEvent[] {
  return approval?.ended === undefined ? [{ type: 'ApprovalEnded', kind: decision.end, reason: decision.reason }] : [];
}

/** Somebody said no, or nobody said yes in time. */
export function approvalRefusal({ approval }: Deployment, now: EpochMillis): Extract<RollbackCause, { kind: 'approval' }> | undefined {
  const decision = approval === undefined ? undefined : decideApproval(approval, now);
  if (decision?.kind !== 'goesBack' || decision.end === 'approved') return undefined;
  return { kind: 'approval', end: decision.end, reason: decision.reason };
}

/** Whether the shift stands still until people have answered: what cannot be read meanwhile moves no traffic. */
export function awaitsApproval({ approval }: Deployment): boolean {
  return approval !== undefined && approval.ended === undefined;
}
