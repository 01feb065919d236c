// The tasks of a service: those that run now, and single ones.
import type { StoppedTask } from '#core/breaker/classify-stop.ts';

export interface RunningTask {
  readonly taskDefinitionArn: string;
  /** Digests of its containers' images; a container whose digest ECS does not know is left out. */
  readonly digests: readonly { readonly container: string; readonly digest: string }[];
}

export interface DescribedTask extends StoppedTask {
  readonly taskDefinitionArn: string;
  /** Undefined for a task of none. */
  readonly service: string | undefined;
  readonly lastStatus: string;
  /** Epoch milliseconds; undefined while it runs. */
  readonly stoppedAt: number | undefined;
}

export interface Tasks {
  /** At most RUNNING_TASKS_MAX. */
  running(cluster: string, service: string): Promise<readonly RunningTask[]>;
  /** undefined: ECS does not know it, or no longer. */
  describe(cluster: string, taskId: string): Promise<DescribedTask | undefined>;
}

export const RUNNING_TASKS_MAX = 1_000;
