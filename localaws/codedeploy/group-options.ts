// Alarm, rollback and trigger settings: the same rules for a deployment group and for a single deployment that overrides them.
import { AwsError } from '../endpoint/aws-error.ts';
import { booleanMember, stringList, stringMember, structureList } from '../endpoint/json-members.ts';
import type { AwsShape } from '../region.ts';
import { ALARM_NAME_LENGTH_MAX, ALARMS_MAX, TRIGGERS_MAX } from './limits.ts';
import type { AlarmConfiguration, AutoRollbackConfiguration, TriggerConfiguration } from './model.ts';

const ROLLBACK_EVENTS: readonly string[] = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];
const TRIGGER_EVENTS: readonly string[] = [
  'DeploymentStart',
  'DeploymentSuccess',
  'DeploymentFailure',
  'DeploymentStop',
  'DeploymentRollback',
  'DeploymentReady',
  'InstanceStart',
  'InstanceSuccess',
  'InstanceFailure',
  'InstanceReady',
];

/** @throws AwsError InvalidAlarmConfigException, AlarmsLimitExceededException */
export function alarmConfiguration(given: AwsShape | undefined): AlarmConfiguration | undefined {
  if (given === undefined) return undefined;
  const enabled = booleanMember(given, 'enabled') ?? false;
  const names = (structureList(given, 'alarms') ?? []).map((alarm) => stringMember(alarm, 'name') ?? '');
  if (names.length > ALARMS_MAX)
    throw new AwsError('AlarmsLimitExceededException', `The maximum number of alarms for a deployment group (${ALARMS_MAX}) was exceeded.`);
  if (names.some((name) => name === '' || name.length > ALARM_NAME_LENGTH_MAX)) {
    throw new AwsError('InvalidAlarmConfigException', `An alarm name is empty or longer than ${ALARM_NAME_LENGTH_MAX} characters.`);
  }
  if (new Set(names).size < names.length) throw new AwsError('InvalidAlarmConfigException', 'Two alarms with the same name have been specified.');
  if (enabled && names.length === 0) throw new AwsError('InvalidAlarmConfigException', 'The alarm configuration is enabled, but the alarm list is empty.');
  return { enabled, ignorePollAlarmFailure: booleanMember(given, 'ignorePollAlarmFailure') ?? false, alarms: names.map((name) => ({ name })) };
}

/** @throws AwsError InvalidAutoRollbackConfigException */
export function autoRollbackConfiguration(given: AwsShape | undefined): AutoRollbackConfiguration | undefined {
  if (given === undefined) return undefined;
  const enabled = booleanMember(given, 'enabled') ?? false;
  const events = stringList(given, 'events') ?? [];
  const unknown = events.find((event) => !ROLLBACK_EVENTS.includes(event));
  if (unknown !== undefined) throw new AwsError('InvalidAutoRollbackConfigException', `Invalid auto rollback event type: ${unknown}`);
  if (enabled && events.length === 0)
    throw new AwsError('InvalidAutoRollbackConfigException', 'Automatic rollback is enabled, but no event types were listed.');
  return { enabled, events };
}

/** @throws AwsError InvalidTriggerConfigException, TriggerTargetsLimitExceededException */
export function triggerConfigurations(given: readonly AwsShape[] | undefined): TriggerConfiguration[] | undefined {
  if (given === undefined) return undefined;
  if (given.length > TRIGGERS_MAX) throw new AwsError('TriggerTargetsLimitExceededException', 'The maximum allowed number of triggers was exceeded.');
  return given.map((trigger) => {
    const triggerName = stringMember(trigger, 'triggerName') ?? '';
    const triggerTargetArn = stringMember(trigger, 'triggerTargetArn') ?? '';
    const triggerEvents = stringList(trigger, 'triggerEvents') ?? [];
    const isInvalid = triggerName === '' || !triggerTargetArn.startsWith('arn:') || triggerEvents.length === 0;
    if (isInvalid || triggerEvents.some((event) => !TRIGGER_EVENTS.includes(event))) {
      throw new AwsError('InvalidTriggerConfigException', `The trigger was specified in an invalid format: ${triggerName}`);
    }
    return { triggerName, triggerTargetArn, triggerEvents };
  });
}
