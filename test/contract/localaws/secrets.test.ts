// The local Parameter Store as the AWS SDK sees it, and the secrets it hands through.
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAwsSecrets } from '#adapters/ssm/aws-secrets.ts';
import { createSecretsManager } from '#localaws/secretsmanager/create-secrets-manager.ts';
import { createSsm } from '#localaws/ssm/create-ssm.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';
import { PermanentError } from '#ports/errors.ts';

let region: RunningRegion;
let client: SSMClient;
beforeAll(async () => {
  region = await startRegion({ services: [createSsm, createSecretsManager], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 10, 16) });
  client = new SSMClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await region.close();
});

const secrets = (operation: string, input: Record<string, unknown>) => region.region.call('secretsmanager', operation, input, { kind: 'root' });
const get = (Name: string, WithDecryption = true) => client.send(new GetParameterCommand({ Name, WithDecryption }));

test('a parameter is put, read, overwritten only when asked, and deleted', async () => {
  const put = (Value: string, more = {}) => client.send(new PutParameterCommand({ Name: '/weir/slack', Value, Type: 'SecureString', ...more }));
  expect(await put('one')).toMatchObject({ Version: 1 });
  await expect(put('two')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  expect(await put('two', { Overwrite: true })).toMatchObject({ Version: 2 });
  expect(await get('/weir/slack')).toMatchObject({
    Parameter: { Name: '/weir/slack', Type: 'SecureString', Value: 'two', Version: 2, ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/weir/slack' },
  });
  expect((await get('/weir/slack', false)).Parameter?.Value).not.toContain('two');
  await client.send(new DeleteParameterCommand({ Name: '/weir/slack' }));
  await expect(get('/weir/slack')).rejects.toMatchObject({ name: 'ParameterNotFound' });
});

test('a secret is read through the Parameter Store, decrypted only', async () => {
  await secrets('CreateSecret', { Name: 'weir/slack', SecretString: 'https://hooks' });
  await expect(secrets('CreateSecret', { Name: 'weir/slack', SecretString: 'x' })).rejects.toMatchObject({ code: 'ResourceExistsException' });
  const name = '/aws/reference/secretsmanager/weir/slack';
  expect((await get(name)).Parameter).toMatchObject({ Name: name, Type: 'SecureString', Value: 'https://hooks' });
  await expect(get(name, false)).rejects.toMatchObject({ name: 'ValidationException' });
  await secrets('PutSecretValue', { SecretId: 'weir/slack', SecretString: 'https://other' });
  expect((await get(name)).Parameter?.Value).toBe('https://other');
  await expect(get('/aws/reference/secretsmanager/weir/none')).rejects.toMatchObject({ name: 'ParameterNotFound' });
});

test('what is read is kept for five minutes, and a missing secret is a permanent error', async () => {
  let now = 0;
  const read = createAwsSecrets(client, () => now);
  await secrets('CreateSecret', { Name: 'weir/kept', SecretString: 'first' });
  expect(await read({ secret: 'weir/kept' })).toBe('first');
  await secrets('PutSecretValue', { SecretId: 'weir/kept', SecretString: 'second' });
  now = 299_999;
  expect(await read({ secret: 'weir/kept' })).toBe('first');
  now = 300_000;
  expect(await read({ secret: 'weir/kept' })).toBe('second');
  await expect(read({ parameter: '/weir/none' })).rejects.toThrow(PermanentError);
});
