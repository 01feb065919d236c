// Reading and steering alarms: DescribeAlarms and its kin, history, DeleteAlarms, SetAlarmState, Enable/DisableAlarmActions.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../../region.ts';
import { ALARM_NAMES_PER_CALL_MAX } from '../limits.ts';
import { parseDimensions, parseNamespace } from '../metrics/put-metric-data.ts';
import { integer, invalidValue, missing, oneOf, positionOf, requiredText, text, texts, timestamp, tokenOf, validationError } from '../request-members.ts';
import type { AlarmEvaluator } from './alarm-evaluator.ts';
import { describeCompositeAlarm, describeMetricAlarm } from './alarm-shape.ts';
import { ALARM_STATES, type Alarm, type AlarmStore, alarmTypeOf } from './alarm-store.ts';
import { alarmsInRule } from './composite-rule.ts';
import { announceConfiguration } from './put-alarms.ts';

const TYPES = ['MetricAlarm', 'CompositeAlarm'] as const;
const HISTORY_TYPES = ['ConfigurationUpdate', 'StateUpdate', 'Action'] as const;

function parseTypes(input: AwsShape): readonly string[] {
  const types = texts(input, 'AlarmTypes');
  for (const type of types) if (!TYPES.some((known) => known === type)) throw invalidValue(`The value ${type} for parameter AlarmTypes is invalid.`);
  // Without AlarmTypes only metric alarms are told of.
  return types.length === 0 ? ['MetricAlarm'] : types;
}

function describeAlarms(store: AlarmStore, input: AwsShape): AwsShape {
  const names = texts(input, 'AlarmNames');
  const prefix = text(input, 'AlarmNamePrefix');
  if (names.length > 0 && prefix !== undefined) throw validationError('AlarmNames and AlarmNamePrefix must not be specified together');
  if (names.length > ALARM_NAMES_PER_CALL_MAX)
    throw validationError(`The collection AlarmNames must not have a size greater than ${ALARM_NAMES_PER_CALL_MAX}.`);
  const childrenOf = text(input, 'ChildrenOfAlarmName');
  const parentsOf = text(input, 'ParentsOfAlarmName');
  const types = childrenOf === undefined && parentsOf === undefined ? parseTypes(input) : TYPES;
  const state = oneOf(input, 'StateValue', ALARM_STATES);
  const actionPrefix = text(input, 'ActionPrefix');
  const size = integer(input, 'MaxRecords', { min: 1, max: 100 }) ?? 100;
  const start = positionOf(input);
  const parent = childrenOf === undefined ? undefined : store.alarms.get(childrenOf);
  const children = parent?.kind === 'composite' ? alarmsInRule(parent.rule) : [];
  const isWanted = (alarm: Alarm): boolean =>
    (names.length === 0 || names.includes(alarm.name)) &&
    (prefix === undefined || alarm.name.startsWith(prefix)) &&
    types.includes(alarmTypeOf(alarm)) &&
    (state === undefined || alarm.state.value === state) &&
    (childrenOf === undefined || children.includes(alarm.name)) &&
    (parentsOf === undefined || (alarm.kind === 'composite' && alarmsInRule(alarm.rule).includes(parentsOf))) &&
    (actionPrefix === undefined ||
      [...alarm.okActions, ...alarm.alarmActions, ...alarm.insufficientDataActions].some((action) => action.startsWith(actionPrefix)));
  const found = [...store.alarms.values()].filter(isWanted).sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = found.slice(start, start + size);
  return {
    CompositeAlarms: page.flatMap((alarm) => (alarm.kind === 'composite' ? [describeCompositeAlarm(alarm)] : [])),
    MetricAlarms: page.flatMap((alarm) => (alarm.kind === 'metric' ? [describeMetricAlarm(alarm)] : [])),
    ...(start + size < found.length ? { NextToken: tokenOf(start + size) } : {}),
  };
}

function describeForMetric(store: AlarmStore, input: AwsShape): AwsShape {
  const wanted = JSON.stringify([parseNamespace(input), requiredText(input, 'MetricName'), parseDimensions(input)]);
  const statistic = text(input, 'Statistic') ?? text(input, 'ExtendedStatistic');
  const period = integer(input, 'Period', { min: 1, max: 86_400 });
  const alarms = [...store.alarms.values()].flatMap((alarm) => {
    if (alarm.kind !== 'metric') return [];
    const isOver = alarm.queries.some(
      (query) =>
        query.kind === 'stat' &&
        JSON.stringify([query.metric.namespace, query.metric.name, query.metric.dimensions]) === wanted &&
        (statistic === undefined || query.stat === statistic) &&
        (period === undefined || query.period === period),
    );
    return isOver ? [describeMetricAlarm(alarm)] : [];
  });
  return { MetricAlarms: alarms };
}

function describeHistory(store: AlarmStore, input: AwsShape): AwsShape {
  const name = text(input, 'AlarmName');
  const types = parseTypes(input);
  const type = oneOf(input, 'HistoryItemType', HISTORY_TYPES);
  const from = timestamp(input, 'StartDate') ?? 0;
  const to = timestamp(input, 'EndDate') ?? Number.POSITIVE_INFINITY;
  const size = integer(input, 'MaxRecords', { min: 1, max: 100 }) ?? 100;
  const isAscending = oneOf(input, 'ScanBy', ['TimestampDescending', 'TimestampAscending']) === 'TimestampAscending';
  const start = positionOf(input);
  const found = store.history.filter(
    (item) =>
      (name === undefined || item.alarmName === name) &&
      // A name says which alarm is meant, whatever its type.
      (name !== undefined || types.includes(item.alarmType)) &&
      (type === undefined || item.type === type) &&
      item.at >= from &&
      item.at <= to,
  );
  if (!isAscending) found.reverse();
  return {
    AlarmHistoryItems: found.slice(start, start + size).map((item) => ({
      AlarmName: item.alarmName,
      AlarmType: item.alarmType,
      Timestamp: new Date(item.at),
      HistoryItemType: item.type,
      HistorySummary: item.summary,
      HistoryData: item.data,
    })),
    ...(start + size < found.length ? { NextToken: tokenOf(start + size) } : {}),
  };
}

function alarmNames(input: AwsShape): string[] {
  const names = texts(input, 'AlarmNames');
  if (names.length === 0) throw missing('AlarmNames');
  if (names.length > ALARM_NAMES_PER_CALL_MAX)
    throw validationError(`The collection AlarmNames must not have a size greater than ${ALARM_NAMES_PER_CALL_MAX}.`);
  return names;
}

function unknownAlarm(name: string): AwsError {
  return new AwsError('ResourceNotFound', `The alarm ${name} does not exist.`, { httpStatus: 404 });
}

export function alarmOperations(region: Region, store: AlarmStore, evaluator: AlarmEvaluator): Readonly<Record<string, Operation>> {
  const judged = (input: AwsShape): string[] => texts(input, 'AlarmNames').map((name) => region.arn('cloudwatch', `alarm:${name}`));
  const judgedAll = (): string[] => [region.arn('cloudwatch', 'alarm:*')];
  const enabling = (enabled: boolean): Operation => ({
    resources: judged,
    handle(input) {
      for (const name of alarmNames(input)) {
        const alarm = store.alarms.get(name);
        if (alarm !== undefined) alarm.actionsEnabled = enabled;
      }
      return {};
    },
  });
  return {
    DescribeAlarms: { resources: judgedAll, handle: (input) => describeAlarms(store, input) },
    DescribeAlarmsForMetric: { resources: judgedAll, handle: (input) => describeForMetric(store, input) },
    DescribeAlarmHistory: { resources: judgedAll, handle: (input) => describeHistory(store, input) },
    DeleteAlarms: {
      resources: judged,
      handle(input) {
        const names = alarmNames(input);
        // One unknown name and nothing is deleted.
        const alarms = names.map((name) => {
          const alarm = store.alarms.get(name);
          if (alarm === undefined) throw unknownAlarm(name);
          return alarm;
        });
        for (const alarm of alarms) {
          store.alarms.delete(alarm.name);
          store.tags.delete(alarm.arn);
          announceConfiguration(region, store, alarm, 'delete');
        }
        evaluator.evaluateComposites();
        return {};
      },
    },
    SetAlarmState: {
      resources: (input) => [region.arn('cloudwatch', `alarm:${text(input, 'AlarmName') ?? '*'}`)],
      handle(input) {
        const name = requiredText(input, 'AlarmName');
        const value = oneOf(input, 'StateValue', ALARM_STATES);
        if (value === undefined) throw missing('StateValue');
        const reason = text(input, 'StateReason');
        if (reason === undefined) throw missing('StateReason');
        const reasonData = text(input, 'StateReasonData');
        if (reasonData !== undefined && !isJson(reasonData)) throw new AwsError('InvalidFormatFault', 'StateReasonData was not correctly formatted JSON.');
        const alarm = store.alarms.get(name);
        if (alarm === undefined) throw unknownAlarm(name);
        // Lasts until the next evaluation finds otherwise.
        evaluator.set(alarm, { value, reason, reasonData });
        return {};
      },
    },
    EnableAlarmActions: enabling(true),
    DisableAlarmActions: enabling(false),
  };
}

function isJson(given: string): boolean {
  try {
    JSON.parse(given);
    return true;
  } catch {
    return false;
  }
}
