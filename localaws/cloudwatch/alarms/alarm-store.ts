// What is known of alarms: their configuration, their state, and a bounded history.
import type { AwsShape, Region } from '../../region.ts';
import { HISTORY_DAYS, HISTORY_ITEMS_MAX } from '../limits.ts';
import type { MetricQuery } from '../metrics/metric-query.ts';
import type { RuleNode } from './composite-rule.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export const ALARM_STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

export const COMPARISONS = ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const MISSING_DATA = ['missing', 'breaching', 'notBreaching', 'ignore'] as const;
export type MissingData = (typeof MISSING_DATA)[number];

export interface StateRecord {
  readonly value: AlarmState;
  readonly reason: string;
  /** A JSON text, as in AWS. */
  readonly reasonData: string | undefined;
  readonly updatedAt: number;
  /** When the value last changed. */
  readonly transitionedAt: number;
}

interface AlarmBase {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly okActions: readonly string[];
  readonly alarmActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
  readonly configurationUpdatedAt: number;
  actionsEnabled: boolean;
  state: StateRecord;
}

export interface MetricAlarm extends AlarmBase {
  readonly kind: 'metric';
  /** What is evaluated; the query that returns data is the one compared. */
  readonly queries: readonly MetricQuery[];
  readonly returned: MetricQuery;
  readonly period: number;
  /** The members of the configuration as Describe shows them (MetricName.. or Metrics). */
  readonly shown: AwsShape;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number | undefined;
  readonly threshold: number;
  readonly comparison: Comparison;
  readonly treatMissingData: MissingData;
}

export interface CompositeAlarm extends AlarmBase {
  readonly kind: 'composite';
  readonly ruleText: string;
  readonly rule: RuleNode;
}

export type Alarm = MetricAlarm | CompositeAlarm;

export interface HistoryItem {
  readonly alarmName: string;
  readonly alarmType: 'MetricAlarm' | 'CompositeAlarm';
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate' | 'Action';
  readonly summary: string;
  readonly data: string;
}

export interface AlarmStore {
  readonly alarms: Map<string, Alarm>;
  readonly history: HistoryItem[];
  /** By ARN of an alarm or a dashboard. */
  readonly tags: Map<string, Map<string, string>>;
}

export function createAlarmStore(): AlarmStore {
  return { alarms: new Map(), history: [], tags: new Map() };
}

export function alarmTypeOf(alarm: Alarm): 'MetricAlarm' | 'CompositeAlarm' {
  return alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm';
}

/** Adds to the history and lets go of what is too old or too much. History outlives its alarm, as in AWS. */
export function remember(region: Region, store: AlarmStore, alarm: Alarm, item: Pick<HistoryItem, 'type' | 'summary'> & { data: AwsShape }): void {
  const now = region.clock.now();
  store.history.push({
    alarmName: alarm.name,
    alarmType: alarmTypeOf(alarm),
    at: now,
    type: item.type,
    summary: item.summary,
    data: JSON.stringify(item.data),
  });
  const oldest = now - HISTORY_DAYS * 86_400_000;
  while (store.history.length > HISTORY_ITEMS_MAX || (store.history[0]?.at ?? now) < oldest) store.history.shift();
}

/** CloudWatch writes times as `2026-11-16T13:36:40.219+0000`, in events, reasons and history. */
export function cloudWatchTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}
