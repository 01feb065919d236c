// What the end of a container means for its task: nothing, a restart, or the task's end.
import type { ContainerRecord, TaskRecord } from '../ecs-records.ts';
import { RESTART_ATTEMPT_PERIOD_SECONDS } from '../limits.ts';
import type { ContainerExit } from '../runtime/task-runtime.ts';
import type { EngineParts } from './task-engine.ts';
import { finishWhenOver, stopTask } from './task-stop.ts';

export function containerExited(parts: EngineParts, task: TaskRecord, container: ContainerRecord, exit: ContainerExit): void {
  const { clock } = parts.world.region;
  container.running = undefined;
  container.exitCode = exit.exitCode;
  container.reason = exit.reason;
  for (const timer of container.timers.splice(0)) timer.cancel();
  if (mayRestart(task, container, exit, clock.now())) {
    container.startedAt = clock.now();
    container.healthStatus = 'UNKNOWN';
    parts.start(task, container).catch((error: unknown) => parts.world.region.log('ecs', `restart of ${container.name}: ${String(error)}`));
    parts.changed(task);
    return;
  }
  container.lastStatus = 'STOPPED';
  if (task.desiredStatus === 'STOPPED') {
    finishWhenOver(parts, task);
    return;
  }
  if (container.definition['essential'] === false) {
    parts.changed(task);
    parts.continueStarts(task);
    return;
  }
  // Its targets are deregistered too, but nothing answers there any more: there is nothing to wait for.
  stopTask(parts, task, { stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container in task exited' }, { drain: false });
}

function mayRestart(task: TaskRecord, container: ContainerRecord, exit: ContainerExit, now: number): boolean {
  const policy = container.definition['restartPolicy'];
  if (policy?.['enabled'] !== true || task.desiredStatus === 'STOPPED') return false;
  const ignored: unknown[] = policy['ignoredExitCodes'] ?? [];
  const periodSeconds = Number(policy['restartAttemptPeriod'] ?? RESTART_ATTEMPT_PERIOD_SECONDS);
  return !ignored.includes(exit.exitCode) && now - (container.startedAt ?? now) >= periodSeconds * 1000;
}
