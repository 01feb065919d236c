// The Scheduler's errors, and reading members from JSON bodies, query strings and other services.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { NAME_CHARACTERS_MAX, PAGE_SIZE_MAX } from './limits.ts';

export const NAME = new RegExp(`^[0-9a-zA-Z_.-]{1,${NAME_CHARACTERS_MAX}}$`);

export function validation(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

export function notFound(what: string): AwsError {
  return new AwsError('ResourceNotFoundException', `${what} does not exist.`, { httpStatus: 404 });
}

export function conflict(message: string): AwsError {
  return new AwsError('ConflictException', message, { httpStatus: 409 });
}

export function quota(message: string): AwsError {
  return new AwsError('ServiceQuotaExceededException', message, { httpStatus: 402 });
}

function violation(name: string, value: unknown, rule: string): AwsError {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return validation(
    `1 validation error detected: Value ${value === undefined ? 'null' : `'${String(value)}'`} at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

export function text(input: AwsShape, name: string, charactersMax = Number.POSITIVE_INFINITY): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw violation(name, JSON.stringify(value), 'Member must be a string');
  if (value.length > charactersMax) throw violation(name, value, `Member must have length less than or equal to ${charactersMax}`);
  return value;
}

export function requiredText(input: AwsShape, name: string, charactersMax?: number): string {
  const value = text(input, name, charactersMax);
  if (value === undefined) throw violation(name, undefined, 'Member must not be null');
  if (value === '') throw violation(name, value, 'Member must have length greater than or equal to 1');
  return value;
}

export function requiredName(input: AwsShape, member: string): string {
  const value = requiredText(input, member);
  if (!NAME.test(value)) throw violation(member, value, 'Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$');
  return value;
}

export function oneOf<T extends string>(input: AwsShape, name: string, allowed: readonly T[]): T | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw violation(name, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  return found;
}

export function whole(input: AwsShape, name: string, range: { min: number; max: number }): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number)) throw violation(name, value, 'Member must be an integer');
  if (number < range.min) throw violation(name, value, `Member must have value greater than or equal to ${range.min}`);
  if (number > range.max) throw violation(name, value, `Member must have value less than or equal to ${range.max}`);
  return number;
}

/** Epoch milliseconds of a Date, epoch seconds or ISO text. */
export function timestamp(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  const at = value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(at)) throw violation(name, value, 'Member must be a timestamp');
  return Math.round(at);
}

export function structure(input: AwsShape, name: string): AwsShape | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw violation(name, value, 'Member must be a structure');
  return value as AwsShape;
}

export function requiredStructure(input: AwsShape, name: string): AwsShape {
  const value = structure(input, name);
  if (value === undefined) throw violation(name, undefined, 'Member must not be null');
  return value;
}

/** The page after the token, which names the last item of the page before. */
export function pageOf<T>(items: readonly T[], input: AwsShape, keyOf: (item: T) => string): { page: T[]; NextToken: AwsShape } {
  const size = whole(input, 'MaxResults', { min: 1, max: PAGE_SIZE_MAX }) ?? PAGE_SIZE_MAX;
  const token = text(input, 'NextToken');
  const after = token === undefined ? undefined : Buffer.from(token, 'base64url').toString('utf8');
  const sorted = [...items].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const rest = after === undefined ? sorted : sorted.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  return { page, NextToken: last !== undefined && rest.length > page.length ? { NextToken: Buffer.from(keyOf(last)).toString('base64url') } : {} };
}
