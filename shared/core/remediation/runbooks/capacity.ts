// Runbook: Spot capacity is taken back or there is none. Fargate Spot never falls back to on-demand by itself (aws-contracts.md 8.2), so
// the strategy is shifted for a while and then put back as it was.
import type { CapacityProviderStrategyItem, Finding } from '../action.ts';
import type { CapacityPolicy } from '../policy.ts';

export interface CapacitySituation {
  readonly kind: 'capacity';
  /** interruption: tasks were taken away. shortage: tasks could not be placed. */
  readonly trigger: 'interruption' | 'shortage';
  /** Of that trigger, within the policy's window. */
  readonly events: number;
  readonly strategy: readonly CapacityProviderStrategyItem[];
  /** CodeDeploy owns the strategy of its services: UpdateService refuses to change it (aws-contracts.md 2.4), a deployment can. */
  readonly deploymentController: 'CODE_DEPLOY' | 'ECS';
  readonly runningTasks: number;
  readonly desiredTasks: number;
  /** A shift of ours that is still on. */
  readonly shifted?: CapacityShift | undefined;
  /** Shifts of the last day that were put back: the next one lasts longer. */
  readonly recentShifts: number;
}

export interface CapacityShift {
  readonly previous: readonly CapacityProviderStrategyItem[];
  readonly until: number;
}

const ON_DEMAND = 'FARGATE';
const SPOT = 'FARGATE_SPOT';
const MILLISECONDS_PER_MINUTE = 60_000;
const ON_DEMAND_MINUTES_MAX = 1_440;

export function planCapacity(situation: CapacitySituation, policy: CapacityPolicy, now: number): Finding {
  const through = situation.deploymentController === 'CODE_DEPLOY' ? 'deployment' : 'updateService';
  const { shifted, trigger, events, strategy } = situation;
  const evidence = [
    `${events} ${trigger === 'interruption' ? 'Spot interruptions' : 'placement failures for capacity'} in ${policy.windowMinutes} minutes`,
    `${situation.runningTasks} of ${situation.desiredTasks} tasks run`,
    `capacity provider strategy: ${strategyText(strategy)}`,
  ];
  if (shifted !== undefined) return planWayBack(situation, shifted, through, evidence, now);
  const needed = trigger === 'shortage' ? 1 : policy.interruptions;
  if (events < needed) return { kind: 'nothing', why: `${events} interruptions in ${policy.windowMinutes} minutes; ${needed} are too many` };
  if (!strategy.some((item) => item.capacityProvider === SPOT && (item.weight > 0 || item.base > 0))) {
    return { kind: 'alert', why: 'capacity is short and no task of this service runs on Fargate Spot: there is nothing to shift', evidence };
  }
  // Strategies hold Fargate's providers or Auto Scaling groups, never both (aws-contracts.md 8.2).
  const minutes = Math.min(ON_DEMAND_MINUTES_MAX, policy.onDemandMinutes * 2 ** Math.min(16, Math.max(0, situation.recentShifts)));
  return {
    kind: 'action',
    action: { kind: 'shiftCapacity', strategy: onDemandStrategy(strategy), previous: strategy, through, until: now + minutes * MILLISECONDS_PER_MINUTE },
    why: `Fargate Spot is short: start tasks on demand for ${minutes} minutes, then go back to ${strategyText(strategy)}`,
    evidence,
  };
}

function planWayBack(
  situation: CapacitySituation,
  shifted: CapacityShift,
  through: 'updateService' | 'deployment',
  evidence: readonly string[],
  now: number,
): Finding {
  if (now >= shifted.until) {
    return {
      kind: 'action',
      action: { kind: 'restoreCapacity', strategy: shifted.previous, through },
      why: `the time on demand is over: back to ${strategyText(shifted.previous)}`,
      evidence,
    };
  }
  if (situation.trigger === 'shortage') return { kind: 'alert', why: 'capacity is short although tasks are started on demand', evidence };
  return { kind: 'nothing', why: 'tasks are started on demand already' };
}

/** The same providers with everything on FARGATE. At least one weight stays above 0 and one entry has the base: ECS refuses other strategies. */
export function onDemandStrategy(strategy: readonly CapacityProviderStrategyItem[]): readonly CapacityProviderStrategyItem[] {
  const base = strategy.reduce((sum, item) => sum + item.base, 0);
  const others = strategy.filter((item) => item.capacityProvider !== ON_DEMAND).map((item) => ({ ...item, base: 0, weight: 0 }));
  return [{ capacityProvider: ON_DEMAND, base, weight: 1 }, ...others];
}

function strategyText(strategy: readonly CapacityProviderStrategyItem[]): string {
  if (strategy.length === 0) return 'none';
  return strategy.map((item) => `${item.capacityProvider} base ${item.base} weight ${item.weight}`).join(', ');
}
