// The vocabulary of an ECS deployment's state machine: its steps, what it is told (signals) and what it asks for (effects).
// transition.ts decides, run-lifecycle.ts acts.

export const HOOK_EVENTS = ['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

/** AWS's eight lifecycle events in AWS's order. */
export const LIFECYCLE_EVENTS = [
  'BeforeInstall',
  'Install',
  'AfterInstall',
  'AllowTestTraffic',
  'AfterAllowTestTraffic',
  'BeforeAllowTraffic',
  'AllowTraffic',
  'AfterAllowTraffic',
] as const;
export type LifecycleEventName = (typeof LIFECYCLE_EVENTS)[number];

/** Everything a deployment goes through, lifecycle events and the waits and work between them. */
export type StepName = 'Inspect' | LifecycleEventName | 'ReadyWait' | 'TerminationWait' | 'DeleteTaskSet';

/** One move of production traffic: green's percentage, and how long after the move before it. */
export interface TrafficMove {
  readonly greenPercent: number;
  readonly afterMs: number;
}

export type RollbackEvent = 'DEPLOYMENT_FAILURE' | 'DEPLOYMENT_STOP_ON_ALARM' | 'DEPLOYMENT_STOP_ON_REQUEST';

/** What is fixed when a deployment is created. */
export interface LifecyclePlan {
  readonly kind: 'Forward' | 'Rollback';
  readonly steps: readonly StepName[];
  readonly hooks: Readonly<Partial<Record<HookEvent, string>>>;
  readonly moves: readonly TrafficMove[];
  /** Canary and linear put green behind the production listener with weight 0 during Install; all-at-once does not. */
  readonly joinsProductionEarly: boolean;
  readonly hasTestListener: boolean;
  readonly readyWaitMs: number | undefined;
  readonly terminationWaitMs: number | undefined;
  readonly alarms: { readonly names: readonly string[]; readonly ignorePollFailure: boolean } | undefined;
  readonly rollbackOn: readonly RollbackEvent[];
}

export type EventStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'Skipped';

export interface Diagnostics {
  readonly errorCode: 'Success' | 'ScriptMissing' | 'ScriptTimedOut' | 'ScriptFailed' | 'UnknownError';
  readonly scriptName: string;
  readonly message: string;
  readonly logTail: string;
}

export interface EventRecord {
  readonly status: EventStatus;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly diagnostics?: Diagnostics;
}

export interface DeploymentError {
  readonly code: string;
  readonly message: string;
}

/** Why a deployment ends before success. `rollback` overrides what the configuration says. */
export interface Ending {
  readonly status: 'Failed' | 'Stopped';
  readonly cause: RollbackEvent;
  readonly error: DeploymentError;
  readonly rollback?: boolean;
  readonly diagnostics?: Diagnostics;
}

export type DeploymentStatus = 'Created' | 'InProgress' | 'Ready' | 'Succeeded' | 'Failed' | 'Stopped';

export interface Lifecycle {
  readonly status: DeploymentStatus;
  /** Index into the plan's steps; -1 before the start. */
  readonly step: number;
  /** The changing effect under way; an end waits for its outcome, so that nothing is half known. */
  readonly pending: ActingEffect['kind'] | undefined;
  readonly ending: Ending | undefined;
  readonly events: Readonly<Record<LifecycleEventName, EventRecord>>;
  readonly greenExists: boolean;
  /** Green's share of production traffic, percent. */
  readonly greenPercent: number;
  readonly moveIndex: number;
  readonly scalingSeen: boolean;
  readonly terminationWaitStarted: boolean;
  readonly skipTerminationWait: boolean;
  readonly startTime: number | undefined;
  readonly completeTime: number | undefined;
  readonly error: DeploymentError | undefined;
  readonly rollsBack: boolean;
}

/** Timers of the step under way; a step's timers die with it. */
export type StepTimer = 'HookTimeout' | 'InstallTimeout' | 'GreenPoll' | 'ReadyTimeout' | 'NextMove' | 'ScalingPoll' | 'ScalingGrace' | 'TerminationWait';
/** Timers of the whole deployment. */
export type DeploymentTimer = 'AlarmPoll' | 'StopSettle';

/** Effects that change AWS. One at a time. */
export type ActingEffect =
  | { readonly kind: 'Inspect' }
  | { readonly kind: 'CreateGreen' }
  | { readonly kind: 'RouteTest'; readonly greenPercent: number }
  | { readonly kind: 'RouteProduction'; readonly greenPercent: number }
  | { readonly kind: 'Promote' }
  | { readonly kind: 'DeleteTaskSet' };

/** Effects that only look, or that nobody waits for. */
export type SideEffect =
  | { readonly kind: 'InvokeHook'; readonly event: HookEvent; readonly functionName: string }
  | { readonly kind: 'CheckGreen' }
  | { readonly kind: 'CheckAlarms' }
  | { readonly kind: 'CheckScaling' };

export type Effect =
  | ActingEffect
  | SideEffect
  | { readonly kind: 'StartTimer'; readonly timer: StepTimer | DeploymentTimer; readonly delayMs: number }
  | { readonly kind: 'Announce'; readonly state: 'START' | 'SUCCESS' | 'FAILURE' | 'STOP' | 'READY' }
  | { readonly kind: 'StartRollback' };

/** What the machine is told. `step` is the step that asked: an answer to a step already left is nobody's business. */
export type Signal =
  | { readonly kind: 'Started' }
  | { readonly kind: 'EffectSucceeded'; readonly effect: ActingEffect['kind']; readonly step: number }
  | { readonly kind: 'EffectFailed'; readonly effect: (ActingEffect | SideEffect)['kind']; readonly step: number; readonly error: DeploymentError }
  | { readonly kind: 'GreenChecked'; readonly isSteady: boolean; readonly step: number }
  | { readonly kind: 'AlarmsChecked'; readonly raised: readonly string[] }
  | { readonly kind: 'ScalingChecked'; readonly hasChanged: boolean; readonly step: number }
  | { readonly kind: 'TimerFired'; readonly timer: StepTimer | DeploymentTimer; readonly step: number }
  | { readonly kind: 'HookReported'; readonly event: HookEvent; readonly isSuccess: boolean }
  | { readonly kind: 'StopRequested'; readonly rollback: boolean | undefined }
  | { readonly kind: 'ContinueRequested' }
  | { readonly kind: 'TerminationWaitSkipped' }
  | { readonly kind: 'Abandoned'; readonly error: DeploymentError };

/** A deployment before its first step. A rollback begins where the deployment it undoes stopped. */
export function initialLifecycle(from: { greenExists: boolean; greenPercent: number } = { greenExists: false, greenPercent: 0 }): Lifecycle {
  const pending: EventRecord = { status: 'Pending' };
  return {
    status: 'Created',
    step: -1,
    pending: undefined,
    ending: undefined,
    events: {
      BeforeInstall: pending,
      Install: pending,
      AfterInstall: pending,
      AllowTestTraffic: pending,
      AfterAllowTestTraffic: pending,
      BeforeAllowTraffic: pending,
      AllowTraffic: pending,
      AfterAllowTraffic: pending,
    },
    greenExists: from.greenExists,
    greenPercent: from.greenPercent,
    moveIndex: 0,
    scalingSeen: false,
    terminationWaitStarted: false,
    skipTerminationWait: false,
    startTime: undefined,
    completeTime: undefined,
    error: undefined,
    rollsBack: false,
  };
}
