// The settings of a function as requests give them, checked as Lambda checks them.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape } from '../region.ts';
import type { FunctionSettings } from './function-records.ts';
import { ENVIRONMENT_BYTES_MAX, MEMORY_MB_DEFAULT, MEMORY_MB_MAX, TIMEOUT_SECONDS_DEFAULT, TIMEOUT_SECONDS_MAX } from './limits.ts';

/** Runtimes whose code this machine's Node can run. */
const RUNTIMES = ['nodejs20.x', 'nodejs22.x', 'nodejs24.x'];
const ROLE = /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/;
const RESERVED_VARIABLES = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_LAMBDA_RUNTIME_API',
  'LAMBDA_TASK_ROOT',
  'LAMBDA_RUNTIME_DIR',
]);
const KEPT = ['TracingConfig', 'EphemeralStorage', 'KMSKeyArn', 'VpcConfig', 'SnapStart'];

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

function constraint(value: unknown, member: string, rule: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${rule}`);
}

/** The settings a request asks for, on top of those the function has (absent when it is being made). */
export function readFunctionSettings(functionName: string, input: AwsShape, before: FunctionSettings | undefined): FunctionSettings {
  if (Array.isArray(input['Layers']) && input['Layers'].length > 0) {
    throw invalidParameter('localaws: Lambda layers are not available on the local AWS; bundle the code into the function.');
  }
  const logging = input['LoggingConfig'] as AwsShape | undefined;
  const kept = { ...before?.kept };
  for (const member of KEPT) if (input[member] !== undefined) kept[member] = input[member];
  return {
    Role: roleOf(input['Role'] ?? before?.Role),
    Runtime: runtimeOf(input['Runtime'] ?? before?.Runtime),
    Handler: handlerOf(input['Handler'] ?? before?.Handler),
    Description: String(input['Description'] ?? before?.Description ?? ''),
    Timeout: wholeNumber(input['Timeout'] ?? before?.Timeout ?? TIMEOUT_SECONDS_DEFAULT, 'timeout', 1, TIMEOUT_SECONDS_MAX),
    MemorySize: wholeNumber(input['MemorySize'] ?? before?.MemorySize ?? MEMORY_MB_DEFAULT, 'memorySize', 128, MEMORY_MB_MAX),
    variables: input['Environment'] === undefined ? (before?.variables ?? {}) : variablesOf(input['Environment'] as AwsShape),
    deadLetterArn: input['DeadLetterConfig'] === undefined ? before?.deadLetterArn : deadLetterOf(input['DeadLetterConfig'] as AwsShape),
    architecture: architectureOf(input['Architectures']) ?? before?.architecture ?? 'x86_64',
    logFormat: logFormatOf(logging?.['LogFormat']) ?? before?.logFormat ?? 'Text',
    logGroup: String(logging?.['LogGroup'] ?? before?.logGroup ?? `/aws/lambda/${functionName}`),
    kept,
  };
}

function roleOf(value: unknown): string {
  if (typeof value !== 'string' || !ROLE.test(value)) {
    throw constraint(value, 'role', 'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+');
  }
  return value;
}

function runtimeOf(value: unknown): string {
  if (typeof value === 'string' && RUNTIMES.includes(value)) return value;
  if (value === undefined) throw invalidParameter('Runtime is mandatory for functions created with deployment packages');
  throw invalidParameter(
    `Value ${String(value)} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${RUNTIMES.join(', ')}] or be a valid ARN (localaws: only Node.js runtimes can run here)`,
  );
}

function handlerOf(value: unknown): string {
  if (value === undefined) throw invalidParameter('Handler is mandatory for functions created with deployment packages');
  if (typeof value !== 'string' || !/^\S{1,128}$/.test(value)) throw constraint(value, 'handler', 'Member must satisfy regular expression pattern: [^\\s]+');
  return value;
}

function wholeNumber(value: unknown, member: string, min: number, max: number): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number))
    throw new AwsError('SerializationException', `${String(value)} can not be converted to an Integer`);
  if (number < min) throw constraint(value, member, `Member must have value greater than or equal to ${min}`);
  if (number > max) throw constraint(value, member, `Member must have value less than or equal to ${max}`);
  return number;
}

function variablesOf(environment: AwsShape): Record<string, string> {
  const given = (environment?.['Variables'] ?? {}) as Record<string, unknown>;
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (!/^[a-zA-Z][a-zA-Z0-9_]+$/.test(name))
      throw constraint(`{${name}=..}`, 'environment.variables', 'Map keys must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+');
    variables[name] = String(value);
  }
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw invalidParameter(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(variables)) > ENVIRONMENT_BYTES_MAX) {
    throw invalidParameter(
      'Lambda was unable to configure your environment variables because the environment variables you have provided exceeded the 4KB limit.',
    );
  }
  return variables;
}

function deadLetterOf(config: AwsShape): string | undefined {
  const arn = config?.['TargetArn'] as unknown;
  if (arn === undefined || arn === '') return undefined;
  if (typeof arn !== 'string' || !/^arn:[^:]+:(sqs|sns):/.test(arn))
    throw invalidParameter('The provided dead letter target is neither an SQS queue nor an SNS topic.');
  return arn;
}

function architectureOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const architecture = Array.isArray(value) ? (value[0] as unknown) : undefined;
  if (architecture !== 'x86_64' && architecture !== 'arm64')
    throw constraint(JSON.stringify(value), 'architectures', 'Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]');
  return architecture;
}

function logFormatOf(value: unknown): 'Text' | 'JSON' | undefined {
  if (value === undefined || value === 'Text' || value === 'JSON') return value;
  throw constraint(value, 'loggingConfig.logFormat', 'Member must satisfy enum value set: [Text, JSON]');
}
