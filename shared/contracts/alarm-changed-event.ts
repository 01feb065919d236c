// CloudWatch Alarm State Change. Read by the alarm-changed subscriber. Only transitions are announced: an alarm that was already in
// ALARM when a deployment began sends nothing.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { isoTime, openEnum, reasonText } from './wire-types.ts';

const alarmState = z.object({
  value: openEnum<'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>(),
  timestamp: isoTime,
  reason: reasonText.optional(),
});

/** Source: CloudWatch user guide, "Alarm events and EventBridge". Metric and composite alarms differ only in what is not read here. */
const alarmStateChange = eventEnvelope(
  'aws.cloudwatch',
  'CloudWatch Alarm State Change',
  z.object({ alarmName: z.string().min(1).max(255), state: alarmState, previousState: alarmState.optional() }),
).transform((event) => ({
  ...eventOrigin(event),
  alarmName: event.detail.alarmName,
  alarmArn: event.resources[0],
  state: event.detail.state.value,
  previousState: event.detail.previousState?.value,
  reason: event.detail.state.reason,
  changedAt: event.detail.state.timestamp,
}));

export type AlarmChangedEvent = z.output<typeof alarmStateChange>;

export function parseAlarmChangedEvent(input: unknown): Parsed<AlarmChangedEvent> {
  return parseWith(alarmStateChange, input);
}
