// Puts each ended minute of traffic, and the host counts, into CloudWatch, with AWS's rules for what is reported when.
import type { Timer } from '../clock/clock.ts';
import type { AwsShape, Region } from '../region.ts';
import { DATA_PER_PUT_MAX, METRIC_PUBLISH_DELAY_SECONDS, UNPUBLISHED_MINUTES_MAX, VALUES_PER_DATUM_MAX } from './limits.ts';
import { type LoadBalancing, loadBalancersUsing, type TargetGroup } from './load-balancing-state.ts';
import type { DimensionCounts, TrafficCounts } from './traffic-counts.ts';

const NAMESPACE = 'AWS/ApplicationELB';
const MINUTE_MS = 60_000;
const CODE_METRICS = ['HTTPCode_Target_2XX_Count', 'HTTPCode_Target_3XX_Count', 'HTTPCode_Target_4XX_Count', 'HTTPCode_Target_5XX_Count'];

export interface MetricOptions {
  /** Simulated seconds from the end of a minute to its publication. AWS documents none; more is harsher. */
  readonly publishDelaySeconds?: number;
  /**
   * Whether counts that are 0 are published. AWS's table says request and status code counts are reported while targets are
   * registered, its text that nothing is reported without requests, and metrics are seen to be absent at zero: unverified.
   * `omitted`, the harsher, is the default: who reads must take missing for what it is.
   */
  readonly zeroCounts?: 'omitted' | 'reported';
}

export interface MetricPublisher {
  /** Starts at the first load balancer; does nothing when it runs already. */
  start(): void;
  close(): void;
}

export function createMetricPublisher(region: Region, state: LoadBalancing, traffic: TrafficCounts, options: MetricOptions = {}): MetricPublisher {
  const delayMs = (options.publishDelaySeconds ?? METRIC_PUBLISH_DELAY_SECONDS) * 1_000;
  const waiting = new Map<number, AwsShape[]>();
  const timers = new Set<Timer>();
  let isRunning = false;

  const schedule = (ms: number, task: () => void, label: string): void => {
    const timer = region.clock.schedule(
      ms,
      () => {
        timers.delete(timer);
        task();
      },
      label,
    );
    timers.add(timer);
  };

  const publish = (minute: number): void => {
    const data = waiting.get(minute) ?? [];
    waiting.delete(minute);
    for (let start = 0; start < data.length; start += DATA_PER_PUT_MAX) {
      const input = { Namespace: NAMESPACE, MetricData: data.slice(start, start + DATA_PER_PUT_MAX) };
      region
        .call('monitoring', 'PutMetricData', input, { kind: 'service', service: 'elasticloadbalancing.amazonaws.com' })
        .catch((error: unknown) => region.log('elasticloadbalancing', `metrics of a minute are lost: ${String(error)}`));
    }
  };

  const closeMinute = (): void => {
    const now = region.clock.now();
    const current = Math.floor(now / MINUTE_MS);
    const add = (minute: number, data: AwsShape[]): void => {
      if (data.length > 0) waiting.set(minute, [...(waiting.get(minute) ?? []), ...data]);
    };
    for (const { minute, rows } of traffic.takeBefore(current)) add(minute, [...trafficData(minute, rows), ...perTargetData(state, minute, rows)]);
    add(current - 1, hostData(state, current - 1));
    if (options.zeroCounts === 'reported') add(current - 1, zeroData(state, current - 1, waiting.get(current - 1) ?? []));
    for (const minute of [...waiting.keys()].sort((a, b) => a - b)) {
      if (waiting.size > UNPUBLISHED_MINUTES_MAX) waiting.delete(minute);
    }
    for (const minute of waiting.keys()) if (minute < current) schedulePublication(minute);
    if (state.loadBalancers.size === 0 && waiting.size === 0) isRunning = false;
    else schedule(MINUTE_MS - (now % MINUTE_MS), closeMinute, 'end of a metric minute');
  };

  const scheduled = new Set<number>();
  const schedulePublication = (minute: number): void => {
    if (scheduled.has(minute)) return;
    scheduled.add(minute);
    schedule(
      delayMs,
      () => {
        scheduled.delete(minute);
        publish(minute);
      },
      'publication of load balancer metrics',
    );
  };

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      schedule(MINUTE_MS - (region.clock.now() % MINUTE_MS), closeMinute, 'end of a metric minute');
    },
    close() {
      for (const timer of timers) timer.cancel();
    },
  };
}

function datum(minute: number, name: string, dimensions: DimensionCounts['dimensions'], unit: string, members: AwsShape): AwsShape {
  return { MetricName: name, Dimensions: [...dimensions], Timestamp: new Date(minute * MINUTE_MS), Unit: unit, ...members };
}

/** Each request is a sample of 1, as AWS has it: Sum and SampleCount are the number, Average is 1. */
function trafficData(minute: number, rows: readonly DimensionCounts[]): AwsShape[] {
  return rows.flatMap(({ dimensions, counts, responseTimes }) => {
    const counted = [...counts].map(([name, count]) => datum(minute, name, dimensions, 'Count', { Values: [1], Counts: [count] }));
    const times = [...responseTimes];
    const timed: AwsShape[] = [];
    for (let start = 0; start < times.length; start += VALUES_PER_DATUM_MAX) {
      const part = times.slice(start, start + VALUES_PER_DATUM_MAX);
      const members = { Values: part.map(([seconds]) => seconds), Counts: part.map(([, count]) => count) };
      timed.push(datum(minute, 'TargetResponseTime', dimensions, 'Seconds', members));
    }
    return [...counted, ...timed];
  });
}

function registeredTargets(group: TargetGroup): { zone: string; isHealthy: boolean }[] {
  return [...group.targets.values()]
    .filter((target) => target.health.state !== 'draining')
    .map((target) => ({ zone: target.zone, isHealthy: target.health.state === 'healthy' }));
}

/** RequestCountPerTarget: the minute's requests of a group divided by its targets; only its Sum means anything. */
function perTargetData(state: LoadBalancing, minute: number, rows: readonly DimensionCounts[]): AwsShape[] {
  return rows.flatMap(({ dimensions, counts }) => {
    const name = dimensions.find((dimension) => dimension.Name === 'TargetGroup')?.Value;
    const zone = dimensions.find((dimension) => dimension.Name === 'AvailabilityZone')?.Value;
    const requests = counts.get('RequestCount');
    const group = [...state.targetGroups.values()].find((candidate) => candidate.dimension === name);
    if (group === undefined || requests === undefined) return [];
    const targets = registeredTargets(group).filter((target) => zone === undefined || target.zone === zone);
    const healthy = targets.filter((target) => target.isHealthy);
    const Value = requests / Math.max(1, healthy.length > 0 ? healthy.length : targets.length);
    const withoutLoadBalancer = dimensions.filter((dimension) => dimension.Name !== 'LoadBalancer');
    return [dimensions, withoutLoadBalancer].map((set) => datum(minute, 'RequestCountPerTarget', set, 'None', { Value }));
  });
}

function hostData(state: LoadBalancing, minute: number): AwsShape[] {
  return [...state.targetGroups.values()].flatMap((group) => {
    const targets = registeredTargets(group);
    const [loadBalancer] = loadBalancersUsing(state, group.arn);
    if (loadBalancer === undefined || targets.length === 0) return [];
    const zones = [undefined, ...new Set(targets.map((target) => target.zone))];
    return zones.flatMap((zone) => {
      const here = targets.filter((target) => zone === undefined || target.zone === zone);
      const healthy = here.filter((target) => target.isHealthy).length;
      const dimensions = [
        { Name: 'TargetGroup', Value: group.dimension },
        ...(zone === undefined ? [] : [{ Name: 'AvailabilityZone', Value: zone }]),
        { Name: 'LoadBalancer', Value: loadBalancer.dimension },
      ];
      return [
        datum(minute, 'HealthyHostCount', dimensions, 'Count', { Value: healthy }),
        datum(minute, 'UnHealthyHostCount', dimensions, 'Count', { Value: here.length - healthy }),
      ];
    });
  });
}

/** The zeros of groups with registered targets, where zeros are reported. */
function zeroData(state: LoadBalancing, minute: number, present: readonly AwsShape[]): AwsShape[] {
  const keyOf = (name: string, dimensions: DimensionCounts['dimensions']): string => `${name}|${dimensions.map(({ Value }) => Value).join('|')}`;
  const known = new Set(present.map((shape) => keyOf(String(shape['MetricName']), shape['Dimensions'] as DimensionCounts['dimensions'])));
  const sets = new Map<string, DimensionCounts['dimensions']>();
  for (const group of state.targetGroups.values()) {
    const [loadBalancer] = loadBalancersUsing(state, group.arn);
    if (loadBalancer === undefined || registeredTargets(group).length === 0) continue;
    const own = { Name: 'LoadBalancer', Value: loadBalancer.dimension };
    const inGroup = { Name: 'TargetGroup', Value: group.dimension };
    const add = (dimensions: DimensionCounts['dimensions']): unknown => sets.set(dimensions.map(({ Value }) => Value).join('|'), dimensions);
    add([own]);
    add([inGroup, own]);
    for (const zone of new Set(registeredTargets(group).map((target) => target.zone))) {
      const inZone = { Name: 'AvailabilityZone', Value: zone };
      add([inZone, own]);
      add([inGroup, inZone, own]);
    }
  }
  return [...sets.values()].flatMap((dimensions) =>
    ['RequestCount', ...CODE_METRICS]
      .filter((name) => !known.has(keyOf(name, dimensions)))
      .map((name) => datum(minute, name, dimensions, 'Count', { Value: 0 })),
  );
}
