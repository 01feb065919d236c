// Alarms as DescribeAlarms answers them and as events and notifications tell of them.
import type { AwsShape } from '../../region.ts';
import type { MetricQuery } from '../metrics/metric-query.ts';
import { type Alarm, type CompositeAlarm, cloudWatchTime, type MetricAlarm, type StateRecord } from './alarm-store.ts';

function describeBase(alarm: Alarm): AwsShape {
  return {
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configurationUpdatedAt),
    ActionsEnabled: alarm.actionsEnabled,
    OKActions: [...alarm.okActions],
    AlarmActions: [...alarm.alarmActions],
    InsufficientDataActions: [...alarm.insufficientDataActions],
    StateValue: alarm.state.value,
    StateReason: alarm.state.reason,
    StateReasonData: alarm.state.reasonData,
    StateUpdatedTimestamp: new Date(alarm.state.updatedAt),
    StateTransitionedTimestamp: new Date(alarm.state.transitionedAt),
  };
}

export function describeMetricAlarm(alarm: MetricAlarm): AwsShape {
  return {
    ...describeBase(alarm),
    ...alarm.shown,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.treatMissingData,
  };
}

export function describeCompositeAlarm(alarm: CompositeAlarm): AwsShape {
  return { ...describeBase(alarm), AlarmRule: alarm.ruleText };
}

/** The `configuration` of an event's detail. */
export function eventConfiguration(alarm: Alarm): AwsShape {
  const description = alarm.description === undefined ? {} : { description: alarm.description };
  if (alarm.kind === 'composite') return { ...description, alarmRule: alarm.ruleText };
  return { ...description, metrics: alarm.queries.map(eventMetric) };
}

function eventMetric(query: MetricQuery): AwsShape {
  const common = { id: query.id, ...(query.label === undefined ? {} : { label: query.label }), returnData: query.returnData };
  if (query.kind === 'expression') return { ...common, expression: query.text, ...(query.period === undefined ? {} : { period: query.period }) };
  return {
    ...common,
    metricStat: {
      metric: {
        namespace: query.metric.namespace,
        name: query.metric.name,
        dimensions: Object.fromEntries(query.metric.dimensions.map(({ Name, Value }) => [Name, Value])),
      },
      period: query.period,
      stat: query.stat,
      ...(query.unit === undefined ? {} : { unit: query.unit }),
    },
  };
}

/** A state as an event tells it. */
export function eventState(state: StateRecord): AwsShape {
  return {
    timestamp: cloudWatchTime(state.updatedAt),
    value: state.value,
    reason: state.reason,
    ...(state.reasonData === undefined ? {} : { reasonData: state.reasonData }),
  };
}
