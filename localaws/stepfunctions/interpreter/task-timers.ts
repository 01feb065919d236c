// The timeout and the heartbeat of one attempt of a task.
import type { Clock, Timer } from '../../clock/clock.ts';
import type { TaskTimes } from './task-events.ts';

export class TaskTimeout extends Error {
  readonly errorName: string;

  constructor(errorName: string) {
    super(errorName);
    this.name = 'TaskTimeout';
    this.errorName = errorName;
  }
}

export interface TaskTimers {
  /** Never resolves; rejects with TaskTimeout. */
  readonly expired: Promise<never>;
  /** The worker is alive: its time starts again. */
  readonly heartbeat: () => void;
  cancel(): void;
}

/** @param beats whether heartbeats can come at all: only tasks with a token have them. */
export function createTaskTimers(clock: Clock, times: TaskTimes, beats: boolean): TaskTimers {
  const timers = new Map<string, Timer>();
  let expire = (_error: TaskTimeout): void => undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    expire = reject;
  });
  expired.catch(() => undefined);
  const arm = (name: string, seconds: number | undefined, errorName: string): void => {
    if (seconds === undefined) return;
    timers.get(name)?.cancel();
    timers.set(
      name,
      clock.schedule(seconds * 1000, () => expire(new TaskTimeout(errorName)), `task ${name}`),
    );
  };
  // Named States.HeartbeatTimeout in the language's specification; States.Timeout catches it too (faults.ts).
  const heartbeat = (): void => arm('heartbeat', beats ? times.heartbeatSeconds : undefined, 'States.HeartbeatTimeout');
  arm('timeout', times.timeoutSeconds, 'States.Timeout');
  heartbeat();
  return {
    expired,
    heartbeat,
    cancel() {
      for (const timer of timers.values()) timer.cancel();
    },
  };
}
