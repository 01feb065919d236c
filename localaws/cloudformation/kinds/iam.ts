// AWS::IAM::*
import type { AwsShape } from '../../region.ts';
import { documentText, pick, type ResourceContext, type ResourceKind } from '../resource-kind.ts';
import { TemplateError } from '../template-error.ts';

async function putInline(context: ResourceContext, roleName: string, policy: AwsShape): Promise<void> {
  await context.call('iam', 'PutRolePolicy', { RoleName: roleName, PolicyName: policy['PolicyName'], PolicyDocument: documentText(policy['PolicyDocument']) });
}

const ROLE: ResourceKind = {
  service: 'iam',
  required: ['AssumeRolePolicyDocument'],
  optional: ['RoleName', 'Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'Policies', 'ManagedPolicyArns', 'Tags'],
  async make(properties, context) {
    const name = String(properties['RoleName'] ?? context.newName(64));
    const { Role: role } = await context.call('iam', 'CreateRole', {
      ...pick(properties, ['Path', 'Description', 'MaxSessionDuration', 'PermissionsBoundary', 'Tags']),
      RoleName: name,
      AssumeRolePolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
    });
    for (const arn of (properties['ManagedPolicyArns'] ?? []) as string[]) await context.call('iam', 'AttachRolePolicy', { RoleName: name, PolicyArn: arn });
    for (const policy of (properties['Policies'] ?? []) as AwsShape[]) await putInline(context, name, policy);
    return { physicalId: name, attributes: { Arn: role['Arn'], RoleId: role['RoleId'] } };
  },
};

const POLICY: ResourceKind = {
  service: 'iam',
  required: ['PolicyDocument', 'PolicyName'],
  optional: ['Roles', 'Users', 'Groups'],
  async make(properties, context) {
    if (properties['Users'] !== undefined || properties['Groups'] !== undefined)
      throw new TemplateError('IAM users and groups are not available on the local AWS');
    const roles = (properties['Roles'] ?? []) as string[];
    if (roles.length === 0) throw new TemplateError('At least one of [Groups,Roles,Users] must be non-empty.');
    for (const role of roles) await putInline(context, role, properties);
    return { physicalId: context.newName(64), attributes: {} };
  },
};

const MANAGED_POLICY: ResourceKind = {
  service: 'iam',
  required: ['PolicyDocument'],
  optional: ['ManagedPolicyName', 'Description', 'Path', 'Roles', 'Users', 'Groups'],
  async make(properties, context) {
    if (properties['Users'] !== undefined || properties['Groups'] !== undefined)
      throw new TemplateError('IAM users and groups are not available on the local AWS');
    const { Policy: policy } = await context.call('iam', 'CreatePolicy', {
      ...pick(properties, ['Description', 'Path']),
      PolicyName: properties['ManagedPolicyName'] ?? context.newName(128),
      PolicyDocument: documentText(properties['PolicyDocument']),
    });
    for (const role of (properties['Roles'] ?? []) as string[]) await context.call('iam', 'AttachRolePolicy', { RoleName: role, PolicyArn: policy['Arn'] });
    return { physicalId: String(policy['Arn']), attributes: { PolicyArn: policy['Arn'], PolicyId: policy['PolicyId'] } };
  },
};

export const IAM_KINDS: Readonly<Record<string, ResourceKind>> = {
  'AWS::IAM::Role': ROLE,
  'AWS::IAM::Policy': POLICY,
  'AWS::IAM::ManagedPolicy': MANAGED_POLICY,
};
