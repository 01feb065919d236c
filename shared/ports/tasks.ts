// The tasks of a service that run now.
export interface RunningTask {
  readonly taskDefinitionArn: string;
  /** Digests of its containers' images; a container whose digest ECS does not know is left out. */
  readonly digests: readonly { readonly container: string; readonly digest: string }[];
}

export interface Tasks {
  /** At most RUNNING_TASKS_MAX. */
  running(cluster: string, service: string): Promise<readonly RunningTask[]>;
}

export const RUNNING_TASKS_MAX = 1_000;
