// How one target's health follows from its checks: AWS's states, reasons and thresholds, without sockets or time.
import type { HealthCheckSettings } from './load-balancing-state.ts';

export type TargetState = 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining';

export interface TargetHealth {
  readonly state: TargetState;
  readonly reason: string | undefined;
  readonly description: string | undefined;
  /** Checks passed or failed in a row since the last of the other kind. */
  readonly passesInRow: number;
  readonly failuresInRow: number;
}

export type CheckResult = { kind: 'answered'; status: number } | { kind: 'timeout' } | { kind: 'failed' };

const fresh = { passesInRow: 0, failuresInRow: 0 };

export const REGISTERING: TargetHealth = {
  state: 'initial',
  reason: 'Elb.RegistrationInProgress',
  description: 'Target registration is in progress',
  ...fresh,
};
export const FIRST_CHECKS: TargetHealth = { state: 'initial', reason: 'Elb.InitialHealthChecking', description: 'Initial health checks in progress', ...fresh };
export const NOT_IN_USE: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotInUse',
  description: 'Target group is not configured to receive traffic from the load balancer',
  ...fresh,
};
export const NOT_REGISTERED: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
  ...fresh,
};
export const DRAINING: TargetHealth = {
  state: 'draining',
  reason: 'Target.DeregistrationInProgress',
  description: 'Target deregistration is in progress',
  ...fresh,
};

/** Whether a status is one the matcher takes (`200`, `200,202`, `200-299`). */
export function matchesStatus(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return status >= from && status <= to;
  });
}

/** The health after one more check. A new target is healthy after its first passed check; the threshold is for recovery. */
export function afterCheck(before: TargetHealth, result: CheckResult, settings: HealthCheckSettings): TargetHealth {
  if (result.kind === 'answered' && matchesStatus(settings.matcher, result.status)) {
    const passesInRow = before.passesInRow + 1;
    const isHealthy = before.state !== 'unhealthy' || passesInRow >= settings.healthyThreshold;
    if (isHealthy) return { state: 'healthy', reason: undefined, description: undefined, passesInRow, failuresInRow: 0 };
    return { ...before, passesInRow, failuresInRow: 0 };
  }
  const failuresInRow = before.failuresInRow + 1;
  if (before.state === 'unhealthy' || failuresInRow >= settings.unhealthyThreshold) {
    return { state: 'unhealthy', ...failureReason(result), passesInRow: 0, failuresInRow };
  }
  return { ...before, passesInRow: 0, failuresInRow };
}

function failureReason(result: CheckResult): { reason: string; description: string } {
  switch (result.kind) {
    case 'answered':
      return { reason: 'Target.ResponseCodeMismatch', description: `Health checks failed with these codes: [${result.status}]` };
    case 'timeout':
      return { reason: 'Target.Timeout', description: 'Request timed out' };
    case 'failed':
      return { reason: 'Target.FailedHealthChecks', description: 'Health checks failed' };
  }
}
