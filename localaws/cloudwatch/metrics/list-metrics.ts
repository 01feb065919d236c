// ListMetrics: metrics that had data in the last two weeks, by namespace, name and dimensions.
import type { AwsShape, Operation, Region } from '../../region.ts';
import { METRICS_PER_LIST_PAGE, TIMESTAMP_AGE_SECONDS_MAX } from '../limits.ts';
import { oneOf, positionOf, requiredText, shapes, text, tokenOf } from '../request-members.ts';
import type { MetricName, MetricStore } from './metric-store.ts';

const RECENT_SECONDS = 3 * 3_600;

export function listMetrics(region: Region, store: MetricStore): Operation {
  return {
    handle(input) {
      const recent = oneOf(input, 'RecentlyActive', ['PT3H']) === undefined ? TIMESTAMP_AGE_SECONDS_MAX : RECENT_SECONDS;
      const newerThan = Math.floor(region.clock.now() / 1_000) - recent;
      const start = positionOf(input);
      const found = store.list(newerThan).filter((metric) => isWanted(metric, input));
      const end = start + METRICS_PER_LIST_PAGE;
      return {
        Metrics: found.slice(start, end).map((metric) => ({ Namespace: metric.namespace, MetricName: metric.name, Dimensions: [...metric.dimensions] })),
        ...(end < found.length ? { NextToken: tokenOf(end) } : {}),
      };
    },
  };
}

function isWanted(metric: MetricName, input: AwsShape): boolean {
  const namespace = text(input, 'Namespace');
  const name = text(input, 'MetricName');
  if (namespace !== undefined && namespace !== metric.namespace) return false;
  if (name !== undefined && name !== metric.name) return false;
  return shapes(input, 'Dimensions').every((wanted) => {
    const value = text(wanted, 'Value');
    const key = requiredText(wanted, 'Name');
    return metric.dimensions.some((dimension) => dimension.Name === key && (value === undefined || dimension.Value === value));
  });
}
