// Reads the members of CloudWatch requests, from JSON (real types), from the query wire (strings) and from other services of
// the region alike, and throws CloudWatch's own errors. Error codes are the JSON shape names; see QUERY_ERRORS for the others.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';

/** The code an error has in the query protocol, and in the header the JSON protocol carries it in, by its JSON shape name. */
export const QUERY_ERRORS: Readonly<Record<string, { code: string; httpStatus: number }>> = {
  ConcurrentModificationException: { code: 'ConcurrentModificationException', httpStatus: 429 },
  DashboardInvalidInputError: { code: 'InvalidParameterInput', httpStatus: 400 },
  DashboardNotFoundError: { code: 'ResourceNotFound', httpStatus: 404 },
  InternalServiceFault: { code: 'InternalServiceError', httpStatus: 500 },
  InvalidFormatFault: { code: 'InvalidFormat', httpStatus: 400 },
  InvalidNextToken: { code: 'InvalidNextToken', httpStatus: 400 },
  InvalidParameterCombinationException: { code: 'InvalidParameterCombination', httpStatus: 400 },
  InvalidParameterValueException: { code: 'InvalidParameterValue', httpStatus: 400 },
  LimitExceededFault: { code: 'LimitExceeded', httpStatus: 400 },
  MissingRequiredParameterException: { code: 'MissingParameter', httpStatus: 400 },
  ResourceNotFound: { code: 'ResourceNotFound', httpStatus: 404 },
  ResourceNotFoundException: { code: 'ResourceNotFoundException', httpStatus: 404 },
  ValidationException: { code: 'ValidationError', httpStatus: 400 },
};

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message);
}

export function missing(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`);
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** The refusal of something AWS has and the local CloudWatch does not. */
export function notOffered(what: string): AwsError {
  return validationError(`localaws: ${what} is not available on the local AWS.`);
}

export function invalidNextToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The next token specified is invalid.');
}

export function text(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw invalidValue(`The parameter ${name} must be a string.`);
  return String(value);
}

export function requiredText(input: AwsShape, name: string, lengthMax = 255): string {
  const value = text(input, name);
  if (value === undefined || value === '') throw missing(name);
  if (value.length > lengthMax) throw invalidValue(`The parameter ${name} must be shorter than ${lengthMax + 1} characters.`);
  return value;
}

export function oneOf<T extends string>(input: AwsShape, name: string, allowed: readonly T[]): T | undefined {
  const value = text(input, name);
  if (value === undefined) return undefined;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalidValue(`The value ${value} for parameter ${name} is invalid. It must be one of: ${allowed.join(', ')}.`);
  return found;
}

export function number(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const parsed = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isFinite(parsed)) throw invalidValue(`The value ${String(value)} for parameter ${name} is invalid.`);
  return parsed;
}

export function requiredNumber(input: AwsShape, name: string): number {
  const value = number(input, name);
  if (value === undefined) throw missing(name);
  return value;
}

export function integer(input: AwsShape, name: string, range: { min: number; max: number }): number | undefined {
  const value = number(input, name);
  if (value === undefined) return undefined;
  if (!Number.isInteger(value) || value < range.min || value > range.max) {
    throw invalidValue(`The value ${value} for parameter ${name} is invalid. It must be an integer from ${range.min} to ${range.max}.`);
  }
  return value;
}

export function flag(input: AwsShape, name: string): boolean | undefined {
  const value = text(input, name);
  if (value === undefined || value === '') return undefined;
  if (value !== 'true' && value !== 'false') throw invalidValue(`The value ${value} for parameter ${name} is invalid.`);
  return value === 'true';
}

/** Epoch milliseconds of a timestamp given as Date, epoch seconds or ISO text. */
export function timestamp(input: AwsShape, name: string): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const isSeconds = typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));
  const parsed = value instanceof Date ? value.getTime() : isSeconds ? Number(value) * 1_000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(parsed)) throw invalidValue(`The value ${String(value)} for parameter ${name} is invalid.`);
  return Math.round(parsed);
}

export function requiredTimestamp(input: AwsShape, name: string): number {
  const value = timestamp(input, name);
  if (value === undefined) throw missing(name);
  return value;
}

function list(input: AwsShape, name: string): unknown[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw invalidValue(`The parameter ${name} must be a list.`);
  return value;
}

export function texts(input: AwsShape, name: string): string[] {
  return list(input, name).map((value) => {
    if (value === null || typeof value === 'object') throw invalidValue(`The parameter ${name} must be a list of strings.`);
    return String(value);
  });
}

export function shapes(input: AwsShape, name: string): AwsShape[] {
  return list(input, name).map((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidValue(`The parameter ${name} must be a list of structures.`);
    return value as AwsShape;
  });
}

export function shape(input: AwsShape, name: string): AwsShape | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw invalidValue(`The parameter ${name} must be a structure.`);
  return value as AwsShape;
}

export function isGiven(input: AwsShape, name: string): boolean {
  return input[name] !== undefined && input[name] !== null && input[name] !== '';
}

/** A position in a list as an opaque token, and back. */
export function tokenOf(position: number): string {
  return Buffer.from(`position:${position}`).toString('base64url');
}

/** @throws AwsError InvalidNextToken for a token that was never given out. */
export function positionOf(input: AwsShape): number {
  const token = text(input, 'NextToken');
  if (token === undefined || token === '') return 0;
  const found = /^position:(\d{1,9})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (found === undefined) throw invalidNextToken();
  return Number(found);
}
