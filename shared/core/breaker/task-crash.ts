// Did this task crash, or was it stopped on purpose? Called by the task-stopped subscriber.

export interface StoppedTask {
  readonly stopCode?: string | undefined;
  readonly stoppedReason?: string | undefined;
  readonly containers: readonly { readonly name: string; readonly exitCode?: number | null | undefined; readonly reason?: string | undefined }[];
}

/** Stop codes of tasks that ended by themselves or could not start. Source: ECS API, TaskStopCode. */
const crashCodes = new Set(['TaskFailedToStart', 'EssentialContainerExited']);
/** The scheduler stops tasks for many reasons; these ones are the task's fault. Source: ECS developer guide, stopped task error messages. */
const schedulerFaults = ['Task failed ELB health checks', 'Task failed container health checks'];
/** Longest reason kept. */
const REASON_LENGTH_MAX = 300;

/** Why the task crashed, in one line; undefined when it did not: scaled in, replaced, interrupted or stopped by a person. */
export function crashOf(task: StoppedTask): string | undefined {
  const reason = task.stoppedReason ?? '';
  const crashed = crashCodes.has(task.stopCode ?? '') || schedulerFaults.some((fault) => reason.startsWith(fault));
  if (!crashed) return undefined;
  const details = task.containers.flatMap((container) => {
    const exit = typeof container.exitCode === 'number' ? [`exit code ${container.exitCode}`] : [];
    const why = container.reason === undefined ? [] : [container.reason];
    return exit.length + why.length === 0 ? [] : [`${container.name}: ${[...exit, ...why].join(', ')}`];
  });
  return [reason || (task.stopCode ?? 'stopped'), ...details].join('; ').slice(0, REASON_LENGTH_MAX);
}
