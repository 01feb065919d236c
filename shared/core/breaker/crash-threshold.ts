// How many crashed tasks end a deployment: ECS's own deployment circuit breaker formula, applied to CodeDeploy deployments too,
// which have no breaker of their own and would wait an hour for a green that never gets healthy.

/** Source: Amazon ECS developer guide, "How the deployment circuit breaker detects failures", and the DeploymentCircuitBreaker API type. */
export interface CrashThreshold {
  readonly type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT';
  /** Percent of the desired count (1..100), or a number of tasks for COUNT. */
  readonly value: number;
}

export const CRASHES_MIN = 3;
export const CRASHES_MAX = 200;

/** Number of crashed tasks at which the deployment fails. Percentages are rounded up; BOUNDED_PERCENT is kept within 3..200. Never below 1. */
export function crashLimit(threshold: CrashThreshold, desiredCount: number): number {
  if (threshold.type === 'COUNT') return Math.max(1, Math.ceil(threshold.value));
  // Multiplying before dividing keeps whole numbers whole: 0.07 * 100 is not 7 in binary.
  const share = Math.ceil((threshold.value * desiredCount) / 100);
  if (threshold.type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(CRASHES_MAX, Math.max(CRASHES_MIN, share));
}
