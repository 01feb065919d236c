// What runs a task's containers. ECS itself knows only this: real processes are one implementation, scripted behaviour in
// tests another. The runtime also decides what answers at a task's address (region.network), so traffic can be scripted too.
import type { AwsShape, Principal, Region } from '../../region.ts';

/** Opens a host of containers for one region. */
export interface TaskRuntime {
  open(region: Region): TaskHost;
}

export interface TaskHost {
  /** Makes an image ready to start. @throws StartFailure. Called once per container of every task; the host caches. */
  pull(request: PullRequest): Promise<PulledImage>;
  /**
   * Starts a container and attaches its ports at `address` to the region's network. Resolves once it serves, or is known to
   * run. @throws StartFailure. `exited` is called exactly once when it has ended, never before `start` has settled.
   */
  start(request: StartRequest, exited: (exit: ContainerExit) => void): Promise<RunningContainer>;
  /** Ends everything at once. */
  close(): Promise<void>;
}

export interface PullRequest {
  readonly image: string;
  /** Who pulls: the execution role, or ECS itself where the task definition names none. */
  readonly principal: Principal;
}

export interface PulledImage {
  readonly image: string;
  /** Digest of the manifest pulled, as ECS reports it. */
  readonly imageDigest: string;
}

export interface StartRequest {
  readonly taskArn: string;
  readonly image: PulledImage;
  /** The container definition with the task's overrides applied. */
  readonly definition: AwsShape;
  /** What ECS itself puts in the environment; the definition's own variables win. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the container may use at most, MiB: its own hard limit or its task's memory, whichever is less. Absent where neither is given. */
  readonly memoryMiB?: number;
  /** The task's private address. */
  readonly address: string;
  /** A line of output; best effort. */
  readonly output: (line: string) => void;
}

export interface RunningContainer {
  readonly runtimeId: string;
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Runs a health check command (`CMD`, ... or `CMD-SHELL`, ...); true when it ends with 0 within the time. Never rejects. */
  checkHealth(command: readonly string[], timeoutMs: number): Promise<boolean>;
}

export interface ContainerExit {
  /** 128 + signal number for a container killed by a signal. */
  readonly exitCode: number;
  /** Container reason, such as the OutOfMemoryError text. */
  readonly reason?: string;
}

/** Why a task could not start: ECS's error category (`CannotPullContainerError`, ...) and its text. */
export class StartFailure extends Error {
  readonly category: 'CannotPullContainerError' | 'CannotStartContainerError' | 'ResourceInitializationError';

  constructor(category: StartFailure['category'], message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = category;
    this.category = category;
  }
}
