// The service scheduler's throttle: tasks that again and again never reach RUNNING are started less and less often. Tasks
// that fail after they were RUNNING are not throttled by ECS.
import type { TaskRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { FAILED_STARTS_BEFORE_THROTTLE, THROTTLE_FIRST_MS, THROTTLE_MS_MAX } from '../limits.ts';
import { addServiceEvent, emitServiceAction } from '../services/service-events.ts';

/**
 * Counts how a task of a task set has turned out: when it runs, and when its end begins (a replacement is due then).
 * Answers whether this is a failure a deployment circuit breaker counts: it never ran, or failed a health check.
 */
export function noteTaskOutcome(world: EcsWorld, taskSet: TaskSetRecord, task: TaskRecord): boolean {
  const { startThrottle } = taskSet;
  if (task.lastStatus === 'RUNNING') {
    startThrottle.failedStarts = 0;
    startThrottle.pauses = 0;
    startThrottle.impairedAnnounced = false;
    return false;
  }
  if (task.desiredStatus !== 'STOPPED' || task.isOutcomeNoted) return false;
  task.isOutcomeNoted = true;
  const wasScaledIn = task.stopCode === 'ServiceSchedulerInitiated' && task.stoppedReason?.startsWith('Scaling activity') === true;
  if (!wasScaledIn && task.stopCode !== 'UserInitiated') taskSet.rollout.failedTasks++;
  if (wasScaledIn || task.stopCode === 'UserInitiated') return false;
  if (task.times.startedAt !== undefined) return task.stoppedReason?.startsWith('Task failed ') === true;
  startThrottle.failedStarts++;
  pauseStarts(world, taskSet);
  return true;
}

/** A placement that was refused pauses starts in the same way. */
export function noteRefusedPlacement(world: EcsWorld, taskSet: TaskSetRecord): void {
  taskSet.startThrottle.failedStarts = Math.max(taskSet.startThrottle.failedStarts, FAILED_STARTS_BEFORE_THROTTLE);
  pauseStarts(world, taskSet);
}

function pauseStarts(world: EcsWorld, taskSet: TaskSetRecord): void {
  const { startThrottle, service } = taskSet;
  const now = world.region.clock.now();
  // Several tasks that fail in one wave make one pause.
  if (startThrottle.failedStarts < FAILED_STARTS_BEFORE_THROTTLE || now < startThrottle.notBefore) return;
  startThrottle.notBefore = now + Math.min(THROTTLE_FIRST_MS * 2 ** startThrottle.pauses, THROTTLE_MS_MAX);
  startThrottle.pauses++;
  if (startThrottle.impairedAnnounced) return;
  startThrottle.impairedAnnounced = true;
  addServiceEvent(
    world,
    service,
    `(service ${service.name}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
  emitServiceAction(world, service, 'WARN', 'SERVICE_TASK_START_IMPAIRED');
}
