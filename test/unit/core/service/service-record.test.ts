// Who holds a service, who waits, what is refused. Every function that claims or releases goes through these decisions.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { defaultServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { closeByOperator } from '#core/breaker/service-breaker-decisions.ts';
import { breakerOf, withBreakerEvents } from '#core/service/record-breaker.ts';
import { type Admission, admit, countRegression, holds, newServiceRecord, type Release, release, type ServiceRecord } from '#core/service/service-record.ts';

const T0 = 1_000_000;
const empty = (onPush: ServiceRecord['onPush'] = 'queue', frozen?: string): ServiceRecord => newServiceRecord('prod/orders', {}, { onPush, frozen }, 0);
const push = (id: string, pushedAt: number, digest = `sha256:${id}`, source: 'push' | 'operator' = 'push') => ({
  deploymentId: id,
  request: { repository: 'team/orders', registry: '111122223333', digest, tag: id, pushedAt, source },
  servingDigest: undefined,
});
const withPushes = (record: ServiceRecord, ...pushes: ReturnType<typeof push>[]): ServiceRecord =>
  pushes.reduce((current, one) => admit(current, one, T0).record, record);
const done = (deploymentId: string, fence: number, end: Release['end']['end'] = 'neither'): Release => ({
  deploymentId,
  fence,
  succeeded: end === 'succeeded' ? { deploymentId, digest: `sha256:${deploymentId}`, taskDefinitionArn: `orders:${fence}`, at: T0 } : undefined,
  quarantine: undefined,
  end: { end, purpose: 'change', reason: `${deploymentId} was bad` },
  breaker: defaultServiceBreakerPolicy,
});

describe('a push', () => {
  test('gets an idle service with the next fencing number', () => {
    const { record, admission } = admit(empty(), push('a', 1), T0);
    expect(admission).toEqual({ kind: 'start', fence: 1 });
    expect(holds(record, 'a', 1)).toBe(true);
    expect(holds(record, 'a', 2)).toBe(false);
  });

  test('waits behind the running one and takes the place of an older one that waits', () => {
    const { record, admission } = admit(withPushes(empty(), push('a', 1), push('b', 2)), push('c', 3), T0);
    expect(admission).toEqual({ kind: 'queue', behind: 'a', displaced: 'b' });
    expect(record.next?.deploymentId).toBe('c');
  });

  test('that is older than what runs or waits is outdated, in whatever order events come', () => {
    expect(admit(withPushes(empty(), push('b', 2)), push('a', 1), T0).admission).toEqual({ kind: 'outdated', by: 'b' });
    expect(admit(withPushes(empty(), push('a', 1), push('c', 3)), push('b', 2), T0).admission).toEqual({ kind: 'outdated', by: 'c' });
  });

  test('of the same second as one that waits has a fixed order: delivering both again changes nothing', () => {
    const record = withPushes(empty(), push('a', 1), push('b', 2), push('c', 2));
    expect(record.next?.deploymentId).toBe('c');
    expect(admit(record, push('b', 2), T0).admission).toEqual({ kind: 'outdated', by: 'c' });
  });

  test('delivered again is known', () => {
    const record = withPushes(empty(), push('a', 1), push('b', 2));
    expect(admit(record, push('a', 1), T0).admission).toEqual({ kind: 'known', state: 'active' });
    expect(admit(record, push('b', 2), T0).admission).toEqual({ kind: 'known', state: 'next' });
  });

  test('asks the running one for room when the manifest says supersede, and is refused when it says ignore', () => {
    expect(admit(withPushes(empty('supersede'), push('a', 1)), push('b', 2), T0).admission).toMatchObject({ kind: 'queue', supersedes: 'a' });
    expect(admit(withPushes(empty('ignore'), push('a', 1)), push('b', 2), T0).admission).toMatchObject({ kind: 'refuse' });
  });

  test('of an image that serves, that runs, that failed, or to a frozen service is refused with the reason', () => {
    const refusal = (record: ServiceRecord, asked: Parameters<typeof admit>[1]): string => {
      const { admission } = admit(record, asked, T0);
      return admission.kind === 'refuse' ? admission.reason : admission.kind;
    };
    expect(refusal(empty(), { ...push('a', 1), servingDigest: 'sha256:a' })).toContain('already serving');
    expect(refusal(withPushes(empty(), push('a', 1)), push('b', 2, 'sha256:a'))).toContain('already rolling out');
    expect(refusal(empty('queue', 'end of year'), push('a', 1))).toContain('end of year');
    const failed = release(
      withPushes(empty(), push('a', 1)),
      { ...done('a', 1, 'failed'), quarantine: { digest: 'sha256:a', reason: 'crashed', hours: 1 } },
      T0,
    ).record;
    expect(refusal(failed, push('c', 3, 'sha256:a'))).toContain('crashed');
    // An operator gets the same answer, and then may insist.
    expect(refusal(failed, push('c', 3, 'sha256:a', 'operator'))).toContain('crashed');
    const insisting = push('c', 3, 'sha256:a', 'operator');
    const forced = { ...insisting, request: { ...insisting.request, force: { by: 'ann', why: 'the database was down' } } };
    expect(admit(failed, forced, T0).admission.kind).toBe('start');
    expect(admit(failed, push('c', 3, 'sha256:a'), T0 + 3_600_000).admission.kind).toBe('start');
  });
});

describe('releasing', () => {
  test('gives the service to who waits in the same step, with a greater fencing number', () => {
    const { record, started } = release(withPushes(empty(), push('a', 1), push('b', 2)), done('a', 1), T0);
    expect(started).toMatchObject({ deploymentId: 'b', fence: 2 });
    expect(record.next).toBeUndefined();
  });

  test('what one does not hold, or holds no more, changes nothing', () => {
    const record = withPushes(empty(), push('a', 1));
    expect(release(record, done('a', 7), T0).record).toBe(record);
    expect(release(record, done('b', 1), T0).record).toBe(record);
  });
});

/** Deploys these one after the other, each with this end. */
function ending(record: ServiceRecord, end: Release['end']['end'], ...ids: readonly string[]): ServiceRecord {
  return ids.reduce((current, id) => {
    const { record: held, admission } = admit(current, push(id, 1), T0);
    return admission.kind === 'start' ? release(held, done(id, admission.fence, end), T0).record : current;
  }, record);
}

describe('the circuit breaker', () => {
  const opened = ending(empty(), 'failed', 'a', 'b', 'c');
  const until = T0 + 30 * 60_000;

  test('opens with the third failure in a row, refuses the fourth push until its time, and tries the first one after it', () => {
    expect(breakerOf(opened).state).toMatchObject({ kind: 'open', until });
    expect(opened.failuresInARow).toBe(3);
    expect(admit(opened, push('d', 2), T0).admission).toEqual({
      kind: 'refuse',
      reason: 'the circuit breaker is open: 3 deployments in a row failed, the last one because: c was bad; until 19700101T004640Z',
    });
    const tried = admit(opened, push('e', 3), until);
    expect(tried.admission.kind).toBe('start');
    expect(breakerOf(tried.record).state).toMatchObject({ kind: 'halfOpen', trial: 'e' });
    // Deciding again does not try again, and nothing else is tried beside it.
    expect(admit(tried.record, push('e', 3), until).admission).toEqual({ kind: 'known', state: 'active' });
    expect(admit(tried.record, push('f', 4), until).admission).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('half-open') });
    expect(breakerOf(release(tried.record, done('e', 4, 'succeeded'), until).record).state).toEqual({ kind: 'closed' });
    expect(breakerOf(release(tried.record, done('e', 4, 'failed'), until).record).state).toMatchObject({ kind: 'open', until: until + 60 * 60_000 });
  });

  test('that opens while a push waits refuses that push instead of starting it', () => {
    const held = withPushes(ending(empty(), 'failed', 'a', 'b'), push('c', 1), push('d', 2));
    const released = release(held, done('c', 3, 'failed'), T0);
    expect(released).toMatchObject({ started: undefined, refused: { deploymentId: 'd', reason: expect.stringContaining('circuit breaker is open') } });
    expect(released.record).toMatchObject({ active: undefined, next: undefined });
  });

  test('lets through who insists, as the trial, and nobody after a person closed it is refused', () => {
    const { request, ...rest } = push('d', 2);
    const force = { by: 'ann', why: 'the database was down' };
    const forced = admit(opened, { ...rest, request: { ...request, source: 'operator', force } }, T0);
    expect(breakerOf(forced.record).state).toMatchObject({ kind: 'halfOpen', trial: 'd', force });
    const closed = withBreakerEvents(opened, closeByOperator(force, T0));
    expect(closed.failuresInARow).toBe(0);
    expect(admit(closed, push('d', 2), T0).admission.kind).toBe('start');
  });

  test('never stops the way back to what worked', () => {
    const { request, ...rest } = push('r', 2);
    const remedy = { by: 'guard', why: 'crashes', purpose: 'restore' as const, taskDefinition: { kind: 'serving' as const } };
    expect(admit(opened, { ...rest, request: { ...request, source: 'remedy', remedy } }, T0).admission.kind).toBe('start');
  });

  test('is closed in a record older than it, which goes on counting where it was', () => {
    const { breaker: _, ...old } = { ...empty(), failuresInARow: 2 };
    const held = admit(old, push('c', 1), T0).record;
    expect(breakerOf(release(held, done('c', 1, 'failed'), T0).record).state.kind).toBe('open');
  });

  test('counts a success that went bad as a failure, once, and its image is refused', () => {
    const deployed = ending(ending(empty(), 'failed', 'a', 'b'), 'succeeded', 'c');
    expect(deployed.failuresInARow).toBe(0);
    const regressed = { deploymentId: 'c', digest: 'sha256:c', reason: 'went bad', hours: 24 };
    const counted = countRegression(deployed, regressed, defaultServiceBreakerPolicy, T0);
    expect(breakerOf(counted).state.kind).toBe('open');
    expect(counted.quarantine).toMatchObject([{ digest: 'sha256:c' }]);
    expect(countRegression(counted, regressed, defaultServiceBreakerPolicy, T0)).toBe(counted);
  });
});

describe('under any order of pushes, duplicates and releases', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), at: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('release' as const), at: fc.constant(0) }),
  );

  test('the fencing number only grows, one at most holds the service, and the newest push is never forgotten', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom('queue' as const, 'supersede' as const), (steps, onPush) => {
        let record = empty(onPush);
        const started: string[] = [];
        let newest = 0;
        for (const { kind, at } of steps) {
          const fence = record.fence;
          if (kind === 'push') {
            const { record: next, admission }: { record: ServiceRecord; admission: Admission } = admit(record, push(String(at).padStart(2, '0'), at), T0);
            newest = Math.max(newest, at);
            if (admission.kind === 'start') started.push(String(at).padStart(2, '0'));
            record = next;
          } else if (record.active !== undefined) {
            const { record: next, started: taken } = release(record, done(record.active.deploymentId, record.active.fence), T0);
            if (taken !== undefined) started.push(taken.deploymentId);
            record = next;
          }
          expect(record.fence).toBeGreaterThanOrEqual(fence);
        }
        if (newest === 0) return;
        const name = String(newest).padStart(2, '0');
        expect(started.includes(name) || record.next?.deploymentId === name).toBe(true);
      }),
    );
  });
});
