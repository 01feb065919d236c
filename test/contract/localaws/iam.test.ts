// The local IAM over its query protocol, and its judgement on calls that roles make through the unmodified SDK.
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createDynamodb } from '#localaws/dynamodb/create-dynamodb.ts';
import { createIam, type Iam } from '#localaws/iam/create-iam.ts';
import type { AwsShape, Principal } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const ACCOUNT = '000000000000';
const TABLE_ARN = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/records`;
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const document = (...Statement: AwsShape[]): string => JSON.stringify({ Version: '2012-10-17', Statement });
const root: Principal = { kind: 'root' };

let running: RunningRegion;
let iam: Iam;
const clients: DynamoDBClient[] = [];

beforeEach(async () => {
  iam = createIam();
  running = await startRegion({ services: [iam.factory, createDynamodb()], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 0, 15) });
  running.dispatcher.setAuthorizer(iam.authorizer);
  running.dispatcher.intercept(iam.interceptor);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await running.close();
});

/** A query call as the wire has it. */
async function query(action: string, parameters: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(running.endpointUrl, { method: 'POST', body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }) });
  return { status: response.status, text: await response.text() };
}

const call = (operation: string, input: AwsShape): Promise<AwsShape> => running.region.call('iam', operation, input, root);

async function clientOf(roleName: string): Promise<DynamoDBClient> {
  const credentials = running.region.credentialsFor(`arn:aws:iam::${ACCOUNT}:role/${roleName}`, 'session-1');
  const client = new DynamoDBClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials, maxAttempts: 1 });
  clients.push(client);
  return client;
}

describe('roles and policies', () => {
  test('a role is made, read, changed and deleted over the wire', async () => {
    const made = await query('CreateRole', {
      RoleName: 'worker',
      Path: '/app/',
      AssumeRolePolicyDocument: TRUST,
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'delivery',
    });
    expect(made.status).toBe(200);
    expect(made.text).toContain(`<Arn>arn:aws:iam::${ACCOUNT}:role/app/worker</Arn>`);
    expect(made.text).toContain('<CreateDate>2026-01-15T00:00:00.000Z</CreateDate>');
    expect(made.text).toContain('<AssumeRolePolicyDocument>%7B%22Version%22');
    expect(made.text).toContain('<Tags><member><Key>team</Key><Value>delivery</Value></member></Tags>');
    expect((await query('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST })).text).toContain('<Code>EntityAlreadyExists</Code>');
    await query('PutRolePolicy', { RoleName: 'worker', PolicyName: 'inline', PolicyDocument: document({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }) });
    expect((await query('ListRolePolicies', { RoleName: 'worker' })).text).toContain('<PolicyNames><member>inline</member></PolicyNames>');
    const blocked = await query('DeleteRole', { RoleName: 'worker' });
    expect(blocked).toMatchObject({ status: 409 });
    expect(blocked.text).toContain('<Code>DeleteConflict</Code>');
    await query('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'inline' });
    expect((await query('DeleteRole', { RoleName: 'worker' })).status).toBe(200);
    const gone = await query('GetRole', { RoleName: 'worker' });
    expect(gone.status).toBe(404);
    expect(gone.text).toContain('<Code>NoSuchEntity</Code><Message>The role with name worker cannot be found.</Message>');
  });

  test('managed policies are made, attached, listed and versioned', async () => {
    await call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST });
    const { Policy: policy } = await call('CreatePolicy', {
      PolicyName: 'reader',
      PolicyDocument: document({ Effect: 'Allow', Action: 'ecs:Describe*', Resource: '*' }),
    });
    await call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: policy['Arn'] });
    await call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS' });
    expect((await call('ListAttachedRolePolicies', { RoleName: 'worker' }))['AttachedPolicies']).toEqual([
      { PolicyName: 'reader', PolicyArn: policy['Arn'] },
      { PolicyName: 'AWSCodeDeployRoleForECS', PolicyArn: 'arn:aws:iam::aws:policy/AWSCodeDeployRoleForECS' },
    ]);
    await expect(call('AttachRolePolicy', { RoleName: 'worker', PolicyArn: 'arn:aws:iam::aws:policy/Invented' })).rejects.toMatchObject({
      code: 'NoSuchEntity',
    });
    await expect(call('DeletePolicy', { PolicyArn: policy['Arn'] })).rejects.toMatchObject({ code: 'DeleteConflict' });
    await call('CreatePolicyVersion', {
      PolicyArn: policy['Arn'],
      PolicyDocument: document({ Effect: 'Allow', Action: 'ecs:*', Resource: '*' }),
      SetAsDefault: 'true',
    });
    expect((await call('GetPolicy', { PolicyArn: policy['Arn'] }))['Policy']).toMatchObject({ DefaultVersionId: 'v2', AttachmentCount: 1 });
    expect((await call('GetRole', { RoleName: 'worker' }))['Role']['RoleId']).toMatch(/^AROA[A-Z0-9]{17}$/);
  });

  test('policies over the quota are refused', async () => {
    await call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST });
    const Resource = Array.from({ length: 300 }, (_, index) => `arn:aws:sqs:us-east-1:${ACCOUNT}:queue-number-${index}`);
    const large = document({ Effect: 'Allow', Action: 'sqs:*', Resource });
    await expect(call('PutRolePolicy', { RoleName: 'worker', PolicyName: 'large', PolicyDocument: large })).rejects.toMatchObject({ code: 'LimitExceeded' });
  });

  test('pages follow their marker', async () => {
    for (const name of ['a', 'b', 'c']) await call('CreateRole', { RoleName: name, AssumeRolePolicyDocument: TRUST });
    const first = await call('ListRoles', { MaxItems: '2' });
    expect(first['IsTruncated']).toBe(true);
    const second = await call('ListRoles', { MaxItems: '2', Marker: first['Marker'] });
    expect([...first['Roles'], ...second['Roles']].map((role: AwsShape) => role['RoleName'])).toEqual(['a', 'b', 'c']);
    await expect(call('ListRoles', { MaxItems: 'many' })).rejects.toMatchObject({ code: 'ValidationError' });
  });
});

describe('the judgement on calls', () => {
  beforeEach(async () => {
    await running.region.call(
      'dynamodb',
      'CreateTable',
      {
        TableName: 'records',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      },
      root,
    );
    await call('CreateRole', { RoleName: 'worker', AssumeRolePolicyDocument: TRUST });
    await call('PutRolePolicy', {
      RoleName: 'worker',
      PolicyName: 'records',
      PolicyDocument: document({ Sid: 'Use', Effect: 'Allow', Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'], Resource: TABLE_ARN }),
    });
  });

  const put = new PutItemCommand({ TableName: 'records', Item: { pk: { S: 'a' } } });
  const get = new GetItemCommand({ TableName: 'records', Key: { pk: { S: 'a' } } });

  test('a role may do what its policies allow and nothing else, in the words of AWS', async () => {
    const client = await clientOf('worker');
    await client.send(put);
    await expect(client.send(get)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/worker/session-1 is not authorized to perform: dynamodb:GetItem on resource: ${TABLE_ARN} because no identity-based policy allows the dynamodb:GetItem action`,
    });
    await call('PutRolePolicy', { RoleName: 'worker', PolicyName: 'no', PolicyDocument: document({ Effect: 'Deny', Action: 'dynamodb:Put*', Resource: '*' }) });
    await expect(client.send(put)).rejects.toThrow(/dynamodb:PutItem on resource: .* with an explicit deny in an identity-based policy$/);
  });

  test('what was decided once is decided anew when a policy changes, and each time where a condition has a say', async () => {
    const client = await clientOf('worker');
    await client.send(put);
    await call('DeleteRolePolicy', { RoleName: 'worker', PolicyName: 'records' });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const until = { DateLessThan: { 'aws:CurrentTime': '2026-01-15T00:00:10Z' } };
    const PolicyDocument = document({ Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: TABLE_ARN, Condition: until });
    await call('PutRolePolicy', { RoleName: 'worker', PolicyName: 'for-a-while', PolicyDocument });
    await client.send(put);
    let over = false;
    running.clock.schedule(11_000, () => {
      over = true;
    });
    await running.clock.runUntil(() => over, 60_000);
    await expect(client.send(put)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('a role that was never made may do nothing', async () => {
    const client = await clientOf('nobody');
    await expect(client.send(put)).rejects.toThrow(/not authorized to perform: dynamodb:PutItem.*does not exist/);
  });

  test('a permissions boundary limits what the policies allow', async () => {
    const { Policy: policy } = await call('CreatePolicy', {
      PolicyName: 'edge',
      PolicyDocument: document({ Effect: 'Allow', Action: 'dynamodb:DeleteItem', Resource: '*' }),
    });
    await call('PutRolePermissionsBoundary', { RoleName: 'worker', PermissionsBoundary: policy['Arn'] });
    await expect((await clientOf('worker')).send(put)).rejects.toThrow(/because no permissions boundary allows the dynamodb:PutItem action/);
  });

  test('a transaction is judged by the actions inside it', async () => {
    const client = await clientOf('worker');
    const check = { ConditionCheck: { TableName: 'records', Key: { pk: { S: 'b' } }, ConditionExpression: 'attribute_not_exists(pk)' } };
    const write = { Put: { TableName: 'records', Item: { pk: { S: 'a' } } } };
    await client.send(new TransactWriteItemsCommand({ TransactItems: [write] }));
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [write, check] }))).rejects.toThrow(/dynamodb:ConditionCheckItem/);
  });

  test('granted actions that no call needed are reported', async () => {
    await (await clientOf('worker')).send(put);
    await (await clientOf('worker')).send(get).catch(() => undefined);
    expect(iam.report().unusedPermissions).toEqual([
      { roleArn: `arn:aws:iam::${ACCOUNT}:role/worker`, policy: 'records', statement: 'Use', action: 'dynamodb:DeleteItem' },
    ]);
    expect(iam.report().denials).toMatchObject([{ action: 'dynamodb:GetItem', resource: TABLE_ARN }]);
  });

  test('root and AWS services are not judged', async () => {
    const client = new DynamoDBClient({ endpoint: running.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
    clients.push(client);
    await expect(client.send(new CreateTableCommand({ TableName: 'x1y', KeySchema: [], AttributeDefinitions: [] }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await client.send(put);
  });

  test('a decision can be asked for without making the call', async () => {
    const { EvaluationResults: results } = await call('SimulatePrincipalPolicy', {
      PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/worker`,
      ActionNames: ['dynamodb:PutItem', 'dynamodb:GetItem'],
      ResourceArns: [TABLE_ARN],
    });
    expect(results.map((result: AwsShape) => result['EvalDecision'])).toEqual(['allowed', 'implicitDeny']);
    expect(iam.report().unusedPermissions).toHaveLength(2);
  });
});
