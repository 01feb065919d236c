// Who holds a service, who waits, what is refused. Every function that claims or releases goes through these decisions.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Admission, admit, holds, newServiceRecord, release, type ServiceRecord } from '#core/service/service-record.ts';

const T0 = 1_000_000;
const empty = (onPush: ServiceRecord['onPush'] = 'queue', frozen?: string): ServiceRecord => newServiceRecord('prod/orders', {}, { onPush, frozen }, 0);
const push = (id: string, pushedAt: number, digest = `sha256:${id}`, source: 'push' | 'operator' = 'push') => ({
  deploymentId: id,
  request: { repository: 'team/orders', registry: '111122223333', digest, tag: id, pushedAt, source },
  servingDigest: undefined,
});
const withPushes = (record: ServiceRecord, ...pushes: ReturnType<typeof push>[]): ServiceRecord =>
  pushes.reduce((current, one) => admit(current, one, T0).record, record);
const done = (deploymentId: string, fence: number) => ({ deploymentId, fence, succeeded: undefined, quarantine: undefined, failed: false });

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
      { ...done('a', 1), quarantine: { digest: 'sha256:a', reason: 'crashed', hours: 1 }, failed: true },
      T0,
    ).record;
    expect(refusal(failed, push('c', 3, 'sha256:a'))).toContain('crashed');
    expect(admit(failed, push('c', 3, 'sha256:a', 'operator'), T0).admission.kind).toBe('start');
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
