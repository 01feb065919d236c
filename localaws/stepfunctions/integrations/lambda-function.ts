// A function's ARN as the Resource: the arguments are the event, the function's answer is the result.
import type { Integration } from './integration.ts';
import { invokeFunction } from './lambda-invocation.ts';

export function lambdaFunction(arn: string): Integration {
  return {
    events: 'function',
    resourceType: 'lambda',
    resource: arn,
    waiting: 'answer',
    problems: () => [],
    async submit(args, call) {
      return (await invokeFunction({ FunctionName: arn, InvocationType: 'RequestResponse', Payload: JSON.stringify(args) }, call)).payload;
    },
  };
}
