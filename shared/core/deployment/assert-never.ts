// The end of every exhaustive switch.

/** Reached only when a union grew and a switch did not, or a record holds a kind this version does not know. */
export function assertNever(value: never): never {
  throw new Error(`unexpected kind: ${JSON.stringify(value)}`);
}
