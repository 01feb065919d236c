// How ECS counts tasks: what a service's, task set's or cluster's running and pending numbers mean.
import type { TaskRecord } from '../ecs-records.ts';

export function isPending(task: TaskRecord): boolean {
  return task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING' || task.lastStatus === 'ACTIVATING';
}

export interface TaskCounts {
  readonly running: number;
  readonly pending: number;
}

export function countTasks(tasks: Iterable<TaskRecord>): TaskCounts {
  let running = 0;
  let pending = 0;
  for (const task of tasks) {
    if (task.lastStatus === 'RUNNING') running++;
    else if (isPending(task)) pending++;
  }
  return { running, pending };
}
