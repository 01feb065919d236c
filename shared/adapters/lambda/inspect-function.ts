// Whether a hook's function is there.
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { HookFunctionFacts } from '#core/inspection/service-facts.ts';
import { callAwsUnless } from '../operating-error.ts';

export async function inspectFunction(
  client: LambdaClient,
  name: string,
  where: { readonly account: string; readonly region: string },
): Promise<HookFunctionFacts> {
  const found = await callAwsUnless(`get function ${name}`, { ResourceNotFoundException: () => undefined }, () =>
    client.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
  );
  const guessed = name.startsWith('arn:') ? name : `arn:aws:lambda:${where.region}:${where.account}:function:${name}`;
  return { name, arn: found?.FunctionArn ?? guessed, exists: found !== undefined, roleArn: found?.Role };
}
