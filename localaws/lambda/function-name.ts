// The ways to name a function: `name`, `name:qualifier`, `account:function:name`, and the full ARN with or without a qualifier.
import { AwsError } from '../endpoint/aws-error.ts';

export interface FunctionReference {
  readonly name: string;
  readonly qualifier: string | undefined;
}

const NAME = /^[a-zA-Z0-9-_]{1,64}$/;
const QUALIFIER = /^(\$LATEST|[a-zA-Z0-9-_]{1,128})$/;
const REFERENCE = /^(?:arn:[a-z-]+:lambda:([a-z0-9-]+):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

export function isFunctionName(value: string): boolean {
  return NAME.test(value);
}

/** Reads a FunctionName and a Qualifier of a request. @throws AwsError ValidationException, or InvalidParameterValueException when they contradict each other */
export function readFunctionReference(functionName: unknown, qualifier: unknown): FunctionReference {
  const parts = typeof functionName === 'string' ? REFERENCE.exec(functionName) : null;
  const name = parts?.[3];
  if (name === undefined || !NAME.test(name)) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(functionName)}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`,
    );
  }
  if (qualifier !== undefined && (typeof qualifier !== 'string' || !QUALIFIER.test(qualifier))) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${String(qualifier)}' at 'qualifier' failed to satisfy constraint: Member must satisfy regular expression pattern: (|[a-zA-Z0-9$_-]+)`,
    );
  }
  const inName = parts?.[4];
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw new AwsError('InvalidParameterValueException', 'The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { name, qualifier: (qualifier as string | undefined) ?? inName };
}
