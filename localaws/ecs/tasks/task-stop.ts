// The end of a task: drain its targets, tell its containers, wait for them or kill them, give back its address.
import type { StopCode, TaskRecord } from '../ecs-records.ts';
import { DEPROVISIONING_MS, STOP_TIMEOUT_SECONDS, STOP_TIMEOUT_SECONDS_MAX, STOPPED_TASK_KEPT_MS } from '../limits.ts';
import { mayStop } from './container-order.ts';
import { drainTargets } from './load-balancer-targets.ts';
import type { EngineParts } from './task-engine.ts';

export interface StopCause {
  readonly stopCode: StopCode;
  readonly stoppedReason: string;
}

/**
 * Begins the end of a task; nothing when it has begun already.
 * @param options.drain false when nothing serves requests any more, so that the containers need not wait for the drain.
 */
export function stopTask(parts: EngineParts, task: TaskRecord, cause: StopCause, options: { drain: boolean }): void {
  if (task.desiredStatus === 'STOPPED') return;
  const { clock } = parts.world.region;
  task.desiredStatus = 'STOPPED';
  task.stopCode = cause.stopCode;
  task.stoppedReason = cause.stoppedReason;
  task.times.stoppingAt = clock.now();
  const hasTargets = task.targets.length > 0;
  task.isDraining = options.drain && hasTargets;
  if (hasTargets) {
    const drained = drainTargets(parts.world, task, (targetGroupArn) => parts.deregistered(task, targetGroupArn));
    drained
      .catch((error: unknown) => parts.world.region.log('ecs', `drain of ${task.arn}: ${String(error)}`))
      .finally(() => {
        task.isDraining = false;
        finishWhenOver(parts, task);
      })
      .catch(() => undefined);
  }
  if (task.isDraining) {
    task.lastStatus = 'DEACTIVATING';
    parts.changed(task);
    return;
  }
  finishWhenOver(parts, task);
  if (!task.isEnding) parts.changed(task);
}

/** Moves a stopping task on: signals the containers that may stop, or ends the task when all have. */
export function finishWhenOver(parts: EngineParts, task: TaskRecord): void {
  if (task.isEnding || task.desiredStatus !== 'STOPPED') return;
  const running = task.containers.filter((container) => container.running !== undefined);
  if (running.length === 0 && task.startsInFlight === 0) {
    deprovision(parts, task);
    return;
  }
  if (task.isDraining) return;
  const wasStopping = task.lastStatus === 'STOPPING';
  task.lastStatus = 'STOPPING';
  for (const container of running) {
    if (container.isSignalled || !mayStop(task, container)) continue;
    container.isSignalled = true;
    container.running?.signal('SIGTERM');
    const seconds = Math.min(Number(container.definition['stopTimeout'] ?? STOP_TIMEOUT_SECONDS), STOP_TIMEOUT_SECONDS_MAX);
    container.timers.push(parts.world.region.clock.schedule(seconds * 1000, () => container.running?.signal('SIGKILL'), 'ecs stop timeout'));
  }
  if (!wasStopping) parts.changed(task);
}

function deprovision(parts: EngineParts, task: TaskRecord): void {
  const { clock, network } = parts.world.region;
  task.isEnding = true;
  task.lastStatus = 'DEPROVISIONING';
  if (task.containers.some((container) => container.runtimeId !== undefined)) task.times.executionStoppedAt = clock.now();
  for (const container of task.containers) {
    for (const timer of container.timers.splice(0)) timer.cancel();
    container.lastStatus = 'STOPPED';
  }
  parts.changed(task);
  const end = (): void => {
    task.lastStatus = 'STOPPED';
    task.networkInterface.status = 'DELETED';
    task.times.stoppedAt = clock.now();
    task.taskSet?.tasks.delete(task);
    parts.changed(task);
    clock.schedule(STOPPED_TASK_KEPT_MS, () => task.cluster.tasks.delete(task.id), 'ecs stopped task forgotten');
    releaseAddress();
  };
  // An address a target group still drains must not come back as another task's.
  const releaseAddress = (): void => {
    if (task.targets.every((target) => target.state === 'gone')) network.detach(task.networkInterface.address);
    else clock.schedule(DEPROVISIONING_MS, releaseAddress, 'ecs address release');
  };
  clock.schedule(DEPROVISIONING_MS, end, 'ecs task deprovisioned');
}
