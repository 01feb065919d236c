// The attributes of a message: what AWS accepts, and the digests the SDKs check every answer against.
import { createHash } from 'node:crypto';
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import { MESSAGE_ATTRIBUTES_MAX } from './limits.ts';
import type { MessageAttribute } from './queue-records.ts';
import { record } from './request-checks.ts';

const NAME = /^(?!aws\.|amazon\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;
const DATA_TYPE = /^(String|Number|Binary)(\.[^\s]{1,250})?$/;
const NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function refuse(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}

/** @throws AwsError as SQS words it */
export function readMessageAttributes(input: AwsShape): Record<string, MessageAttribute> {
  const given = Object.entries(record(input, 'MessageAttributes'));
  if (given.length > MESSAGE_ATTRIBUTES_MAX)
    throw refuse(`Number of message attributes [${given.length}] exceeds the allowed maximum [${MESSAGE_ATTRIBUTES_MAX}].`);
  return Object.fromEntries(given.map(([name, value]) => [name, readAttribute(name, value as AwsShape | null)]));
}

function readAttribute(name: string, value: AwsShape | null): MessageAttribute {
  if (!NAME.test(name)) throw refuse(`Message (user) attribute name '${name}' is invalid.`);
  const type = String(value?.['DataType'] ?? '');
  if (type === '') throw refuse(`The message attribute '${name}' must contain non-empty message attribute type.`);
  const kind = DATA_TYPE.exec(type)?.[1];
  if (kind === undefined)
    throw refuse(`The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`);
  if (kind === 'Binary') {
    const bytes: unknown = value?.['BinaryValue'];
    const base64 = bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : typeof bytes === 'string' ? bytes : '';
    if (base64 === '') throw emptyValue(name, type);
    return { DataType: type, BinaryValue: base64 };
  }
  const content: unknown = value?.['StringValue'];
  if (typeof content !== 'string' || content === '') throw emptyValue(name, type);
  if (kind === 'Number' && !NUMBER.test(content)) throw refuse(`Could not cast message attribute '${name}' value to number.`);
  return { DataType: type, StringValue: content };
}

function emptyValue(name: string, type: string): AwsError {
  return refuse(`The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`);
}

/** Bytes the attributes count for. */
export function attributeBytes(attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue ?? '') + Buffer.byteLength(BinaryValue ?? '', 'base64'),
    0,
  );
}

export function md5(body: string): string {
  return createHash('md5').update(body, 'utf8').digest('hex');
}

/** AWS's digest of attributes: in the order of names, each part with its length in front. Undefined when there are none. */
export function attributesMd5(attributes: Readonly<Record<string, MessageAttribute>>): string | undefined {
  const names = Object.keys(attributes).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name] as MessageAttribute;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.from([BinaryValue === undefined ? 1 : 2]));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}
