// What the operations of CloudWatch Logs ask of their input, with its own words when it is not given.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import type { LogGroup, LogState, LogStream } from './log-state.ts';

const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
const STREAM_NAME = /^[^:*]{1,512}$/;

export function invalidParameter(text: string): AwsError {
  return new AwsError('InvalidParameterException', text);
}

export function invalidMember(name: string, value: unknown, constraint: string): AwsError {
  const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
  return invalidParameter(`1 validation error detected: Value ${shown} at '${name}' failed to satisfy constraint: ${constraint}`);
}

/** A string member. @throws AwsError when absent (unless optional) or not matching. */
export function requiredString(input: AwsShape, name: string, pattern?: RegExp): string {
  const value: unknown = input[name];
  if (value === undefined || value === null) throw invalidMember(name, value, 'Member must not be null');
  if (typeof value !== 'string') throw new AwsError('SerializationException', `Expected string for member ${name}.`);
  if (value === '') throw invalidMember(name, value, 'Member must have length greater than or equal to 1');
  if (pattern !== undefined && !pattern.test(value))
    throw invalidMember(name, value, `Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`);
  return value;
}

export function optionalString(input: AwsShape, name: string): string | undefined {
  return input[name] === undefined || input[name] === null ? undefined : requiredString(input, name);
}

export function groupName(input: AwsShape): string {
  return requiredString(input, 'logGroupName', GROUP_NAME);
}

export function streamName(input: AwsShape): string {
  return requiredString(input, 'logStreamName', STREAM_NAME);
}

/** Epoch milliseconds: a number on the wire, a Date or an ISO string from callers in this process. */
export function timeMember(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' && value.includes('-') ? Date.parse(value) : Number(value);
  if (!Number.isSafeInteger(time) || time < 0) throw invalidMember(name, value, 'Member must have value greater than or equal to 0');
  return time;
}

export function limitMember(input: AwsShape, most: number): number {
  const value: unknown = input['limit'];
  if (value === undefined || value === null) return most;
  const limit = Number(value);
  if (!Number.isInteger(limit) || limit < 1) throw invalidMember('limit', value, 'Member must have value greater than or equal to 1');
  if (limit > most) throw invalidMember('limit', value, `Member must have value less than or equal to ${most}`);
  return limit;
}

function groupNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
}

/** The group named by logGroupName or logGroupIdentifier (a name or an ARN). @throws AwsError ResourceNotFoundException. */
export function groupOf(region: Region, state: LogState, input: AwsShape): LogGroup {
  const identifier = optionalString(input, 'logGroupIdentifier');
  if (identifier !== undefined && input['logGroupName'] !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  const name = identifier === undefined ? groupName(input) : nameOfArn(region, identifier);
  const group = state.groups.get(name);
  if (group === undefined) throw groupNotFound();
  return group;
}

/** @throws AwsError ResourceNotFoundException. */
export function streamOf(group: LogGroup, name: string): LogStream {
  const stream = group.streams.get(name);
  if (stream === undefined) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  return stream;
}

/** The group's name in an ARN with or without the final `:*`; any other text is taken for a name. */
export function nameOfArn(region: Region, arn: string): string {
  const prefix = region.arn('logs', 'log-group:');
  return arn.startsWith(prefix) ? arn.slice(prefix.length).replace(/:\*$/, '') : arn;
}

/** The ARN that IAM judges a call against: AWS names a stream even where there is none. */
export function judgedArn(region: Region, input: AwsShape): string {
  const { logGroupName, logGroupIdentifier, logStreamName } = input;
  const group = typeof logGroupName === 'string' ? logGroupName : typeof logGroupIdentifier === 'string' ? nameOfArn(region, logGroupIdentifier) : '';
  return region.arn('logs', `log-group:${group}:log-stream:${typeof logStreamName === 'string' ? logStreamName : ''}`);
}

/** Cuts one page out of a list; the token names the position of the next item. */
export function page<Item>(items: readonly Item[], input: AwsShape, most: number): { items: readonly Item[]; nextToken: string | undefined } {
  const token = optionalString(input, 'nextToken');
  const position = token === undefined ? '0' : /^logs:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('latin1'))?.[1];
  if (position === undefined) throw invalidParameter('The specified nextToken is invalid.');
  const end = Number(position) + limitMember(input, most);
  return { items: items.slice(Number(position), end), nextToken: end < items.length ? Buffer.from(`logs:${end}`).toString('base64url') : undefined };
}
