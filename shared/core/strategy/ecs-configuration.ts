// Strategies in the words of ECS's own deployments. Planning judges them, the ECS driver sends them, the lifecycle hook asks what
// the next step would be.
import { type Strategy, trafficSteps } from './strategy.ts';

/** Source: ECS API, LinearConfiguration: stepPercent is 3.0 to 100.0. */
export const ECS_LINEAR_PERCENT_MIN = 3;
/** Source: ECS API: canaryBakeTimeInMinutes and stepBakeTimeInMinutes are 0 to 1440. */
export const ECS_STEP_MINUTES_MAX = 1_440;
/**
 * Most steps of an evidence-paced shift. ECS takes steps of at least 3 %; whether 3 % makes 33 steps or a last short one more is
 * undocumented, so shares that could make 34 are not used.
 */
export const ADAPTIVE_STEPS_MAX = 33;
/**
 * Longest bake time: blue is kept by a hook, a stage ends after 24 hours, and an hour is left for what comes after the bake.
 * Source: ECS developer guide, blue/green deployments, lifecycle stages.
 */
export const ECS_BAKE_MINUTES_MAX = 1_380;

/** The members of an ECS deployment configuration that say how traffic moves. */
export type EcsTrafficConfiguration =
  | { readonly strategy: 'BLUE_GREEN' }
  | { readonly strategy: 'ROLLING'; readonly minimumHealthyPercent: number; readonly maximumPercent: number }
  | { readonly strategy: 'CANARY'; readonly canaryConfiguration: { readonly canaryPercent: number; readonly canaryBakeTimeInMinutes: number } }
  | { readonly strategy: 'LINEAR'; readonly linearConfiguration: { readonly stepPercent: number; readonly stepBakeTimeInMinutes: number } };

export function ecsTrafficConfiguration(strategy: Strategy): EcsTrafficConfiguration {
  switch (strategy.kind) {
    case 'allAtOnce':
      return { strategy: 'BLUE_GREEN' };
    case 'rolling':
      return { strategy: 'ROLLING', minimumHealthyPercent: strategy.minimumHealthyPercent, maximumPercent: strategy.maximumPercent };
    case 'canary':
      return { strategy: 'CANARY', canaryConfiguration: { canaryPercent: strategy.percent, canaryBakeTimeInMinutes: strategy.intervalMinutes } };
    case 'linear':
      return { strategy: 'LINEAR', linearConfiguration: { stepPercent: strategy.percent, stepBakeTimeInMinutes: strategy.intervalMinutes } };
    case 'adaptive':
      // No bake of its own: the hook before each step holds until the evidence is there.
      return { strategy: 'LINEAR', linearConfiguration: { stepPercent: strategy.percent, stepBakeTimeInMinutes: 0 } };
  }
}

/** `CANARY 10 %, 5 min`: what `weir status` shows as the planned configuration. */
export function ecsConfigurationName(strategy: Strategy): string {
  switch (strategy.kind) {
    case 'allAtOnce':
      return 'BLUE_GREEN';
    case 'rolling':
      return `ROLLING ${strategy.minimumHealthyPercent} to ${strategy.maximumPercent} %`;
    case 'adaptive':
      return `LINEAR ${strategy.percent} %, paced by evidence`;
    default:
      return `${strategy.kind.toUpperCase()} ${strategy.percent} %, ${strategy.intervalMinutes} min`;
  }
}

/** Why ECS would not take this strategy; undefined when it would. */
export function ecsStrategyProblem(strategy: Strategy): string | undefined {
  if (strategy.kind === 'linear' && strategy.percent < ECS_LINEAR_PERCENT_MIN) {
    return `percent must be at least ${ECS_LINEAR_PERCENT_MIN} with the ecs driver, got ${strategy.percent}`;
  }
  if ((strategy.kind === 'linear' || strategy.kind === 'canary') && strategy.intervalMinutes > ECS_STEP_MINUTES_MAX) {
    return `intervalMinutes must be at most ${ECS_STEP_MINUTES_MAX} with the ecs driver, got ${strategy.intervalMinutes}`;
  }
  if (strategy.kind === 'adaptive' && trafficSteps(strategy).length > ADAPTIVE_STEPS_MAX) {
    return `stepPercent ${strategy.percent} makes ${trafficSteps(strategy).length} steps; at most ${ADAPTIVE_STEPS_MAX} are possible`;
  }
  return undefined;
}

/** Weights are read with one decimal; anything closer is the same step. */
const SAME_PERCENT = 0.05;

/** Green's share after the next step, percent, when it has `greenPercent` now. */
export function nextSharePercent(strategy: Strategy, greenPercent: number): number {
  return trafficSteps(strategy).find((step) => step.greenPercent > greenPercent + SAME_PERCENT)?.greenPercent ?? 100;
}
