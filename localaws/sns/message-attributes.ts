// The attributes of a published message: what SNS accepts.
import type { AwsShape } from '../region.ts';
import { invalid, mapOf } from './request-checks.ts';
import type { MessageAttribute } from './topic-records.ts';

const NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const DATA_TYPE = /^(String|Number|Binary)(\.[^\s]{1,250})?$/;
/** A number as JSON writes it, so that a filter policy can read it. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** @throws AwsError ParameterValueInvalid's like, as SNS words it */
export function readMessageAttributes(input: AwsShape): Record<string, MessageAttribute> {
  return Object.fromEntries(Object.entries(mapOf(input, 'MessageAttributes')).map(([name, value]) => [name, readAttribute(name, value as AwsShape | null)]));
}

function readAttribute(name: string, value: AwsShape | null): MessageAttribute {
  if (!NAME.test(name)) throw invalid(`MessageAttributes Reason: the attribute name '${name}' is invalid.`);
  const type = String(value?.['DataType'] ?? '');
  const kind = DATA_TYPE.exec(type)?.[1];
  if (kind === undefined)
    throw invalid(`The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`);
  if (kind === 'Binary') {
    const bytes: unknown = value?.['BinaryValue'];
    const base64 = bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : typeof bytes === 'string' ? bytes : '';
    if (base64 === '') throw emptyValue(name, type);
    return { DataType: type, BinaryValue: base64 };
  }
  const content: unknown = value?.['StringValue'];
  if (typeof content !== 'string' || content === '') throw emptyValue(name, type);
  if (kind === 'Number' && !NUMBER.test(content)) throw invalid(`Could not cast message attribute '${name}' value to number.`);
  if (type === 'String.Array' && !isJsonArray(content)) throw invalid(`The message attribute '${name}' of type String.Array must be a JSON array.`);
  return { DataType: type, StringValue: content };
}

function emptyValue(name: string, type: string): Error {
  return invalid(`The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`);
}

function isJsonArray(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

export function attributeBytes(attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue ?? '') + Buffer.byteLength(BinaryValue ?? '', 'base64'),
    0,
  );
}
