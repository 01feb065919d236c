// The values a state machine works on: JSON and nothing else.

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Size as Step Functions counts it: UTF-8 bytes of the JSON text. */
export function jsonBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The type names AWS uses in its messages. */
export function jsonType(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

/**
 * Plain JSON of any value that came out of an expression or a service: sequences become arrays, dates ISO strings; functions
 * and undefined have no JSON form (undefined is answered, and they are left out inside of objects).
 */
export function toJson(value: unknown): Json | undefined {
  if (value === undefined || typeof value === 'function') return undefined;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null);
  if ('_jsonata_function' in (value as object) || '_jsonata_lambda' in (value as object)) return undefined;
  const record: JsonObject = {};
  for (const [key, member] of Object.entries(value as object)) {
    const json = toJson(member);
    // defineProperty keeps a member named __proto__ an ordinary one.
    if (json !== undefined) Object.defineProperty(record, key, { value: json, enumerable: true, configurable: true, writable: true });
  }
  return record;
}
