// The deployment circuit breaker: how many tasks of the target may fail, and counting them.
import type { AwsShape } from '../../region.ts';
import type { TaskRecord } from '../ecs-records.ts';
import { BREAKER_FAILURES_MAX, BREAKER_FAILURES_MIN, BREAKER_PERCENT_DEFAULT } from '../limits.ts';
import { isServing } from '../scheduler/task-condition.ts';
import { isOver } from './deployment-records.ts';
import { type DeploymentRun, touch } from './deployment-run.ts';

/** Failures that trip the breaker, by its configuration and the service's latest desired count. Percentages are rounded up. */
export function failureThreshold(breaker: Readonly<AwsShape>, desiredCount: number): number {
  const { type = 'BOUNDED_PERCENT', value = BREAKER_PERCENT_DEFAULT } = (breaker['thresholdConfiguration'] ?? {}) as { type?: string; value?: number };
  if (type === 'COUNT') return value;
  const share = Math.ceil((value * desiredCount) / 100);
  // A percentage of nothing would trip before anything has failed.
  if (type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(BREAKER_FAILURES_MAX, Math.max(BREAKER_FAILURES_MIN, share));
}

/**
 * A task of the target that never ran, or failed a health check, has come to its end. One that ran and then exited by itself
 * is not counted, as AWS documents: a program that crashes after its start trips nothing without a health check.
 */
export function countFailure(run: DeploymentRun, task: TaskRecord): void {
  const { deployment } = run;
  const { circuitBreaker, service, configuration } = deployment;
  if (circuitBreaker.status !== 'MONITORING' || isOver(deployment) || task.taskSet !== deployment.target.taskSet) return;
  const breaker: AwsShape = configuration['deploymentCircuitBreaker'];
  circuitBreaker.failureCount++;
  circuitBreaker.threshold = failureThreshold(breaker, service.desiredCount);
  touch(run);
  if (circuitBreaker.failureCount < circuitBreaker.threshold) return;
  circuitBreaker.status = 'TRIGGERED';
  const rollsBack = breaker['rollback'] === true;
  const reason = rollsBack
    ? 'Service deployment rolled back because the circuit breaker threshold was exceeded.'
    : 'Service deployment failed because the circuit breaker threshold was exceeded.';
  run.end({ kind: 'Failed', reason, rollsBack, monitor: 'CircuitBreaker' });
}

/** A task of the target that has become healthy sets the count back, unless the configuration says otherwise. */
export function noteHealthyTasks(run: DeploymentRun): void {
  const { circuitBreaker, target, configuration } = run.deployment;
  if (circuitBreaker.status !== 'MONITORING' || configuration['deploymentCircuitBreaker']?.['resetOnHealthyTask'] === false) return;
  for (const task of target.taskSet.tasks) {
    if (run.seenHealthy.has(task.id) || !isServing(task)) continue;
    run.seenHealthy.add(task.id);
    circuitBreaker.failureCount = 0;
  }
}
