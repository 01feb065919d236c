// Reads members of a request by type, in Application Auto Scaling's words for what is wrong.
import { AwsError } from '../endpoint/aws-error.ts';
import { integerMember, stringMember, wrongType } from '../endpoint/json-members.ts';
import type { AwsShape } from '../region.ts';
import { PAGE_SIZE_MAX } from './limits.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function constraint(name: string, value: unknown, rule: string): AwsError {
  const shown = value === undefined ? 'null' : `'${String(value)}'`;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return validationError(`1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${rule}`);
}

/** A required string that is not empty. */
export function requiredString(input: AwsShape, name: string): string {
  const value = stringMember(input, name);
  if (value === undefined) throw constraint(name, undefined, 'Member must not be null');
  if (value === '') throw constraint(name, '', 'Member must have length greater than or equal to 1');
  return value;
}

/** An optional string out of a set. */
export function enumMember(input: AwsShape, name: string, values: readonly string[]): string | undefined {
  const value = stringMember(input, name);
  if (value !== undefined && !values.includes(value)) throw constraint(name, value, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return value;
}

export function requiredEnum(input: AwsShape, name: string, values: readonly string[]): string {
  const value = enumMember(input, name, values);
  if (value === undefined) throw constraint(name, undefined, 'Member must not be null');
  return value;
}

export function numberMember(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrongType(name);
  return value;
}

export function structureList(input: AwsShape, name: string): AwsShape[] {
  const value: unknown = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'object' || item === null)) throw wrongType(name);
  return value as AwsShape[];
}

export function stringList(input: AwsShape, name: string): string[] {
  const value: unknown = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) throw wrongType(name);
  return value as string[];
}

/** One page of items by the request's MaxResults and NextToken. @throws AwsError InvalidNextTokenException */
export function pageOf<T>(items: readonly T[], idOf: (item: T) => string, input: AwsShape): { page: T[]; nextToken: string | undefined } {
  const size = integerMember(input, 'MaxResults') ?? PAGE_SIZE_MAX;
  if (size < 1 || size > PAGE_SIZE_MAX) throw validationError(`MaxResults must be between 1 and ${PAGE_SIZE_MAX}`);
  const token = stringMember(input, 'NextToken');
  let start = 0;
  if (token !== undefined) {
    const last = Buffer.from(token, 'base64url').toString();
    const index = items.findIndex((item) => idOf(item) === last);
    if (index < 0) throw new AwsError('InvalidNextTokenException', 'The next token supplied is invalid.');
    start = index + 1;
  }
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const isMore = last !== undefined && start + page.length < items.length;
  return { page, nextToken: isMore ? Buffer.from(idOf(last)).toString('base64url') : undefined };
}
