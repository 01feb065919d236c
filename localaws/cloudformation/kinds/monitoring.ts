// AWS::CloudWatch::*
import { documentText, type ResourceKind } from '../resource-kind.ts';

const ALARM: ResourceKind = {
  service: 'monitoring',
  required: [],
  optional: [
    'ActionsEnabled',
    'AlarmActions',
    'AlarmDescription',
    'AlarmName',
    'ComparisonOperator',
    'DatapointsToAlarm',
    'Dimensions',
    'EvaluateLowSampleCountPercentile',
    'EvaluationPeriods',
    'ExtendedStatistic',
    'InsufficientDataActions',
    'MetricName',
    'Metrics',
    'Namespace',
    'OKActions',
    'Period',
    'Statistic',
    'Tags',
    'Threshold',
    'ThresholdMetricId',
    'TreatMissingData',
    'Unit',
  ],
  async make(properties, context) {
    const name = String(properties['AlarmName'] ?? context.newName(255));
    await context.call('monitoring', 'PutMetricAlarm', { ...properties, AlarmName: name });
    return { physicalId: name, attributes: { Arn: context.region.arn('cloudwatch', `alarm:${name}`) } };
  },
};

const COMPOSITE_ALARM: ResourceKind = {
  service: 'monitoring',
  required: ['AlarmRule'],
  optional: [
    'ActionsEnabled',
    'ActionsSuppressor',
    'ActionsSuppressorExtensionPeriod',
    'ActionsSuppressorWaitPeriod',
    'AlarmActions',
    'AlarmDescription',
    'AlarmName',
    'InsufficientDataActions',
    'OKActions',
    'Tags',
  ],
  async make(properties, context) {
    const name = String(properties['AlarmName'] ?? context.newName(255));
    await context.call('monitoring', 'PutCompositeAlarm', { ...properties, AlarmName: name });
    return { physicalId: name, attributes: { Arn: context.region.arn('cloudwatch', `alarm:${name}`) } };
  },
};

const DASHBOARD: ResourceKind = {
  service: 'monitoring',
  required: ['DashboardBody'],
  optional: ['DashboardName'],
  async make(properties, context) {
    const name = String(properties['DashboardName'] ?? context.newName(255));
    await context.call('monitoring', 'PutDashboard', { DashboardName: name, DashboardBody: documentText(properties['DashboardBody']) });
    return { physicalId: name, attributes: {} };
  },
};

export const MONITORING_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::CloudWatch::Alarm': ALARM,
  'AWS::CloudWatch::CompositeAlarm': COMPOSITE_ALARM,
  'AWS::CloudWatch::Dashboard': DASHBOARD,
};
