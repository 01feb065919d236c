// Reads the members of ELBv2 requests. From the query wire every leaf is a string and an empty list is ''; from another
// service of the region they have their real types. Both are taken here, and only here.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** The refusal of something AWS has and the local load balancer does not. */
export function notOffered(what: string): AwsError {
  return new AwsError('InvalidConfigurationRequest', `localaws: ${what} is not available on the local AWS.`);
}

function memberPath(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function constraint(value: unknown, name: string, rule: string): AwsError {
  const shown = value === undefined || value === null ? 'null' : `'${String(value)}'`;
  return validationError(`1 validation error detected: Value ${shown} at '${memberPath(name)}' failed to satisfy constraint: ${rule}`);
}

export function text(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw constraint('object', name, 'Member must be a string');
  return String(value);
}

export function requiredText(input: AwsShape, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === '') throw constraint(undefined, name, 'Member must not be null');
  return value;
}

export function oneOf<T extends string>(input: AwsShape, name: string, allowed: readonly T[]): T | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw constraint(value, name, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
  return found;
}

export function integer(input: AwsShape, name: string, range: { min: number; max: number }): number | undefined {
  const value = text(input, name);
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) throw constraint(value, name, 'Member must be an integer');
  if (number < range.min) throw constraint(value, name, `Member must have value greater than or equal to ${range.min}`);
  if (number > range.max) throw constraint(value, name, `Member must have value less than or equal to ${range.max}`);
  return number;
}

export function flag(input: AwsShape, name: string): boolean | undefined {
  const value = text(input, name);
  if (value === undefined || value === '') return undefined;
  if (value !== 'true' && value !== 'false') throw constraint(value, name, 'Member must be a boolean');
  return value === 'true';
}

function list(input: AwsShape, name: string): unknown[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw constraint(String(value), name, 'Member must be a list');
  return value;
}

export function texts(input: AwsShape, name: string): string[] {
  return list(input, name).map((value) => {
    if (value === null || typeof value === 'object') throw constraint('object', name, 'Member must be a list of strings');
    return String(value);
  });
}

export function shapes(input: AwsShape, name: string): AwsShape[] {
  return list(input, name).map((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw constraint(String(value), name, 'Member must be a list of structures');
    return value as AwsShape;
  });
}

export function shape(input: AwsShape, name: string): AwsShape | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw constraint(String(value), name, 'Member must be a structure');
  return value as AwsShape;
}

/** Whether the request has this member at all, even as an empty list. */
export function isGiven(input: AwsShape, name: string): boolean {
  return input[name] !== undefined && input[name] !== null;
}
