// How a deployment's settings differ from its service's manifest, where it is not an ordinary one.
import { STRATEGY_PERCENT_MIN, type Strategy, shiftMinutes } from '#core/strategy/strategy.ts';
import type { DeploymentSettings } from './deployment.ts';

/** Least minutes in which the trial's canary is watched before all traffic follows. */
const TRIAL_INTERVAL_MINUTES = 5;

/** The smallest canary there is: what is tried after several failures harms as few as possible. */
export function trialStrategy(strategy: Strategy): Strategy {
  // Without traffic to share there is no canary.
  if (strategy.kind === 'rolling') return strategy;
  const own = strategy.kind === 'canary' || strategy.kind === 'linear' ? strategy.intervalMinutes : 0;
  return { kind: 'canary', percent: STRATEGY_PERCENT_MIN, intervalMinutes: Math.max(TRIAL_INTERVAL_MINUTES, own) };
}

/** The settings with another strategy, and with what follows from it. */
export function withStrategy(settings: DeploymentSettings, strategy: Strategy): DeploymentSettings {
  const plannedMinutes = Math.max(1, shiftMinutes(strategy) + settings.bakeTimeMinutes);
  return { ...settings, strategy, health: { ...settings.health, comparison: { ...settings.health.comparison, plannedMinutes } } };
}
