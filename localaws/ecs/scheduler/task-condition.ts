// What the scheduler thinks of a task: whether it counts towards steady state, and why it must go.
import type { ServiceRecord, TaskRecord } from '../ecs-records.ts';
import { hasHealthCheck } from '../tasks/container-health.ts';
import { wantedTargets } from '../tasks/load-balancer-targets.ts';

/**
 * Target states that satisfy ECS. `unused` is among them: a target group in no listener rule is not checked, so ECS finds
 * a task set steady that no load balancer has ever asked (CodeDeploy's documented trap with ECSAllAtOnce).
 */
const GOOD_TARGET_STATES = new Set(['healthy', 'unused', 'unavailable']);
const BAD_TARGET_STATES = new Set(['unhealthy']);

/** RUNNING, registered and healthy wherever it belongs, and healthy by its own checks where it has any. */
export function isServing(task: TaskRecord): boolean {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return false;
  if (
    task.containers.some(
      (container) => container.definition['essential'] !== false && hasHealthCheck(container.definition) && container.healthStatus !== 'HEALTHY',
    )
  ) {
    return false;
  }
  const isRegistered = task.targets.length === wantedTargets(task).length;
  return isRegistered && task.targets.every((target) => target.state === 'registered' && GOOD_TARGET_STATES.has(target.health ?? ''));
}

export interface Ailment {
  readonly stoppedReason: string;
  /** What the service's events say of it. */
  readonly message: string;
}

/** Why a task must be replaced, once its service's grace period is over. */
export function ailmentOf(service: ServiceRecord, task: TaskRecord, now: number): Ailment | undefined {
  if (task.lastStatus !== 'RUNNING' || task.desiredStatus !== 'RUNNING') return undefined;
  const runningMs = now - (task.times.startedAt ?? now);
  if (runningMs < (service.healthCheckGracePeriodSeconds ?? 0) * 1000) return undefined;
  const target = task.targets.find((candidate) => BAD_TARGET_STATES.has(candidate.health ?? ''));
  if (target !== undefined) {
    return {
      stoppedReason: `Task failed ELB health checks in (target-group ${target.targetGroupArn})`,
      message: `(service ${service.name}) (port ${target.port}) is unhealthy in (target-group ${target.targetGroupArn}) due to (reason ${target.healthReason ?? 'Health checks failed'}).`,
    };
  }
  if (task.healthStatus !== 'UNHEALTHY') return undefined;
  return { stoppedReason: 'Task failed container health checks', message: `(service ${service.name}) (task ${task.id}) failed container health checks.` };
}
