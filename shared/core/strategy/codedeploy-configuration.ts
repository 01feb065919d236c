// Strategies by the names of CodeDeploy's deployment configurations. Planning asks for the name, the driver creates the ones of
// ours that are missing, the manifest may name a predefined one.
import { strategyProblem, type TimedStrategy } from './strategy.ts';

/** CodeDeploy's own configurations for ECS. Source: CodeDeploy user guide, "Predefined deployment configurations for an Amazon ECS compute platform". */
const predefined = {
  'CodeDeployDefault.ECSAllAtOnce': { kind: 'allAtOnce' },
  'CodeDeployDefault.ECSCanary10Percent5Minutes': { kind: 'canary', percent: 10, intervalMinutes: 5 },
  'CodeDeployDefault.ECSCanary10Percent15Minutes': { kind: 'canary', percent: 10, intervalMinutes: 15 },
  'CodeDeployDefault.ECSLinear10PercentEvery1Minutes': { kind: 'linear', percent: 10, intervalMinutes: 1 },
  'CodeDeployDefault.ECSLinear10PercentEvery3Minutes': { kind: 'linear', percent: 10, intervalMinutes: 3 },
} as const satisfies Record<string, TimedStrategy>;

export type PredefinedConfiguration = keyof typeof predefined;

export const predefinedConfigurations = Object.keys(predefined) as readonly PredefinedConfiguration[];

/** Names of ours say the shape and nothing else: services of one account share them, for it may have only 50. */
const ownName = /^weir-(canary|linear)-([1-9][0-9]?)-([1-9][0-9]{0,3})m$/;

/** The predefined name where one fits, else `weir-canary-10-7m` or `weir-linear-20-2m`. */
export function configurationName(strategy: TimedStrategy): string {
  const found = predefinedConfigurations.find((name) => sameStrategy(predefined[name], strategy));
  if (found !== undefined) return found;
  // Only one all-at-once exists and it is predefined, so what is left has a percent and an interval.
  return strategy.kind === 'allAtOnce' ? 'CodeDeployDefault.ECSAllAtOnce' : `weir-${strategy.kind}-${strategy.percent}-${strategy.intervalMinutes}m`;
}

/** The strategy a name stands for; undefined for a configuration that is neither predefined for ECS nor one of ours. */
export function strategyOfConfiguration(name: string): TimedStrategy | undefined {
  if (isPredefinedConfiguration(name)) return predefined[name];
  const [, kind, percent, intervalMinutes] = ownName.exec(name) ?? [];
  if (kind !== 'canary' && kind !== 'linear') return undefined;
  const strategy: TimedStrategy = { kind, percent: Number(percent), intervalMinutes: Number(intervalMinutes) };
  return strategyProblem(strategy) === undefined ? strategy : undefined;
}

/** Whether CodeDeploy comes with this configuration, so that nobody has to create it. */
export function isPredefinedConfiguration(name: string): name is PredefinedConfiguration {
  return Object.hasOwn(predefined, name);
}

function sameStrategy(one: TimedStrategy, other: TimedStrategy): boolean {
  if (one.kind === 'allAtOnce' || other.kind === 'allAtOnce') return one.kind === other.kind;
  return one.kind === other.kind && one.percent === other.percent && one.intervalMinutes === other.intervalMinutes;
}
