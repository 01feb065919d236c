import { describe, expect, test } from '@jest/globals';
import { parseEcrReference } from '#core/inspection/ecr-reference.ts';
import { parseSecretReference } from '#core/inspection/secret-reference.ts';
import { viewTaskDefinition } from '#core/inspection/task-definition-view.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image reference', () => {
  test.each([
    [
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/orders:1.0.0',
      { registry: '111122223333', repository: 'team/orders', tag: '1.0.0', digest: undefined },
    ],
    [`111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/orders@${digest}`, { registry: '111122223333', repository: 'orders', tag: undefined, digest }],
    [`111122223333.dkr-ecr.us-east-1.on.aws/orders:1@${digest}`, { registry: '111122223333', repository: 'orders', tag: '1', digest }],
    ['127.0.0.1:4566/team/orders:2', { registry: '000000000000', repository: 'team/orders', tag: '2', digest: undefined }],
  ])('%s is of ECR', (reference, parts) => {
    expect(parseEcrReference(reference, '000000000000')).toEqual(parts);
  });

  test.each(['nginx', 'docker.io/library/nginx:1', 'public.ecr.aws/nginx/nginx', '111122223333.dkr.ecr.evil.com/orders:1', ''])('%s is not', (reference) => {
    expect(parseEcrReference(reference, '000000000000')).toBeUndefined();
  });
});

describe("a secret's valueFrom", () => {
  const where = { account: '111122223333', region: 'us-east-1' };
  const secret = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf';
  const parameters = 'arn:aws:ssm:us-east-1:111122223333:parameter';

  test.each([
    [secret, { store: 'secretsmanager', arn: secret, name: 'db-AbCdEf' }],
    [`${secret}:password:AWSCURRENT:`, { store: 'secretsmanager', arn: secret, name: 'db-AbCdEf' }],
    [`${parameters}/team/db`, { store: 'ssm', arn: `${parameters}/team/db`, name: '/team/db' }],
    [`${parameters}/db`, { store: 'ssm', arn: `${parameters}/db`, name: 'db' }],
    ['/team/db', { store: 'ssm', arn: `${parameters}/team/db`, name: '/team/db' }],
    ['db', { store: 'ssm', arn: `${parameters}/db`, name: 'db' }],
  ])('%s', (valueFrom, reference) => {
    expect(parseSecretReference(valueFrom, where)).toEqual(reference);
  });
});

describe('a task definition', () => {
  test('is read in both spellings of its size', () => {
    expect(viewTaskDefinition({ cpu: '.25 vCPU', memory: '0.5 GB' })).toMatchObject({ cpu: 256, memory: 512 });
    expect(viewTaskDefinition({ cpu: '1024', memory: '2048' })).toMatchObject({ cpu: 1_024, memory: 2_048 });
  });

  test('of another shape reads as empty', () => {
    expect(viewTaskDefinition({ containerDefinitions: 'none', runtimePlatform: null, cpu: 'much' })).toMatchObject({
      containers: [],
      cpuArchitecture: 'X86_64',
      cpu: undefined,
    });
  });
});
