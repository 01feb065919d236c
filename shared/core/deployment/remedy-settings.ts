// How a remedy is deployed where that differs from a pushed image: other traffic strategy, other capacity, alarms that ring already.
import type { DeploymentSettings, LaunchSettings } from './deployment.ts';
import type { Remedy } from './remedy.ts';

export interface RemedySurroundings {
  readonly hasTestListener: boolean;
  readonly alarmsInAlarm: readonly string[] | undefined;
}

/** The settings as they are for a deployment without a remedy. */
export function remedySettings(settings: DeploymentSettings, remedy: Remedy | undefined, seen: RemedySurroundings): DeploymentSettings {
  if (remedy === undefined) return settings;
  // Without a test listener all traffic would go to targets that were never health-checked: then the manifest's own strategy is safer.
  const strategy = remedy.strategy === 'allAtOnce' && seen.hasTestListener ? ({ kind: 'allAtOnce' } as const) : settings.strategy;
  // What is to be put right may be why they ring: they cannot tell whether it helps.
  const alarms = settings.health.alarms.filter((name) => !(seen.alarmsInAlarm ?? []).includes(name));
  const { approval: _approval, ...rest } = settings;
  // What puts something right that is broken now waits for nobody: whoever allowed it has decided.
  return { ...rest, strategy, health: { ...settings.health, alarms } };
}

export function remedyLaunch(launch: LaunchSettings, remedy: Remedy | undefined): LaunchSettings {
  return remedy?.capacityProviderStrategy === undefined ? launch : { ...launch, capacityProviderStrategy: remedy.capacityProviderStrategy };
}
