// What was seen of blue and green, minute by minute: the data every health judgement is a pure function of.

/** One target group's traffic in one minute. */
export interface SideMinute {
  /** Requests that reached the target group, answered or not. */
  readonly requests: number;
  /** 5xx answers of targets and connections targets did not take; at most `requests`. */
  readonly errors: number;
  /** Requests slower than each latency edge, in the baseline's order; absent when not measured. At most `requests` each. */
  readonly slow?: readonly number[];
  /** Response times of the minute, milliseconds, for people; no judgement of the comparison reads them. */
  readonly latency?: Percentiles;
  /** Response time at the percentile of the manifest's fixed limit, milliseconds; absent without such a limit. */
  readonly limited?: number;
}

/** Response times, milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Both sides of one minute. A side without a single request is absent. */
export interface EvidenceMinute {
  /** Start of the minute, epoch milliseconds. */
  readonly minute: number;
  readonly blue?: SideMinute;
  readonly green?: SideMinute;
  /** Tasks of each side that crashed, as found out in this minute. */
  readonly crashes?: { readonly blue: number; readonly green: number };
}

/** What blue alone did in the hours before the deployment, reduced to what judging needs. */
export interface Baseline {
  /** Minutes with traffic it was taken from. */
  readonly minutes: number;
  readonly requests: number;
  readonly errors: number;
  /** Squared differences between blue's availability zones and what independent requests would give: see dispersion.ts. */
  readonly dispersion: { readonly observed: number; readonly expected: number };
  /** Blue's p50, p90 and p99, milliseconds; absent when not measured. Green's limits are these times the tolerance. */
  readonly latency?: Percentiles;
  /** Crashes of blue's tasks, and in how many task-minutes; absent where nobody counted them. */
  readonly crashes?: { readonly crashes: number; readonly taskMinutes: number };
}
