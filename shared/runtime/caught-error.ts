// What a state machine's Catch hands to the step after it.
export interface CaughtError {
  readonly Error?: string;
  readonly Cause?: string;
}

/** undefined for what is no such error. */
export function caughtError(error: unknown): CaughtError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { Error: name, Cause: cause } = error as { Error?: unknown; Cause?: unknown };
  return { ...(typeof name === 'string' ? { Error: name } : {}), ...(typeof cause === 'string' ? { Cause: cause } : {}) };
}
