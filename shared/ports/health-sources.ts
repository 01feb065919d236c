// Where health evidence comes from: the load balancer's metrics by target group, and alarms by name.
import type { EpochMillis } from '#core/deployment/deployment.ts';
import type { Baseline, EvidenceMinute } from '#core/health/evidence.ts';

export interface EvidenceQuery {
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  readonly listenerArn: string;
  /** Minutes that began at or after `from` and had ended at `to` are read; at most EVIDENCE_MINUTES_MAX, the newest of them. */
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  /** Response times in milliseconds beyond which a request of that side is slow; undefined: slow requests are not counted. */
  readonly edges: { readonly blue: readonly number[]; readonly green: readonly number[] } | undefined;
  /** Percentile of the response times to read for a fixed limit, e.g. 95; undefined: none. */
  readonly percentile: number | undefined;
}

export interface BaselineQuery {
  /** Both target groups of the pair: after an earlier deployment either may have served. */
  readonly targetGroupArns: readonly string[];
  readonly listenerArn: string;
  /** Whole minutes from `from` to `to`, at most BASELINE_MINUTES_MAX, the newest of them. */
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  /** Names of the zones the targets are in, e.g. `eu-west-1a`; left out: the zones CloudWatch has metrics of. */
  readonly availabilityZones?: readonly string[];
}

/** Minutes one look at both sides covers at most: a day. */
export const EVIDENCE_MINUTES_MAX = 1_440;
/** Minutes of blue's past that are read at most: a day. */
export const BASELINE_MINUTES_MAX = 1_440;

export interface Metrics {
  /**
   * Both sides' minutes, oldest first, with one GetMetricData call. A side without requests is absent from its minute, and a minute
   * without requests on either side is left out. Minutes are given as CloudWatch has them now: whether they are final is the caller's
   * to say (`gatherEvidence`). undefined: the answer was partial or unreadable, which is doubt and not health.
   * @throws RetryableError when CloudWatch throttles or cannot be reached, PermanentError when it refuses
   */
  evidence(query: EvidenceQuery): Promise<readonly EvidenceMinute[] | undefined>;
  /**
   * What the pair of target groups did together before the deployment. `dispersion` is 0 where there are not two zones with requests
   * and errors. undefined: no requests, or a partial or unreadable answer.
   * @throws RetryableError, PermanentError as above
   */
  baseline(query: BaselineQuery): Promise<Baseline | undefined>;
}

export interface Alarms {
  /** Which of these are in ALARM. A name that does not exist counts as unreadable: @throws PermanentError. */
  inAlarm(names: readonly string[]): Promise<readonly string[]>;
}
