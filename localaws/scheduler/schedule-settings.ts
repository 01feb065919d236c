// What CreateSchedule and UpdateSchedule are given, checked.
import { parseSchedule } from '../eventbridge/schedule/schedule-expression.ts';
import type { AwsShape } from '../region.ts';
import { TARGET_SERVICES } from './invoke-target.ts';
import { DESCRIPTION_CHARACTERS_MAX, EVENT_AGE_SECONDS, EXPRESSION_CHARACTERS_MAX, PAYLOAD_BYTES_MAX, RETRY_ATTEMPTS, WINDOW_MINUTES_MAX } from './limits.ts';
import { isTimeZone } from './local-time.ts';
import { oneOf, requiredStructure, requiredText, structure, text, timestamp, validation, whole } from './request-checks.ts';
import type { ScheduleSettings } from './schedule-records.ts';

const ROLE = /^arn:aws(-[a-z]+)*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
const QUEUE = /^arn:aws(-[a-z]+)*:sqs:[a-z0-9-]+:\d{12}:[\w-]+$/;

/** @throws AwsError ValidationException */
export function readSettings(input: AwsShape): ScheduleSettings {
  const expression = requiredText(input, 'ScheduleExpression', EXPRESSION_CHARACTERS_MAX);
  const plan = parseSchedule(expression, true);
  if (plan === undefined) throw validation(`Invalid Schedule Expression ${expression}.`);
  const timezone = text(input, 'ScheduleExpressionTimezone') ?? 'UTC';
  if (!isTimeZone(timezone)) throw validation(`Provided ScheduleExpressionTimezone ${timezone} is not valid.`);
  const startDate = timestamp(input, 'StartDate');
  const endDate = timestamp(input, 'EndDate');
  if (startDate !== undefined && endDate !== undefined && startDate >= endDate) throw validation('The EndDate you specify must come after the StartDate.');
  return {
    description: text(input, 'Description', DESCRIPTION_CHARACTERS_MAX),
    expression,
    timezone,
    plan,
    startDate,
    endDate,
    isEnabled: (oneOf(input, 'State', ['ENABLED', 'DISABLED']) ?? 'ENABLED') === 'ENABLED',
    windowMinutes: readWindow(requiredStructure(input, 'FlexibleTimeWindow')),
    actionAfterCompletion: oneOf(input, 'ActionAfterCompletion', ['NONE', 'DELETE']) ?? 'NONE',
    kmsKeyArn: text(input, 'KmsKeyArn'),
    target: readTarget(requiredStructure(input, 'Target')),
  };
}

function readWindow(window: AwsShape): number {
  requiredText(window, 'Mode');
  const mode = oneOf(window, 'Mode', ['OFF', 'FLEXIBLE']);
  const minutes = whole(window, 'MaximumWindowInMinutes', { min: 1, max: WINDOW_MINUTES_MAX });
  if (mode === 'OFF' && minutes !== undefined) throw validation('MaximumWindowInMinutes must not be set when FlexibleTimeWindow mode is OFF.');
  if (mode === 'FLEXIBLE' && minutes === undefined) throw validation('MaximumWindowInMinutes must be set when FlexibleTimeWindow mode is FLEXIBLE.');
  return minutes ?? 0;
}

function readTarget(target: AwsShape): AwsShape {
  const arn = requiredText(target, 'Arn', 1_600);
  const role = requiredText(target, 'RoleArn', 1_600);
  if (!ROLE.test(role))
    throw validation(
      `1 validation error detected: Value '${role}' at 'target.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ${ROLE.source}`,
    );
  const service = /^arn:aws[\w-]*:([a-z0-9-]+):/.exec(arn)?.[1];
  if (service === undefined) throw validation(`Provided Arn is not in correct format: ${arn}.`);
  if (!TARGET_SERVICES.some((known) => known === service)) {
    throw validation(`localaws: ${arn} is a target that the local AWS cannot call; it knows ${TARGET_SERVICES.join(', ')}.`);
  }
  const given = text(target, 'Input');
  if (given !== undefined && Buffer.byteLength(given) > PAYLOAD_BYTES_MAX) throw validation(`Input must not be larger than ${PAYLOAD_BYTES_MAX} bytes.`);
  if (service === 'events') {
    const parameters = requiredStructure(target, 'EventBridgeParameters');
    requiredText(parameters, 'DetailType', 128);
    requiredText(parameters, 'Source', 256);
  }
  const retry = structure(target, 'RetryPolicy') ?? {};
  whole(retry, 'MaximumEventAgeInSeconds', EVENT_AGE_SECONDS);
  whole(retry, 'MaximumRetryAttempts', RETRY_ATTEMPTS);
  const queue = text(structure(target, 'DeadLetterConfig') ?? {}, 'Arn');
  if (queue !== undefined && !QUEUE.test(queue)) throw validation(`Provided DeadLetterConfig Arn is not the ARN of a standard queue: ${queue}.`);
  return target;
}
