// Gives an alarm a state. Only a change of the value is announced: the event, the actions, and the composite alarms over it.
import type { AwsShape, Region } from '../../region.ts';
import { eventConfiguration, eventState } from './alarm-shape.ts';
import { type Alarm, type AlarmState, type AlarmStore, cloudWatchTime, remember, type StateRecord } from './alarm-store.ts';

export interface NewState {
  readonly value: AlarmState;
  readonly reason: string;
  readonly reasonData: string | undefined;
}

/** Answers whether the value changed. */
export function changeState(region: Region, store: AlarmStore, alarm: Alarm, next: NewState): boolean {
  const now = region.clock.now();
  const before = alarm.state;
  const changed = before.value !== next.value;
  alarm.state = { ...next, updatedAt: now, transitionedAt: changed ? now : before.transitionedAt };
  if (!changed) return false;
  remember(region, store, alarm, {
    type: 'StateUpdate',
    summary: `Alarm updated from ${before.value} to ${next.value}`,
    data: { version: '1.0', oldState: historyState(before), newState: historyState(alarm.state) },
  });
  region.emit({
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.arn],
    detail: { alarmName: alarm.name, configuration: eventConfiguration(alarm), previousState: eventState(before), state: eventState(alarm.state) },
  });
  runActions(region, store, alarm, before);
  return true;
}

function historyState(state: StateRecord): AwsShape {
  return { stateValue: state.value, stateReason: state.reason, ...(state.reasonData === undefined ? {} : { stateReasonData: JSON.parse(state.reasonData) }) };
}

function actionsOf(alarm: Alarm): readonly string[] {
  switch (alarm.state.value) {
    case 'OK':
      return alarm.okActions;
    case 'ALARM':
      return alarm.alarmActions;
    case 'INSUFFICIENT_DATA':
      return alarm.insufficientDataActions;
  }
}

function runActions(region: Region, store: AlarmStore, alarm: Alarm, before: StateRecord): void {
  if (!alarm.actionsEnabled) return;
  const after = alarm.state;
  for (const action of actionsOf(alarm)) {
    const remembered = (summary: string, actionState: string): void => {
      remember(region, store, alarm, {
        type: 'Action',
        summary: summary.slice(0, 255),
        data: { actionState, notificationResource: action, stateUpdateTimestamp: after.updatedAt },
      });
    };
    runAction(region, alarm, before, after, action).then(
      () => remembered(`Successfully executed action ${action}`, 'Succeeded'),
      (error: unknown) => {
        region.log('cloudwatch', `action ${action} of alarm ${alarm.name} failed: ${String(error)}`);
        remembered(`Failed to execute action ${action}. Received error: "${error instanceof Error ? error.message : String(error)}"`, 'Failed');
      },
    );
  }
}

async function runAction(region: Region, alarm: Alarm, before: StateRecord, after: StateRecord, action: string): Promise<void> {
  const service = action.split(':')[2];
  if (service === 'sns') {
    const Message = JSON.stringify(notification(region, alarm, before, after));
    const Subject = `${after.value}: "${alarm.name}" in ${region.name}`.slice(0, 100);
    await region.call('sns', 'Publish', { TopicArn: action, Subject, Message }, { kind: 'service', service: 'cloudwatch.amazonaws.com' });
    return;
  }
  if (service === 'lambda') {
    const Payload = new TextEncoder().encode(JSON.stringify(functionPayload(region, alarm, before, after)));
    const principal = { kind: 'service', service: 'lambda.alarms.cloudwatch.amazonaws.com' } as const;
    await region.call('lambda', 'Invoke', { FunctionName: action, InvocationType: 'Event', Payload }, principal);
    return;
  }
  throw new Error(`localaws: actions of the service '${service ?? ''}' are not run on the local AWS`);
}

/** The JSON text a subscriber of the SNS topic gets. */
function notification(region: Region, alarm: Alarm, before: StateRecord, after: StateRecord): AwsShape {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: region.account,
    AlarmConfigurationUpdatedTimestamp: cloudWatchTime(alarm.configurationUpdatedAt),
    NewStateValue: after.value,
    NewStateReason: after.reason,
    StateChangeTime: cloudWatchTime(after.updatedAt),
    Region: region.name,
    AlarmArn: alarm.arn,
    OldStateValue: before.value,
    OKActions: alarm.okActions,
    AlarmActions: alarm.alarmActions,
    InsufficientDataActions: alarm.insufficientDataActions,
    ...(alarm.kind === 'composite' ? { AlarmRule: alarm.ruleText } : { Trigger: trigger(alarm) }),
  };
}

function trigger(alarm: Extract<Alarm, { kind: 'metric' }>): AwsShape {
  const common = {
    Period: alarm.period,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.treatMissingData,
    EvaluateLowSampleCountPercentile: '',
  };
  const query = alarm.queries[0];
  if (alarm.queries.length > 1 || query?.kind !== 'stat' || alarm.shown['Metrics'] !== undefined) return { ...common, Metrics: alarm.shown['Metrics'] };
  return {
    MetricName: query.metric.name,
    Namespace: query.metric.namespace,
    StatisticType: 'Statistic',
    Statistic: query.stat.toUpperCase(),
    Unit: query.unit ?? null,
    Dimensions: query.metric.dimensions.map(({ Name, Value }) => ({ value: Value, name: Name })),
    ...common,
  };
}

/** The event a function gets when it is the action itself. */
function functionPayload(region: Region, alarm: Alarm, before: StateRecord, after: StateRecord): AwsShape {
  return {
    source: 'aws.cloudwatch',
    alarmArn: alarm.arn,
    accountId: region.account,
    time: cloudWatchTime(after.updatedAt),
    region: region.name,
    alarmData: { alarmName: alarm.name, state: eventState(after), previousState: eventState(before), configuration: eventConfiguration(alarm) },
  };
}
