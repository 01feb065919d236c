// The deployment circuit breaker counts as ECS's does: thresholds of three types, the latest desired count, and a reset that is off
// unless asked for. Events may come in any order and any number of times.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BreakerEvent,
  breakerLimit,
  CRASHED_TASKS_MAX,
  crashCount,
  type DeploymentBreaker,
  type DeploymentBreakerPolicy,
  defaultDeploymentBreakerPolicy,
  evolveDeploymentBreaker,
  newDeploymentBreaker,
} from '#core/breaker/deployment-breaker.ts';

const GREEN = 'arn:aws:ecs:eu-west-1:111122223333:task-definition/orders:43';
const crash = (task: number | string, at: number, revision = GREEN): BreakerEvent => ({
  type: 'TaskCrashed',
  revision,
  taskId: `t${task}`,
  at,
  cause: 'exitError',
  text: `exit code 1 of ${task}`,
});
const healthy = (at: number): BreakerEvent => ({ type: 'TaskBecameHealthy', revision: GREEN, at });
const run = (events: readonly BreakerEvent[], desired = 4, policy = defaultDeploymentBreakerPolicy): DeploymentBreaker =>
  events.reduce((breaker, event) => evolveDeploymentBreaker(breaker, policy, event), newDeploymentBreaker(GREEN, desired));
const reset: DeploymentBreakerPolicy = { ...defaultDeploymentBreakerPolicy, resetOnHealthy: true };

describe('the deployment circuit breaker', () => {
  test.each([
    ['BOUNDED_PERCENT', 50, 1, 3],
    ['BOUNDED_PERCENT', 50, 25, 13],
    ['BOUNDED_PERCENT', 50, 400, 200],
    ['UNBOUNDED_PERCENT', 50, 1, 1],
    ['UNBOUNDED_PERCENT', 100, 5_000, CRASHED_TASKS_MAX],
    ['COUNT', 7, 400, 7],
  ] as const)('%s %i of %i tasks trips on crash %i, not before', (type, value, desired, limit) => {
    const policy = { threshold: { type, value }, resetOnHealthy: false };
    const events = Array.from({ length: limit }, (_, index) => crash(index, index + 1));
    expect(run(events.slice(0, -1), desired, policy).trip).toBeUndefined();
    expect(run(events, desired, policy).trip).toEqual({ at: limit, count: limit, limit, cause: 'exitError', lastText: `exit code 1 of ${limit - 1}` });
  });

  test('a green that was healthy in between still trips', () => {
    expect(run([crash(1, 1), healthy(2), crash(2, 3), healthy(4), crash(3, 5)]).trip?.count).toBe(3);
  });

  test("with ECS's reset a healthy task forgives the crashes before it", () => {
    const flapping = run([crash(1, 1), crash(2, 2), healthy(3), crash(3, 4), crash(4, 5)], 4, reset);
    expect(flapping.trip).toBeUndefined();
    expect(crashCount(flapping)).toBe(2);
    expect(run([crash(1, 1), crash(2, 2), healthy(3), crash(3, 4), crash(4, 5), crash(5, 6)], 4, reset).trip).toMatchObject({ at: 6, count: 3 });
  });

  test('a crash told again after the reset stays forgiven', () => {
    expect(crashCount(run([crash(1, 1), crash(2, 2), healthy(3), crash(1, 1), crash(2, 2)], 4, reset))).toBe(0);
  });

  test('scaling in lowers the limit and trips on what was counted before', () => {
    const many = run(
      [1, 2, 3, 4].map((task) => crash(task, task)),
      20,
    );
    expect(many.trip).toBeUndefined();
    expect(evolveDeploymentBreaker(many, defaultDeploymentBreakerPolicy, { type: 'DesiredCountObserved', desiredCount: 4, at: 9 }).trip).toMatchObject({
      at: 9,
      count: 4,
      limit: 3,
    });
  });

  test("another revision's crashes are not counted", () => {
    expect(crashCount(run([crash(1, 1, 'blue'), crash(2, 2), crash(3, 3, 'blue')]))).toBe(1);
  });

  test('names the cause most crashes share', () => {
    const memory = { ...crash(3, 3), cause: 'outOfMemory' } as BreakerEvent;
    expect(run([crash(1, 1), memory, { ...crash(2, 2), cause: 'outOfMemory' } as BreakerEvent]).trip?.cause).toBe('outOfMemory');
  });
});

describe('laws of the deployment circuit breaker', () => {
  const event: fc.Arbitrary<BreakerEvent> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 1, max: 30 })).map(([task, at]) => crash(task, at)) },
    fc.integer({ min: 1, max: 30 }).map(healthy),
  );
  const shuffled = fc
    .array(event, { maxLength: 20 })
    .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events, ...events], { minLength: 2 * events.length })));

  test.each([false, true])('order and repetition do not change the count (resetOnHealthy: %s)', (resetOnHealthy) => {
    const never: DeploymentBreakerPolicy = { threshold: { type: 'COUNT', value: 1_000 }, resetOnHealthy };
    fc.assert(
      fc.property(shuffled, ([events, mixed]) => {
        const once = run(events, 4, never);
        const again = run(mixed, 4, never);
        expect({ ids: again.crashed.map(({ taskId, at }) => [taskId, at]), healthyAt: again.healthyAt }).toEqual({
          ids: once.crashed.map(({ taskId, at }) => [taskId, at]),
          healthyAt: once.healthyAt,
        });
      }),
    );
  });

  test('without the reset it trips exactly when as many tasks as the limit have crashed, and stays tripped', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), fc.integer({ min: 1, max: 12 }), (events, desired) => {
        let breaker = newDeploymentBreaker(GREEN, desired);
        const tasks = new Set<string>();
        for (const one of events) {
          const before = breaker;
          breaker = evolveDeploymentBreaker(breaker, defaultDeploymentBreakerPolicy, one);
          if (one.type === 'TaskCrashed') tasks.add(one.taskId);
          expect(breaker.trip !== undefined).toBe(tasks.size >= breakerLimit(breaker, defaultDeploymentBreakerPolicy));
          if (before.trip !== undefined) expect(breaker.trip).toEqual(before.trip);
        }
      }),
    );
  });
});
