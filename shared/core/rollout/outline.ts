// What a manifest's deployments will be like, before there is one: steps and times, what holds them, what a bad version costs, how much
// room it takes, and where the driver's limits are. Read from the manifest alone; `weir plan` shows it.
import type { DeploymentSettings } from '#core/deployment/deployment.ts';
import { type DriverKind, driverName } from '#core/deployment/driver-kind.ts';
import { configurationNameFor } from '#core/strategy/configuration-name.ts';
import { ADAPTIVE_STEPS_MAX, ECS_BAKE_MINUTES_MAX, ECS_LINEAR_PERCENT_MIN, ECS_STEP_MINUTES_MAX } from '#core/strategy/ecs-configuration.ts';
import { STRATEGY_TOTAL_MINUTES_MAX, type Strategy, type TrafficStep, trafficSteps } from '#core/strategy/strategy.ts';
import { type CapabilityGap, capabilityGaps, type DriverCapabilities } from './driver-capabilities.ts';
import { type Exposure, exposures, FIRST_EVIDENCE_MINUTES } from './exposure.ts';
import { type Gate, type GateSubject, gatesOf } from './gates.ts';

export interface OutlineSubject {
  readonly serviceKey: string;
  readonly driver: DriverKind;
  readonly settings: Pick<DeploymentSettings, 'strategy' | 'bakeTimeMinutes' | 'onInconclusive' | 'health' | 'approval'>;
  readonly userHooks: GateSubject['userHooks'];
  readonly smokeChecks: number;
}

export interface Outline {
  readonly serviceKey: string;
  readonly driver: DriverKind;
  readonly otherDriver: DriverKind;
  readonly configurationName: string;
  /** Minutes count from green's first production traffic. */
  readonly steps: readonly TrafficStep[];
  /** Whether the times are the earliest possible, because a step is held until the evidence is enough. */
  readonly timesAreEarliest: boolean;
  readonly bakeTimeMinutes: number;
  /** Minutes from the first production traffic until blue may go, when nothing is held. */
  readonly minutes: number;
  readonly gates: readonly Gate[];
  readonly exposures: readonly Exposure[];
  /** Tasks that run beside blue's, percent of the desired count, and for how many minutes at least. */
  readonly extraCapacity: { readonly percent: number; readonly minutes: number };
  /** What limits this strategy, bake or driver, in words. */
  readonly limits: readonly string[];
  readonly gaps: readonly CapabilityGap[];
}

/** Minutes after which ECS ends a stage, a held step included. Source: ECS developer guide, lifecycle stages. */
const ECS_STAGE_MINUTES_MAX = 1_440;

export function outlineRollout(subject: OutlineSubject, capabilities: Readonly<Record<DriverKind, DriverCapabilities>>): Outline {
  const { driver, settings } = subject;
  const { strategy, bakeTimeMinutes } = settings;
  const otherDriver: DriverKind = driver === 'ecs' ? 'codedeploy' : 'ecs';
  const settleMinutes = settings.health.settleSeconds / 60;
  const steps = earliestSteps(strategy, settleMinutes);
  const { holdsAtStep } = capabilities[driver];
  const minutes = (steps.at(-1)?.atMinutes ?? 0) + bakeTimeMinutes;
  return {
    serviceKey: subject.serviceKey,
    driver,
    otherDriver,
    configurationName: configurationNameFor(driver, strategy),
    steps,
    timesAreEarliest: (holdsAtStep && steps.length > 1) || strategy.kind === 'rolling',
    bakeTimeMinutes,
    minutes,
    gates: gatesOf({
      driver,
      userHooks: subject.userHooks,
      smokeChecks: subject.smokeChecks,
      laterSteps: steps.length - 1,
      isRolling: strategy.kind === 'rolling',
      ...(settings.approval === undefined ? {} : { approval: settings.approval }),
    }),
    exposures: exposures({
      steps,
      bakeTimeMinutes,
      settleMinutes,
      heldMinutesMax: holdsAtStep ? heldMinutesMax(settings) : undefined,
    }),
    extraCapacity: { percent: strategy.kind === 'rolling' ? strategy.maximumPercent - 100 : 100, minutes },
    limits: limitsOf(driver, strategy, steps.length),
    gaps: capabilityGaps(capabilities[driver], capabilities[otherDriver]),
  };
}

/** Strong proof for one share may be proof for the next ones too: after the first evidence an adaptive ramp has no least time of its own. */
function earliestSteps(strategy: Strategy, settleMinutes: number): readonly TrafficStep[] {
  const steps = trafficSteps(strategy);
  if (strategy.kind !== 'adaptive') return steps;
  const atMinutes = FIRST_EVIDENCE_MINUTES.least + settleMinutes;
  return steps.map((step, index) => (index === 0 ? step : { ...step, atMinutes }));
}

/** As the step's own decision: after the bake time `onInconclusive` decides, and what holds on ends with ECS's stage. */
function heldMinutesMax({ onInconclusive, bakeTimeMinutes }: OutlineSubject['settings']): number {
  return onInconclusive === 'rollBack' ? bakeTimeMinutes : ECS_STAGE_MINUTES_MAX;
}

/** Sources: CodeDeploy user guide, quotas; ECS API and developer guide, see the constants. */
function limitsOf(driver: DriverKind, strategy: Strategy, stepCount: number): readonly string[] {
  if (driver === 'codedeploy') {
    return [
      `a hook is answered within 60 min, and CodeDeploy waits 60 min for green's tasks; the whole shift takes at most ${STRATEGY_TOTAL_MINUTES_MAX} min`,
      'blue is kept as long as the deployment group says (terminationWaitTimeInMinutes, at most 2880); a shorter one ends the bake early',
    ];
  }
  const stage = `${driverName(driver)} ends a stage, a held step too, after ${ECS_STAGE_MINUTES_MAX / 60} h and then goes back; a bake takes at most ${ECS_BAKE_MINUTES_MAX} min`;
  if (strategy.kind === 'adaptive') {
    return [
      `the first step of an adaptive ramp is at least ${ECS_LINEAR_PERCENT_MIN} % and there are at most ${ADAPTIVE_STEPS_MAX} steps; this one: ${strategy.percent} %, ${stepCount} steps`,
      'the first share is tried until the first whole minute of metrics counts; after it each step comes as soon as the evidence is enough for it',
      stage,
    ];
  }
  if (strategy.kind === 'rolling') {
    return [
      'green has a share as soon as its first task runs, and how long all of them take nobody knows: nothing holds it between two tasks',
      'ECS goes back by itself when its circuit breaker or an alarm says so; tasks that crash later than at their start only Weir counts',
    ];
  }
  const linear = strategy.kind === 'linear' ? [`a linear step is at least ${ECS_LINEAR_PERCENT_MIN} % and takes at most ${ECS_STEP_MINUTES_MAX} min`] : [];
  return [...linear, stage];
}
