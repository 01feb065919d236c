// Who approved a deployment, why, and what it still waits for, in lines for a terminal.
import { type ApprovalState, decideApproval } from '#core/approval/approval.ts';

export function describeApproval(approval: ApprovalState, now: number): readonly string[] {
  const decision = decideApproval(approval, now);
  const state =
    decision.kind === 'waits'
      ? `waits for ${decision.missing} of ${approval.rules.required} until ${new Date(decision.until).toISOString()}`
      : `${decision.end === 'timedOut' ? 'timed out' : decision.end}: ${decision.reason}`;
  return [
    `  approval: ${state}`,
    ...approval.answers.map(
      ({ by, reason, approves, at }) => `    ${new Date(at).toISOString()}  ${by} ${approves ? 'approved' : 'did not approve'}: ${reason}`,
    ),
  ];
}
