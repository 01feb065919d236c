// Whether what a task definition takes a secret from is there. Values are never read.
import { DescribeSecretCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { parseSecretReference } from '#core/inspection/secret-reference.ts';
import type { SecretFacts } from '#core/inspection/service-facts.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

export interface SecretClients {
  readonly secrets: SecretsManagerClient;
  readonly parameters: SSMClient;
}

export async function inspectSecret(
  { secrets, parameters }: SecretClients,
  valueFrom: string,
  where: { readonly account: string; readonly region: string },
): Promise<SecretFacts> {
  const { store, arn, name } = parseSecretReference(valueFrom, where);
  if (store === 'secretsmanager') {
    const found = await callAwsUnless(`describe secret ${arn}`, { ResourceNotFoundException: () => undefined }, () =>
      secrets.send(new DescribeSecretCommand({ SecretId: arn })),
    );
    // One that is scheduled for deletion is described, but no longer read.
    return { valueFrom, store, arn: found?.ARN ?? arn, exists: found !== undefined && found.DeletedDate === undefined };
  }
  const found = await callAws(`describe parameter ${name}`, () =>
    // The ARN of the parameter `db` is that of `/db` too.
    parameters.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: name.includes('/') ? [name] : [name, `/${name}`] }] }),
    ),
  );
  return { valueFrom, store, arn, exists: (found.Parameters ?? []).length > 0 };
}
