// Checks of roles, secrets, log groups and hooks: what tasks and hooks would be refused.
import type { TaskDefinitionView } from '#core/inspection/task-definition-view.ts';
import { hookPermissions, type NeededPermission, taskPermissions } from './needed-permissions.ts';
import type { Finding, VerifyFacts } from './verify-facts.ts';

interface NeededRole {
  readonly arn: string;
  readonly what: string;
  /** The AWS service that takes the role. */
  readonly trusted: string;
}

export function neededRoles({ groups, observed }: Pick<VerifyFacts, 'groups' | 'observed'>, view: TaskDefinitionView | undefined): readonly NeededRole[] {
  const tasks = 'ecs-tasks.amazonaws.com';
  const of = (arn: string | undefined, what: string, trusted: string): NeededRole[] => (arn === undefined || arn === '' ? [] : [{ arn, what, trusted }]);
  return [
    ...of(view?.executionRoleArn, 'execution role', tasks),
    ...of(view?.taskRoleArn, 'task role', tasks),
    ...groups.flatMap(({ roleArn }) => of(roleArn, 'role of the CodeDeploy deployment group', 'codedeploy.amazonaws.com')),
    ...(observed?.balancers ?? []).flatMap(({ roleArn }) => of(roleArn, "role with which ECS rewrites the listener's rules", 'ecs.amazonaws.com')),
  ];
}

export function checkRoles(facts: VerifyFacts, view: TaskDefinitionView | undefined): readonly Finding[] {
  const missing = needsExecutionRole(facts, view)
    ? [
        fault(
          'roles',
          'the task definition has no execution role, and its tasks pull from ECR, read secrets or write logs',
          'give it an executionRoleArn with AmazonECSTaskExecutionRolePolicy',
        ),
      ]
    : [];
  const named = neededRoles(facts, view).flatMap(({ arn, what, trusted }) => {
    const role = facts.roles.find((candidate) => candidate.arn === arn);
    if (role === undefined) return [];
    if (!role.exists) return [fault('roles', `the ${what} ${arn} does not exist`, `create it with a trust policy for ${trusted}, or name one that exists`)];
    if (role.trusts === undefined || role.trusts.includes(trusted)) return [];
    return [fault('roles', `the ${what} ${arn} does not let ${trusted} assume it`, `add ${trusted} to the role's trust policy`)];
  });
  return [...missing, ...named];
}

function needsExecutionRole({ observed, images }: VerifyFacts, view: TaskDefinitionView | undefined): boolean {
  if (view === undefined || view.executionRoleArn !== undefined) return false;
  // On EC2 the container instance's own role pulls and logs.
  const usesSecrets = view.containers.some(({ secrets }) => secrets.length > 0);
  return usesSecrets || (observed?.onFargate === true && (images.length > 0 || view.containers.some(({ awslogs }) => awslogs !== undefined)));
}

export function checkSecrets({ secrets }: VerifyFacts): readonly Finding[] {
  return secrets
    .filter(({ exists }) => !exists)
    .map(({ valueFrom, store }) =>
      fault(
        'secrets',
        `the ${store === 'ssm' ? 'parameter' : 'secret'} ${valueFrom} does not exist or is being deleted`,
        'create it, or mend the valueFrom of the task definition',
      ),
    );
}

export function checkLogGroups({ logGroups }: VerifyFacts, view: TaskDefinitionView): readonly Finding[] {
  return view.containers.flatMap(({ name, awslogs }) => {
    const group = awslogs?.['awslogs-group'];
    if (group === undefined || awslogs?.['awslogs-create-group'] === 'true') return [];
    const found = logGroups.find((candidate) => candidate.name === group);
    if (found === undefined || found.exists) return [];
    return [
      fault(
        'logGroup',
        `container ${name}: log group ${group} does not exist, so that its tasks cannot start`,
        `create it (aws logs create-log-group --log-group-name ${group}), or set awslogs-create-group: "true"`,
      ),
    ];
  });
}

export function checkHookFunctions({ hooks }: VerifyFacts): readonly Finding[] {
  return hooks
    .filter(({ exists }) => !exists)
    .map(({ name, owner }) =>
      owner === 'weir'
        ? fault('hookFunction', `Weir's hook function ${name} does not exist here`, 'deploy Weir in this account and region, or name its stage with --stage')
        : fault('hookFunction', `the hook function ${name} does not exist`, 'create it, or mend hooks in the manifest'),
    );
}

/** What verify asks IAM's simulator. */
export function neededPermissions(
  facts: Pick<VerifyFacts, 'account' | 'region' | 'secrets' | 'images' | 'hooks'>,
  view: TaskDefinitionView | undefined,
): readonly NeededPermission[] {
  const secrets = facts.secrets.filter(({ exists }) => exists).map(({ store, arn, valueFrom }) => ({ store, arn, valueFrom, name: valueFrom }));
  return [...(view === undefined ? [] : taskPermissions(view, secrets, facts.images, facts)), ...hookPermissions(facts.hooks)];
}

const consequences: Readonly<Record<NeededPermission['purpose'], string>> = {
  pullImage: 'tasks cannot pull images of',
  readSecret: 'tasks cannot read the secret',
  writeLogs: 'tasks cannot write to the log group',
  invokeHook: 'the hook cannot be asked:',
};
const checks: Readonly<Record<NeededPermission['purpose'], string>> = {
  pullImage: 'pullPermission',
  readSecret: 'secrets',
  writeLogs: 'logPermission',
  invokeHook: 'hookPermission',
};

export function checkPermissions(facts: VerifyFacts, view: TaskDefinitionView | undefined): readonly Finding[] {
  const absent = new Set(facts.roles.filter(({ exists }) => !exists).map(({ arn }) => arn));
  return neededPermissions(facts, view).flatMap(({ roleArn, action, resource, purpose, of }) => {
    const asked = facts.permissions.find((fact) => fact.roleArn === roleArn && fact.action === action && fact.resource === resource);
    // A role that does not exist is one finding, not five.
    if (asked === undefined || asked.allowed || absent.has(roleArn)) return [];
    const role = roleArn.slice(roleArn.lastIndexOf('/') + 1);
    const remedy =
      purpose === 'invokeHook' ? `${grant(action, resource, role)}; names that begin with CodeDeployHook_ are granted already` : grant(action, resource, role);
    return [fault(checks[purpose], `${consequences[purpose]} ${of}: role ${role} may not ${action}`, remedy)];
  });
}

function grant(action: string, resource: string, role: string): string {
  return `allow ${action} on ${resource} in the policies of ${role}`;
}

function fault(check: string, problem: string, remedy: string): Finding {
  return { check, level: 'fault', problem, remedy };
}
