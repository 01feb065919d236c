import { describe, expect, test } from '@jest/globals';
import type { ApprovalState } from '#core/approval/approval.ts';
import { type ApprovalClaim, claimText, LINK_APPROVER, linkProblem, readClaim } from '#core/approval/approval-link.ts';

const claim: ApprovalClaim = { serviceKey: 'prod/orders', deploymentId: 'd-1', askedAt: 1_000, channel: 'webhook', until: 61_000 };
const approval: ApprovalState = { rules: { required: 2, approvers: [], timeoutMinutes: 1, onTimeout: 'rollBack' }, askedAt: 1_000, answers: [] };
const answer = { by: LINK_APPROVER, reason: 'fine', approves: true, at: 2_000 };

describe('a claim', () => {
  test('is read as it was written', () => expect(readClaim(claimText(claim))).toEqual(claim));
  test.each(['', 'weir-approval-1', claimText(claim).replace('weir', 'other'), `${claimText(claim)}\nmore`, claimText(claim).replace('61000', 'soon')])(
    'is not read from %j',
    (text) => expect(readClaim(text)).toBeUndefined(),
  );
});

describe('a link can be used', () => {
  test('for the approval it was made for, in time', () => expect(linkProblem(claim, approval, 60_999)).toBeUndefined());
  test.each<[string, ApprovalState | undefined, number, string]>([
    ['late', approval, 61_000, 'expired'],
    ['for an approval asked at another time', { ...approval, askedAt: 999 }, 2_000, 'another approval'],
    ['for a deployment that was never asked about', undefined, 2_000, 'another approval'],
    ['where approvers are named', { ...approval, rules: { ...approval.rules, approvers: ['arn:aws:iam::1:user/ann'] } }, 2_000, 'named people'],
    ['when the approval has ended', { ...approval, ended: { kind: 'rejected', at: 2_000, reason: 'no' } }, 3_000, 'over: no'],
    ['a second time, whichever channel the first came from', { ...approval, answers: [answer] }, 3_000, 'used for this approval already'],
  ])('but not %s', (_, state, now, why) => expect(linkProblem(claim, state, now)).toContain(why));
});
