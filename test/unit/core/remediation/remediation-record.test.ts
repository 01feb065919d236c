// What a remediation's record learns, in whatever order steps are repeated.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  evolveRemediation,
  isNews,
  isOver,
  isUnattended,
  type Remediation,
  type RemediationEvent,
  requestRemediation,
} from '#core/remediation/remediation-record.ts';

const asked = requestRemediation({ id: 'r', serviceKey: 'prod/orders', subject: 'orders:2', cause: { kind: 'incident', incidentId: 'i' } }, 1);
const decided = (kind: 'act' | 'propose' | 'alert'): RemediationEvent => ({
  type: 'Decided',
  kind,
  runbook: 'crashLoop',
  why: 'it crashes',
  evidence: ['3 crashes'],
  ...(kind === 'propose' ? { held: 'over budget', answerBy: 100 } : {}),
});
const recordAfter = (...events: readonly RemediationEvent[]): Remediation =>
  events.reduce((record, event, index) => evolveRemediation(record, event, index + 2), asked);
const approved: RemediationEvent = { type: 'Answered', approve: true, by: 'ann', why: 'yes' };
const ended: RemediationEvent = { type: 'Ended', status: 'Helped', why: 'quiet' };

describe('a remediation', () => {
  test('that is approved says who, why, what was done and how it ended', () => {
    const record = recordAfter(
      decided('propose'),
      { type: 'TokenLeft', token: 't' },
      { type: 'PersonTold' },
      approved,
      { type: 'Started', deploymentId: 'd' },
      ended,
    );
    expect(record).toMatchObject({
      status: 'Helped',
      answer: { approve: true, by: 'ann', why: 'yes', at: 5 },
      deploymentId: 'd',
      startedAt: 6,
      endedAt: 7,
      toldAt: 4,
    });
    expect(record.timeline.map(({ text }) => text)).toEqual([
      'Proposed: it crashes (not by itself: over budget)',
      'People were told',
      'Approved by ann: yes',
      'Deploys it as d',
      'Helped: quiet',
    ]);
  });

  test('keeps its first decision, its first answer and its end', () => {
    expect(recordAfter(decided('act'), decided('alert'))).toMatchObject({ status: 'Acting', startedAt: 2 });
    expect(recordAfter(decided('propose'), approved, { ...approved, approve: false, by: 'bob' })).toMatchObject({ answer: { approve: true, by: 'ann' } });
    expect(recordAfter(decided('act'), ended, { type: 'Ended', status: 'Failed', why: 'late' })).toMatchObject({ status: 'Helped' });
  });

  test('is only answered when it is proposed', () => {
    expect(recordAfter(approved)).toBe(asked);
    expect(recordAfter(decided('act'), approved).answer).toBeUndefined();
  });

  test('that only tells is over at once, and may still note that people were told', () => {
    expect(recordAfter(decided('alert'))).toMatchObject({ status: 'Alerted', endedAt: 2 });
    expect(recordAfter(decided('alert'), { type: 'PersonTold' })).toMatchObject({ status: 'Alerted', toldAt: 3 });
  });

  test('is news when it is proposed, when it only tells and when its action ended, each until people were told', () => {
    const told: RemediationEvent = { type: 'PersonTold' };
    const no: RemediationEvent = { ...approved, approve: false };
    expect(isUnattended(asked) && !isNews(asked)).toBe(true);
    expect(isNews(recordAfter(decided('act'), { type: 'Started' }))).toBe(false);
    for (const events of [
      [decided('propose')],
      [decided('alert')],
      [decided('act'), ended],
      [decided('propose'), told, approved, { type: 'Started' } as const, ended],
    ]) {
      expect(isNews(recordAfter(...events)) && isUnattended(recordAfter(...events))).toBe(true);
      expect(isNews(recordAfter(...events, told)) || isUnattended(recordAfter(...events, told))).toBe(false);
    }
    expect(isNews(recordAfter(decided('propose'), told, no, { type: 'Ended', status: 'Rejected', why: 'no' }))).toBe(false);
    expect(recordAfter(decided('propose'), told, approved, ended, told)).toMatchObject({ toldAt: 3, endToldAt: 6, endWhy: 'quiet' });
  });

  test('once over never changes what was done, whatever comes', () => {
    const events: readonly RemediationEvent[] = [
      decided('act'),
      decided('propose'),
      decided('alert'),
      approved,
      { type: 'Started' },
      { type: 'TokenLeft', token: 't' },
      ended,
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), fc.constantFrom(...events), (sequence, last) => {
        const before = recordAfter(...sequence);
        const next = evolveRemediation(before, last, 99);
        if (isOver(before)) expect(next).toBe(before);
        expect(next.timeline.length).toBeLessThanOrEqual(40);
      }),
    );
  });
});
