// CodeDeploy's calls to other services: always as the group's service role, tried again when AWS throttles or fails.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Region, ServiceName } from '../../region.ts';
import { EFFECT_ATTEMPTS_MAX, EFFECT_RETRY_BASE_MS } from '../limits.ts';
import type { DeploymentError } from './lifecycle.ts';

/** A call that failed for good, with the service it went to: the service decides which error code the deployment gets. */
export class RoleCallError extends Error {
  readonly service: ServiceName;
  readonly roleArn: string;
  readonly awsError: AwsError;

  constructor(service: ServiceName, roleArn: string, awsError: AwsError) {
    super(awsError.message, { cause: awsError });
    this.name = 'RoleCallError';
    this.service = service;
    this.roleArn = roleArn;
    this.awsError = awsError;
  }
}

/** A finding of an effect itself that ends the deployment. */
export class DeploymentFailure extends Error {
  readonly failure: DeploymentError;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'DeploymentFailure';
    this.failure = { code, message };
  }
}

const THROTTLES = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'PriorRequestNotComplete',
]);
const DENIALS = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']);

export type RoleCall = (service: ServiceName, operation: string, input: AwsShape) => Promise<AwsShape>;

/**
 * Calls as the service role. Throttling and server errors are tried again with doubling delays, because what is called here is
 * safe to repeat.
 * @throws RoleCallError
 */
export function roleCaller(region: Region, roleArn: string, attemptsMax = EFFECT_ATTEMPTS_MAX): RoleCall {
  return async (service, operation, input) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await region.call(service, operation, input, { kind: 'role', roleArn, sessionName: 'codedeploy' });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        if (!isTransient(error) || attempt >= attemptsMax) throw new RoleCallError(service, roleArn, error);
        await region.clock.sleep(EFFECT_RETRY_BASE_MS * 2 ** (attempt - 1));
      }
    }
  };
}

function isTransient(error: AwsError): boolean {
  return THROTTLES.has(error.code) || error.httpStatus >= 500;
}

const NAMES: Partial<Record<ServiceName, string>> = {
  ecs: 'AmazonECS',
  elasticloadbalancing: 'AmazonElasticLoadBalancing',
  lambda: 'AWSLambda',
  monitoring: 'AmazonCloudWatch',
};

/** The errorInformation a deployment gets for what went wrong in an effect. Texts beyond AWS's documented ones are ours. */
export function deploymentErrorOf(error: unknown): DeploymentError {
  if (error instanceof DeploymentFailure) return error.failure;
  if (!(error instanceof RoleCallError)) {
    return { code: 'INTERNAL_ERROR', message: `There was an internal error: ${error instanceof Error ? error.message : String(error)}` };
  }
  const { service, roleArn, awsError } = error;
  const serviceName = NAMES[service] ?? service;
  if (DENIALS.has(awsError.code)) {
    return {
      code: 'IAM_ROLE_PERMISSIONS',
      message: `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${serviceName}.`,
    };
  }
  if (THROTTLES.has(awsError.code)) return { code: 'THROTTLED', message: `Calls to ${serviceName} are being throttled: ${awsError.message}` };
  if (awsError.httpStatus >= 500) return { code: 'INTERNAL_ERROR', message: `${serviceName} failed: ${awsError.message}` };
  if (awsError.code === 'LimitExceededException') return { code: 'RESOURCE_LIMIT_EXCEEDED', message: awsError.message };
  if (service === 'ecs') return ecsError(awsError);
  if (service === 'elasticloadbalancing') {
    return { code: 'ELASTIC_LOAD_BALANCING_INVALID', message: `The ELB could not be updated due to the following error: ${awsError.message}` };
  }
  if (service === 'lambda') return { code: 'INVALID_LAMBDA_FUNCTION', message: awsError.message };
  return { code: 'INTERNAL_ERROR', message: `${serviceName}: ${awsError.message}` };
}

function ecsError(error: AwsError): DeploymentError {
  const isService = ['ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException'].includes(error.code);
  if (isService) return { code: 'INVALID_ECS_SERVICE', message: `The Amazon ECS service cannot be found: ${error.message}` };
  return { code: 'ECS_UPDATE_ERROR', message: `The Amazon ECS service cannot be updated due to an unexpected error: ${error.message}` };
}
