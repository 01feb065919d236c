// The deployment state machine by itself: signals in, effects out, no clock and no AWS.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Effect, initialLifecycle, type Lifecycle, type LifecyclePlan, type Signal } from '../../../../localaws/codedeploy/lifecycle/lifecycle.ts';
import { transition } from '../../../../localaws/codedeploy/lifecycle/transition.ts';

const PLAN: LifecyclePlan = {
  kind: 'Forward',
  steps: [
    'Inspect',
    'BeforeInstall',
    'Install',
    'AfterInstall',
    'AllowTestTraffic',
    'AfterAllowTestTraffic',
    'ReadyWait',
    'BeforeAllowTraffic',
    'AllowTraffic',
    'AfterAllowTraffic',
    'TerminationWait',
    'DeleteTaskSet',
  ],
  hooks: { BeforeAllowTraffic: 'gate' },
  moves: [
    { greenPercent: 10, afterMs: 0 },
    { greenPercent: 100, afterMs: 300_000 },
  ],
  joinsProductionEarly: true,
  hasTestListener: true,
  readyWaitMs: undefined,
  terminationWaitMs: 60_000,
  alarms: undefined,
  rollbackOn: ['DEPLOYMENT_FAILURE'],
};

const ERROR = { code: 'ECS_UPDATE_ERROR', message: 'no' };

function play(signals: readonly ((lifecycle: Lifecycle) => Signal)[], plan = PLAN): { lifecycle: Lifecycle; effects: Effect[] } {
  let lifecycle = initialLifecycle();
  let effects: readonly Effect[] = [];
  for (const signal of signals) ({ lifecycle, effects } = transition(plan, lifecycle, signal(lifecycle), 1_000));
  return { lifecycle, effects: [...effects] };
}

const started = (): Signal => ({ kind: 'Started' });
const done =
  (effect: Extract<Signal, { kind: 'EffectSucceeded' }>['effect']) =>
  ({ step }: Lifecycle): Signal => ({ kind: 'EffectSucceeded', effect, step });
const steady = ({ step }: Lifecycle): Signal => ({ kind: 'GreenChecked', isSteady: true, step });
const fired =
  (timer: Extract<Signal, { kind: 'TimerFired' }>['timer']) =>
  ({ step }: Lifecycle): Signal => ({ kind: 'TimerFired', timer, step });
const toGate = [started, done('Inspect'), done('CreateGreen'), done('RouteProduction'), steady, done('RouteTest')];
const answered = (isSuccess: boolean) => (): Signal => ({ kind: 'HookReported', event: 'BeforeAllowTraffic', isSuccess });

describe('the way to success', () => {
  test('hooks nobody named are passed in the same instant', () => {
    const { lifecycle, effects } = play([started, done('Inspect')]);
    expect(lifecycle.events.BeforeInstall.status).toBe('Succeeded');
    expect(effects.map((effect) => effect.kind)).toEqual(['StartTimer', 'CreateGreen']);
  });

  test('green joins the production listener with weight 0 before it is looked at', () => {
    expect(play([started, done('Inspect'), done('CreateGreen')]).effects).toEqual([{ kind: 'RouteProduction', greenPercent: 0 }]);
  });

  test('the gate is asked once and the first move follows its answer', () => {
    expect(play(toGate).effects).toContainEqual({ kind: 'InvokeHook', event: 'BeforeAllowTraffic', functionName: 'gate' });
    expect(play([...toGate, answered(true)]).effects).toContainEqual({ kind: 'RouteProduction', greenPercent: 10 });
  });

  test('the primary changes only after all traffic has moved', () => {
    const first = [...toGate, answered(true), done('RouteProduction')];
    expect(play(first).effects).toEqual([{ kind: 'StartTimer', timer: 'NextMove', delayMs: 300_000 }]);
    expect(play([...first, fired('NextMove')]).effects).toEqual([{ kind: 'RouteProduction', greenPercent: 100 }]);
    expect(play([...first, fired('NextMove'), done('RouteProduction')]).effects).toEqual([{ kind: 'Promote' }]);
  });
});

describe('ends', () => {
  test('a stop waits for the change under way and knows what it did', () => {
    const stop = (): Signal => ({ kind: 'StopRequested', rollback: true });
    const waiting = play([started, done('Inspect'), stop, fired('StopSettle')]);
    expect(waiting.lifecycle.status).toBe('InProgress');
    const ended = play([started, done('Inspect'), stop, fired('StopSettle'), done('CreateGreen')]);
    expect(ended.lifecycle).toMatchObject({ status: 'Stopped', greenExists: true, rollsBack: true });
    expect(ended.effects).toContainEqual({ kind: 'StartRollback' });
  });

  test('a stop that arrives while the last task set is deleted comes too late', () => {
    const late = play([
      ...toGate,
      answered(true),
      done('RouteProduction'),
      fired('NextMove'),
      done('RouteProduction'),
      done('Promote'),
      fired('TerminationWait'),
      () => ({ kind: 'StopRequested', rollback: true }),
      done('DeleteTaskSet'),
    ]);
    expect(late.lifecycle.status).toBe('Succeeded');
  });

  test('when deleting blue fails nothing sends traffic back to it', () => {
    const failed = play([
      ...toGate,
      answered(true),
      done('RouteProduction'),
      fired('NextMove'),
      done('RouteProduction'),
      done('Promote'),
      fired('TerminationWait'),
      ({ step }) => ({ kind: 'EffectFailed', effect: 'DeleteTaskSet', step, error: ERROR }),
    ]);
    expect(failed.lifecycle).toMatchObject({ status: 'Failed', rollsBack: false });
  });

  test('a task set that may exist in spite of an error is there for the rollback to delete', () => {
    const failed = play([started, done('Inspect'), ({ step }) => ({ kind: 'EffectFailed', effect: 'CreateGreen', step, error: ERROR })]);
    expect(failed.lifecycle).toMatchObject({ status: 'Failed', greenExists: true, rollsBack: true });
  });

  test('answers and timers of a step already left change nothing', () => {
    const at = play(toGate).lifecycle;
    for (const signal of [
      { kind: 'GreenChecked', isSteady: true, step: 2 },
      { kind: 'TimerFired', timer: 'InstallTimeout', step: 2 },
      { kind: 'EffectFailed', effect: 'CheckGreen', step: 2, error: ERROR },
      { kind: 'EffectSucceeded', effect: 'RouteTest', step: 4 },
    ] as const) {
      expect(transition(PLAN, at, signal, 2_000)).toEqual({ lifecycle: at, effects: [] });
    }
  });
});

const ACTING = ['Inspect', 'CreateGreen', 'RouteTest', 'RouteProduction', 'Promote', 'DeleteTaskSet'] as const;
const TIMERS = [
  'HookTimeout',
  'InstallTimeout',
  'GreenPoll',
  'ReadyTimeout',
  'NextMove',
  'ScalingPoll',
  'ScalingGrace',
  'TerminationWait',
  'AlarmPoll',
  'StopSettle',
] as const;

/** Any signal at all, about the step under way. */
const anySignal = fc.oneof(
  fc.constant(started),
  fc.constantFrom(...ACTING).map(done),
  fc.constantFrom(...ACTING, 'CheckGreen', 'CheckAlarms', 'CheckScaling').map(
    (effect) =>
      ({ step }: Lifecycle): Signal => ({ kind: 'EffectFailed', effect, step, error: ERROR }),
  ),
  fc.constantFrom(...TIMERS).map(fired),
  fc.boolean().map(answered),
  fc.boolean().map(
    (isSteady) =>
      ({ step }: Lifecycle): Signal => ({ kind: 'GreenChecked', isSteady, step }),
  ),
  fc
    .constantFrom<Signal>(
      { kind: 'StopRequested', rollback: undefined },
      { kind: 'ContinueRequested' },
      { kind: 'TerminationWaitSkipped' },
      { kind: 'AlarmsChecked', raised: [] },
      { kind: 'AlarmsChecked', raised: ['a'] },
      { kind: 'Abandoned', error: ERROR },
    )
    .map((signal) => () => signal),
);

test('whatever it is told: an end is final, the events close with it, and green has traffic only after it exists', () => {
  fc.assert(
    fc.property(fc.array(anySignal, { maxLength: 60 }), fc.boolean(), (signals, isEager) => {
      let lifecycle = initialLifecycle();
      for (const signal of isEager ? [...toGate, ...signals] : signals) {
        const before = lifecycle;
        const next = transition(PLAN, lifecycle, signal(lifecycle), 1_000);
        lifecycle = next.lifecycle;
        if (before.completeTime !== undefined) expect(next).toEqual({ lifecycle: before, effects: [] });
        expect(next.effects.filter((effect) => (ACTING as readonly string[]).includes(effect.kind)).length).toBeLessThanOrEqual(1);
        if (lifecycle.greenPercent > 0) expect(lifecycle.greenExists).toBe(true);
        if (lifecycle.completeTime === undefined) continue;
        expect(lifecycle.pending).toBeUndefined();
        const open = Object.values(lifecycle.events).filter((event) => event.status === 'Pending' || event.status === 'InProgress');
        expect(open).toEqual([]);
        if (lifecycle.rollsBack) expect(lifecycle.greenExists).toBe(true);
      }
    }),
    { numRuns: 1_000 },
  );
});
