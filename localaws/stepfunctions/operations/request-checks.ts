// Checks of request members in AWS's words.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from '../limits.ts';

export function validationError(value: unknown, member: string, constraint: string): AwsError {
  const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
  return new AwsError('ValidationException', `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
}

/** A member that must be a text; undefined when absent. */
export function optionalText(input: AwsShape, member: string, lengthMax?: number): string | undefined {
  const value: unknown = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('SerializationException', `${member} must be a string`);
  if (lengthMax !== undefined && value.length > lengthMax) throw validationError(value, member, `Member must have length less than or equal to ${lengthMax}`);
  return value;
}

/** A text that must be there and not be empty. */
export function requiredText(input: AwsShape, member: string, lengthMax?: number): string {
  const value = optionalText(input, member, lengthMax);
  if (value === undefined) throw validationError(value, member, 'Member must not be null');
  if (value === '') throw validationError(value, member, 'Member must have length greater than or equal to 1');
  return value;
}

export function optionalEnum<T extends string>(input: AwsShape, member: string, values: readonly T[]): T | undefined {
  const value = optionalText(input, member);
  if (value === undefined) return undefined;
  const known = values.find((candidate) => candidate === value);
  if (known === undefined) throw validationError(value, member, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return known;
}

export function optionalFlag(input: AwsShape, member: string): boolean | undefined {
  const value: unknown = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw new AwsError('SerializationException', `${member} must be a boolean`);
  return value;
}

/** One page of a list; tokens say where the next one starts. */
export function pageOf<T>(items: readonly T[], input: AwsShape): { page: readonly T[]; nextToken?: string } {
  const size: unknown = input['maxResults'] ?? 0;
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 0 || size > PAGE_SIZE_MAX) {
    throw validationError(size, 'maxResults', `Member must have value between 0 and ${PAGE_SIZE_MAX}`);
  }
  const start = startOf(optionalText(input, 'nextToken'));
  const end = start + (size === 0 ? PAGE_SIZE_DEFAULT : size);
  const page = items.slice(start, end);
  return end < items.length ? { page, nextToken: Buffer.from(`page:${end}`).toString('base64') } : { page };
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const matched = /^page:(\d+)$/.exec(Buffer.from(token, 'base64').toString('utf8'));
  if (matched === null) throw new AwsError('InvalidToken', `Invalid Token: 'Invalid token'`);
  return Number(matched[1]);
}
