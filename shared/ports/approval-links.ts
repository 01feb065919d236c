// Links by which an approval can be answered without an AWS identity: signed, so that nobody can make one.
import type { ApprovalClaim } from '#core/approval/approval-link.ts';

export interface ApprovalLinks {
  /** A link for this approval; undefined where links are not switched on. @throws when the key cannot be read */
  make(claim: ApprovalClaim): Promise<string | undefined>;
  /** What a link's token says; undefined: it was not made by us, or by a key that counts no more. @throws when the key cannot be read */
  read(token: string): Promise<ApprovalClaim | undefined>;
}
