// Principals in the words of STS: user ids and ARNs.
import { createHash } from 'node:crypto';
import type { AwsShape, Principal, Region } from '../region.ts';
import { readRole } from './role.ts';

export async function getCallerIdentity(region: Region, principal: Principal): Promise<AwsShape> {
  switch (principal.kind) {
    case 'root':
      return { UserId: region.account, Account: region.account, Arn: `arn:aws:iam::${region.account}:root` };
    case 'role': {
      const { userId, arn } = await assumedRole(region, principal.roleArn, principal.sessionName);
      return { UserId: userId, Account: region.account, Arn: arn };
    }
    case 'service':
      // Never seen in AWS: services do not ask who they are. Told plainly rather than as somebody else.
      return { UserId: principal.service, Account: region.account, Arn: `arn:aws:iam::${region.account}:service/${principal.service}` };
  }
}

/** How a session of a role is named: `AROA...:SESSION` and `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. */
export async function assumedRole(region: Region, roleArn: string, sessionName: string): Promise<{ userId: string; arn: string }> {
  const role = await readRole(region, roleArn).catch(() => undefined);
  const account = roleArn.split(':')[4] ?? region.account;
  // The ARN of a session leaves out the role's path.
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  return { userId: `${role?.roleId ?? derivedRoleId(roleArn)}:${sessionName}`, arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}` };
}

/** Without IAM a role still has one id for its whole life. */
function derivedRoleId(roleArn: string): string {
  const letters = [...createHash('sha256').update(roleArn).digest().subarray(0, 17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte & 31]);
  return `AROA${letters.join('')}`;
}
