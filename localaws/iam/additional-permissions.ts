// Permissions that AWS asks for beyond the operation's own: passing a role on to a service (iam:PassRole), and the single
// actions inside a DynamoDB transaction.
import type { AwsShape, Call, Region } from '../region.ts';

/** A permission a call needs besides its own. */
export interface NeededPermission {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

type Roles = (input: AwsShape) => unknown[];

const at =
  (...members: string[]): Roles =>
  (input) =>
    members.map((member) => input[member]);
const listAt = (value: unknown): AwsShape[] => (Array.isArray(value) ? (value as AwsShape[]) : []);
const ECS_SERVICE_ROLES: Roles = (input) => [
  input['role'],
  ...listAt(input['loadBalancers']).map((balancer) => balancer?.['advancedConfiguration']?.['roleArn']),
  ...listAt(input['deploymentConfiguration']?.['lifecycleHooks']).map((hook) => hook?.['roleArn']),
];

/** Which members of which calls hold roles that are passed on, and to whom. */
const PASSED_ROLES: Readonly<Record<string, { to: string; roles: Roles }>> = {
  'ecs:RegisterTaskDefinition': { to: 'ecs-tasks.amazonaws.com', roles: at('taskRoleArn', 'executionRoleArn') },
  'ecs:RunTask': { to: 'ecs-tasks.amazonaws.com', roles: (input) => at('taskRoleArn', 'executionRoleArn')((input['overrides'] ?? {}) as AwsShape) },
  'ecs:CreateService': { to: 'ecs.amazonaws.com', roles: ECS_SERVICE_ROLES },
  'ecs:UpdateService': { to: 'ecs.amazonaws.com', roles: ECS_SERVICE_ROLES },
  'lambda:CreateFunction': { to: 'lambda.amazonaws.com', roles: at('Role') },
  'lambda:UpdateFunctionConfiguration': { to: 'lambda.amazonaws.com', roles: at('Role') },
  'states:CreateStateMachine': { to: 'states.amazonaws.com', roles: at('roleArn') },
  'states:UpdateStateMachine': { to: 'states.amazonaws.com', roles: at('roleArn') },
  'events:PutRule': { to: 'events.amazonaws.com', roles: at('RoleArn') },
  'events:PutTargets': { to: 'events.amazonaws.com', roles: (input) => listAt(input['Targets']).map((target) => target?.['RoleArn']) },
  'scheduler:CreateSchedule': { to: 'scheduler.amazonaws.com', roles: (input) => [input['Target']?.['RoleArn']] },
  'scheduler:UpdateSchedule': { to: 'scheduler.amazonaws.com', roles: (input) => [input['Target']?.['RoleArn']] },
  'codedeploy:CreateDeploymentGroup': { to: 'codedeploy.amazonaws.com', roles: at('serviceRoleArn') },
  'codedeploy:UpdateDeploymentGroup': { to: 'codedeploy.amazonaws.com', roles: at('serviceRoleArn') },
};

/**
 * Calls that start tasks of a task definition pass its roles too. Certain for CreateTaskSet (AWS's own CodeDeploy policies carry
 * the permission for it) and RunTask; for CreateService and UpdateService unverified, the harsher side taken.
 */
const STARTS_TASKS = new Set(['ecs:CreateTaskSet', 'ecs:RunTask', 'ecs:CreateService', 'ecs:UpdateService']);

const TRANSACTION_ACTIONS: Readonly<Record<string, string>> = {
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
  Get: 'dynamodb:GetItem',
};

/** All that a call needs beyond the permission for itself. */
export async function additionalPermissions(region: Region, call: Call, input: AwsShape): Promise<NeededPermission[]> {
  const name = `${call.service}:${call.operation}`;
  if (name === 'dynamodb:TransactWriteItems' || name === 'dynamodb:TransactGetItems') return transactionPermissions(region, input);
  const passed = Object.hasOwn(PASSED_ROLES, name) ? PASSED_ROLES[name] : undefined;
  const needed = passed === undefined ? [] : passRole(passed.roles(input), passed.to);
  if (STARTS_TASKS.has(name)) needed.push(...passRole(await taskRoles(region, input['taskDefinition']), 'ecs-tasks.amazonaws.com'));
  return needed;
}

function passRole(roles: readonly unknown[], service: string): NeededPermission[] {
  return roles
    .filter((role): role is string => typeof role === 'string' && role.startsWith('arn:'))
    .map((resource) => ({ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } }));
}

async function taskRoles(region: Region, taskDefinition: unknown): Promise<unknown[]> {
  if (typeof taskDefinition !== 'string') return [];
  try {
    const answer = await region.call('ecs', 'DescribeTaskDefinition', { taskDefinition }, { kind: 'service', service: 'iam.amazonaws.com' });
    return [answer['taskDefinition']?.['taskRoleArn'], answer['taskDefinition']?.['executionRoleArn']];
  } catch {
    // A task definition that is not there: the call itself will say so.
    return [];
  }
}

function transactionPermissions(region: Region, input: AwsShape): NeededPermission[] {
  return listAt(input['TransactItems']).flatMap((item) =>
    Object.entries(TRANSACTION_ACTIONS).flatMap(([member, action]) => {
      const table = item?.[member]?.['TableName'] as unknown;
      if (typeof table !== 'string') return [];
      return [{ action, resource: table.startsWith('arn:') ? table : region.arn('dynamodb', `table/${table}`), context: {} }];
    }),
  );
}
