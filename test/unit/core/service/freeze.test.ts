import { describe, expect, test } from '@jest/globals';
import { defaultServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import type { DeploymentRequest } from '#core/deployment/deployment.ts';
import { type FreezeCalendar, freezeRefusal, openWindow } from '#core/service/freeze.ts';
import { admit, newServiceRecord, release } from '#core/service/service-record.ts';

const berlin: FreezeCalendar = {
  timeZone: 'Europe/Berlin',
  windows: [
    { name: 'weekend', weekly: { from: 'Fri 16:00', to: 'Mon 08:00' } },
    { name: 'lunch', weekly: { from: 'Wed 12:00', to: 'Wed 13:00' } },
    { name: 'year end', dates: { from: '2026-12-18T00:00', to: '2027-01-04T08:00' } },
  ],
};
const at = (iso: string): number => Date.parse(iso);
const name = (iso: string, calendar = berlin): string | undefined => openWindow(calendar, at(iso))?.name;

describe('a window of the calendar', () => {
  test('is open by the wall clock of its time zone: from is in it, to is not', () => {
    // Berlin is an hour ahead of UTC in November.
    expect(name('2026-11-27T14:59:59Z')).toBeUndefined();
    expect(name('2026-11-27T15:00:00Z')).toBe('weekend');
    expect(name('2026-11-29T23:30:00Z')).toBe('weekend');
    expect(name('2026-11-30T06:59:59Z')).toBe('weekend');
    expect(name('2026-11-30T07:00:00Z')).toBeUndefined();
    expect(name('2026-11-25T11:30:00Z')).toBe('lunch');
    expect(name('2026-12-17T22:59:59Z')).toBeUndefined();
    expect(name('2026-12-17T23:00:00Z')).toBe('year end');
    expect(name('2027-01-04T07:00:00Z')).toBeUndefined();
  });

  test('moves with daylight saving', () => {
    // Two hours ahead in July.
    expect(name('2026-07-03T13:59:00Z')).toBeUndefined();
    expect(name('2026-07-03T14:00:00Z')).toBe('weekend');
  });

  test('says until when in its own words', () => {
    expect(openWindow(berlin, at('2026-11-28T12:00:00Z'))).toEqual({ name: 'weekend', until: 'Mon 08:00 (Europe/Berlin)' });
    expect(openWindow({ timeZone: 'UTC', windows: [] }, 0)).toBeUndefined();
    expect(openWindow(undefined, 0)).toBeUndefined();
  });

  test('from a time to itself is the whole week', () => {
    const always = { timeZone: 'UTC', windows: [{ name: 'always', weekly: { from: 'Tue 10:00', to: 'Tue 10:00' } }] };
    for (let hour = 0; hour < 168; hour++) expect(openWindow(always, hour * 3_600_000)?.name).toBe('always');
  });
});

describe('a request in a freeze', () => {
  const saturday = at('2026-11-28T12:00:00Z');
  const restore = { by: 'x', why: '', purpose: 'restore' as const, taskDefinition: { kind: 'serving' as const } };
  const asked = (more: Partial<DeploymentRequest> = {}) => ({ source: 'push' as const, ...more });

  test.each<[string, Partial<DeploymentRequest>, boolean, boolean]>([
    ['a push', {}, true, true],
    ["an operator's deploy", { source: 'operator' }, true, true],
    ['a bypass', { source: 'operator', bypassFreeze: { by: 'ann', why: 'security fix' } }, false, false],
    ["an operator's rollback", { source: 'operator', remedy: restore }, false, false],
    ['the way back of the guard', { source: 'remedy', remedy: restore }, false, true],
    ['a change by a runbook', { source: 'remedy', remedy: { ...restore, purpose: 'change' } }, true, true],
  ])('%s', (_, more, inWindow, whileFrozen) => {
    expect(freezeRefusal({ frozen: undefined, freeze: berlin }, asked(more), saturday) !== undefined).toBe(inWindow);
    expect(freezeRefusal({ frozen: 'sale' }, asked(more), saturday) !== undefined).toBe(whileFrozen);
  });

  const record = newServiceRecord('prod/orders', {}, { onPush: 'queue', frozen: undefined, freeze: berlin }, 0);
  const push = (id: string, pushedAt: number, more: Partial<DeploymentRequest> = {}) => ({
    deploymentId: id,
    request: { repository: 'r', registry: '1', digest: `sha256:${id}`, tag: id, pushedAt, source: 'push' as const, ...more },
    servingDigest: undefined,
  });
  const friday = at('2026-11-27T14:00:00Z');
  const released = (deploymentId: string, from: typeof record) =>
    release(
      from,
      {
        deploymentId,
        fence: 1,
        succeeded: undefined,
        quarantine: undefined,
        end: { end: 'neither', purpose: 'change', reason: '' },
        breaker: defaultServiceBreakerPolicy,
      },
      saturday,
    );

  test('is refused with the window and its end, and what would deploy all the same', () => {
    expect(admit(record, push('a', saturday), saturday).admission).toEqual({
      kind: 'refuse',
      reason: 'freeze window "weekend" until Mon 08:00 (Europe/Berlin); weir deploy --bypass-freeze --reason "..." deploys all the same, on record',
    });
  });

  test('that began to wait before the window is not deployed in it, unless it bypasses the freeze', () => {
    const running = admit(record, push('a', friday), friday).record;
    const queued = admit(running, push('b', friday + 1), friday + 1).record;
    expect(released('a', queued)).toMatchObject({ started: undefined, refused: { deploymentId: 'b', reason: expect.stringContaining('weekend') } });
    const bypassing = admit(running, push('c', friday + 1, { source: 'operator', bypassFreeze: { by: 'ann', why: 'fix' } }), friday + 1).record;
    expect(released('a', bypassing).started?.deploymentId).toBe('c');
  });
});
