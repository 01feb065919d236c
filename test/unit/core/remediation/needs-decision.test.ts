// When an incident is worth a decision, and whose business a stopped task is.
import { describe, expect, test } from '@jest/globals';
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';
import { type Incident, observeMinutes, withRemediation } from '#core/remediation/incident.ts';
import { CAPACITY_SUBJECT, looksPerMinute, needsDecision, PLACEMENT_SUBJECT, runbookOfIncident, subjectOfStop } from '#core/remediation/needs-decision.ts';
import { defaultRemediationPolicy as policy } from '#core/remediation/policy.ts';

const MINUTE = 60_000;
const T0 = 600 * MINUTE;
const REVISION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:42';

/** So many of each code in one minute, all of them crashes. */
function incident(counts: Partial<Record<StopCauseCode, number>>, subject = REVISION): Incident {
  const causes = Object.entries(counts).map(([code, count]) => ({ code: code as StopCauseCode, count, lastAt: T0, lastText: code }));
  const count = causes.reduce((sum, cause) => sum + cause.count, 0);
  const made = observeMinutes(undefined, 'prod/orders', subject, [{ minute: T0, count, crashes: count, causes }]);
  if (made === undefined) throw new Error('no incident');
  return made;
}

describe('an incident needs a decision', () => {
  test.each<[string, Partial<Record<StopCauseCode, number>>, string, string | undefined]>([
    ['for the first task that was killed for memory', { outOfMemory: 1 }, REVISION, 'outOfMemory'],
    ['not for two crashes', { exitError: 2 }, REVISION, undefined],
    ['for three crashes: that is a loop', { exitError: 2, exitSegmentationFault: 1 }, REVISION, 'crashLoop'],
    ['not for one failed pull: the registry may have had a moment', { imageMissing: 1 }, REVISION, undefined],
    ['for two', { imageMissing: 2 }, REVISION, 'imagePull'],
    ['not for two Spot interruptions', { spotInterrupted: 2 }, CAPACITY_SUBJECT, undefined],
    ['for three', { spotInterrupted: 3 }, CAPACITY_SUBJECT, 'capacity'],
    ['for a shortage at once', { capacityUnavailable: 1 }, CAPACITY_SUBJECT, 'capacity'],
    ['for tasks that cannot be placed', { networkInterfaceFailed: 1 }, PLACEMENT_SUBJECT, 'placement'],
    ['never for reasons nobody has classified: people were told of those', { unknown: 50 }, REVISION, undefined],
    ['by its most frequent cause that has a runbook', { unknown: 9, outOfMemory: 2, exitError: 3 }, REVISION, 'crashLoop'],
  ])('%s', (_case, counts, subject, runbook) => {
    expect(needsDecision(incident(counts, subject), policy, T0 + 1)).toBe(runbook);
  });

  test('once, not when its runbook is off, and not when its crashes are long ago', () => {
    const loop = incident({ exitError: 5 });
    expect(needsDecision(withRemediation(loop, { id: 'r', kind: 'alert', at: T0 }), policy, T0 + 1)).toBeUndefined();
    expect(needsDecision(loop, { ...policy, crashLoop: { ...policy.crashLoop, mode: 'off' } }, T0 + 1)).toBeUndefined();
    expect(needsDecision(loop, policy, T0 + 9 * MINUTE)).toBe('crashLoop');
    expect(needsDecision(loop, policy, T0 + 10 * MINUTE)).toBeUndefined();
  });
});

test('what concerns the service whatever it runs is counted apart from the revision', () => {
  expect(subjectOfStop('exitError', REVISION)).toBe(REVISION);
  expect(subjectOfStop('spotInterrupted', REVISION)).toBe(CAPACITY_SUBJECT);
  expect(subjectOfStop('networkInterfaceFailed', REVISION)).toBe(PLACEMENT_SUBJECT);
  expect(runbookOfIncident(incident({ maintenance: 4 }))).toBeUndefined();
});

test('every count up to a threshold is looked at', () => {
  expect(looksPerMinute({ ...policy, crashLoop: { ...policy.crashLoop, crashes: 9 } })).toBe(9);
  expect(looksPerMinute({ ...policy, capacity: { ...policy.capacity, interruptions: 30 } })).toBe(30);
});
