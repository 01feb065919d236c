// Secrets, read through the Parameter Store: it hands those of the Secrets Manager through, so that one client reads both.
// Source: Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { PermanentError } from '#ports/errors.ts';
import type { SecretReference } from '#ports/notifier.ts';
import { callAws } from '../operating-error.ts';

/** Milliseconds a secret is used without being read again: a changed one counts after that. */
const KEPT_MILLISECONDS = 300_000;

/** @returns the secret's text. @throws PermanentError when there is none, or it may not be read */
export type ReadSecret = (reference: SecretReference) => Promise<string>;

export function createAwsSecrets(client: SSMClient, now: () => number): ReadSecret {
  const kept = new Map<string, { readonly text: string; readonly readAt: number }>();
  return async ({ parameter, secret }) => {
    const name = parameter ?? `/aws/reference/secretsmanager/${secret}`;
    const known = kept.get(name);
    if (known !== undefined && now() - known.readAt < KEPT_MILLISECONDS) return known.text;
    const { Parameter } = await callAws(`read secret ${name}`, () => client.send(new GetParameterCommand({ Name: name, WithDecryption: true })));
    const text = Parameter?.Value;
    if (text === undefined || text === '') throw new PermanentError(`secret ${name} is empty`);
    kept.set(name, { text, readAt: now() });
    return text;
  };
}
