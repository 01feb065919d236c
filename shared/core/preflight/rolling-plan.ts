// What planning does otherwise for a rolling deployment, which shifts no traffic.
import type { DeploymentSettings } from '#core/deployment/deployment.ts';
import { rollingSides } from '#core/deployment/rolling.ts';

/** By what the shares of blue and green are read. */
export interface PlannedSides {
  readonly blue: string;
  readonly green: string;
  readonly listener: string;
}

/** A rolling deployment has no listener; see Plan.rolling. */
export const rollingRoute: PlannedSides = { ...rollingSides, listener: '' };

/** Without a load balancer there are no requests to compare: crashes, alarms and tasks judge. */
export function withoutComparison(settings: DeploymentSettings): DeploymentSettings {
  return { ...settings, health: { ...settings.health, comparison: { ...settings.health.comparison, observe: true } } };
}

export function rollingProblems(blue: object | undefined): string[] {
  return blue === undefined ? ['the service has never completed a deployment: there is nothing to go back to; start it once before Weir deploys to it'] : [];
}
