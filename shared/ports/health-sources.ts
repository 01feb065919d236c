// Where health evidence comes from: the load balancer's metrics by target group, and alarms by name.
import type { EpochMillis } from '#core/deployment/deployment.ts';
import type { TrafficMinute } from '#core/health/health.ts';

export interface TrafficQuery {
  readonly blueTargetGroupArn: string;
  readonly greenTargetGroupArn: string;
  readonly listenerArn: string;
  readonly from: EpochMillis;
  readonly to: EpochMillis;
  /** Percentile of the response time to read, e.g. 99; undefined: none. */
  readonly percentile: number | undefined;
}

export interface Metrics {
  /** Both sides' minutes with one GetMetricData call. A minute without requests is left out. undefined: the answer was partial or unreadable. */
  traffic(query: TrafficQuery): Promise<{ readonly blue: readonly TrafficMinute[]; readonly green: readonly TrafficMinute[] } | undefined>;
}

export interface Alarms {
  /** Which of these are in ALARM. A name that does not exist counts as unreadable: @throws PermanentError. */
  inAlarm(names: readonly string[]): Promise<readonly string[]>;
}
