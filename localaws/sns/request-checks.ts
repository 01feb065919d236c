// SNS's errors, and reading request members from the query wire (all strings) and from other services (real types).
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';

export function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);
}

export function notFound(message: string): AwsError {
  return new AwsError('NotFound', message, { httpStatus: 404 });
}

export function notHere(what: string): AwsError {
  return invalid(`localaws: ${what} is not available on the local AWS`);
}

export function text(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'object') throw invalid(name);
  return String(value);
}

export function requiredText(input: AwsShape, name: string): string {
  const value = text(input, name);
  if (value === undefined) {
    const member = name.charAt(0).toLowerCase() + name.slice(1);
    throw new AwsError('ValidationError', `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`);
  }
  return value;
}

export function flag(input: AwsShape, name: string): boolean {
  return String(input[name] ?? 'false') === 'true';
}

/** A map of the request; '' is the query wire's empty one. */
export function mapOf(input: AwsShape, name: string): AwsShape {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(name);
  return value as AwsShape;
}

export function textMap(input: AwsShape, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(mapOf(input, name)).map(([key, value]) => [key, String(value)]));
}

export function listOf(input: AwsShape, name: string): AwsShape[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw invalid(name);
  return value as AwsShape[];
}

/** The page after the token, as the List operations give it. */
export function pageOf<T>(items: readonly T[], input: AwsShape, keyOf: (item: T) => string, size: number): { page: T[]; NextToken: AwsShape } {
  const token = text(input, 'NextToken');
  let start = 0;
  if (token !== undefined) {
    const index = items.findIndex((item) => Buffer.from(keyOf(item)).toString('base64url') === token);
    if (index < 0) throw invalid('NextToken');
    start = index + 1;
  }
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const isMore = last !== undefined && start + size < items.length;
  return { page, NextToken: isMore ? { NextToken: Buffer.from(keyOf(last)).toString('base64url') } : {} };
}

/** A JSON object given as text. */
export function jsonObject(value: string, refusal: string): AwsShape {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as AwsShape;
  } catch {
    // Told below, with the parameter's name.
  }
  throw invalid(refusal);
}
