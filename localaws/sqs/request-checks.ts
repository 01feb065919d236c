// SQS's errors, and reading request members that come as JSON types, as strings of the query wire, or from other services.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { BATCH_ENTRIES_MAX } from './limits.ts';

const PREFIX = 'AWS.SimpleQueueService.';
const old = (code: string, httpStatus = 400): { code: string; httpStatus: number } => ({ code, httpStatus });

/** The codes of the old query protocol, which clients of the JSON protocol also see. */
export const QUERY_ERRORS: Readonly<Record<string, { code: string; httpStatus: number }>> = {
  AccessDeniedException: old('AccessDenied', 403),
  BatchEntryIdsNotDistinct: old(`${PREFIX}BatchEntryIdsNotDistinct`),
  BatchRequestTooLong: old(`${PREFIX}BatchRequestTooLong`),
  EmptyBatchRequest: old(`${PREFIX}EmptyBatchRequest`),
  InvalidBatchEntryId: old(`${PREFIX}InvalidBatchEntryId`),
  MessageNotInflight: old(`${PREFIX}MessageNotInflight`),
  PurgeQueueInProgress: old(`${PREFIX}PurgeQueueInProgress`, 403),
  QueueDeletedRecently: old(`${PREFIX}QueueDeletedRecently`),
  QueueDoesNotExist: old(`${PREFIX}NonExistentQueue`),
  QueueNameExists: old('QueueAlreadyExists'),
  ReceiptHandleIsInvalid: old('ReceiptHandleIsInvalid', 404),
  OverLimit: old('OverLimit', 403),
  TooManyEntriesInBatchRequest: old(`${PREFIX}TooManyEntriesInBatchRequest`),
  UnsupportedOperation: old(`${PREFIX}UnsupportedOperation`),
};

export function missing(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

export function invalid(name: string, value: unknown, reason: string): AwsError {
  return new AwsError('InvalidParameterValue', `Value ${String(value)} for parameter ${name} is invalid. Reason: ${reason}`);
}

export function noSuchQueue(): AwsError {
  return new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
}

export function unsupported(message: string): AwsError {
  return new AwsError('UnsupportedOperation', message);
}

export function text(input: AwsShape, name: string): string | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object') throw invalid(name, JSON.stringify(value), 'Must be a string.');
  return String(value);
}

export function requiredText(input: AwsShape, name: string): string {
  const value = text(input, name);
  if (value === undefined || value === '') throw missing(name);
  return value;
}

export function whole(input: AwsShape, name: string, range: { min: number; max: number }, unit = ''): number | undefined {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number) || number < range.min || number > range.max) {
    throw invalid(name, value, `Must be between ${range.min} and ${range.max}${unit}, if provided.`);
  }
  return number;
}

/** The texts of a list; absent and '' (the query wire's empty list) are no texts. */
export function texts(input: AwsShape, name: string): string[] {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return [];
  if (!Array.isArray(value)) throw invalid(name, value, 'Must be a list.');
  return value.map(String);
}

/** A map of texts (attributes, tags). */
export function textMap(input: AwsShape, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(record(input, name)).map(([key, value]) => [key, String(value)]));
}

export function record(input: AwsShape, name: string): AwsShape {
  const value: unknown = input[name];
  if (value === undefined || value === null || value === '') return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(name, value, 'Must be a map.');
  return value as AwsShape;
}

export interface BatchFailure {
  readonly Id: string;
  readonly SenderFault: boolean;
  readonly Code: string;
  readonly Message: string;
}

/** Runs a batch: whole-batch mistakes throw, an entry's own mistake is among the Failed. */
export function runBatch(input: AwsShape, kind: string, run: (entry: AwsShape) => AwsShape): AwsShape {
  const value: unknown = input['Entries'];
  const entries = Array.isArray(value) ? (value as AwsShape[]) : [];
  if (entries.length === 0) throw new AwsError('EmptyBatchRequest', `There should be at least one ${kind}RequestEntry in the request.`);
  if (entries.length > BATCH_ENTRIES_MAX) {
    throw new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are ${BATCH_ENTRIES_MAX}. You have sent ${entries.length}.`);
  }
  const ids = entries.map((entry) => requiredText(entry ?? {}, 'Id'));
  for (const [index, id] of ids.entries()) {
    if (!/^[\w-]{1,80}$/.test(id)) {
      throw new AwsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
      );
    }
    if (ids.indexOf(id) !== index) throw new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);
  }
  const successful: AwsShape[] = [];
  const failed: BatchFailure[] = [];
  for (const [index, entry] of entries.entries()) {
    const Id = ids[index] ?? '';
    try {
      successful.push({ Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ Id, SenderFault: error.httpStatus < 500, Code: QUERY_ERRORS[error.code]?.code ?? error.code, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length === 0 ? {} : { Failed: failed }) };
}
