// Reads members of a JSON request by type, so that a wrong type is AWS's SerializationException and never a TypeError.

import type { AwsShape } from '../region.ts';
import { AwsError } from './aws-error.ts';

/** AWS's answer to a member of the wrong JSON type. */
export function wrongType(name: string): AwsError {
  return new AwsError('SerializationException', `Unexpected value type in payload for member ${name}`);
}

/** The string member, undefined when absent or null. */
export function stringMember(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(name);
  return value;
}

export function booleanMember(input: AwsShape, name: string): boolean | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw wrongType(name);
  return value;
}

/** An integer member. */
export function integerMember(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(name);
  return value;
}

export function structureMember(input: AwsShape, name: string): AwsShape | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name);
  return value as AwsShape;
}

/** A list of structures; undefined when absent. */
export function structureList(input: AwsShape, name: string): AwsShape[] | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(name);
  return value.map((item: unknown) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) throw wrongType(name);
    return item as AwsShape;
  });
}

export function stringList(input: AwsShape, name: string): string[] | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) throw wrongType(name);
  return value as string[];
}

/** A timestamp as the wire (epoch seconds), a query client (ISO string) or another service (Date) gives it, in epoch ms. */
export function timeMember(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value * 1_000;
  const parsed = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(parsed)) throw wrongType(name);
  return parsed;
}
