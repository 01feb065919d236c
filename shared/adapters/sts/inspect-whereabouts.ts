// Whose credentials these are, and for which region.
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { callAws } from '../operating-error.ts';

export async function inspectWhereabouts(client: STSClient): Promise<{ readonly account: string; readonly region: string }> {
  const identity = await callAws('ask who is calling', () => client.send(new GetCallerIdentityCommand({})));
  return { account: identity.Account ?? '', region: await client.config.region() };
}
