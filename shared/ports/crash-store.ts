// Crashes of one revision's tasks. Counting is one atomic write per task event, whatever the number of crashes, and the same task
// counted twice is one crash.
import type { EpochMillis, ServiceKey } from '#core/deployment/deployment.ts';

export interface TaskCrash {
  readonly taskId: string;
  readonly reason: string;
  readonly at: EpochMillis;
}

export interface CrashCount {
  readonly count: number;
  readonly lastReason: string;
}

export interface CrashStore {
  /** Counts the crash once per task; answers the count after it. Counting stops at CRASHES_COUNTED_MAX. */
  record(serviceKey: ServiceKey, taskDefinitionArn: string, crash: TaskCrash): Promise<CrashCount>;
  read(serviceKey: ServiceKey, taskDefinitionArn: string): Promise<CrashCount>;
}

/** Above the largest limit a deployment can have (200). */
export const CRASHES_COUNTED_MAX = 250;
