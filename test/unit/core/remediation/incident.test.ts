// A storm of stopped tasks is one incident in a bounded record: first and last seen, how many, which causes most.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyStop } from '#core/breaker/classify-stop.ts';
import {
  crashesWithin,
  fingerprint,
  type Incident,
  type IncidentChange,
  isQuiet,
  isSighting,
  observeStop,
  QUIET_MILLISECONDS,
  type Sighting,
  withRemediation,
} from '#core/remediation/incident.ts';
import { type CauseCount, countCause, TOP_CAUSES_MAX } from '#core/remediation/top-causes.ts';

const MINUTE = 60_000;
const T0 = 60 * MINUTE;
const REVISION = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:42';
const crashed = classifyStop({
  stopCode: 'EssentialContainerExited',
  stoppedReason: 'Essential container in task exited',
  containers: [{ name: 'app', exitCode: 1 }],
});
const unknown = (text: string) => classifyStop({ stopCode: 'TaskFailedToStart', stoppedReason: text, containers: [] });
const seen = (taskId: string, at: number, stop: Sighting['stop'] = crashed): Sighting => ({ taskId, at, stop });
const observe = (sightings: readonly Sighting[], from?: Incident): { incident: Incident | undefined; told: readonly IncidentChange['tell'][] } => {
  let incident = from;
  const told: IncidentChange['tell'][] = [];
  for (const one of sightings) {
    const change = observeStop(incident, 'prod/orders', REVISION, one);
    incident = change.incident;
    told.push(change.tell);
  }
  return { incident, told };
};

describe('an incident', () => {
  test('is told once, however many tasks stop', () => {
    const { incident, told } = observe(Array.from({ length: 5_000 }, (_, index) => seen(`t${index}`, T0 + index)));
    expect(told.filter((tell) => tell !== undefined)).toEqual(['opened']);
    expect(incident).toMatchObject({
      id: `prod/orders#orders:42#${T0}`,
      firstSeen: T0,
      lastSeen: T0 + 4_999,
      count: 5_000,
      causes: [{ code: 'exitError', count: 5_000, error: 0 }],
    });
    expect(JSON.stringify(incident).length).toBeLessThan(4_000);
  });

  test('takes a repeated event for what it is', () => {
    expect(observe([seen('a', T0), seen('a', T0), seen('b', T0 + 1), seen('a', T0)]).incident?.count).toBe(2);
  });

  test('is over after half an hour of quiet, and another revision has its own', () => {
    const { incident } = observe([seen('a', T0)]);
    if (incident === undefined) throw new Error('no incident');
    expect([isQuiet(incident, T0 + QUIET_MILLISECONDS - 1), isQuiet(incident, T0 + QUIET_MILLISECONDS)]).toEqual([false, true]);
    expect(observeStop(incident, 'prod/orders', REVISION, seen('b', T0 + QUIET_MILLISECONDS))).toMatchObject({ tell: 'opened', incident: { count: 1 } });
    expect(observeStop(incident, 'prod/orders', 'orders:43', seen('b', T0 + 1))).toMatchObject({
      tell: 'opened',
      incident: { count: 1, revision: 'orders:43' },
    });
  });

  test('tells of unknown words once, whatever ids and numbers are in them', () => {
    const words = (id: string) => unknown(`Flux capacitor ${id} of arn:aws:ecs:eu-west-1:111122223333:task/prod/${id} is out of plutonium`);
    const sightings = [seen('a', T0), seen('b', T0, words('c13b4cb4')), seen('c', T0, words('0f9a71e2')), seen('d', T0, unknown('other words'))];
    const { incident, told } = observe(sightings);
    expect(told).toEqual(['opened', 'unknownReason', undefined, 'unknownReason']);
    expect(incident?.causes.find((cause) => cause.key.includes('Flux'))).toMatchObject({
      code: 'unknown',
      count: 2,
      lastText: expect.stringContaining('0f9a71e2'),
    });
  });

  test('counts crashes by the minute, for what is a loop', () => {
    const { incident } = observe([seen('a', T0), seen('b', T0 + 30_000), seen('c', T0 + 5 * MINUTE), seen('d', T0 + 9 * MINUTE, { ...crashed, crash: false })]);
    if (incident === undefined) throw new Error('no incident');
    expect([1, 5, 6, 60].map((minutes) => crashesWithin(incident, minutes, T0 + 5 * MINUTE + 1))).toEqual([1, 1, 3, 3]);
    expect(crashesWithin(incident, 10, T0 + 20 * MINUTE)).toBe(0);
  });

  test('keeps an hour of minutes', () => {
    const { incident } = observe(Array.from({ length: 100 }, (_, index) => seen(`t${index}`, T0 + index * MINUTE)));
    expect(incident?.crashes.map((entry) => entry.minute)).toEqual(Array.from({ length: 60 }, (_, index) => T0 + (index + 40) * MINUTE));
  });

  test('gets one remediation; a proposal may still become an action', () => {
    const { incident } = observe([seen('a', T0)]);
    if (incident === undefined) throw new Error('no incident');
    const proposed = withRemediation(incident, { actionId: 'x', kind: 'propose', at: T0 });
    expect(withRemediation(proposed, { actionId: 'y', kind: 'alert', at: T0 })).toBe(proposed);
    const acted = withRemediation(proposed, { actionId: 'x', kind: 'act', at: T0 + 1 });
    expect(acted.remediation?.kind).toBe('act');
    expect(withRemediation(acted, { actionId: 'z', kind: 'act', at: T0 + 2 })).toBe(acted);
  });

  test('is not made of stops that were meant', () => {
    expect(['userStop', 'schedulerStop', 'interruption', 'unknown'].map((family) => isSighting({ family: family as Sighting['stop']['family'] }))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe('laws of incidents', () => {
  // A task stops once, so its time is its own however often and in whatever order it is told.
  const sighting = fc
    .record({ task: fc.nat(400), text: fc.string({ unit: 'binary' }) })
    .map(({ task, text }): Sighting => seen(`t${task}`, T0 + ((task * 7_919) % 401) * 3_000, unknown(text)));

  test('the record is bounded and serialisable, whatever is seen, and first and last hold in any order', () => {
    fc.assert(
      fc.property(fc.array(sighting, { minLength: 1, maxLength: 300 }), (sightings) => {
        const { incident, told } = observe(sightings);
        if (incident === undefined) throw new Error('no incident');
        expect(JSON.stringify(incident).length).toBeLessThan(40_000);
        expect(JSON.parse(JSON.stringify(incident))).toEqual(incident);
        expect(incident.causes.length).toBeLessThanOrEqual(TOP_CAUSES_MAX);
        expect(told.filter((tell) => tell !== undefined).length).toBeLessThanOrEqual(11);
        const times = sightings.map((one) => one.at);
        expect(incident.firstSeen).toBe(Math.min(...times));
        expect(incident.lastSeen).toBe(Math.max(...times));
        expect(incident.count).toBeGreaterThanOrEqual(new Set(sightings.map((one) => one.taskId)).size);
        expect(incident.count).toBeLessThanOrEqual(sightings.length);
      }),
      { numRuns: 50 },
    );
  });

  test('a cause with more than its share of what was seen is in the list, and counts are never too low nor more wrong than they say', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 300 }), (keys) => {
        const counted = keys.reduce<readonly CauseCount[]>((causes, key) => countCause(causes, { key: `k${key}`, code: 'unknown', text: '' }), []);
        const truth = new Map<string, number>();
        for (const key of keys) truth.set(`k${key}`, (truth.get(`k${key}`) ?? 0) + 1);
        for (const [key, count] of truth) if (count > keys.length / TOP_CAUSES_MAX) expect(counted.map((cause) => cause.key)).toContain(key);
        for (const { key, count, error } of counted) {
          expect(count).toBeGreaterThanOrEqual(truth.get(key) ?? 0);
          expect(count - error).toBeLessThanOrEqual(truth.get(key) ?? 0);
        }
        expect(counted.reduce((sum, cause) => sum + cause.count, 0)).toBe(keys.length);
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
});
