// What a load balancer tells CloudWatch of a target group's minute: metrics, dimensions and units as AWS/ApplicationELB has them.
// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import type { AwsShape, Region } from '#localaws/region.ts';

/** Requests that a target group answered in one minute. */
export interface TargetGroupMinute {
  readonly targetGroupArn: string;
  readonly requests: number;
  /** Requests the targets answered with 5xx. */
  readonly errors: number;
  /** Requests by their response time in seconds. */
  readonly seconds: ReadonlyMap<number, number>;
}

/** Data of one PutMetricData call. */
const DATA_PER_PUT_MAX = 1_000;
const balancer = { kind: 'service', service: 'elasticloadbalancing.amazonaws.com' } as const;

/**
 * Data for PutMetricData. A group without requests has none, and one without errors no error count, as with AWS.
 * @param startedAt epoch milliseconds at which the minute began
 */
export function balancerData(listenerArn: string, { targetGroupArn, requests, errors, seconds }: TargetGroupMinute, startedAt: number): AwsShape[] {
  if (requests === 0) return [];
  const Dimensions = [
    { Name: 'TargetGroup', Value: targetGroupArn.slice(targetGroupArn.indexOf(':targetgroup/') + 1) },
    { Name: 'LoadBalancer', Value: listenerArn.split(':listener/')[1]?.split('/').slice(0, 3).join('/') },
  ];
  const datum = (MetricName: string, value: AwsShape): AwsShape => ({ MetricName, Dimensions, Timestamp: new Date(startedAt), ...value });
  return [
    datum('RequestCount', { Value: requests, Unit: 'Count' }),
    datum('TargetResponseTime', { Values: [...seconds.keys()], Counts: [...seconds.values()], Unit: 'Seconds' }),
    ...(errors > 0 ? [datum('HTTPCode_Target_5XX_Count', { Value: errors, Unit: 'Count' })] : []),
  ];
}

/** Puts the data, in as many calls as they need; none for no data. */
export async function publishBalancerData(region: Region, data: readonly AwsShape[]): Promise<void> {
  for (let from = 0; from < data.length; from += DATA_PER_PUT_MAX) {
    await region.call('monitoring', 'PutMetricData', { Namespace: 'AWS/ApplicationELB', MetricData: data.slice(from, from + DATA_PER_PUT_MAX) }, balancer);
  }
}
