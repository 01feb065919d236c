// AWS JSON 1.0 and 1.1: one POST, the operation in a header, numbers for timestamps.
import type { AwsShape } from '../region.ts';
import { AwsError } from './aws-error.ts';

const BLANK = /^\s*$/;

/** @throws AwsError SerializationException when the body is not a JSON object. */
export function parseJsonInput(body: Uint8Array): AwsShape {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  if (BLANK.test(text)) return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.', { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new AwsError('SerializationException', 'Start of structure or map found where not expected.');
  }
  return parsed as AwsShape;
}

/** Serializes an output: Date as epoch seconds with millisecond fraction, bytes as base64, undefined members left out. */
export function serializeJson(output: AwsShape): string {
  return JSON.stringify(isWireForm(output) ? output : wireValue(output));
}

/** Whether a value is in the wire's JSON form already, members that are undefined aside: most answers are, and need no copy. */
function isWireForm(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isWireForm);
  if (value instanceof Date || value instanceof Uint8Array) return false;
  for (const name in value) if (!isWireForm((value as AwsShape)[name])) return false;
  return true;
}

/** A copy in the wire's JSON form. */
export function wireValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(wireValue);
  if (typeof value === 'object' && value !== null) {
    const copy: AwsShape = {};
    for (const [key, member] of Object.entries(value)) {
      // A plain assignment would set the prototype instead.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: wireValue(member), enumerable: true });
      else if (member !== undefined) copy[key] = wireValue(member);
    }
    return copy;
  }
  return value;
}
