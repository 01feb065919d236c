// The load balancer: who gets how much traffic, and who is healthy. The listener's weights are the truth about a traffic shift.
import type { ProductionWeights } from '#core/deployment/watch.ts';

export interface TargetHealth {
  readonly healthy: number;
  readonly total: number;
  /** false: the group is in no listener rule and is not health-checked. */
  readonly checked: boolean;
}

export interface LoadBalancer {
  /**
   * `listenerArn` may also be the ARN of one rule, which is then the only one looked at.
   * Share of the listener's traffic per target group of the pair, percent, averaged over all rules that forward to one of them;
   * undefined when none does.
   */
  weights(listenerArn: string, pair: readonly string[]): Promise<ProductionWeights>;
  /** Sends all traffic of every rule (or of the one rule named) that forwards to one of the pair to `targetGroupArn`. Only for a driver that ended without doing so. */
  sendAllTo(listenerArn: string, pair: readonly string[], targetGroupArn: string): Promise<void>;
  /** ARNs of target groups by name, in the order given; a name that does not exist is left out. */
  targetGroupArns(names: readonly string[]): Promise<readonly string[]>;
  targetHealth(targetGroupArn: string): Promise<TargetHealth>;
  /** `http://dns-name:port` of a listener. */
  listenerUrl(listenerArn: string): Promise<string>;
}
