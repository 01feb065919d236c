// What the driver's configuration of a strategy is called, for planning and for people.
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import { configurationName } from './codedeploy-configuration.ts';
import { ecsConfigurationName } from './ecs-configuration.ts';
import type { Strategy } from './strategy.ts';

/** Name of the CodeDeploy deployment configuration, or ECS's strategy in words. */
export function configurationNameFor(driver: DriverKind, strategy: Strategy): string {
  if (driver === 'ecs' || strategy.kind === 'adaptive' || strategy.kind === 'rolling') return ecsConfigurationName(strategy);
  return configurationName(strategy);
}
