// The resource policy of a function: who besides the account's own roles may invoke it. AWS services calling for themselves
// (EventBridge, SNS) need a statement in it.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Principal, Region } from '../region.ts';
import { readFunctionReference } from './function-name.ts';
import { type FunctionRecord, LATEST } from './function-records.ts';
import { invalidParameter } from './function-settings.ts';
import { type FunctionStore, notFound, type ResolvedFunction } from './function-store.ts';
import { POLICY_BYTES_MAX } from './limits.ts';

/**
 * Lets a caller pass or throws AccessDeniedException. Roles are judged by IAM before; the root may do anything. The SourceArn
 * of a statement is not compared, because a service's call does not say for which of its resources it is made.
 */
export function allowInvocation(target: ResolvedFunction, principal: Principal): void {
  if (principal.kind !== 'service') return;
  const statements = target.record.policies.get(target.qualifier ?? LATEST)?.values() ?? [];
  for (const statement of statements) {
    // It says: only through the function's URL.
    if (statement['Condition']?.['Bool']?.['lambda:InvokedViaFunctionUrl'] === 'true') continue;
    const named = statement['Principal'] as AwsShape | string;
    const service = typeof named === 'string' ? named : (named['Service'] as string | undefined);
    const action = String(statement['Action']);
    if ((service === '*' || service === principal.service) && ['lambda:InvokeFunction', 'lambda:*', '*'].includes(action)) return;
  }
  throw new AwsError(
    'AccessDeniedException',
    `User: ${principal.service} is not authorized to perform: lambda:InvokeFunction on resource: ${target.invokedArn} because no resource-based policy allows the lambda:InvokeFunction action`,
    { httpStatus: 403 },
  );
}

function requiredText(input: AwsShape, member: string, pattern: RegExp): string {
  const value = input[member] as unknown;
  if (typeof value === 'string' && pattern.test(value)) return value;
  const camel = member.charAt(0).toLowerCase() + member.slice(1);
  const rule = value === undefined ? 'Member must not be null' : `Member must satisfy regular expression pattern: ${pattern.source}`;
  throw new AwsError('ValidationException', `1 validation error detected: Value '${String(value)}' at '${camel}' failed to satisfy constraint: ${rule}`);
}

function principalMember(value: string): AwsShape | string {
  if (value === '*') return '*';
  if (/^\d{12}$/.test(value)) return { AWS: `arn:aws:iam::${value}:root` };
  if (value.startsWith('arn:')) return { AWS: value };
  if (/^[a-z0-9.-]+\.[a-z]+$/.test(value)) return { Service: value };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

/** Function and the qualifier whose policy is meant; an unknown version or alias is an error. */
function policyOwner(store: FunctionStore, input: AwsShape): { record: FunctionRecord; qualifier: string | undefined; arn: string } {
  const { qualifier } = readFunctionReference(input['FunctionName'], input['Qualifier']);
  const record = store.record(input['FunctionName']);
  if (qualifier !== undefined) store.resolve(input['FunctionName'], qualifier);
  return { record, qualifier, arn: qualifier === undefined ? record.arn : `${record.arn}:${qualifier}` };
}

function addPermission(store: FunctionStore, input: AwsShape): AwsShape {
  const { record, qualifier, arn } = policyOwner(store, input);
  const id = requiredText(input, 'StatementId', /^[a-zA-Z0-9-_]{1,100}$/);
  const action = requiredText(input, 'Action', /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/);
  const statements = record.policies.get(qualifier ?? LATEST) ?? new Map<string, AwsShape>();
  if (statements.has(id)) {
    throw new AwsError(
      'ResourceConflictException',
      `The statement id (${id}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      {
        httpStatus: 409,
      },
    );
  }
  const conditions: AwsShape = {};
  if (input['SourceAccount'] !== undefined) conditions['StringEquals'] = { 'AWS:SourceAccount': String(input['SourceAccount']) };
  if (input['PrincipalOrgID'] !== undefined)
    conditions['StringEquals'] = { ...conditions['StringEquals'], 'aws:PrincipalOrgID': String(input['PrincipalOrgID']) };
  if (input['FunctionUrlAuthType'] !== undefined)
    conditions['StringEquals'] = { ...conditions['StringEquals'], 'lambda:FunctionUrlAuthType': String(input['FunctionUrlAuthType']) };
  if (input['InvokedViaFunctionUrl'] !== undefined) conditions['Bool'] = { 'lambda:InvokedViaFunctionUrl': String(input['InvokedViaFunctionUrl']) };
  if (input['SourceArn'] !== undefined) conditions['ArnLike'] = { 'AWS:SourceArn': String(input['SourceArn']) };
  const statement: AwsShape = {
    Sid: id,
    Effect: 'Allow',
    Principal: principalMember(requiredText(input, 'Principal', /^[^\s]+$/)),
    Action: action,
    Resource: arn,
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  };
  if (Buffer.byteLength(policyText([...statements.values(), statement])) > POLICY_BYTES_MAX) {
    throw new AwsError('PolicyLengthExceededException', `The final policy size (${POLICY_BYTES_MAX}+) is bigger than the limit (${POLICY_BYTES_MAX}).`);
  }
  statements.set(id, statement);
  record.policies.set(qualifier ?? LATEST, statements);
  return { Statement: JSON.stringify(statement) };
}

function policyText(statements: readonly AwsShape[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

export function createResourcePolicyOperations(region: Region, store: FunctionStore): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [store.arnOf(input['FunctionName'], input['Qualifier'])];
  return {
    AddPermission: { handle: (input) => addPermission(store, input), resources },
    RemovePermission: {
      handle(input) {
        const { record, qualifier } = policyOwner(store, input);
        const id = String(input['StatementId']);
        if (record.policies.get(qualifier ?? LATEST)?.delete(id) !== true) throw notFound(`Statement ${id} is not found in resource policy.`);
        return {};
      },
      resources,
    },
    GetPolicy: {
      handle(input) {
        const { record, qualifier } = policyOwner(store, input);
        const statements = record.policies.get(qualifier ?? LATEST);
        if (statements === undefined || statements.size === 0) throw notFound('The resource you requested does not exist.');
        return { Policy: policyText([...statements.values()]), RevisionId: region.ids.uuid() };
      },
      resources,
    },
  };
}
