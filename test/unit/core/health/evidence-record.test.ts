// The evidence on record: each complete minute once, in order, bounded, and the same when judged again.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { comparisonSetting } from '#core/health/comparison.ts';
import { COMPARISON_DEFAULTS } from '#core/health/comparison-rules.ts';
import type { EvidenceMinute } from '#core/health/evidence.ts';
import { EVIDENCE_MINUTES_KEPT, type EvidenceRecord, gatherEvidence, replayEvidence, startEvidence } from '#core/health/evidence-record.ts';
import { replay } from '#core/health/replay.ts';

const MINUTE = 60_000;
const FROM = 1_000 * MINUTE;
const setting = comparisonSetting(COMPARISON_DEFAULTS, undefined, 2);
const noCrashes = { blue: 0, green: 0 };
const at = (index: number): number => FROM + index * MINUTE;
const busy = (index: number, greenErrors = 0): EvidenceMinute => ({
  minute: at(index),
  blue: { requests: 900, errors: 1 },
  green: { requests: 100, errors: greenErrors },
});
const gather = (record: EvidenceRecord, minutes: readonly EvidenceMinute[], settledBefore: number, crashes = noCrashes) =>
  gatherEvidence(record, setting, { from: FROM, settledBefore, minutes, crashes });
const start = startEvidence(setting, undefined);

describe('gathering', () => {
  test('takes complete minutes only, once each, whatever is read again', () => {
    const first = gather(start, [busy(0), busy(1), busy(2)], at(2));
    expect(first.minutes.map(({ minute }) => minute)).toEqual([at(0), at(1)]);
    expect(gather(first, [busy(0, 100), busy(1, 100), busy(2, 100)], at(2))).toBe(first);
    expect(gather(first, [busy(0, 100), busy(2)], at(3)).minutes.map(({ green }) => green?.errors)).toEqual([0, 0, 0]);
  });

  test('a quiet minute between busy ones is judged as one, quiet ones at the end may still get data', () => {
    const gap = gather(start, [busy(0), busy(2)], at(4));
    expect(gap.minutes.map(({ green }) => green?.requests)).toEqual([100, undefined, 100]);
    expect(gather(gap, [], at(7)).minutes).toHaveLength(3);
    expect(gather(gap, [], at(10)).minutes.length).toBeGreaterThan(3);
  });

  test('crashes count once, in the newest minute', () => {
    const one = gather(start, [busy(0), busy(1)], at(2), { blue: 0, green: 1 });
    expect(one.minutes.map(({ crashes }) => crashes)).toEqual([undefined, { blue: 0, green: 1 }]);
    const same = gather(one, [busy(2)], at(3), { blue: 0, green: 1 });
    expect(same.minutes.at(-1)?.crashes).toBeUndefined();
    expect(same.state.crashes.green.crashes).toBe(1);
  });

  test('keeps the newest minutes and counts what it dropped', () => {
    const many = Array.from({ length: EVIDENCE_MINUTES_KEPT + 7 }, (_, index) => busy(index));
    const kept = gather(start, many, at(many.length));
    expect(kept.minutes).toHaveLength(EVIDENCE_MINUTES_KEPT);
    expect(kept.dropped).toBe(7);
    expect(kept.state.minutes).toBe(many.length);
    expect(JSON.stringify(kept).length).toBeLessThan(300_000);
  });

  test('in any number of looks it is the same record', () => {
    const side = fc
      .record({ requests: fc.integer({ min: 1, max: 500 }), errors: fc.nat(3) })
      .map(({ requests, errors }) => ({ requests, errors: Math.min(errors, requests) }));
    const minute = fc.record({ blue: fc.option(side, { nil: undefined }), green: side });
    fc.assert(
      fc.property(fc.array(minute, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(12), { maxLength: 4 }), (seen, looks) => {
        const minutes = seen.map(({ blue, green }, index): EvidenceMinute => ({ minute: at(index), green, ...(blue === undefined ? {} : { blue }) }));
        const once = gather(start, minutes, at(minutes.length));
        const stepwise = [...looks.toSorted((a, b) => a - b), minutes.length].reduce(
          (record, look) => gather(record, minutes, at(Math.min(look, minutes.length))),
          start,
        );
        expect(stepwise).toEqual(once);
        expect(JSON.parse(JSON.stringify(once))).toEqual(once);
      }),
    );
  });
});

describe('judging again', () => {
  const bad = Array.from({ length: 12 }, (_, index) => busy(index, index < 3 ? 0 : 20));
  const recorded = gather(start, bad, at(bad.length));

  test('says minute by minute what was said at the time', () => {
    expect(replayEvidence(setting, recorded.minutes).minutes).toEqual(recorded.minutes);
    const again = replay(setting, recorded.minutes);
    expect(again).toMatchObject({ verdict: 'fail', differing: 0 });
    expect(again.failsAt).toBeGreaterThanOrEqual(at(3));
  });

  test('with other settings says what would have been otherwise', () => {
    const patient = comparisonSetting({ ...COMPARISON_DEFAULTS, falseRollback: 1e-30 }, undefined, 2);
    const again = replay(patient, recorded.minutes);
    expect(again.failsAt).toBeGreaterThan(replay(setting, recorded.minutes).failsAt ?? Number.POSITIVE_INFINITY);
    expect(again.differing).toBeGreaterThan(0);
  });
});
