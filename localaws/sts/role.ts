// A role as the local IAM knows it, asked by the AWS API.
import { AwsError } from '../endpoint/aws-error.ts';
import type { Region } from '../region.ts';

export interface Role {
  readonly roleId: string;
  readonly maxSessionSeconds: number;
}

const MAX_SESSION_SECONDS_DEFAULT = 3_600;

/**
 * Reads a role.
 * @returns undefined when this region runs without IAM, so that roles cannot be looked up.
 * @throws AwsError NoSuchEntity when IAM does not know it.
 */
export async function readRole(region: Region, roleArn: string): Promise<Role | undefined> {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  try {
    const { Role: role } = await region.call('iam', 'GetRole', { RoleName: roleName }, { kind: 'service', service: 'sts.amazonaws.com' });
    if (role?.Arn !== undefined && role.Arn !== roleArn)
      throw new AwsError('NoSuchEntity', `The role with name ${roleName} has another path.`, { httpStatus: 404 });
    return { roleId: String(role?.RoleId ?? ''), maxSessionSeconds: Number(role?.MaxSessionDuration ?? MAX_SESSION_SECONDS_DEFAULT) };
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UnknownOperationException') return undefined;
    throw error;
  }
}
