// Members of IAM requests: strings from the query protocol, checked with IAM's words.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { LIST_ITEMS_DEFAULT, LIST_ITEMS_MAX, TAGS_MAX } from './limits.ts';

const NAME = /^[\w+=,.@-]+$/;

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}

/** A required string. */
export function requiredText(input: AwsShape, member: string): string {
  const value = input[member] as unknown;
  if (typeof value !== 'string' || value === '') {
    const camel = member.charAt(0).toLowerCase() + member.slice(1);
    throw validationError(`1 validation error detected: Value null at '${camel}' failed to satisfy constraint: Member must not be null`);
  }
  return value;
}

/** A required name of a role or policy. */
export function requiredName(input: AwsShape, member: string, lengthMax: number): string {
  const value = requiredText(input, member);
  if (!NAME.test(value) || value.length > lengthMax) {
    throw validationError(
      `The specified value for ${member.charAt(0).toLowerCase()}${member.slice(1)} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  return value;
}

export function pathOf(input: AwsShape): string {
  const path = (input['Path'] ?? '/') as unknown;
  if (typeof path !== 'string' || !/^(\/|\/[!-~]+\/)$/.test(path) || path.length > 512) {
    throw validationError(
      'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
    );
  }
  return path;
}

export function optionalText(input: AwsShape, member: string): string | undefined {
  const value = input[member] as unknown;
  return typeof value === 'string' ? value : undefined;
}

/** A list, absent or empty in the query protocol as ''. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

export function addTags(tags: Map<string, string>, given: unknown): void {
  for (const tag of listOf(given) as AwsShape[]) {
    const key = tag?.['Key'] as unknown;
    if (typeof key !== 'string' || key === '') throw validationError('Tag keys must not be empty.');
    tags.set(key, String(tag['Value'] ?? ''));
  }
  if (tags.size > TAGS_MAX) throw new AwsError('LimitExceeded', `The number of tags has reached the maximum limit of ${TAGS_MAX}.`, { httpStatus: 409 });
}

export function tagList(tags: ReadonlyMap<string, string>): AwsShape[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** One page of a list. The marker is the place to go on from. */
export function pageOf<T>(items: readonly T[], input: AwsShape): { page: T[]; IsTruncated: boolean; Marker?: string } {
  const size = input['MaxItems'] === undefined ? LIST_ITEMS_DEFAULT : Number(input['MaxItems']);
  if (!Number.isInteger(size) || size < 1 || size > LIST_ITEMS_MAX) {
    throw validationError(
      `1 validation error detected: Value '${String(input['MaxItems'])}' at 'maxItems' failed to satisfy constraint: Member must be between 1 and ${LIST_ITEMS_MAX}`,
    );
  }
  const from = input['Marker'] === undefined ? 0 : Number(Buffer.from(String(input['Marker']), 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw validationError('Invalid Marker.');
  const page = items.slice(from, from + size);
  const next = from + size;
  return next < items.length ? { page, IsTruncated: true, Marker: Buffer.from(String(next)).toString('base64') } : { page, IsTruncated: false };
}

/** Documents leave IAM percent-encoded as RFC 3986 says. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
