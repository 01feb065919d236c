// What a signed link in a notification says, and whether it may still be used. Signing and checking the signature is the port's; here is
// what the signed text means. Pure.
import { type ApprovalState, decideApproval } from './approval.ts';

/** Good for one approval of one deployment, until that approval's time is over. */
export interface ApprovalClaim {
  readonly serviceKey: string;
  readonly deploymentId: string;
  /** When that approval was asked for, epoch milliseconds: what tells it apart from any other. */
  readonly askedAt: number;
  /** Where the link was told: `topic` or `webhook`. */
  readonly channel: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/**
 * Whom an answer by a link counts as. Whoever has the link may use it, so that all links of an approval are one approver together:
 * somebody who reads mail and chat must not be two.
 */
export const LINK_APPROVER = 'approval-link';

/** Separates the members; none of them can hold it. */
const SEPARATOR = '\n';
const PURPOSE = 'weir-approval-1';

/** What is signed. Its first line keeps a signature from meaning anything else. */
export function claimText({ serviceKey, deploymentId, askedAt, channel, until }: ApprovalClaim): string {
  return [PURPOSE, serviceKey, deploymentId, askedAt, channel, until].join(SEPARATOR);
}

/** undefined: it is not such a text. */
export function readClaim(text: string): ApprovalClaim | undefined {
  const [purpose, serviceKey, deploymentId, askedAt, channel, until, ...rest] = text.split(SEPARATOR);
  if (purpose !== PURPOSE || serviceKey === undefined || deploymentId === undefined || channel === undefined || rest.length > 0) return undefined;
  const [asked, end] = [Number(askedAt), Number(until)];
  return Number.isSafeInteger(asked) && Number.isSafeInteger(end) ? { serviceKey, deploymentId, askedAt: asked, channel, until: end } : undefined;
}

/** Links go only where everybody may approve: where approvers are named, a link could not say which of them uses it. */
export function mayUseLinks({ approvers }: ApprovalState['rules']): boolean {
  return approvers.length === 0;
}

/** Why a link whose signature is good cannot be used; undefined: it can. */
export function linkProblem(claim: ApprovalClaim, approval: ApprovalState | undefined, now: number): string | undefined {
  if (now >= claim.until) return 'This link has expired.';
  if (approval === undefined || approval.askedAt !== claim.askedAt) return 'This link is for another approval.';
  if (!mayUseLinks(approval.rules)) return 'This approval is given by named people only: use weir approve or the dashboard.';
  const decision = decideApproval(approval, now);
  if (decision.kind !== 'waits') return `This approval is over: ${decision.reason}.`;
  return approval.answers.some(({ by }) => by === LINK_APPROVER) ? 'A link has been used for this approval already; its answer stands.' : undefined;
}
