// Names an API's error as the task of a state machine sees it: `Ecs.ServiceNotFoundException`, `DynamoDB.AmazonDynamoDBException`.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { Ids } from '../../region.ts';
import { GENERAL_ERRORS, type ServiceProfile } from './service-profiles.ts';
import { TaskFault } from './task-fault.ts';

/** Codes whose exception class is not simply the code with `Exception` behind it. */
const IRREGULAR: Readonly<Record<string, string>> = { InternalServiceError: 'InternalServiceException' };

/** The exception class of a wire code: always ends in `Exception`, even where the API's own name does not. */
function exceptionName(code: string): string {
  return IRREGULAR[code] ?? (code.endsWith('Exception') ? code : `${code}Exception`);
}

function isModelled(profile: ServiceProfile, code: string): boolean {
  return !GENERAL_ERRORS.has(code) || profile.modelledGeneralErrors.includes(code);
}

/** The fault of an AWS SDK integration. What is no answer of the API at all is a client exception. */
export function sdkFault(profile: ServiceProfile, error: unknown, ids: Ids): TaskFault {
  const { errorPrefix: prefix } = profile;
  if (!(error instanceof AwsError)) return new TaskFault(`${prefix}.SdkClientException`, error instanceof Error ? error.message : String(error));
  // An unmodelled code arrives as the base exception of the service's SDK client.
  const name = isModelled(profile, error.code) ? exceptionName(error.code) : `${prefix}Exception`;
  return new TaskFault(
    `${prefix}.${name}`,
    `${error.message} (Service: ${prefix}, Status Code: ${error.httpStatus}, Request ID: ${ids.uuid()}) (SDK Attempt Count: 1)`,
  );
}

/** How an optimized integration, built on the older SDK, names a service. */
export interface OptimizedErrorNames {
  /** `DynamoDB` in `DynamoDB.ConditionalCheckFailedException`. */
  readonly prefix: string;
  /** `AmazonDynamoDBv2` in the cause. */
  readonly service: string;
  /** Class for codes the service's model does not name. */
  readonly baseException: string;
}

/** The fault of an optimized integration. */
export function optimizedFault(names: OptimizedErrorNames, profile: ServiceProfile, error: unknown, ids: Ids): TaskFault {
  if (!(error instanceof AwsError)) return new TaskFault(`${names.prefix}.SdkClientException`, error instanceof Error ? error.message : String(error));
  const name = isModelled(profile, error.code) ? exceptionName(error.code) : names.baseException;
  const cause = `${error.message} (Service: ${names.service}; Status Code: ${error.httpStatus}; Error Code: ${error.code}; Request ID: ${ids.uuid()}; Proxy: null)`;
  return new TaskFault(`${names.prefix}.${name}`, cause);
}
