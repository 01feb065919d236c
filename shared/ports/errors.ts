// What can go wrong with the outside world, in the three ways the callers tell apart. Adapters translate SDK exceptions into
// these; the names are what the state machines' Retry and Catch match on.

/** The same call may work later: throttled, timed out, a fault of AWS. It may also have taken effect. */
export class RetryableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RetryableError';
  }
}

/** Somebody else changed the record first: read again and decide again. */
export class ConflictError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConflictError';
  }
}

/** Trying again cannot help: no permission, a wrong name, a request AWS refuses. */
export class PermanentError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PermanentError';
  }
}
