// Errors as Lambda's Node.js runtime reports them to the caller.

/** The body of a failed invocation. */
export function errorPayload(error: unknown): string {
  if (isError(error)) {
    return JSON.stringify({ errorType: error.name, errorMessage: error.message, trace: String(error.stack ?? '').split('\n') });
  }
  return JSON.stringify({ errorType: typeof error, errorMessage: textOf(error), trace: [] });
}

/** The body for a promise whose rejection nobody handled. */
export function unhandledRejectionPayload(reason: unknown): string {
  const inner = JSON.parse(errorPayload(reason)) as { errorType: string; errorMessage: string; trace: string[] };
  const message = isError(reason) ? `${reason.name}: ${reason.message}` : textOf(reason);
  return JSON.stringify({
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: message,
    trace: [`Runtime.UnhandledPromiseRejection: ${message}`, ...inner.trace.slice(1)],
  });
}

/** An error of the runtime itself, as opposed to one of the function. */
export function runtimeError(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  error.stack = `${name}: ${message}`;
  return error;
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function textOf(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return String(value);
  }
}
