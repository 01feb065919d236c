// Did this task crash, or was it stopped on purpose? Called by the task-stopped subscriber.
import { classifyStop, type StoppedTask } from './classify-stop.ts';

/** Why the task crashed, in one line; undefined when it did not: scaled in, replaced, interrupted or stopped by a person. */
export function crashOf(task: StoppedTask): string | undefined {
  const stop = classifyStop(task);
  return stop.crash ? stop.text : undefined;
}
