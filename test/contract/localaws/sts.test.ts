// The local STS as the AWS SDK sees it.
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AwsError } from '#localaws/endpoint/aws-error.ts';
import type { Service, ServiceFactory } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';
import { createSts } from '#localaws/sts/create-sts.ts';

const RoleArn = 'arn:aws:iam::000000000000:role/weir/deployer';
let region: RunningRegion;
const clients: STSClient[] = [];

/** An IAM with one role. */
const oneRole: ServiceFactory = (): Service => ({
  name: 'iam',
  iamPrefix: 'iam',
  wires: [],
  operations: {
    GetRole: {
      handle({ RoleName }) {
        if (RoleName !== 'deployer') throw new AwsError('NoSuchEntity', `The role with name ${RoleName} cannot be found.`, { httpStatus: 404 });
        return { Role: { Arn: RoleArn, RoleId: 'AROAEXAMPLE', MaxSessionDuration: 7_200 } };
      },
    },
  },
});

function clientWith(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }): STSClient {
  const client = new STSClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

const assume = (input: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {}, client = rootClient()) =>
  client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'test', ...input }));
const rootClient = () => clientWith({ accessKeyId: 'test', secretAccessKey: 'test' });

beforeEach(async () => {
  region = await startRegion({ services: [createSts, oneRole], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 10, 16) });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await region.close();
});

test('An unknown key is the root of the account.', async () => {
  const { Account, Arn, UserId } = await rootClient().send(new GetCallerIdentityCommand({}));
  expect({ Account, Arn, UserId }).toEqual({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root', UserId: '000000000000' });
});

test('The keys of an assumed role speak as a session of the role.', async () => {
  const { Credentials, AssumedRoleUser } = await assume();
  expect(AssumedRoleUser).toEqual({ AssumedRoleId: 'AROAEXAMPLE:test', Arn: 'arn:aws:sts::000000000000:assumed-role/deployer/test' });
  expect(Credentials?.Expiration).toEqual(new Date(Date.UTC(2026, 10, 16, 1)));
  const session = clientWith({
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  });
  expect(await session.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    UserId: 'AROAEXAMPLE:test',
    Arn: 'arn:aws:sts::000000000000:assumed-role/deployer/test',
  });
  await expect(session.send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(assume({ DurationSeconds: 7_200 }, session)).rejects.toThrow(/role chaining/);
});

test('A role that does not exist is denied, as AWS does not tell the two apart.', async () => {
  const absent = 'arn:aws:iam::000000000000:role/absent';
  await expect(assume({ RoleArn: absent })).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::000000000000:root is not authorized to perform: sts:AssumeRole on resource: ${absent}`,
  });
  await expect(assume({ RoleArn: 'arn:aws:iam::000000000000:role/other/deployer' })).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('Missing and impossible parameters are refused.', async () => {
  await expect(assume({ RoleArn: undefined })).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(assume({ RoleArn: 'not an arn' })).rejects.toMatchObject({ name: 'ValidationError', message: 'not an arn is invalid' });
  await expect(assume({ RoleSessionName: 'no spaces' })).rejects.toMatchObject({ name: 'ValidationError' });
  await expect(assume({ DurationSeconds: 60 })).rejects.toThrow(/greater than or equal to 900/);
  await expect(assume({ DurationSeconds: 10_000 })).rejects.toThrow(/MaxSessionDuration/);
});

test('Session tokens are given to the root of the account.', async () => {
  const { Credentials } = await rootClient().send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/);
  expect(Credentials?.Expiration).toEqual(new Date(Date.UTC(2026, 10, 16, 0, 15)));
});
