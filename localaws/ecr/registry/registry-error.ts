// Errors of the OCI distribution API: ECR's own errors in the codes that docker, skopeo and containerd understand.
import type { ServerResponse } from 'node:http';
import { AwsError } from '../../endpoint/aws-error.ts';

/** An answer of the registry that is an error. */
export class RegistryError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: { headers?: Record<string, string>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'RegistryError';
    this.code = code;
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

/** How ECR's API errors read in the registry protocol. Codes seen in docker's output against ECR; the rest follow the distribution specification. */
const TRANSLATIONS: Readonly<Record<string, readonly [status: number, code: string]>> = {
  RepositoryNotFoundException: [404, 'NAME_UNKNOWN'],
  ImageNotFoundException: [404, 'MANIFEST_UNKNOWN'],
  ImageTagAlreadyExistsException: [400, 'TAG_INVALID'],
  ImageDigestDoesNotMatchException: [400, 'DIGEST_INVALID'],
  InvalidLayerException: [400, 'DIGEST_INVALID'],
  EmptyUploadException: [400, 'BLOB_UPLOAD_INVALID'],
  UploadNotFoundException: [404, 'BLOB_UPLOAD_UNKNOWN'],
  LayersNotFoundException: [404, 'BLOB_UNKNOWN'],
  ReferencedImagesNotFoundException: [400, 'MANIFEST_BLOB_UNKNOWN'],
  AccessDeniedException: [403, 'DENIED'],
  LimitExceededException: [403, 'DENIED'],
};

const THROTTLES: readonly string[] = ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'];

/** Translates what an ECR operation threw. `invalidCode` is what a bad parameter means here. */
export function registryErrorOf(error: unknown, invalidCode: string): RegistryError {
  if (error instanceof RegistryError) return error;
  if (!(error instanceof AwsError)) {
    return new RegistryError(500, 'UNKNOWN', `localaws defect: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, { cause: error });
  }
  if (THROTTLES.includes(error.code)) return new RegistryError(429, 'TOOMANYREQUESTS', error.message, { cause: error });
  const [status, code] = TRANSLATIONS[error.code] ?? (error.httpStatus >= 500 ? [error.httpStatus, 'UNKNOWN'] : [400, invalidCode]);
  return new RegistryError(status, code, error.message, { cause: error });
}

/** Sends the error JSON of the distribution API. */
export function sendRegistryError(response: ServerResponse, error: RegistryError, isHead: boolean): void {
  if (response.headersSent) {
    // Half an answer cannot be taken back; a cut connection tells the client.
    response.destroy();
    return;
  }
  const body = JSON.stringify({ errors: [{ code: error.code, message: error.message, detail: null }] });
  response.writeHead(error.status, { ...error.headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) });
  response.end(isHead ? undefined : body);
}
