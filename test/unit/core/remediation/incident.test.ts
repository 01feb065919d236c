// A storm of stopped tasks is one incident in a bounded record: first and last seen, how many, which causes most. It is folded from
// counts by minute, which may be read again at any time and in any order.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StopCauseCode, StopFamily } from '#core/breaker/stop-cause.ts';
import {
  countSince,
  countsWithin,
  fingerprint,
  INCIDENT_MINUTES_MAX,
  type Incident,
  isQuiet,
  isSighting,
  minuteOf,
  observeMinutes,
  QUIET_MILLISECONDS,
  type SightingMinute,
  withRemediation,
} from '#core/remediation/incident.ts';

const MINUTE = 60_000;
const T0 = 600 * MINUTE;
const REVISION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:42';
/** So many of each code in the n-th minute; all of them crashes. */
const minute = (n: number, counts: Partial<Record<StopCauseCode, number>>, text = 'app: exit code 1'): SightingMinute => {
  const causes = Object.entries(counts).map(([code, count]) => ({ code: code as StopCauseCode, count, lastAt: T0 + n * MINUTE, lastText: text }));
  const count = causes.reduce((sum, cause) => sum + cause.count, 0);
  return { minute: T0 + n * MINUTE, count, crashes: count, causes };
};
const observe = (minutes: readonly SightingMinute[], from?: Incident): Incident => {
  const incident = observeMinutes(from, 'prod/orders', REVISION, minutes);
  if (incident === undefined) throw new Error('no incident');
  return incident;
};

describe('an incident', () => {
  test('is one record, however many tasks stop', () => {
    const incident = observe([minute(0, { exitError: 60_000 }), minute(1, { exitError: 39_999, outOfMemory: 1 }, 'the last words')]);
    expect(incident).toMatchObject({ id: `prod/orders#orders:42#${T0}`, firstSeen: T0, lastSeen: T0 + MINUTE, count: 100_000 });
    expect(incident.causes).toMatchObject([
      { code: 'exitError', count: 99_999, lastText: 'the last words' },
      { code: 'outOfMemory', count: 1 },
    ]);
  });

  test('is the same when the same counts are read again, and grows by what is new in a minute', () => {
    const first = observe([minute(0, { exitError: 3 })]);
    expect(observeMinutes(first, 'prod/orders', REVISION, [minute(0, { exitError: 3 })])).toBe(first);
    expect(observe([minute(0, { exitError: 5 })], first)).toMatchObject({ count: 5, causes: [{ code: 'exitError', count: 5 }], minutes: [{ count: 5 }] });
  });

  test('is over after half an hour of quiet: the next one is another', () => {
    const first = observe([minute(0, { exitError: 1 })]);
    expect([isQuiet(first, T0 + QUIET_MILLISECONDS - 1), isQuiet(first, T0 + QUIET_MILLISECONDS)]).toEqual([false, true]);
    const second = observe([minute(0, { exitError: 1 }), minute(30, { exitError: 2 })], first);
    expect(second).toMatchObject({ id: `prod/orders#orders:42#${T0 + 30 * MINUTE}`, count: 2 });
    expect(observe([minute(29, { exitError: 2 })], first)).toMatchObject({ id: first.id, count: 3 });
  });

  test('has a beginning that does not depend on when it was looked at first', () => {
    const minutes = [minute(0, { exitError: 1 }), minute(20, { exitError: 1 }), minute(45, { exitError: 1 })];
    const late = observe(minutes);
    const step = observe(minutes, observe(minutes.slice(0, 2), observe(minutes.slice(0, 1))));
    expect(late).toEqual(step);
  });

  test('counts by the minute, for what is a loop and what happens again', () => {
    const incident = observe([minute(0, { exitError: 2 }), minute(5, { exitError: 1, outOfMemory: 3 }), minute(9, { exitError: 4 })]);
    expect([1, 5, 10].map((minutes) => countsWithin(incident, minutes, T0 + 9 * MINUTE + 1).crashes)).toEqual([4, 8, 10]);
    expect(countSince(incident.minutes, 'exitError', T0 + 4 * MINUTE)).toBe(5);
    expect(countSince(incident.minutes, 'outOfMemory', T0 + 5 * MINUTE)).toBe(0);
  });

  test('keeps an hour of minutes and forgets no count', () => {
    const all = Array.from({ length: 100 }, (_, n) => minute(n, { exitError: 1 }));
    const incident = all.reduce<Incident | undefined>((before, _one, n) => observe(all.slice(Math.max(0, n - 59), n + 1), before), undefined);
    expect(incident).toMatchObject({ count: 100, firstSeen: T0, causes: [{ code: 'exitError', count: 100 }] });
    expect(incident?.minutes).toHaveLength(INCIDENT_MINUTES_MAX);
  });

  test('gets one action; a proposal or an alert may still become one', () => {
    const proposed = withRemediation(observe([minute(0, { exitError: 1 })]), { id: 'x', kind: 'propose', at: T0 });
    expect(withRemediation(proposed, { id: 'y', kind: 'alert', at: T0 })).toBe(proposed);
    const acted = withRemediation(proposed, { id: 'x', kind: 'act', at: T0 + 1 });
    expect(acted.remediation?.kind).toBe('act');
    expect(withRemediation(acted, { id: 'z', kind: 'act', at: T0 + 2 })).toBe(acted);
  });

  test('is not made of stops that were meant', () => {
    const families: readonly StopFamily[] = ['userStop', 'schedulerStop', 'interruption', 'unknown'];
    expect(families.map((family) => isSighting({ family }))).toEqual([false, false, true, true]);
  });
});

describe('laws of incidents', () => {
  const stops = fc.array(fc.record({ n: fc.nat(55), code: fc.constantFrom<StopCauseCode>('exitError', 'outOfMemory', 'unknown') }), { minLength: 1 });

  test('however often and however late the counts are read, nothing is counted twice and nothing is lost', () => {
    fc.assert(
      fc.property(stops, fc.func(fc.boolean()), (seen, looks) => {
        const counts = new Map<number, Partial<Record<StopCauseCode, number>>>();
        let incident: Incident | undefined;
        const look = (): void => {
          incident = observe(
            [...counts].map(([n, by]) => minute(n, by)),
            incident,
          );
        };
        const byTime = seen.toSorted((a, b) => a.n - b.n);
        for (const [index, { n, code }] of byTime.entries()) {
          const known = counts.get(n) ?? {};
          counts.set(n, { ...known, [code]: (known[code] ?? 0) + 1 });
          if (looks(index)) look();
        }
        look();
        // A quiet half hour in between makes two of it: then the newest is what came after it.
        const first = incident?.firstSeen ?? 0;
        const own = byTime.filter(({ n }) => T0 + n * MINUTE >= first);
        expect(incident?.count).toBe(own.length);
        expect(incident?.causes.reduce((sum, cause) => sum + cause.count, 0)).toBe(own.length);
        expect(JSON.parse(JSON.stringify(incident))).toEqual(incident);
      }),
    );
  });

  test('any text has a bounded fingerprint without digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fingerprint(text).length).toBeLessThanOrEqual(120);
        expect(fingerprint(text)).not.toMatch(/[0-9]/);
      }),
    );
  });

  test('every moment is in its minute', () => {
    fc.assert(
      fc.property(fc.nat(), (at) => {
        expect(minuteOf(at)).toBeLessThanOrEqual(at);
        expect(minuteOf(at) + MINUTE).toBeGreaterThan(at);
      }),
    );
  });
});
