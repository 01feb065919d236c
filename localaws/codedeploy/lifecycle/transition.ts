// The state machine of an ECS deployment as one pure function: state and signal in, state and effects out. Nothing here
// reads a clock, draws randomness or calls AWS.
import { ALARM_POLL_MS, GREEN_POLL_MS, SCALING_GRACE_MS, SCALING_POLL_MS, STOP_SETTLE_MS } from '../limits.ts';
import { completeEvent, conclude, endWhenIdle } from './conclude.ts';
import { abandoned, alarmsRaised, alarmsUnreadable, failedWith, hookFailed, scaledAway, stopRequested, timedOut } from './endings.ts';
import { advance, stepName } from './enter-step.ts';
import {
  type ActingEffect,
  type Effect,
  HOOK_EVENTS,
  type HookEvent,
  type Lifecycle,
  type LifecyclePlan,
  type Signal,
  type StepName,
  type StepTimer,
} from './lifecycle.ts';

export interface Transition {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly Effect[];
}

/** Decides what a signal means. A finished deployment stays as it is, whatever it is told. */
export function transition(plan: LifecyclePlan, lifecycle: Lifecycle, signal: Signal, now: number): Transition {
  if (lifecycle.completeTime !== undefined) return unchanged(lifecycle);
  if ('step' in signal && signal.step !== lifecycle.step && !isForWholeDeployment(signal)) return unchanged(lifecycle);
  switch (signal.kind) {
    case 'Started':
      return started(plan, lifecycle, now);
    case 'EffectSucceeded':
      return effectSucceeded(plan, lifecycle, signal.effect, now);
    case 'EffectFailed':
      return effectFailed(plan, lifecycle, signal, now);
    case 'GreenChecked':
      if (lifecycle.ending !== undefined || lifecycle.pending !== undefined || stepName(plan, lifecycle) !== 'Install') return unchanged(lifecycle);
      return signal.isSteady ? finishEvent(plan, lifecycle, 'Install', now) : timer(lifecycle, 'GreenPoll', GREEN_POLL_MS);
    case 'AlarmsChecked':
      if (signal.raised.length === 0) return timer(lifecycle, 'AlarmPoll', ALARM_POLL_MS);
      return isPastReturn(plan, lifecycle) ? unchanged(lifecycle) : endWhenIdle(plan, lifecycle, alarmsRaised(signal.raised), now);
    case 'ScalingChecked':
      return scalingChecked(lifecycle, signal.hasChanged);
    case 'TimerFired':
      return timerFired(plan, lifecycle, signal.timer, now);
    case 'HookReported':
      return hookReported(plan, lifecycle, signal.event, signal.isSuccess, now);
    case 'StopRequested':
      if (lifecycle.ending !== undefined || isPastReturn(plan, lifecycle)) return unchanged(lifecycle);
      return timer({ ...lifecycle, ending: stopRequested(signal.rollback) }, 'StopSettle', STOP_SETTLE_MS);
    case 'ContinueRequested':
      return continueRequested(plan, lifecycle, now);
    case 'TerminationWaitSkipped':
      return stepName(plan, lifecycle) === 'TerminationWait' && lifecycle.ending === undefined
        ? advance(plan, lifecycle, now)
        : unchanged({ ...lifecycle, skipTerminationWait: true });
    case 'Abandoned':
      return endWhenIdle(plan, lifecycle, abandoned(signal.error), now);
    default:
      return assertNever(signal);
  }
}

function started(plan: LifecyclePlan, lifecycle: Lifecycle, now: number): Transition {
  if (lifecycle.status !== 'Created') return unchanged(lifecycle);
  if (lifecycle.ending !== undefined) return conclude(plan, lifecycle, lifecycle.ending, now);
  const next = advance(plan, { ...lifecycle, status: 'InProgress', startTime: now }, now);
  const watch: Effect[] = plan.alarms === undefined ? [] : [{ kind: 'CheckAlarms' }];
  return { lifecycle: next.lifecycle, effects: [{ kind: 'Announce', state: 'START' }, ...watch, ...next.effects] };
}

function effectSucceeded(plan: LifecyclePlan, lifecycle: Lifecycle, effect: ActingEffect['kind'], now: number): Transition {
  if (lifecycle.pending !== effect) return unchanged(lifecycle);
  const settled: Lifecycle = { ...lifecycle, pending: undefined, ...learned(plan, lifecycle, effect) };
  if (settled.ending !== undefined) return conclude(plan, settled, settled.ending, now);
  switch (effect) {
    case 'Inspect':
    case 'DeleteTaskSet':
      return advance(plan, settled, now);
    case 'CreateGreen':
      return plan.joinsProductionEarly ? act(settled, { kind: 'RouteProduction', greenPercent: 0 }) : { lifecycle: settled, effects: [{ kind: 'CheckGreen' }] };
    case 'RouteTest':
      return finishEvent(plan, settled, 'AllowTestTraffic', now);
    case 'RouteProduction':
      return stepName(plan, settled) === 'Install' ? { lifecycle: settled, effects: [{ kind: 'CheckGreen' }] } : afterMove(plan, settled);
    case 'Promote':
      return finishEvent(plan, settled, 'AllowTraffic', now);
    default:
      return assertNever(effect);
  }
}

/** What an effect's success changes besides the step. */
function learned(plan: LifecyclePlan, lifecycle: Lifecycle, effect: ActingEffect['kind']): Partial<Lifecycle> {
  if (effect === 'CreateGreen') return { greenExists: true };
  const move = plan.moves[lifecycle.moveIndex];
  if (effect === 'RouteProduction' && stepName(plan, lifecycle) === 'AllowTraffic' && move !== undefined) return { greenPercent: move.greenPercent };
  return {};
}

function afterMove(plan: LifecyclePlan, lifecycle: Lifecycle): Transition {
  const next = plan.moves[lifecycle.moveIndex + 1];
  return next === undefined ? act(lifecycle, { kind: 'Promote' }) : timer(lifecycle, 'NextMove', next.afterMs);
}

function effectFailed(plan: LifecyclePlan, lifecycle: Lifecycle, signal: Extract<Signal, { kind: 'EffectFailed' }>, now: number): Transition {
  const { effect, error } = signal;
  switch (effect) {
    case 'CheckAlarms':
      if (plan.alarms?.ignorePollFailure === true || isPastReturn(plan, lifecycle)) return timer(lifecycle, 'AlarmPoll', ALARM_POLL_MS);
      return endWhenIdle(plan, lifecycle, alarmsUnreadable(error), now);
    case 'CheckScaling':
      return timer(lifecycle, 'ScalingPoll', SCALING_POLL_MS);
    case 'InvokeHook':
      return endWhenIdle(plan, lifecycle, hookFailed(plan, hookEventOf(plan, lifecycle), error), now);
    case 'CheckGreen':
      return endWhenIdle(plan, lifecycle, failedWith(error), now);
    default: {
      if (lifecycle.pending !== effect) return unchanged(lifecycle);
      // CreateTaskSet may have worked although its answer was an error: assume green exists, so that a rollback deletes it.
      const greenExists = lifecycle.greenExists || effect === 'CreateGreen';
      // Blue may be half gone: nothing may send traffic back to it.
      const ending = isPastReturn(plan, lifecycle) ? { ...failedWith(error), rollback: false } : failedWith(error);
      return conclude(plan, { ...lifecycle, pending: undefined, greenExists }, lifecycle.ending ?? ending, now);
    }
  }
}

function timerFired(plan: LifecyclePlan, lifecycle: Lifecycle, name: Extract<Signal, { kind: 'TimerFired' }>['timer'], now: number): Transition {
  if (name === 'StopSettle') {
    return lifecycle.ending !== undefined && lifecycle.pending === undefined ? conclude(plan, lifecycle, lifecycle.ending, now) : unchanged(lifecycle);
  }
  if (name === 'AlarmPoll') return { lifecycle, effects: [{ kind: 'CheckAlarms' }] };
  if (lifecycle.ending !== undefined || !isTimerOf(stepName(plan, lifecycle), name)) return unchanged(lifecycle);
  switch (name) {
    case 'HookTimeout':
      return endWhenIdle(plan, lifecycle, timedOut('Hook', plan, hookEventOf(plan, lifecycle)), now);
    case 'InstallTimeout':
      return endWhenIdle(plan, lifecycle, timedOut('Install', plan), now);
    case 'ReadyTimeout':
      return endWhenIdle(plan, lifecycle, timedOut('Ready', plan), now);
    case 'ScalingGrace':
      return endWhenIdle(plan, lifecycle, scaledAway(), now);
    case 'GreenPoll':
      return { lifecycle, effects: [{ kind: 'CheckGreen' }] };
    case 'ScalingPoll':
      return { lifecycle, effects: [{ kind: 'CheckScaling' }] };
    case 'NextMove': {
      const move = plan.moves[lifecycle.moveIndex + 1];
      if (move === undefined || lifecycle.pending !== undefined) return unchanged(lifecycle);
      return act({ ...lifecycle, moveIndex: lifecycle.moveIndex + 1 }, { kind: 'RouteProduction', greenPercent: move.greenPercent });
    }
    case 'TerminationWait':
      return advance(plan, lifecycle, now);
    default:
      return assertNever(name);
  }
}

/** Which steps start which timers. */
const STEPS_OF_TIMER: Readonly<Record<StepTimer, readonly StepName[]>> = {
  HookTimeout: HOOK_EVENTS,
  InstallTimeout: ['Install'],
  GreenPoll: ['Install'],
  ReadyTimeout: ['ReadyWait'],
  NextMove: ['AllowTraffic'],
  ScalingPoll: ['AllowTraffic'],
  ScalingGrace: ['AllowTraffic'],
  TerminationWait: ['TerminationWait'],
};

function isTimerOf(step: StepName | undefined, name: StepTimer): boolean {
  return step !== undefined && STEPS_OF_TIMER[name].includes(step);
}

function hookReported(plan: LifecyclePlan, lifecycle: Lifecycle, event: HookEvent, isSuccess: boolean, now: number): Transition {
  if (lifecycle.ending !== undefined || lifecycle.events[event].status !== 'InProgress') return unchanged(lifecycle);
  return isSuccess ? finishEvent(plan, lifecycle, event, now) : endWhenIdle(plan, lifecycle, hookFailed(plan, event), now);
}

function continueRequested(plan: LifecyclePlan, lifecycle: Lifecycle, now: number): Transition {
  const step = stepName(plan, lifecycle);
  if (lifecycle.ending !== undefined || (step !== 'ReadyWait' && step !== 'TerminationWait')) return unchanged(lifecycle);
  return advance(plan, { ...lifecycle, status: 'InProgress' }, now);
}

function scalingChecked(lifecycle: Lifecycle, hasChanged: boolean): Transition {
  if (!hasChanged || lifecycle.scalingSeen) return timer(lifecycle, 'ScalingPoll', SCALING_POLL_MS);
  return timer({ ...lifecycle, scalingSeen: true }, 'ScalingGrace', SCALING_GRACE_MS);
}

function finishEvent(plan: LifecyclePlan, lifecycle: Lifecycle, event: keyof Lifecycle['events'], now: number): Transition {
  return advance(plan, completeEvent(lifecycle, event, 'Succeeded', now), now);
}

function hookEventOf(plan: LifecyclePlan, lifecycle: Lifecycle): HookEvent {
  return stepName(plan, lifecycle) as HookEvent;
}

/** The last task set is being deleted: too late to stop or to go back. */
function isPastReturn(plan: LifecyclePlan, lifecycle: Lifecycle): boolean {
  return stepName(plan, lifecycle) === 'DeleteTaskSet';
}

function isForWholeDeployment(signal: Signal): boolean {
  if (signal.kind === 'TimerFired') return signal.timer === 'AlarmPoll' || signal.timer === 'StopSettle';
  return signal.kind === 'EffectFailed' && signal.effect === 'CheckAlarms';
}

function act(lifecycle: Lifecycle, effect: ActingEffect): Transition {
  return { lifecycle: { ...lifecycle, pending: effect.kind }, effects: [effect] };
}

function timer(lifecycle: Lifecycle, name: Extract<Effect, { kind: 'StartTimer' }>['timer'], delayMs: number): Transition {
  return { lifecycle, effects: [{ kind: 'StartTimer', timer: name, delayMs }] };
}

function unchanged(lifecycle: Lifecycle): Transition {
  return { lifecycle, effects: [] };
}

function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
