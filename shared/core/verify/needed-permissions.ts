// Which permissions the roles around a service need for its next deployment. The same list is asked of IAM's simulator and judged.

import type { SecretReference } from '#core/inspection/secret-reference.ts';
import type { ServiceFacts } from '#core/inspection/service-facts.ts';
import type { ContainerView, TaskDefinitionView } from '#core/inspection/task-definition-view.ts';
import type { HookFacts } from './verify-facts.ts';

export interface NeededPermission {
  readonly roleArn: string;
  readonly action: string;
  readonly resource: string;
  readonly purpose: 'pullImage' | 'readSecret' | 'writeLogs' | 'invokeHook';
  /** What it is for, in words: a secret, a log group, a function. */
  readonly of: string;
}

type Where = Pick<ServiceFacts, 'account' | 'region'>;

/** What the execution role needs to start the tasks. Source: ECS developer guide, task execution IAM role. */
export function taskPermissions(
  view: TaskDefinitionView,
  secrets: readonly (SecretReference & { readonly valueFrom: string })[],
  repositories: readonly { readonly registry: string; readonly repository: string }[],
  { account, region }: Where,
): readonly NeededPermission[] {
  const roleArn = view.executionRoleArn;
  if (roleArn === undefined) return [];
  const partition = roleArn.split(':')[1] ?? 'aws';
  const pulls = repositories.flatMap(({ registry, repository }): NeededPermission[] => [
    { roleArn, action: 'ecr:GetAuthorizationToken', resource: '*', purpose: 'pullImage', of: repository },
    {
      roleArn,
      action: 'ecr:BatchGetImage',
      resource: `arn:${partition}:ecr:${region}:${registry}:repository/${repository}`,
      purpose: 'pullImage',
      of: repository,
    },
  ]);
  const reads = secrets.map(
    ({ store, arn, valueFrom }): NeededPermission => ({
      roleArn,
      action: store === 'secretsmanager' ? 'secretsmanager:GetSecretValue' : 'ssm:GetParameters',
      resource: arn,
      purpose: 'readSecret',
      of: valueFrom,
    }),
  );
  const logs = view.containers.flatMap((container) => logPermissions(container, roleArn, partition, { account, region }));
  return unique([...pulls, ...reads, ...logs]);
}

function logPermissions({ awslogs }: ContainerView, roleArn: string, partition: string, { account, region }: Where): readonly NeededPermission[] {
  const group = awslogs?.['awslogs-group'];
  if (group === undefined) return [];
  const arn = `arn:${partition}:logs:${awslogs?.['awslogs-region'] ?? region}:${account}:log-group:${group}`;
  const creates = awslogs?.['awslogs-create-group'] === 'true';
  return [
    { roleArn, action: 'logs:CreateLogStream', resource: `${arn}:log-stream:*`, purpose: 'writeLogs', of: group },
    { roleArn, action: 'logs:PutLogEvents', resource: `${arn}:log-stream:*`, purpose: 'writeLogs', of: group },
    ...(creates ? [{ roleArn, action: 'logs:CreateLogGroup', resource: `${arn}:*`, purpose: 'writeLogs' as const, of: group }] : []),
  ];
}

export function hookPermissions(hooks: readonly HookFacts[]): readonly NeededPermission[] {
  return hooks.flatMap(({ invokerRoleArn, exists, arn, name }) =>
    invokerRoleArn === undefined || !exists
      ? []
      : [{ roleArn: invokerRoleArn, action: 'lambda:InvokeFunction', resource: arn, purpose: 'invokeHook' as const, of: name }],
  );
}

function unique(needed: readonly NeededPermission[]): readonly NeededPermission[] {
  const seen = new Map(needed.map((permission) => [`${permission.action} ${permission.resource}`, permission]));
  return [...seen.values()];
}
