// IAM's decision on policies: the laws of allow, deny, wildcards and conditions.
import { describe, expect, test } from '@jest/globals';
import { readPolicyDocument } from '#localaws/iam/policy-document.ts';
import { evaluatePolicies } from '#localaws/iam/policy-evaluator.ts';
import { matchesWildcard } from '#localaws/iam/wildcard.ts';

type Statement = Record<string, unknown>;
const CONTEXT = new Map<string, readonly string[]>([
  ['aws:principalaccount', ['111122223333']],
  ['iam:passedtoservice', ['ecs-tasks.amazonaws.com']],
  ['aws:sourcearn', []],
  ['aws:epochtime', ['1700000000']],
]);

const policy = (...statements: Statement[]) => ({
  id: 'p',
  document: readPolicyDocument(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity'),
});
const decide = (statements: Statement[], action: string, resource = '*') =>
  evaluatePolicies([policy(...statements)], { action, resource, context: CONTEXT }).outcome;
const SERVICE = 'arn:aws:ecs:eu-west-1:111122223333:service/prod/orders';

describe('the decision', () => {
  test('silence is a denial, an allow is enough, and an explicit deny wins wherever it stands', () => {
    const allow = { Effect: 'Allow', Action: 'ecs:*', Resource: '*' };
    const deny = { Effect: 'Deny', Action: 'ecs:DeleteService', Resource: '*' };
    expect(decide([deny], 'ecs:UpdateService', SERVICE)).toBe('implicitDeny');
    expect(decide([allow, deny], 'ecs:UpdateService', SERVICE)).toBe('allowed');
    expect(decide([allow, deny], 'ecs:DeleteService', SERVICE)).toBe('explicitDeny');
    expect(decide([deny, allow], 'ecs:DeleteService', SERVICE)).toBe('explicitDeny');
  });

  test('actions are matched without regard to case, resources with it', () => {
    const statement = { Effect: 'Allow', Action: 'ECS:updateservice', Resource: 'arn:aws:ecs:*:*:service/prod/*' };
    expect(decide([statement], 'ecs:UpdateService', SERVICE)).toBe('allowed');
    expect(decide([statement], 'ecs:UpdateService', SERVICE.replace('prod', 'Prod'))).toBe('implicitDeny');
  });

  test('an action without resource-level permission needs a star in the policy', () => {
    expect(
      decide([{ Effect: 'Allow', Action: 'ecs:RegisterTaskDefinition', Resource: 'arn:aws:ecs:*:*:task-definition/*' }], 'ecs:RegisterTaskDefinition'),
    ).toBe('implicitDeny');
    expect(decide([{ Effect: 'Allow', Action: 'ecs:RegisterTaskDefinition', Resource: '*' }], 'ecs:RegisterTaskDefinition')).toBe('allowed');
  });

  test('NotAction and NotResource mean everything else', () => {
    const statement = { Effect: 'Allow', NotAction: ['iam:*'], NotResource: 'arn:aws:s3:::secret/*' };
    expect(decide([statement], 'ecs:UpdateService', SERVICE)).toBe('allowed');
    expect(decide([statement], 'iam:CreateRole', SERVICE)).toBe('implicitDeny');
    expect(decide([statement], 's3:GetObject', 'arn:aws:s3:::secret/a')).toBe('implicitDeny');
  });
});

describe('conditions', () => {
  const when = (Condition: unknown): Statement[] => [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*', Condition }];
  const holds = (condition: unknown): boolean => decide(when(condition), 'iam:PassRole', 'arn:aws:iam::111122223333:role/task') === 'allowed';

  test('every operator and key must hold, any of the values', () => {
    expect(holds({ StringLike: { 'iam:PassedToService': ['lambda.*', 'ecs-*'] } })).toBe(true);
    expect(holds({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } })).toBe(false);
    expect(holds({ StringEquals: { 'IAM:passedToService': 'ecs-tasks.amazonaws.com', 'aws:PrincipalAccount': '999' } })).toBe(false);
    expect(holds({ StringNotEquals: { 'iam:PassedToService': ['lambda.amazonaws.com', 'ecs-tasks.amazonaws.com'] } })).toBe(false);
    expect(holds({ NumericGreaterThan: { 'aws:EpochTime': 1600000000 }, DateLessThan: { 'aws:EpochTime': '2030-01-01T00:00:00Z' } })).toBe(true);
  });

  test('an absent key fails a positive operator, passes a negated one, IfExists and Null', () => {
    expect(holds({ ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:*:*:*' } })).toBe(false);
    expect(holds({ ArnNotLike: { 'aws:SourceArn': 'arn:aws:ecs:*:*:*' } })).toBe(true);
    expect(holds({ ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:ecs:*:*:*' } })).toBe(true);
    expect(holds({ Null: { 'aws:SourceArn': 'true' } })).toBe(true);
    expect(holds({ 'ForAnyValue:StringEquals': { 'aws:SourceArn': 'x' } })).toBe(false);
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:SourceArn': 'x' } })).toBe(true);
  });

  test('a key or operator that is not known grants nothing', () => {
    expect(holds({ StringNotEquals: { 's3:ExistingObjectTag/Use': 'true' } })).toBe(false);
    expect(holds({ IpAddress: { 'aws:PrincipalAccount': '10.0.0.0/8' } })).toBe(false);
  });

  test('policy variables are filled in, and unknown ones match nothing', () => {
    const variable = (name: string): string => ['$', '{', name, '}'].join('');
    const statement = { Effect: 'Allow', Action: 'sqs:*', Resource: `arn:aws:sqs:*:${variable('aws:PrincipalAccount')}:*` };
    expect(decide([statement], 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111122223333:q')).toBe('allowed');
    expect(decide([statement], 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:999999999999:q')).toBe('implicitDeny');
    expect(
      decide([{ ...statement, Resource: `arn:aws:sqs:*:*:${variable('aws:username')}*` }], 'sqs:SendMessage', 'arn:aws:sqs:eu-west-1:111122223333:q'),
    ).toBe('implicitDeny');
  });
});

describe('wildcards', () => {
  test.each([
    ['*', '', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abbd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['**b*', 'aab', true],
    ['abc', 'abcd', false],
    ['a.c', 'abc', false],
  ])('%s on "%s" is %s', (pattern, text, expected) => {
    expect(matchesWildcard(pattern, text)).toBe(expected);
  });

  test('a hostile pattern does not take exponential time', () => {
    expect(matchesWildcard(`${'*a'.repeat(50)}b`, 'a'.repeat(5_000))).toBe(false);
  });
});

describe('documents that IAM refuses', () => {
  test.each([
    ['{', 'Syntax errors in policy.'],
    ['{"Statement":[]}', 'Syntax errors in policy.'],
    ['{"Statement":[{"Effect":"Permit","Action":"a:b","Resource":"*"}]}', 'Syntax errors in policy.'],
    ['{"Statement":[{"Effect":"Allow","Resource":"*"}]}', 'Policy statement must contain actions.'],
    ['{"Statement":[{"Effect":"Allow","Action":"a:b"}]}', 'Policy statement must contain resources.'],
    [
      '{"Statement":[{"Effect":"Allow","Action":"UpdateService","Resource":"*"}]}',
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    ['{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"queue"}]}', 'Resource queue must be in ARN format or "*".'],
    ['{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*","Principal":"*"}]}', 'Policy document should not specify a principal.'],
  ])('%s', (text, message) => {
    expect(() => readPolicyDocument(text, 'identity')).toThrow(message);
  });

  test('a trust policy needs a principal and has no resource', () => {
    expect(() => readPolicyDocument('{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}', 'trust')).toThrow('Missing required field Principal');
    const trust = readPolicyDocument('{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.amazonaws.com"]}}}', 'trust');
    expect(trust.statements[0]?.principals).toEqual(['Service:ecs.amazonaws.com']);
  });
});
