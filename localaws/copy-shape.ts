// Services keep what they are given and answer what they keep: what crosses their border is copied.
import type { AwsShape } from './region.ts';

/** A deep copy of AWS data, members that are undefined left out, so that nobody can change what another remembers. Dates and bytes, which nobody changes, are shared. */
export function copyShape<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(copy);
  const copied: AwsShape = {};
  for (const name of Object.keys(value)) {
    const member = (value as AwsShape)[name];
    // A plain assignment would set the prototype instead.
    if (name === '__proto__') Object.defineProperty(copied, name, { value: copy(member), enumerable: true, writable: true, configurable: true });
    else if (member !== undefined) copied[name] = copy(member);
  }
  return copied;
}
