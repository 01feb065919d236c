// What decides whether a deployment is rolled back: Weir's verdict and every rule it is compared with answer through this interface.
// A run is told minute by minute what blue and green did, and answers at the end of each minute.

/** Traffic of one side in one minute. */
export interface SideCount {
  readonly requests: number;
  /** At most `requests`. */
  readonly errors: number;
}

/** One minute of the deployment. */
export interface Bin {
  /** Counted from 0, the first minute with traffic on green. */
  readonly minute: number;
  readonly blue: SideCount;
  readonly green: SideCount;
  /** Share of the traffic that green was configured to get in this minute, 0..1. */
  readonly greenShare: number;
}

/** One minute of blue alone, before the deployment, in its two availability zones. */
export interface HistoryBin {
  readonly zones: readonly [SideCount, SideCount];
}

/** What is known when green gets its first traffic. */
export interface Setting {
  /** Minutes the deployment is planned to be watched. */
  readonly plannedMinutes: number;
  /** Minutes before the deployment, oldest first. */
  readonly history: readonly HistoryBin[];
}

export type Answer = 'rollBack' | 'goOn';

export interface Run {
  /** Tells the minute that has just ended. Bins come in order; none follows `rollBack`. */
  observe(bin: Bin): Answer;
}

export interface Decider {
  readonly name: string;
  start(setting: Setting): Run;
}
