// Calls a deployment makes for the service's owner: to the load balancer with the infrastructure role, to Lambda with the
// hook's role. Throttling and server errors are tried again where repeating does no harm.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region, ServiceName } from '../../region.ts';
import { ROLE_CALL_ATTEMPTS_MAX, ROLE_CALL_RETRY_BASE_MS } from '../limits.ts';

const THROTTLES = new Set([
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'PriorRequestNotComplete',
]);
const ECS_SERVICE = 'ecs.amazonaws.com';
const DENIALS = new Set(['AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation']);

/** Session names as AWS's error texts show them. */
export const LISTENER_SESSION = 'ECSNetworkingWithELB';
export const SCHEDULER_SESSION = 'ecs-service-scheduler';
export const HOOK_SESSION = 'ECS-Lambda-Execution';

export function rolePrincipal(roleArn: string, sessionName: string): Principal {
  return { kind: 'role', roleArn, sessionName };
}

export function isTransient(error: AwsError): boolean {
  return THROTTLES.has(error.code) || error.httpStatus >= 500;
}

export function isDenial(error: unknown): boolean {
  return error instanceof AwsError && DENIALS.has(error.code);
}

/** Calls as `principal`, up to `attemptsMax` times while the failure is transient. @throws AwsError the last failure */
export async function callWithRetries(
  region: Region,
  principal: Principal,
  request: { service: ServiceName; operation: string; input: AwsShape },
  attemptsMax = ROLE_CALL_ATTEMPTS_MAX,
): Promise<AwsShape> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await region.call(request.service, request.operation, request.input, principal);
    } catch (error) {
      if (!(error instanceof AwsError) || !isTransient(error) || attempt >= attemptsMax) throw error;
      await region.clock.sleep(ROLE_CALL_RETRY_BASE_MS * 2 ** (attempt - 1));
    }
  }
}

/**
 * Whether ECS may take a role at all: it must exist, and its trust policy must let the service assume it.
 * A region without IAM cannot say, and every role counts as trusted there.
 */
export async function mayAssume(region: Region, roleArn: string): Promise<boolean> {
  const principal: Principal = { kind: 'service', service: ECS_SERVICE };
  try {
    const { Role: role } = await region.call('iam', 'GetRole', { RoleName: roleArn.slice(roleArn.lastIndexOf('/') + 1) }, principal);
    return role?.['Arn'] === roleArn && trusts(decodeURIComponent(String(role['AssumeRolePolicyDocument'] ?? '')));
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UnknownOperationException') return true;
    if (error instanceof AwsError && error.code.startsWith('NoSuchEntity')) return false;
    throw error;
  }
}

/** Whether a trust policy allows ECS to assume its role. Conditions are not evaluated. */
function trusts(document: string): boolean {
  const { Statement } = JSON.parse(document) as { Statement?: AwsShape | AwsShape[] };
  return [Statement ?? []].flat().some((statement) => {
    const services = [statement['Principal']?.['Service'] ?? []].flat();
    const actions = [statement['Action'] ?? []].flat();
    return statement['Effect'] === 'Allow' && services.includes(ECS_SERVICE) && ['sts:AssumeRole', 'sts:*', '*'].some((action) => actions.includes(action));
  });
}
