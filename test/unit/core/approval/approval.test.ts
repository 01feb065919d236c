import { describe, expect, test } from '@jest/globals';
import { type ApprovalRules, type ApprovalState, answerProblem, applyApprovalEvent, decideApproval } from '#core/approval/approval.ts';

const MINUTE = 60_000;
const rules: ApprovalRules = {
  required: 2,
  approvers: ['arn:aws:iam::1:user/ann', 'arn:aws:sts::1:assumed-role/release/*'],
  timeoutMinutes: 60,
  onTimeout: 'rollBack',
};
const ann = 'arn:aws:iam::1:user/ann';
const bob = 'arn:aws:sts::1:assumed-role/release/bob';

function asked(...answers: readonly [by: string, approves: boolean][]): ApprovalState {
  const first = applyApprovalEvent(undefined, { type: 'ApprovalAsked', rules }, 0);
  const all = answers.reduce<ApprovalState | undefined>(
    (state, [by, approves], index) => applyApprovalEvent(state, { type: 'ApprovalAnswered', by, approves, reason: 'read' }, index + 1),
    first,
  );
  if (all === undefined) throw new Error('nobody was asked');
  return all;
}

describe('an approval by two', () => {
  test('waits for both, and goes on with both', () => {
    expect(decideApproval(asked(), 1)).toEqual({ kind: 'waits', missing: 2, until: 60 * MINUTE });
    expect(decideApproval(asked([ann, true]), 1)).toMatchObject({ kind: 'waits', missing: 1 });
    expect(decideApproval(asked([ann, true], [bob, true]), 5)).toMatchObject({ kind: 'goesOn', end: 'approved', reason: expect.stringContaining(bob) });
  });

  test('ends with the first no, whatever was said before', () => {
    expect(decideApproval(asked([ann, true], [bob, false]), 5)).toMatchObject({ kind: 'goesBack', end: 'rejected' });
  });

  test('does not count one caller twice, nor one who may not', () => {
    expect(answerProblem(asked([ann, true]), ann, 5)).toContain('has answered already');
    expect(answerProblem(asked(), 'arn:aws:iam::1:user/eve', 5)).toContain('is not among the approvers');
    expect(asked([ann, true], [ann, true], ['arn:aws:iam::1:user/eve', true]).answers).toHaveLength(1);
  });

  test.each(['rollBack', 'goOn'] as const)('times out: %s', (onTimeout) => {
    const state = { ...asked([ann, true]), rules: { ...rules, onTimeout } };
    expect(decideApproval(state, 60 * MINUTE - 1).kind).toBe('waits');
    expect(decideApproval(state, 60 * MINUTE)).toMatchObject({ kind: onTimeout === 'goOn' ? 'goesOn' : 'goesBack', end: 'timedOut' });
    expect(answerProblem(state, bob, 60 * MINUTE)).toContain('is over');
  });

  test('stays as it ended', () => {
    const ended = applyApprovalEvent(asked([ann, true], [bob, true]), { type: 'ApprovalEnded', kind: 'approved', reason: 'both' }, 9);
    expect(decideApproval(ended ?? asked(), 1_000 * MINUTE)).toEqual({ kind: 'goesOn', end: 'approved', reason: 'both' });
    expect(applyApprovalEvent(ended, { type: 'ApprovalAnswered', by: bob, approves: false, reason: 'late' }, 10)).toEqual(ended);
  });
});

describe('an approver', () => {
  const may = (pattern: string, by: string): boolean => answerProblem({ ...asked(), rules: { ...rules, approvers: [pattern] } }, by, 1) === undefined;

  test.each([
    ['arn:aws:iam::1:user/ann', 'arn:aws:iam::1:user/ann', true],
    ['arn:aws:iam::1:user/ann', 'arn:aws:iam::1:user/anna', false],
    ['arn:aws:sts::*:assumed-role/release/*', 'arn:aws:sts::1:assumed-role/release/bob', true],
    ['arn:aws:sts::*:assumed-role/release/*', 'arn:aws:sts::1:assumed-role/other/release/', false],
    ['arn:*a*a', 'arn:a', false],
    ['arn:*a*a', 'arn:xaya', true],
  ])('%s: %s is one: %s', (pattern, by, expected) => {
    expect(may(pattern, by)).toBe(expected);
  });

  test('is everybody where nobody is named', () => {
    expect(answerProblem({ ...asked(), rules: { ...rules, approvers: [] } }, 'anybody', 1)).toBeUndefined();
  });
});
