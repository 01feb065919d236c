// Counts real traffic by simulated minute and by the dimensions CloudWatch knows a load balancer's metrics under. Constant work
// per request; a minute's memory does not grow with the number of requests.
import { RESPONSE_TIME_RESOLUTION, RESPONSE_TIME_SECONDS_MIN } from './limits.ts';

/** What was reached by a request: names for the dimensions, not ARNs. */
export interface Reached {
  /** `app/NAME/ID` */
  readonly loadBalancer: string;
  /** `targetgroup/NAME/ID`; absent when the load balancer answered by itself. */
  readonly targetGroup?: string;
  readonly zone?: string;
}

export interface DimensionCounts {
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly counts: Map<string, number>;
  /** Target response times: seconds, rounded to 1 %, and how often. */
  readonly responseTimes: Map<number, number>;
}

export interface TrafficCounts {
  /** A target answered with this status; the time is from the request leaving until the response headers came. */
  answered(minute: number, reached: Reached, status: number, seconds: number): void;
  /** A target was chosen and no answer of it came. */
  unanswered(minute: number, reached: Reached, metrics: readonly string[]): void;
  /** The load balancer answered by itself, without having chosen a target. */
  refused(minute: number, reached: Reached, metrics: readonly string[]): void;
  /** Takes out everything counted in minutes before this one, oldest first. */
  takeBefore(minute: number): { minute: number; rows: readonly DimensionCounts[] }[];
}

export function createTrafficCounts(): TrafficCounts {
  const minutes = new Map<number, Map<string, DimensionCounts>>();

  const rowsFor = (minute: number, reached: Reached): DimensionCounts[] => {
    const rows = minutes.get(minute) ?? new Map<string, DimensionCounts>();
    minutes.set(minute, rows);
    return dimensionSets(reached).map((dimensions) => {
      const key = dimensions.map(({ Value }) => Value).join('|');
      const row = rows.get(key) ?? { dimensions, counts: new Map(), responseTimes: new Map() };
      rows.set(key, row);
      return row;
    });
  };
  const count = (rows: readonly DimensionCounts[], metrics: readonly string[]): void => {
    for (const row of rows) for (const metric of metrics) row.counts.set(metric, (row.counts.get(metric) ?? 0) + 1);
  };

  return {
    answered(minute, reached, status, seconds) {
      const rows = rowsFor(minute, reached);
      count(rows, ['RequestCount', ...targetCodeMetric(status)]);
      const rounded = roundResponseTime(seconds);
      for (const row of rows) row.responseTimes.set(rounded, (row.responseTimes.get(rounded) ?? 0) + 1);
    },
    unanswered(minute, reached, metrics) {
      count(rowsFor(minute, reached), ['RequestCount', ...metrics.filter((metric) => !isLoadBalancerMetric(metric))]);
      // Codes made by the load balancer are reported for the load balancer, not per group.
      const { targetGroup: _, ...ownOnly } = reached;
      count(rowsFor(minute, ownOnly), metrics.filter(isLoadBalancerMetric));
    },
    refused(minute, { loadBalancer }, metrics) {
      count(rowsFor(minute, { loadBalancer }), metrics);
    },
    takeBefore(minute) {
      const ended = [...minutes.keys()].filter((candidate) => candidate < minute).sort((a, b) => a - b);
      return ended.map((candidate) => {
        const rows = [...(minutes.get(candidate)?.values() ?? [])];
        minutes.delete(candidate);
        return { minute: candidate, rows };
      });
    },
  };
}

function isLoadBalancerMetric(metric: string): boolean {
  return metric.startsWith('HTTPCode_ELB_');
}

function targetCodeMetric(status: number): string[] {
  const family = Math.floor(status / 100);
  return family >= 2 && family <= 5 ? [`HTTPCode_Target_${family}XX_Count`] : [];
}

function dimensionSets({ loadBalancer, targetGroup, zone }: Reached): { Name: string; Value: string }[][] {
  const own = { Name: 'LoadBalancer', Value: loadBalancer };
  const group = targetGroup === undefined ? [] : [{ Name: 'TargetGroup', Value: targetGroup }];
  const inZone = zone === undefined ? [] : [{ Name: 'AvailabilityZone', Value: zone }];
  const sets = [[own]];
  if (inZone.length > 0) sets.push([...inZone, own]);
  if (group.length > 0) sets.push([...group, own]);
  if (group.length > 0 && inZone.length > 0) sets.push([...group, ...inZone, own]);
  return sets;
}

/** Rounds to buckets 1 % apart, so that any number of requests makes a bounded number of different values. */
export function roundResponseTime(seconds: number): number {
  const bounded = Math.max(seconds, RESPONSE_TIME_SECONDS_MIN);
  const rounded = Math.exp(Math.round(Math.log(bounded) / RESPONSE_TIME_RESOLUTION) * RESPONSE_TIME_RESOLUTION);
  return Number(rounded.toPrecision(6));
}
