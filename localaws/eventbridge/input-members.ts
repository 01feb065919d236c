// Reads members of EventBridge's requests, answering AWS's validation errors for what is missing or wrong.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { PAGE_SIZE_MAX } from './limits.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** `what` is our remark: AWS says only that a maximum was exceeded. */
export function limitExceeded(what: string): AwsError {
  return new AwsError('LimitExceededException', `The requested resource exceeds the maximum number allowed. (${what})`);
}

/** AWS's sentence about a member that breaks a constraint of the API model. */
export function constraintError(name: string, value: unknown, constraint: string): AwsError {
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const shown = value === undefined || value === null ? 'null' : `'${typeof value === 'object' ? JSON.stringify(value) : String(value)}'`;
  return validationError(`1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
}

export function requiredText(input: AwsShape, name: string, pattern?: RegExp): string {
  const value: unknown = input[name];
  if (typeof value !== 'string') throw constraintError(name, undefined, 'Member must not be null');
  if (value === '') throw constraintError(name, value, 'Member must have length greater than or equal to 1');
  if (pattern?.test(value) === false) throw constraintError(name, value, `Member must satisfy regular expression pattern: ${pattern.source}`);
  return value;
}

export function optionalText(input: AwsShape, name: string, lengthMax?: number): string | undefined {
  const value: unknown = input[name];
  if (typeof value !== 'string' || value === '') return undefined;
  if (lengthMax !== undefined && value.length > lengthMax) throw constraintError(name, value, `Member must have length less than or equal to ${lengthMax}`);
  return value;
}

export function oneOf<T extends string>(input: AwsShape, name: string, values: readonly T[]): T | undefined {
  const given: unknown = input[name];
  if (given === undefined || given === null) return undefined;
  const known = values.find((value) => value === given);
  if (known === undefined) throw constraintError(name, given, `Member must satisfy enum value set: [${values.join(', ')}]`);
  return known;
}

/** A whole number inside bounds. @throws AwsError ValidationException */
export function optionalInteger(input: AwsShape, name: string, min: number, max: number): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) throw new AwsError('SerializationException', `${name} is not an integer.`);
  if (number < min) throw constraintError(name, value, `Member must have value greater than or equal to ${min}`);
  if (number > max) throw constraintError(name, value, `Member must have value less than or equal to ${max}`);
  return number;
}

export function listOf(value: unknown): AwsShape[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}

/** A page of items in order, by NextToken = index. */
export function pageOf<T>(items: readonly T[], input: AwsShape): { readonly page: readonly T[]; readonly NextToken?: string } {
  const limit = optionalInteger(input, 'Limit', 1, PAGE_SIZE_MAX) ?? PAGE_SIZE_MAX;
  const from = input['NextToken'] === undefined ? 0 : Number(input['NextToken']);
  if (!Number.isInteger(from) || from < 0 || from > items.length) throw validationError('Parameter NextToken is not valid.');
  const end = from + limit;
  return { page: items.slice(from, end), ...(end < items.length ? { NextToken: String(end) } : {}) };
}
