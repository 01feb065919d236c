// Where a service's tasks are started.
import type { CapacityProviderStrategyItem } from '#core/remediation/action.ts';

export interface CapacityObservation {
  readonly strategy: readonly CapacityProviderStrategyItem[];
  readonly healthCheckGracePeriodSeconds: number;
  readonly subnets: readonly string[];
}

export interface Capacity {
  /** undefined: there is no such service. */
  observe(cluster: string, service: string): Promise<CapacityObservation | undefined>;
  /** Starts tasks by this strategy from now on, those that run now included. ECS refuses it for services that CodeDeploy deploys. Repeatable. */
  set(cluster: string, service: string, strategy: readonly CapacityProviderStrategyItem[]): Promise<void>;
}
