// What a load balancer asks of the targets of one target group, and what it says of those that do not answer well.
import type { TargetGroupHealthCheck } from '#core/remediation/runbooks/target-health.ts';

export interface UnhealthyTargets {
  readonly count: number;
  /** Each pair of reason and description once. */
  readonly reasons: readonly { readonly code: string; readonly description: string }[];
}

export interface TargetGroups {
  /** undefined: there is no such target group. */
  healthCheck(targetGroupArn: string): Promise<TargetGroupHealthCheck | undefined>;
  unhealthy(targetGroupArn: string): Promise<UnhealthyTargets>;
}
