// Did it help? Asked until there is an answer or the time is over.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RemediationAction } from '#core/remediation/action.ts';
import { ACTION_LEASE_MILLISECONDS } from '#core/remediation/budget.ts';
import { type RemediationObservation, VERIFICATION_MILLISECONDS_MAX, verifyRemediation } from '#core/remediation/verify-remediation.ts';

const MINUTE = 60_000;
const quiet: RemediationObservation = { deployment: 'succeeded', effectiveAt: 10 * MINUTE, recurrences: 0, runningTasks: 4, desiredTasks: 4 };
const kinds: readonly RemediationAction['kind'][] = ['raiseMemory', 'redeployRevision', 'pinDigest', 'shiftCapacity', 'restoreCapacity', 'blockPromotion'];

describe('a remediation', () => {
  test('helped when it has been quiet for long enough and all tasks run', () => {
    expect(verifyRemediation('raiseMemory', quiet, 0, 40 * MINUTE - 1)).toMatchObject({ kind: 'wait', until: 40 * MINUTE });
    expect(verifyRemediation('raiseMemory', quiet, 0, 40 * MINUTE)).toEqual({ kind: 'helped', why: '30 minutes without it, and 4 of 4 tasks run' });
    expect(verifyRemediation('redeployRevision', quiet, 0, 20 * MINUTE).kind).toBe('helped');
    expect(verifyRemediation('blockPromotion', { ...quiet, deployment: 'none', effectiveAt: undefined }, 0, 0).kind).toBe('helped');
  });

  test('did not help when it happens again, or when its deployment failed; Spot may take back one more task', () => {
    expect(verifyRemediation('raiseMemory', { ...quiet, recurrences: 1 }, 0, 11 * MINUTE)).toMatchObject({
      kind: 'didNotHelp',
      why: expect.stringContaining('1 times again'),
    });
    expect(verifyRemediation('shiftCapacity', { ...quiet, recurrences: 1 }, 0, 20 * MINUTE).kind).toBe('helped');
    expect(verifyRemediation('raiseMemory', { ...quiet, deployment: 'failed' }, 0, 11 * MINUTE).kind).toBe('didNotHelp');
  });

  test.each([
    ['its deployment runs', { deployment: 'running' as const }],
    ['it has not taken effect', { effectiveAt: undefined }],
    ['tasks are missing', { runningTasks: 3 }],
    ['it could not be counted', { recurrences: undefined }],
  ])('is waited for while %s, and left open when the time is over', (_case, more) => {
    const now = 60 * MINUTE;
    expect(verifyRemediation('raiseMemory', { ...quiet, ...more }, 0, now)).toMatchObject({ kind: 'wait', until: now + MINUTE });
    expect(verifyRemediation('raiseMemory', { ...quiet, ...more }, 0, VERIFICATION_MILLISECONDS_MAX).kind).toBe('inconclusive');
  });

  test('always gets an answer in time, before its place in the budget is taken for lost', () => {
    expect(VERIFICATION_MILLISECONDS_MAX).toBeLessThan(ACTION_LEASE_MILLISECONDS);
    const observation = fc.record({
      deployment: fc.constantFrom<RemediationObservation['deployment']>('none', 'running', 'succeeded', 'failed'),
      effectiveAt: fc.option(fc.nat(10 * 3_600_000), { nil: undefined }),
      recurrences: fc.option(fc.nat(3), { nil: undefined }),
      runningTasks: fc.option(fc.nat(5), { nil: undefined }),
      desiredTasks: fc.option(fc.nat(5), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...kinds), observation, fc.nat(20 * 3_600_000), (kind, seen, now) => {
        const answer = verifyRemediation(kind, seen, 0, now);
        if (answer.kind === 'wait') expect(answer.until).toBeGreaterThan(now);
        if (now >= VERIFICATION_MILLISECONDS_MAX) expect(answer.kind).not.toBe('wait');
        if (answer.kind === 'helped' && kind !== 'blockPromotion')
          expect(seen.runningTasks).toBeGreaterThanOrEqual(seen.desiredTasks ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
});
