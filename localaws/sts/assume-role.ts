// Keys for a session: of a role (AssumeRole) or of the caller itself (GetSessionToken).
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Principal, Region } from '../region.ts';
import { assumedRole, getCallerIdentity } from './caller-identity.ts';
import { type Role, readRole } from './role.ts';

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const ROLE_SESSION_SECONDS = { least: 900, most: 43_200, usual: 3_600 } as const;
const OWN_SESSION_SECONDS = { least: 900, most: 129_600, usual: 43_200 } as const;
/** A role that assumes a role gets an hour at most. */
const CHAINED_SECONDS_MAX = 3_600;

export async function assumeRole(region: Region, input: AwsShape, principal: Principal): Promise<AwsShape> {
  const roleArn = matching(input, 'RoleArn', 'roleArn', ROLE_ARN);
  const sessionName = matching(input, 'RoleSessionName', 'roleSessionName', SESSION_NAME);
  const seconds = durationOf(input, ROLE_SESSION_SECONDS);
  const role = await roleToAssume(region, roleArn, principal);
  if (principal.kind === 'role' && seconds > CHAINED_SECONDS_MAX) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.');
  }
  if (role !== undefined && seconds > role.maxSessionSeconds) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const { userId, arn } = await assumedRole(region, roleArn, sessionName);
  return { Credentials: credentials(region, roleArn, sessionName, seconds), AssumedRoleUser: { AssumedRoleId: userId, Arn: arn } };
}

/** As in AWS a session of a role cannot ask for it. The keys are not known to any role, so their calls are the account's root. */
export function getSessionToken(region: Region, input: AwsShape, principal: Principal): AwsShape {
  if (principal.kind === 'role') throw new AwsError('AccessDenied', 'Cannot call GetSessionToken with session credentials', { httpStatus: 403 });
  const seconds = durationOf(input, OWN_SESSION_SECONDS);
  return {
    Credentials: {
      AccessKeyId: `ASIA${region.ids.upper(16)}`,
      SecretAccessKey: region.ids.hex(40),
      SessionToken: region.ids.hex(64),
      Expiration: new Date(region.clock.now() + seconds * 1_000),
    },
  };
}

function credentials(region: Region, roleArn: string, sessionName: string, seconds: number): AwsShape {
  const { accessKeyId, secretAccessKey, sessionToken } = region.credentialsFor(roleArn, sessionName);
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(region.clock.now() + seconds * 1_000),
  };
}

/** AWS does not tell a role that does not exist from one that does not trust the caller. */
async function roleToAssume(region: Region, roleArn: string, principal: Principal): Promise<Role | undefined> {
  try {
    return await readRole(region, roleArn);
  } catch (error) {
    if (!(error instanceof AwsError) || !error.code.startsWith('NoSuchEntity')) throw error;
    const { Arn } = await getCallerIdentity(region, principal);
    throw new AwsError('AccessDenied', `User: ${Arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`, { httpStatus: 403, cause: error });
  }
}

function matching(input: AwsShape, member: string, name: string, pattern: RegExp): string {
  const value: unknown = input[member];
  if (typeof value === 'string' && pattern.test(value)) return value;
  if (value === undefined || value === null || value === '') throw invalid(`Value null at '${name}' failed to satisfy constraint: Member must not be null`);
  if (member === 'RoleArn') throw new AwsError('ValidationError', `${String(value)} is invalid`);
  throw invalid(
    `Value '${String(value)}' at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source.slice(1, -1)}`,
  );
}

function durationOf(input: AwsShape, range: { least: number; most: number; usual: number }): number {
  const value: unknown = input['DurationSeconds'];
  if (value === undefined || value === null || value === '') return range.usual;
  const seconds = Number(value);
  if (!Number.isInteger(seconds)) throw new AwsError('ValidationError', `Value '${String(value)}' at 'durationSeconds' must be a whole number`);
  const constraint =
    seconds < range.least ? `greater than or equal to ${range.least}` : seconds > range.most ? `less than or equal to ${range.most}` : undefined;
  if (constraint !== undefined) throw invalid(`Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${constraint}`);
  return seconds;
}

function invalid(text: string): AwsError {
  return new AwsError('ValidationError', `1 validation error detected: ${text}`);
}
