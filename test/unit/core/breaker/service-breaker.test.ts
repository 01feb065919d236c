// The service's circuit breaker: three bad images in a row open it, a push is refused with the reason, after the cool-down one is tried.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  coolDown,
  evolveServiceBreaker,
  newServiceBreaker,
  defaultServiceBreakerPolicy as policy,
  type ServiceBreaker,
  type ServiceBreakerEvent,
} from '#core/breaker/service-breaker.ts';
import {
  breakerForbids,
  closeByOperator,
  decideBreakerAdmission,
  decideDeploymentEnd,
  deploymentEnd,
  openByOperator,
} from '#core/breaker/service-breaker-decisions.ts';

const MINUTE = 60_000;
const T0 = 1_000_000;
const ann = { by: 'ann', why: 'the fix is in' };
const fold = (breaker: ServiceBreaker, events: readonly ServiceBreakerEvent[]): ServiceBreaker => events.reduce(evolveServiceBreaker, breaker);
const end = (
  breaker: ServiceBreaker,
  deploymentId: string,
  how: 'succeeded' | 'failed' | 'regressed' | 'neither',
  now = T0,
  purpose: 'change' | 'restore' = 'change',
): ServiceBreaker => fold(breaker, decideDeploymentEnd(breaker, policy, { deploymentId, purpose, end: how, reason: 'exit code 1' }, now));
const ask = (breaker: ServiceBreaker, deploymentId: string, now: number, more: { purpose?: 'restore'; force?: typeof ann } = {}) =>
  decideBreakerAdmission(breaker, { deploymentId, purpose: 'change', ...more }, now);
const admitted = (breaker: ServiceBreaker, deploymentId: string, now: number, force?: typeof ann): ServiceBreaker => {
  const answer = ask(breaker, deploymentId, now, force === undefined ? {} : { force });
  if (answer.kind !== 'admit') throw new Error(answer.reason);
  return fold(breaker, answer.events);
};
const opened = ['a', 'b', 'c'].reduce((breaker, id) => end(breaker, id, 'failed'), newServiceBreaker);

describe('the service circuit breaker', () => {
  test('opens on the third failure in a row and refuses with reason and time', () => {
    expect(['a', 'b'].reduce((breaker, id) => end(breaker, id, 'failed'), newServiceBreaker).state.kind).toBe('closed');
    expect(ask(opened, 'd', T0 + 1)).toEqual({
      kind: 'refuse',
      reason: 'the circuit breaker is open: 3 deployments in a row failed, the last one because: exit code 1',
      until: T0 + 30 * MINUTE,
    });
    expect(breakerForbids(opened, T0 + 1)).toContain('open');
  });

  test('a success in between starts the count anew; what was aborted, superseded or refused does not count', () => {
    const mixed = [
      ['a', 'failed'],
      ['b', 'failed'],
      ['x', 'neither'],
      ['c', 'succeeded'],
      ['d', 'failed'],
      ['e', 'failed'],
    ] as const;
    expect(mixed.reduce((breaker, [id, how]) => end(breaker, id, how), newServiceBreaker)).toMatchObject({ state: { kind: 'closed' }, failuresInARow: 2 });
  });

  test.each([
    ['Succeeded', undefined, 'succeeded'],
    ['RolledBack', 'health', 'failed'],
    ['RolledBack', 'crashes', 'failed'],
    ['Failed', undefined, 'failed'],
    ['Held', 'driver', 'failed'],
    ['RolledBack', 'operator', 'neither'],
    ['RolledBack', 'superseded', 'neither'],
    ['Refused', undefined, 'neither'],
    ['Superseded', undefined, 'neither'],
  ])('a deployment that ended as %s (%s) has %s', (status, cause, how) => {
    expect(deploymentEnd(status, cause)).toBe(how);
  });

  test('after the cool-down one deployment is tried, alone; asking for it again answers the same', () => {
    const later = T0 + 30 * MINUTE;
    expect(ask(opened, 'd', later)).toMatchObject({ kind: 'admit', trial: true });
    const trying = admitted(opened, 'd', later);
    expect(ask(trying, 'd', later)).toEqual({ kind: 'admit', trial: true, events: [] });
    expect(ask(trying, 'e', later)).toMatchObject({ kind: 'refuse', reason: expect.stringContaining('deployment d is being tried') });
    expect(ask(trying, 'e', later, { force: ann }).kind).toBe('refuse');
    expect(end(trying, 'd', 'succeeded', later)).toMatchObject({ state: { kind: 'closed' }, failuresInARow: 0 });
  });

  test('a failed trial opens it for longer, up to a bound', () => {
    const trying = admitted(opened, 'd', T0 + 30 * MINUTE);
    expect(end(trying, 'd', 'failed', T0 + 40 * MINUTE).state).toMatchObject({ kind: 'open', openings: 2, until: T0 + 100 * MINUTE });
    expect([1, 2, 3, 6, 7, 100, 10_000].map((openings) => coolDown(policy, openings) / MINUTE)).toEqual([30, 60, 120, 960, 1_440, 1_440, 1_440]);
  });

  test('a trial that ends without a verdict makes room for the next one', () => {
    const withdrawn = end(admitted(opened, 'd', T0 + 30 * MINUTE), 'd', 'neither', T0 + 31 * MINUTE);
    expect(ask(withdrawn, 'e', T0 + 31 * MINUTE)).toMatchObject({ kind: 'admit', trial: true });
  });

  test('a person forces a deployment through as a trial, closes it, or opens it; who and why is on record', () => {
    expect(admitted(opened, 'd', T0 + 1, ann).state).toMatchObject({ kind: 'halfOpen', trial: 'd', force: ann });
    const closed = fold(opened, closeByOperator(ann, T0 + 5));
    expect(closed).toMatchObject({ state: { kind: 'closed' }, failuresInARow: 0, closedBy: { ...ann, at: T0 + 5 } });
    const byHand = fold(closed, openByOperator(closed, policy, ann, 10, T0 + 6));
    expect(ask(byHand, 'e', T0 + 7)).toMatchObject({ kind: 'refuse', until: T0 + 6 + 10 * MINUTE, reason: expect.stringContaining('opened by ann') });
  });

  test('going back to a healthy revision is never refused by an open breaker and proves nothing', () => {
    expect(ask(opened, 'back', T0 + 1, { purpose: 'restore' })).toEqual({ kind: 'admit', trial: false, events: [] });
    const twice = ['a', 'b'].reduce((breaker, id) => end(breaker, id, 'failed'), newServiceBreaker);
    expect(end(twice, 'back', 'succeeded', T0, 'restore').failuresInARow).toBe(2);
  });

  test('images that go bad after success open it too, in spite of the way back in between', () => {
    const bad = ['a', 'b', 'c'].reduce((breaker, id) => {
      const regressed = end(end(breaker, id, 'succeeded'), id, 'regressed');
      return end(regressed, `back-from-${id}`, 'succeeded', T0, 'restore');
    }, newServiceBreaker);
    expect(bad).toMatchObject({ state: { kind: 'open' }, failuresInARow: 3 });
  });
});

describe('laws of the service circuit breaker', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
  const step = fc.record({
    id: fc.constantFrom(...ids),
    what: fc.constantFrom('ask', 'ask', 'force', 'restore', 'succeeded', 'failed', 'neither', 'regressed'),
    minutes: fc.integer({ min: 0, max: 90 }),
  });

  test('half-open never admits two: between the start of a trial and its end every other deployment is refused', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let breaker = newServiceBreaker;
        let now = T0;
        let trial: string | undefined;
        for (const { id, what, minutes } of steps) {
          now += minutes * MINUTE;
          if (what === 'ask' || what === 'force' || what === 'restore') {
            const answer = ask(breaker, id, now, what === 'force' ? { force: ann } : what === 'restore' ? { purpose: 'restore' } : {});
            if (trial !== undefined && id !== trial) expect(answer.kind).toBe('refuse');
            if (answer.kind === 'admit') {
              breaker = fold(breaker, answer.events);
              if (answer.trial) trial = id;
            }
          } else {
            const before = breaker.counted.length;
            breaker = end(breaker, id, what, now);
            if (id === trial && breaker.counted.length > before) trial = undefined;
          }
          expect(breaker.state.kind === 'halfOpen').toBe(trial !== undefined);
          if (breaker.state.kind === 'open') expect(breaker.state.until - now).toBeLessThanOrEqual(policy.coolDownMaxMinutes * MINUTE);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('an end reported again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let breaker = newServiceBreaker;
        for (const { id, what } of steps) {
          if (what !== 'succeeded' && what !== 'failed' && what !== 'neither' && what !== 'regressed') continue;
          breaker = end(breaker, id, what);
          expect(end(breaker, id, what)).toEqual(breaker);
        }
      }),
    );
  });

  test('any events in any order leave a bounded, serialisable record', () => {
    const anyEvent: fc.Arbitrary<ServiceBreakerEvent> = fc.oneof(
      fc.record({ type: fc.constantFrom('DeploymentFailureCounted', 'DeploymentSuccessCounted', 'DeploymentEndIgnored'), deploymentId: fc.string() }),
      fc.record({ type: fc.constant('DeploymentRegressionCounted' as const), deploymentId: fc.string(), key: fc.string() }),
      fc.record({ type: fc.constant('BreakerOpened' as const), at: fc.nat(), until: fc.nat(), openings: fc.nat(), reason: fc.string() }),
      fc.record({ type: fc.constant('TrialStarted' as const), at: fc.nat(), deploymentId: fc.string() }),
      fc.record({ type: fc.constant('TrialWithdrawn' as const), at: fc.nat() }),
      fc.record({ type: fc.constant('BreakerClosed' as const), at: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 100 }), (events) => {
        const breaker = fold(newServiceBreaker, events);
        expect(breaker.counted.length).toBeLessThanOrEqual(50);
        expect(JSON.parse(JSON.stringify(breaker))).toEqual(breaker);
      }),
    );
  });
});
