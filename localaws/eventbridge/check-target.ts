// What PutTargets refuses at once: a target that could never be called, or whose input could never be made.
import type { AwsShape } from '../region.ts';
import { serviceOf } from './call-target.ts';
import type { Target } from './event-bus-state.ts';
import { constraintError, optionalInteger, optionalText, requiredText, validationError } from './input-members.ts';
import { DEFAULT_EVENT_AGE_SECONDS, DEFAULT_RETRY_ATTEMPTS, EVENT_AGE_SECONDS_MIN, INPUT_PATHS_MAX, TARGET_INPUT_LENGTH_MAX } from './limits.ts';
import { JsonSyntaxError, readWholeJson } from './pattern/json-node.ts';
import { isEventPath } from './target-input.ts';

const TARGET_ID = /^[.\-_A-Za-z0-9]{1,64}$/;

/** @throws AwsError ValidationException */
export function checkedTarget(given: AwsShape, services: readonly string[]): Target {
  const id = requiredText(given, 'Id', TARGET_ID);
  const arn = requiredText(given, 'Arn');
  if (!/^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:\d{0,12}:.+$/.test(arn)) {
    throw validationError(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`);
  }
  const service = serviceOf(arn);
  if (!services.includes(service)) {
    throw validationError(`localaws: ${arn} is a target that the local AWS cannot call; it calls ${services.join(', ')}.`);
  }
  if (service === 'states' && typeof given['RoleArn'] !== 'string') throw validationError(`RoleArn is required for target ${arn}.`);
  if (service === 'sqs' && arn.endsWith('.fifo') && typeof given['SqsParameters']?.['MessageGroupId'] !== 'string') {
    throw validationError(`Parameter(s) SqsParameters must be specified for target: ${id}.`);
  }
  checkRetries(given);
  checkInput(given, id);
  return { id, arn, given };
}

function checkRetries(given: AwsShape): void {
  const policy = given['RetryPolicy'] as AwsShape | undefined;
  if (policy !== undefined) {
    optionalInteger(policy, 'MaximumRetryAttempts', 0, DEFAULT_RETRY_ATTEMPTS);
    optionalInteger(policy, 'MaximumEventAgeInSeconds', EVENT_AGE_SECONDS_MIN, DEFAULT_EVENT_AGE_SECONDS);
  }
  const queue: unknown = given['DeadLetterConfig']?.['Arn'];
  if (queue === undefined) return;
  if (typeof queue !== 'string' || serviceOf(queue) !== 'sqs' || queue.endsWith('.fifo')) {
    throw validationError(`Parameter DeadLetterConfig.Arn is not valid. Reason: it must be the ARN of a standard SQS queue.`);
  }
}

function checkInput(given: AwsShape, id: string): void {
  const kinds = ['Input', 'InputPath', 'InputTransformer'].filter((name) => given[name] !== undefined && given[name] !== null);
  if (kinds.length > 1) throw validationError(`Only one of Input, InputPath, or InputTransformer must be provided for target ${id}.`);
  const input = optionalText(given, 'Input', TARGET_INPUT_LENGTH_MAX);
  if (input !== undefined && !isJson(input)) throw validationError(`JSON syntax error in input for target ${id}.`);
  const path = optionalText(given, 'InputPath');
  if (path !== undefined && !isEventPath(path)) throw validationError(`Parameter InputPath is not valid. Reason: ${path} is not a JSON path.`);
  const transformer = given['InputTransformer'] as AwsShape | undefined;
  if (transformer === undefined) return;
  if (optionalText(transformer, 'InputTemplate', TARGET_INPUT_LENGTH_MAX) === undefined) {
    throw constraintError('InputTemplate', undefined, 'Member must not be null');
  }
  const paths = Object.entries((transformer['InputPathsMap'] ?? {}) as AwsShape);
  if (paths.length > INPUT_PATHS_MAX) throw validationError(`InputPathsMap of target ${id} has more than ${INPUT_PATHS_MAX} variables.`);
  for (const [name, value] of paths) {
    if (/^aws/i.test(name)) throw validationError(`InputPathsMap of target ${id} has the reserved variable ${name}.`);
    if (typeof value !== 'string' || !isEventPath(value)) throw validationError(`InputPathsMap of target ${id}: ${String(value)} is not a JSON path.`);
  }
}

function isJson(text: string): boolean {
  try {
    readWholeJson(text);
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}
