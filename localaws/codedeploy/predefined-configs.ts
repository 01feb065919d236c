// The deployment configurations every account has. AWS gives them no creation time that means anything.
import type { AwsShape } from '../region.ts';
import type { ComputePlatform, DeploymentConfig } from './model.ts';

const PREFIX = 'CodeDeployDefault.';

function config(name: string, computePlatform: ComputePlatform, settings: Partial<DeploymentConfig>): DeploymentConfig {
  const full = `${PREFIX}${name}`;
  return { id: full, name: full, computePlatform, createTime: undefined, trafficRoutingConfig: undefined, minimumHealthyHosts: undefined, ...settings };
}

function canary(canaryPercentage: number, canaryInterval: number): { trafficRoutingConfig: AwsShape } {
  return { trafficRoutingConfig: { type: 'TimeBasedCanary', timeBasedCanary: { canaryPercentage, canaryInterval } } };
}

function linear(linearPercentage: number, linearInterval: number): { trafficRoutingConfig: AwsShape } {
  return { trafficRoutingConfig: { type: 'TimeBasedLinear', timeBasedLinear: { linearPercentage, linearInterval } } };
}

const ALL_AT_ONCE = { trafficRoutingConfig: { type: 'AllAtOnce' } };

export const DEFAULT_ECS_CONFIG = `${PREFIX}ECSAllAtOnce`;

export const PREDEFINED_CONFIGS: readonly DeploymentConfig[] = [
  config('AllAtOnce', 'Server', { minimumHealthyHosts: { type: 'HOST_COUNT', value: 0 } }),
  config('ECSAllAtOnce', 'ECS', ALL_AT_ONCE),
  config('ECSCanary10Percent15Minutes', 'ECS', canary(10, 15)),
  config('ECSCanary10Percent5Minutes', 'ECS', canary(10, 5)),
  config('ECSLinear10PercentEvery1Minutes', 'ECS', linear(10, 1)),
  config('ECSLinear10PercentEvery3Minutes', 'ECS', linear(10, 3)),
  config('HalfAtATime', 'Server', { minimumHealthyHosts: { type: 'FLEET_PERCENT', value: 50 } }),
  config('LambdaAllAtOnce', 'Lambda', ALL_AT_ONCE),
  config('LambdaCanary10Percent10Minutes', 'Lambda', canary(10, 10)),
  config('LambdaCanary10Percent15Minutes', 'Lambda', canary(10, 15)),
  config('LambdaCanary10Percent30Minutes', 'Lambda', canary(10, 30)),
  config('LambdaCanary10Percent5Minutes', 'Lambda', canary(10, 5)),
  config('LambdaLinear10PercentEvery10Minutes', 'Lambda', linear(10, 10)),
  config('LambdaLinear10PercentEvery1Minute', 'Lambda', linear(10, 1)),
  config('LambdaLinear10PercentEvery2Minutes', 'Lambda', linear(10, 2)),
  config('LambdaLinear10PercentEvery3Minutes', 'Lambda', linear(10, 3)),
  config('OneAtATime', 'Server', { minimumHealthyHosts: { type: 'HOST_COUNT', value: 1 } }),
];

export function isPredefinedName(name: string): boolean {
  return name.startsWith(PREFIX);
}
