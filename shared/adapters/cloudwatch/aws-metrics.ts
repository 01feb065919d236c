// Health evidence from CloudWatch: one GetMetricData call for both colours.
import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import type { TrafficMinute } from '#core/health/health.ts';
import type { Metrics, TrafficQuery } from '#ports/health-sources.ts';
import { callAws } from '../operating-error.ts';

const PERIOD_SECONDS = 60;
const NAMESPACE = 'AWS/ApplicationELB';

export function createAwsMetrics(client: CloudWatchClient): Metrics {
  return {
    async traffic(query) {
      const answer = await callAws("read the load balancer's metrics", () =>
        client.send(
          new GetMetricDataCommand({
            StartTime: new Date(query.from),
            // Exclusive: the minute that is still running ends after now.
            EndTime: new Date(query.to + PERIOD_SECONDS * 1000),
            ScanBy: 'TimestampAscending',
            MetricDataQueries: [...queriesOf('blue', query.blueTargetGroupArn, query), ...queriesOf('green', query.greenTargetGroupArn, query)],
          }),
        ),
      );
      const results = answer.MetricDataResults ?? [];
      // Part of the data would look like fewer errors.
      if (answer.NextToken !== undefined || results.some((result) => result.StatusCode !== 'Complete')) return undefined;
      return { blue: minutesOf('blue', results), green: minutesOf('green', results) };
    },
  };
}

type Colour = 'blue' | 'green';

function queriesOf(colour: Colour, targetGroupArn: string, query: TrafficQuery): MetricDataQuery[] {
  const metric = (id: string, name: string, stat: string): MetricDataQuery => ({
    Id: `${colour}_${id}`,
    MetricStat: {
      Metric: {
        Namespace: NAMESPACE,
        MetricName: name,
        Dimensions: [
          { Name: 'TargetGroup', Value: targetGroupDimension(targetGroupArn) },
          { Name: 'LoadBalancer', Value: loadBalancerDimension(query.listenerArn) },
        ],
      },
      Period: PERIOD_SECONDS,
      Stat: stat,
    },
    ReturnData: true,
  });
  return [
    metric('requests', 'RequestCount', 'Sum'),
    metric('errors', 'HTTPCode_Target_5XX_Count', 'Sum'),
    metric('refused', 'TargetConnectionErrorCount', 'Sum'),
    ...(query.percentile === undefined ? [] : [metric('latency', 'TargetResponseTime', `p${query.percentile}`)]),
  ];
}

/**
 * Minutes with traffic. RequestCount counts only requests that a target answered, so connection errors are added to both numbers;
 * a missing error series beside requests means no errors. Source: ALB user guide, CloudWatch metrics.
 */
function minutesOf(colour: Colour, results: readonly MetricDataResult[]): readonly TrafficMinute[] {
  const series = (id: string): ReadonlyMap<number, number> => {
    const result = results.find((candidate) => candidate.Id === `${colour}_${id}`);
    return new Map((result?.Timestamps ?? []).map((at, index) => [at.getTime(), result?.Values?.[index] ?? 0]));
  };
  const [requests, errors, refused, latency] = [series('requests'), series('errors'), series('refused'), series('latency')];
  const minutes = [...new Set([...requests.keys(), ...refused.keys()])].toSorted((a, b) => a - b);
  return minutes.flatMap((minute) => {
    const connectionErrors = refused.get(minute) ?? 0;
    const all = (requests.get(minute) ?? 0) + connectionErrors;
    if (all === 0) return [];
    const seconds = latency.get(minute);
    return [
      {
        minute,
        requests: all,
        errors: Math.min(all, (errors.get(minute) ?? 0) + connectionErrors),
        ...(seconds === undefined ? {} : { latencyMilliseconds: seconds * 1000 }),
      },
    ];
  });
}

/** `arn:...:targetgroup/name/id` -> `targetgroup/name/id`. */
function targetGroupDimension(arn: string): string {
  return arn.slice(arn.indexOf(':targetgroup/') + 1);
}

/** `arn:...:listener/app/name/id/listener-id` -> `app/name/id`. */
function loadBalancerDimension(listenerArn: string): string {
  return listenerArn
    .slice(listenerArn.indexOf(':listener/') + ':listener/'.length)
    .split('/')
    .slice(0, 3)
    .join('/');
}
