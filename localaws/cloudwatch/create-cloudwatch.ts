// CloudWatch of the local AWS: metrics that are put and asked for, metric math, and alarms on the region's clock.
import type { Service, ServiceFactory } from '../region.ts';
import { createAlarmEvaluator } from './alarms/alarm-evaluator.ts';
import { alarmOperations } from './alarms/alarm-operations.ts';
import { createAlarmStore } from './alarms/alarm-store.ts';
import { putAlarmOperations } from './alarms/put-alarms.ts';
import { dashboardOperations } from './dashboard-operations.ts';
import { getMetricData } from './metrics/get-metric-data.ts';
import { getMetricStatistics } from './metrics/get-metric-statistics.ts';
import { listMetrics } from './metrics/list-metrics.ts';
import { createMetricStore } from './metrics/metric-store.ts';
import { putMetricData } from './metrics/put-metric-data.ts';
import { QUERY_ERRORS } from './request-members.ts';
import { tagOperations } from './tag-operations.ts';

export const createCloudWatch: ServiceFactory = (region): Service => {
  const metrics = createMetricStore();
  const alarms = createAlarmStore();
  const evaluator = createAlarmEvaluator(region, metrics, alarms);
  return {
    name: 'monitoring',
    iamPrefix: 'cloudwatch',
    wires: [
      { kind: 'json', jsonVersion: '1.0', target: 'GraniteServiceVersion20100801', queryCompatibleErrors: QUERY_ERRORS },
      { kind: 'query', version: '2010-08-01', xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/' },
    ],
    operations: {
      PutMetricData: putMetricData(region, metrics),
      GetMetricData: getMetricData(region, metrics),
      GetMetricStatistics: getMetricStatistics(region, metrics),
      ListMetrics: listMetrics(region, metrics),
      ...putAlarmOperations(region, alarms, evaluator),
      ...alarmOperations(region, alarms, evaluator),
      ...dashboardOperations(region, alarms.tags),
      ...tagOperations(alarms.tags),
    },
    async close() {
      evaluator.close();
    },
  };
};
