// What counts as a crash, and how many are too many.
import { describe, expect, test } from '@jest/globals';
import { classifyStop } from '#core/breaker/classify-stop.ts';
import { crashLimit } from '#core/breaker/crash-threshold.ts';

describe('the crash limit', () => {
  // The documented values of ECS's own circuit breaker.
  test.each([
    [1, 3],
    [25, 13],
    [400, 200],
  ])('of 50 %% for %i tasks is %i', (desired, limit) => {
    expect(crashLimit({ type: 'BOUNDED_PERCENT', value: 50 }, desired)).toBe(limit);
  });

  test('is not clamped when unbounded, and is the count when it is one', () => {
    expect(crashLimit({ type: 'UNBOUNDED_PERCENT', value: 50 }, 1)).toBe(1);
    expect(crashLimit({ type: 'UNBOUNDED_PERCENT', value: 50 }, 600)).toBe(300);
    expect(crashLimit({ type: 'COUNT', value: 7 }, 600)).toBe(7);
    expect(crashLimit({ type: 'UNBOUNDED_PERCENT', value: 7 }, 100)).toBe(7);
  });
});

describe('a stopped task', () => {
  const stopped = (stopCode: string, stoppedReason: string, exitCode?: number) => ({
    stopCode,
    stoppedReason,
    containers: [{ name: 'app', ...(exitCode === undefined ? {} : { exitCode }) }],
  });
  test.each([
    ['EssentialContainerExited', 'Essential container in task exited', 1, 'app: exit code 1'],
    ['TaskFailedToStart', 'CannotPullContainerError: not found', undefined, 'CannotPullContainerError'],
    ['ServiceSchedulerInitiated', 'Task failed ELB health checks in (target-group arn:x)', 0, 'Task failed ELB health checks'],
    ['ServiceSchedulerInitiated', 'Task failed container health checks', 0, 'Task failed container health checks'],
  ])('with %s and "%s" crashed', (code, reason, exitCode, text) => {
    expect(classifyStop(stopped(code, reason, exitCode))).toMatchObject({ crash: true, text: expect.stringContaining(text) });
  });

  test.each([
    ['ServiceSchedulerInitiated', 'Scaling activity initiated by (deployment ecs-svc/1)'],
    ['UserInitiated', 'Task stopped by user'],
    ['SpotInterruption', 'Your Spot Task was interrupted.'],
  ])('with %s was stopped on purpose', (code, reason) => {
    expect(classifyStop(stopped(code, reason, 137)).crash).toBe(false);
  });
});
