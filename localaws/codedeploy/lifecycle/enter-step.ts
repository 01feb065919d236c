// What happens when a deployment enters each of its steps. A step with nothing to do (a hook nobody named, a wait nobody asked
// for) is passed in the same instant.
import { HOOK_TIMEOUT_MS, INSTALL_TIMEOUT_MS } from '../limits.ts';
import { completeEvent, concludeSucceeded } from './conclude.ts';
import type { ActingEffect, Effect, HookEvent, Lifecycle, LifecycleEventName, LifecyclePlan, StepName } from './lifecycle.ts';

interface Entered {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly Effect[];
  /** Nothing to wait for here. */
  readonly isPassed?: boolean;
}

/** The step under way; undefined before the first and after the last. */
export function stepName(plan: LifecyclePlan, lifecycle: Lifecycle): StepName | undefined {
  return plan.steps[lifecycle.step];
}

/** Goes on to the next step that has something to do, or to success. */
export function advance(plan: LifecyclePlan, lifecycle: Lifecycle, now: number): { lifecycle: Lifecycle; effects: Effect[] } {
  let current = lifecycle;
  const effects: Effect[] = [];
  for (let step = lifecycle.step + 1; step < plan.steps.length; step++) {
    const name = plan.steps[step] as StepName;
    const entered = enter(plan, { ...current, step, scalingSeen: false }, name, now);
    current = entered.lifecycle;
    effects.push(...entered.effects);
    if (entered.isPassed !== true) return { lifecycle: current, effects };
  }
  const end = concludeSucceeded({ ...current, step: plan.steps.length }, now);
  return { lifecycle: end.lifecycle, effects: [...effects, ...end.effects] };
}

function enter(plan: LifecyclePlan, lifecycle: Lifecycle, step: StepName, now: number): Entered {
  switch (step) {
    case 'Inspect':
    case 'DeleteTaskSet':
      return acting(lifecycle, { kind: step });
    case 'Install':
      return enterInstall(plan, begin(lifecycle, step, now), now);
    case 'AllowTestTraffic':
      // Without a test listener there is nothing to allow; the hook after it still runs when the AppSpec names one (unverified).
      if (!plan.hasTestListener) return passed(completeEvent(lifecycle, step, 'Skipped', now));
      return acting(begin(lifecycle, step, now), { kind: 'RouteTest', greenPercent: plan.kind === 'Forward' ? 100 : 0 });
    case 'ReadyWait':
      if (plan.readyWaitMs === undefined) return passed(lifecycle);
      return {
        lifecycle: { ...lifecycle, status: 'Ready' },
        effects: [
          { kind: 'Announce', state: 'READY' },
          { kind: 'StartTimer', timer: 'ReadyTimeout', delayMs: plan.readyWaitMs },
        ],
      };
    case 'AllowTraffic':
      return enterAllowTraffic(plan, begin({ ...lifecycle, moveIndex: 0 }, step, now));
    case 'TerminationWait':
      if (lifecycle.skipTerminationWait || plan.terminationWaitMs === undefined) return passed({ ...lifecycle, terminationWaitStarted: true });
      return {
        lifecycle: { ...lifecycle, terminationWaitStarted: true },
        effects: [{ kind: 'StartTimer', timer: 'TerminationWait', delayMs: plan.terminationWaitMs }],
      };
    default:
      return enterHook(plan, lifecycle, step, now);
  }
}

function enterInstall(plan: LifecyclePlan, lifecycle: Lifecycle, now: number): Entered {
  // A rollback installs nothing: its task set is the original one, still running.
  if (plan.kind === 'Rollback') return passed(completeEvent(lifecycle, 'Install', 'Succeeded', now));
  const { lifecycle: next, effects } = acting(lifecycle, { kind: 'CreateGreen' });
  return { lifecycle: next, effects: [{ kind: 'StartTimer', timer: 'InstallTimeout', delayMs: INSTALL_TIMEOUT_MS }, ...effects] };
}

function enterAllowTraffic(plan: LifecyclePlan, lifecycle: Lifecycle): Entered {
  const move = plan.moves[0] ?? { greenPercent: 100, afterMs: 0 };
  const { lifecycle: next, effects } = acting(lifecycle, { kind: 'RouteProduction', greenPercent: move.greenPercent });
  return { lifecycle: next, effects: plan.kind === 'Forward' ? [...effects, { kind: 'CheckScaling' }] : effects };
}

function enterHook(plan: LifecyclePlan, lifecycle: Lifecycle, event: HookEvent, now: number): Entered {
  const functionName = plan.hooks[event];
  const begun = begin(lifecycle, event, now);
  if (functionName === undefined) return passed(completeEvent(begun, event, 'Succeeded', now));
  return {
    lifecycle: begun,
    effects: [
      { kind: 'StartTimer', timer: 'HookTimeout', delayMs: HOOK_TIMEOUT_MS },
      { kind: 'InvokeHook', event, functionName },
    ],
  };
}

function begin(lifecycle: Lifecycle, event: LifecycleEventName, now: number): Lifecycle {
  return { ...lifecycle, status: 'InProgress', events: { ...lifecycle.events, [event]: { status: 'InProgress', startTime: now } } };
}

function acting(lifecycle: Lifecycle, effect: ActingEffect): Entered {
  return { lifecycle: { ...lifecycle, pending: effect.kind }, effects: [effect] };
}

function passed(lifecycle: Lifecycle): Entered {
  return { lifecycle, effects: [], isPassed: true };
}
