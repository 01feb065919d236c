// PutMetricAlarm and PutCompositeAlarm. A new alarm begins INSUFFICIENT_DATA; an existing one keeps its state.

import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../../region.ts';
import { ALARM_ACTIONS_MAX, ALARMS_MAX, DAY_SECONDS, QUERIES_PER_ALARM_MAX } from '../limits.ts';
import { type MetricQuery, parsePeriod, parseQueries } from '../metrics/metric-query.ts';
import { parseDimensions, parseNamespace, UNITS } from '../metrics/put-metric-data.ts';
import { parseStatistic } from '../metrics/statistic.ts';
import {
  flag,
  integer,
  invalidCombination,
  isGiven,
  missing,
  notOffered,
  oneOf,
  requiredNumber,
  requiredText,
  shapes,
  text,
  texts,
  validationError,
} from '../request-members.ts';
import { parseTags } from '../tag-operations.ts';
import type { AlarmEvaluator } from './alarm-evaluator.ts';
import { eventConfiguration, eventState } from './alarm-shape.ts';
import { type Alarm, type AlarmStore, COMPARISONS, type MetricAlarm, MISSING_DATA, remember, type StateRecord } from './alarm-store.ts';
import { alarmsInRule, parseRule } from './composite-rule.ts';

const BAND_COMPARISONS = ['LessThanLowerOrGreaterThanUpperThreshold', 'LessThanLowerThreshold', 'GreaterThanUpperThreshold'];
const SINGLE_MEMBERS = ['MetricName', 'Namespace', 'Dimensions', 'Period', 'Statistic', 'ExtendedStatistic', 'Unit'];
const STATISTICS = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
const EVALUATED_SECONDS_MAX = DAY_SECONDS;
/** Alarms with periods of an hour or more may look back a week. */
const EVALUATED_SECONDS_MAX_HOURLY = 7 * DAY_SECONDS;

function parseActions(input: AwsShape, name: string): string[] {
  const actions = texts(input, name);
  if (actions.length > ALARM_ACTIONS_MAX) throw validationError(`The collection ${name} must not have a size greater than ${ALARM_ACTIONS_MAX}.`);
  const wrong = actions.find((action) => action.split(':').length < 6 || !action.startsWith('arn:'));
  if (wrong !== undefined) throw validationError(`Invalid arn syntax: ${wrong}`);
  return actions;
}

function parseBase(region: Region, store: AlarmStore, input: AwsShape): Omit<MetricAlarm, 'kind' | keyof ReturnType<typeof parseMetricMembers>> {
  const name = requiredText(input, 'AlarmName');
  const now = region.clock.now();
  const initial: StateRecord = {
    value: 'INSUFFICIENT_DATA',
    reason: 'Unchecked: Initial alarm creation',
    reasonData: undefined,
    updatedAt: now,
    transitionedAt: now,
  };
  return {
    name,
    arn: region.arn('cloudwatch', `alarm:${name}`),
    description: text(input, 'AlarmDescription'),
    okActions: parseActions(input, 'OKActions'),
    alarmActions: parseActions(input, 'AlarmActions'),
    insufficientDataActions: parseActions(input, 'InsufficientDataActions'),
    configurationUpdatedAt: now,
    actionsEnabled: flag(input, 'ActionsEnabled') ?? true,
    state: store.alarms.get(name)?.state ?? initial,
  };
}

function parseMetricMembers(region: Region, input: AwsShape) {
  const operator = requiredText(input, 'ComparisonOperator');
  if (BAND_COMPARISONS.includes(operator) || isGiven(input, 'ThresholdMetricId')) throw notOffered('an anomaly detection alarm');
  if (isGiven(input, 'EvaluationCriteria')) throw notOffered('a PromQL alarm');
  const comparison = oneOf(input, 'ComparisonOperator', COMPARISONS) ?? 'GreaterThanThreshold';
  const evaluationPeriods = integer(input, 'EvaluationPeriods', { min: 1, max: EVALUATED_SECONDS_MAX });
  if (evaluationPeriods === undefined) throw missing('EvaluationPeriods');
  const datapointsToAlarm = integer(input, 'DatapointsToAlarm', { min: 1, max: EVALUATED_SECONDS_MAX });
  if ((datapointsToAlarm ?? 0) > evaluationPeriods) throw validationError('DatapointsToAlarm must be less than or equal to EvaluationPeriods');
  const treatMissingData = oneOf(input, 'TreatMissingData', MISSING_DATA) ?? 'missing';
  if (oneOf(input, 'EvaluateLowSampleCountPercentile', ['evaluate', 'ignore']) === 'ignore') throw notOffered("EvaluateLowSampleCountPercentile 'ignore'");
  const threshold = requiredNumber(input, 'Threshold');
  const watched = isGiven(input, 'Metrics') ? parseMetrics(input) : parseSingle(region, input);
  const secondsMax = watched.period >= 3_600 ? EVALUATED_SECONDS_MAX_HOURLY : EVALUATED_SECONDS_MAX;
  if (evaluationPeriods * watched.period > secondsMax) {
    throw validationError(
      `Metrics cannot be checked across more than ${secondsMax / DAY_SECONDS === 1 ? 'a day' : 'a week'} (EvaluationPeriods * Period must be <= ${secondsMax}).`,
    );
  }
  return { ...watched, comparison, evaluationPeriods, datapointsToAlarm, treatMissingData, threshold };
}

interface Watched {
  readonly queries: readonly MetricQuery[];
  readonly returned: MetricQuery;
  readonly period: number;
  readonly shown: AwsShape;
}

function parseSingle(region: Region, input: AwsShape): Watched {
  const statistic = oneOf(input, 'Statistic', STATISTICS);
  const extended = text(input, 'ExtendedStatistic');
  if ((statistic === undefined) === (extended === undefined)) throw invalidCombination('Exactly one of Statistic and ExtendedStatistic must be specified.');
  const stat = statistic ?? extended ?? '';
  const metric = { namespace: parseNamespace(input), name: requiredText(input, 'MetricName'), dimensions: parseDimensions(input) };
  const period = parsePeriod(input, 'Period');
  if (period < 10) throw validationError('The period of an alarm must be 10, 20, 30 or a multiple of 60.');
  const unit = oneOf(input, 'Unit', UNITS);
  // AWS gives the one metric of such an alarm an id of its own, seen in events.
  const query: MetricQuery = {
    kind: 'stat',
    id: region.ids.uuid(),
    label: undefined,
    returnData: true,
    metric,
    period,
    stat,
    statistic: parseStatistic(stat),
    unit,
  };
  return {
    queries: [query],
    returned: query,
    period,
    shown: {
      MetricName: metric.name,
      Namespace: metric.namespace,
      ...(statistic === undefined ? { ExtendedStatistic: extended } : { Statistic: statistic }),
      Dimensions: [...metric.dimensions],
      Period: period,
      ...(unit === undefined ? {} : { Unit: unit }),
    },
  };
}

function parseMetrics(input: AwsShape): Watched {
  if (SINGLE_MEMBERS.some((name) => isGiven(input, name) && !(Array.isArray(input[name]) && input[name].length === 0))) {
    throw invalidCombination(`Metrics and ${SINGLE_MEMBERS.join('/')} must not be specified together.`);
  }
  const queries = parseQueries(input, 'Metrics', QUERIES_PER_ALARM_MAX);
  const returning = queries.filter((query) => query.returnData);
  const [returned] = returning;
  if (returned === undefined || returning.length > 1) throw validationError('Exactly one element of the metrics list should return data');
  const periods = queries.flatMap((query) => (query.kind === 'stat' ? [query.period] : []));
  if (periods.length === 0) throw validationError('At least one element of the metrics list must be a metric');
  const period = Math.max(...periods);
  if (period < 10) throw validationError('The period of an alarm must be 10, 20, 30 or a multiple of 60.');
  if (periods.some((each) => each !== period)) throw validationError('All metrics of an alarm must have the same period');
  return {
    queries,
    returned,
    period,
    shown: { Metrics: shapes(input, 'Metrics').map((query, index) => ({ ...query, ReturnData: queries[index]?.returnData })) },
  };
}

/** Tells of a configuration that came, changed or went. */
export function announceConfiguration(region: Region, store: AlarmStore, alarm: Alarm, operation: 'create' | 'update' | 'delete'): void {
  const past = { create: 'created', update: 'updated', delete: 'deleted' }[operation];
  remember(region, store, alarm, {
    type: 'ConfigurationUpdate',
    summary: `Alarm "${alarm.name}" ${past}`,
    data: { version: '1.0', type: operation === 'create' ? 'Create' : operation === 'update' ? 'Update' : 'Delete' },
  });
  const judged =
    alarm.kind === 'metric'
      ? {
          evaluationPeriods: alarm.evaluationPeriods,
          threshold: alarm.threshold,
          comparisonOperator: alarm.comparison,
          treatMissingData: alarm.treatMissingData,
        }
      : {};
  region.emit({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm Configuration Change',
    resources: [alarm.arn],
    detail: {
      alarmName: alarm.name,
      operation,
      state: eventState(alarm.state),
      configuration: {
        ...eventConfiguration(alarm),
        ...judged,
        alarmName: alarm.name,
        actionsEnabled: alarm.actionsEnabled,
        okActions: alarm.okActions,
        alarmActions: alarm.alarmActions,
        insufficientDataActions: alarm.insufficientDataActions,
      },
    },
  });
}

const judgedArn =
  (region: Region) =>
  (input: AwsShape): string[] => [region.arn('cloudwatch', `alarm:${text(input, 'AlarmName') ?? '*'}`)];

export function putAlarmOperations(region: Region, store: AlarmStore, evaluator: AlarmEvaluator): Readonly<Record<string, Operation>> {
  const save = (alarm: Alarm, input: AwsShape): void => {
    const existing = store.alarms.get(alarm.name);
    if (existing !== undefined && existing.kind !== alarm.kind) throw validationError(`An alarm named ${alarm.name} exists and is of the other kind`);
    if (existing === undefined && store.alarms.size >= ALARMS_MAX)
      throw new AwsError('LimitExceededFault', `The maximum number of alarms (${ALARMS_MAX}) has been reached`);
    const tags = parseTags(input);
    store.alarms.set(alarm.name, alarm);
    // Tags are given at creation only; an update does not touch them.
    if (existing === undefined) store.tags.set(alarm.arn, new Map(tags));
    announceConfiguration(region, store, alarm, existing === undefined ? 'create' : 'update');
    evaluator.start();
  };
  return {
    PutMetricAlarm: {
      resources: judgedArn(region),
      handle(input) {
        const base = parseBase(region, store, input);
        save({ kind: 'metric', ...base, ...parseMetricMembers(region, input) }, input);
        return {};
      },
    },
    PutCompositeAlarm: {
      resources: judgedArn(region),
      handle(input) {
        const base = parseBase(region, store, input);
        if (isGiven(input, 'ActionsSuppressor')) throw notOffered('an actions suppressor');
        const ruleText = requiredText(input, 'AlarmRule', Number.POSITIVE_INFINITY);
        const rule = parseRule(ruleText);
        const unknown = alarmsInRule(rule).find((name) => !store.alarms.has(name));
        if (unknown !== undefined) throw validationError(`AlarmRule refers to an alarm that does not exist: ${unknown}`);
        if (alarmsInRule(rule).includes(base.name)) throw validationError('A composite alarm cannot refer to itself');
        save({ kind: 'composite', ...base, ruleText, rule }, input);
        // It begins INSUFFICIENT_DATA and is evaluated at once.
        region.clock.schedule(0, () => evaluator.evaluateComposites(), `first evaluation of composite alarm ${base.name}`);
        return {};
      },
    },
  };
}
