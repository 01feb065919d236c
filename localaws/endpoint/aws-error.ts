// An error as AWS answers it. Services throw it; the wire turns it into the shape each protocol uses.

export class AwsError extends Error {
  /** Wire code, spelled as AWS spells it on the wire (`TargetGroupNotFound`, `ClusterNotFoundException`). */
  readonly code: string;
  readonly httpStatus: number;
  /** Modelled members that sit beside the message (`Item`, `CancellationReasons`). */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { httpStatus?: number; members?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.members = options.members ?? {};
  }
}

/** The answer to an operation of a real service that the local AWS does not offer. The prefix makes clear who speaks. */
export function notAvailableLocally(service: string, operation: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `localaws: ${service}:${operation} is not available on the local AWS. It exists in AWS; see docs/local-aws.md for what runs here.`,
    { httpStatus: 400 },
  );
}
