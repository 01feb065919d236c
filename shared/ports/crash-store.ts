// Crashes of one revision's tasks. Counting is one atomic write per task event, whatever the number of crashes, and the same task
// counted twice is one crash.
import type { CrashCause } from '#core/breaker/crash-cause.ts';
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';
import type { EpochMillis, ServiceKey } from '#core/deployment/deployment.ts';

export interface TaskCrash {
  readonly taskId: string;
  readonly at: EpochMillis;
  readonly code: StopCauseCode;
  /** What ECS said, in one bounded line. */
  readonly text: string;
  readonly remedy: string;
  /** The container whose end decided, where one did. */
  readonly container?: string | undefined;
}

export interface CrashCount {
  /** Crashes that count now: those before the last reset are forgiven. */
  readonly count: number;
  /** All that were seen, forgiven or not. */
  readonly total: number;
  readonly lastReason: string;
  /** Forgiven ones too, most frequent first. */
  readonly causes: readonly CrashCause[];
  /** Healthy targets when they were last noted; undefined when they never were. */
  readonly healthyTargets?: number;
}

/** A revision none of whose tasks crashed, or whose crashes could not be read. */
export const noCrashesCounted: CrashCount = { count: 0, total: 0, lastReason: '', causes: [] };

export interface CountedRevision {
  readonly taskDefinitionArn: string;
  /** Only crashes after it count; `total` and `lastReason` are of all: the same revision may be deployed more than once. */
  readonly since?: EpochMillis;
}

export interface CrashStore {
  /** Counts the crash; answers the count after it. A task counts once among the first CRASHES_TOLD_APART_MAX; beyond them each event counts. */
  record(serviceKey: ServiceKey, taskDefinitionArn: string, crash: TaskCrash): Promise<CrashCount>;
  /** The counts of a service's revisions, in the order asked for, with one read. */
  read(serviceKey: ServiceKey, revisions: readonly CountedRevision[]): Promise<readonly CrashCount[]>;
  /** When and why a task crashed; undefined when its crash was not among those told apart. */
  ofTask(serviceKey: ServiceKey, taskDefinitionArn: string, taskId: string): Promise<{ readonly at: EpochMillis; readonly code: StopCauseCode } | undefined>;
  /** Notes how many targets are healthy; with `reset`, crashes up to `at` are forgiven. */
  noteHealthy(
    serviceKey: ServiceKey,
    taskDefinitionArn: string,
    noted: { readonly targets: number; readonly at: EpochMillis; readonly reset: boolean },
  ): Promise<void>;
}

/** Above the largest limit that is kept within bounds (200). Larger ones are of services so large that one count more or less does not matter. */
export const CRASHES_TOLD_APART_MAX = 250;
