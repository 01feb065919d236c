import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Deployment } from '#core/deployment/deployment.ts';
import { evolveAll, requestDeployment } from '#core/deployment/evolve.ts';
import { decidePause, decideResume, isPaused, type PauseRequest, pauseChanges } from '#core/deployment/pause-state.ts';

const request = { repository: 'r', registry: '1', digest: 'sha256:a', tag: '1', pushedAt: 0, source: 'push' as const };
const running: Deployment = { ...requestDeployment('d', 'prod/orders', request, 0), status: 'Shifting' };

interface Press extends PauseRequest {
  readonly verb: 'pause' | 'resume';
}

function send(deployment: Deployment, press: Press): { readonly deployment: Deployment; readonly outcome: { readonly kind: string } } {
  const { outcome, events } = press.verb === 'pause' ? decidePause(deployment, press, undefined) : decideResume(deployment, press);
  return { deployment: evolveAll(deployment, events, 1), outcome };
}

const press = (verb: Press['verb'], by: string, seen?: number): Press => ({ verb, by, reason: `${by} says so`, seen });

describe('opposite requests', () => {
  test.each([
    [press('pause', 'ann', 0), press('resume', 'bob', 0)],
    [press('resume', 'bob', 0), press('pause', 'ann', 0)],
  ])('of people who saw the same end alike in either order', (first, second) => {
    const end = [first, second, first, second].reduce((deployment, one) => send(deployment, one).deployment, running);
    expect(isPaused(end)).toBe(true);
    expect(end.timeline.filter(({ type }) => type === 'Paused' || type === 'Resumed')).toHaveLength(1);
  });

  test('a request that is delivered again, and late, never undoes what came after it', () => {
    const presses = fc.record({ verb: fc.constantFrom<Press['verb']>('pause', 'resume'), by: fc.constantFrom('ann', 'bob', 'eve') });
    fc.assert(
      fc.property(fc.array(presses, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (people, order) => {
        let deployment = running;
        const sent: Press[] = [];
        const repeatSome = (): void => {
          // Any of those sent before comes again: nothing may change by it.
          for (const again of sent.filter(() => (order.next().value ?? 0) % 2 === 0)) {
            const before = deployment;
            ({ deployment } = send(deployment, again));
            expect(deployment).toBe(before);
          }
        };
        for (const { verb, by } of people) {
          const looked = { ...press(verb, by), seen: pauseChanges(deployment) };
          ({ deployment } = send(deployment, looked));
          sent.push(looked);
          // What is asked for by somebody who sees the newest state is what is.
          expect(isPaused(deployment)).toBe(verb === 'pause');
          repeatSome();
        }
      }),
    );
  });
});

describe('a pause', () => {
  test('is refused with the reason where it can do nothing', () => {
    expect(decidePause(running, press('pause', 'ann'), 'it cannot be held')).toEqual({ outcome: { kind: 'cannotHold', why: 'it cannot be held' }, events: [] });
    expect(decidePause({ ...running, status: 'RolledBack' }, press('pause', 'ann'), undefined).outcome).toEqual({ kind: 'ended', status: 'RolledBack' });
    const aborted = { ...running, abortRequest: { by: 'bob', reason: 'no', at: 0 } };
    expect(decidePause(aborted, press('pause', 'ann'), undefined).outcome).toEqual({ kind: 'goesBack', why: 'bob asked to abort it: no' });
    expect(decideResume(running, press('resume', 'ann')).outcome).toEqual({ kind: 'notPaused' });
  });

  test('without what was seen means the state as it is now', () => {
    const paused = send(running, press('pause', 'ann')).deployment;
    const resumed = send(paused, press('resume', 'bob')).deployment;
    expect(isPaused(send(resumed, press('pause', 'ann')).deployment)).toBe(true);
  });
});
