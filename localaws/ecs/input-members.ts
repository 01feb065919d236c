// Reads members of ECS requests as AWS would: a wrong type or value is AWS's InvalidParameterException, never a crash.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function clientError(message: string): AwsError {
  return new AwsError('ClientException', message);
}

/** A text member; undefined when absent or null. */
export function text(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('SerializationException', `${name} must be a string.`);
  return value;
}

/** A text member that must be there. */
export function requiredText(input: AwsShape, name: string, message: string): string {
  const value = text(input, name);
  if (value === undefined || value === '') throw invalidParameter(message);
  return value;
}

export function flag(input: AwsShape, name: string): boolean | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new AwsError('SerializationException', `${name} must be a boolean.`);
}

/** A whole number within bounds. */
export function whole(input: AwsShape, name: string, bounds: { min: number; max: number }): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) throw new AwsError('SerializationException', `${name} must be an integer.`);
  if (number < bounds.min || number > bounds.max) throw invalidParameter(`${name} must be between ${bounds.min} and ${bounds.max}.`);
  return number;
}

/** One of AWS's values. */
export function choice<T extends string>(input: AwsShape, name: string, values: readonly T[]): T | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  if (!(values as readonly string[]).includes(value)) {
    throw invalidParameter(`Invalid value '${value}' for ${name}. Valid values are ${values.join(', ')}.`);
  }
  return value as T;
}

/** A list member; an absent one is empty. */
export function list(input: AwsShape, name: string): unknown[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw new AwsError('SerializationException', `${name} must be a list.`);
  return value;
}

export function texts(input: AwsShape, name: string): string[] {
  return list(input, name).map((value) => {
    if (typeof value !== 'string') throw new AwsError('SerializationException', `${name} must be a list of strings.`);
    return value;
  });
}

export function structures(input: AwsShape, name: string): AwsShape[] {
  return list(input, name).map((value) => asStructure(value, name));
}

export function structure(input: AwsShape, name: string): AwsShape | undefined {
  const value: unknown = input[name];
  return value === undefined || value === null ? undefined : asStructure(value, name);
}

function asStructure(value: unknown, name: string): AwsShape {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new AwsError('SerializationException', `${name} must hold structures.`);
  return value as AwsShape;
}

/** The same text for the same JSON data, whatever the order of its members. */
export function canonical(value: unknown): string {
  const sorted = (_name: string, member: unknown): unknown =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member;
  return JSON.stringify(value, sorted);
}
