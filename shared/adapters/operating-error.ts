// Translates what the AWS SDK throws into the three kinds of errors the flows tell apart. Every adapter calls AWS through here.
import { ConflictError, PermanentError, RetryableError } from '#ports/errors.ts';

/** Error names that mean "later". Source: AWS SDK retry classification, and the services' own words. */
const retryableNames = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TransactionInProgressException',
  'PriorRequestNotComplete',
  'SlowDown',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
  'AbortError',
  'ServerException',
  'InternalServerError',
  'InternalServiceException',
  'InternalServiceFault',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ConcurrentUpdateException',
]);

const networkCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Name of an AWS error (`ConditionalCheckFailedException`), or '' for anything else. */
export function errorName(error: unknown): string {
  return typeof error === 'object' && error !== null && typeof (error as SdkError).name === 'string' ? ((error as SdkError).name ?? '') : '';
}

/** Runs one AWS call; what it throws becomes RetryableError or PermanentError, unless it already is one of ours. */
export async function callAws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw operatingError(what, error);
  }
}

/** As callAws, but the named error is an answer. */
export async function callAwsUnless<T, A>(what: string, answers: Readonly<Record<string, (error: Error) => A>>, call: () => Promise<T>): Promise<T | A> {
  try {
    return await call();
  } catch (error) {
    const name = errorName(error);
    const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
    if (answer !== undefined && error instanceof Error) return answer(error);
    throw operatingError(what, error);
  }
}

function operatingError(what: string, error: unknown): Error {
  if (error instanceof RetryableError || error instanceof ConflictError || error instanceof PermanentError) return error;
  const sdk = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const message = `${what}: ${sdk.name ?? 'Error'}: ${sdk.message ?? String(error)}`;
  const status = sdk.$metadata?.httpStatusCode ?? 0;
  const later = retryableNames.has(sdk.name ?? '') || networkCodes.has(sdk.code ?? '') || sdk.$fault === 'server' || status >= 500 || status === 429;
  return later ? new RetryableError(message, { cause: error }) : new PermanentError(message, { cause: error });
}
