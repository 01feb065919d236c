// Weir's own hook functions through the AWS SDK.
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { LifecycleHook } from '#core/deployment/deployment.ts';
import type { HookFunctions } from '#ports/hook-functions.ts';
import { callAws } from '../operating-error.ts';

/** @param nameOf the function of each hook */
export function createAwsHookFunctions(client: LambdaClient, nameOf: (hook: LifecycleHook) => string): HookFunctions {
  return {
    async check(hook, driverDeploymentId, executionId) {
      // The payload is CodeDeploy's own. Source: CodeDeploy user guide, AppSpec hooks section.
      const payload = JSON.stringify({ DeploymentId: driverDeploymentId, LifecycleEventHookExecutionId: executionId });
      await callAws(`check ${hook} again`, () => client.send(new InvokeCommand({ FunctionName: nameOf(hook), InvocationType: 'Event', Payload: payload })));
    },
  };
}
