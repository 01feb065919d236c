// Invokes lifecycle hook functions and knows their execution ids. The answer does not come from the function: it comes, from
// anywhere, through PutLifecycleEventHookExecutionStatus.
import { createHash } from 'node:crypto';
import type { AwsShape } from '../../region.ts';
import type { Deployment } from '../model.ts';
import type { EffectContext } from './effect-context.ts';
import { HOOK_EVENTS, type HookEvent } from './lifecycle.ts';
import { DeploymentFailure } from './role-calls.ts';

/** The id of one hook's execution, in the shape of AWS's encrypted tokens. The same each time, so it need not be stored. */
export function hookExecutionId(deployment: Deployment, event: HookEvent): string {
  const digest = createHash('sha512').update(`${deployment.group.id}/${deployment.id}/${event}`).digest();
  const token = { encryptedData: digest.toString('base64'), ivParameterSpec: digest.subarray(0, 12).toString('base64'), materialSetSerial: 1 };
  return Buffer.from(JSON.stringify(token)).toString('base64');
}

/** Which hook an execution id belongs to; undefined for ids this deployment has not given out. */
export function hookEventOf(deployment: Deployment, executionId: string): HookEvent | undefined {
  return HOOK_EVENTS.find((event) => {
    const isGivenOut = deployment.plan.hooks[event] !== undefined && deployment.lifecycle.events[event].startTime !== undefined;
    return isGivenOut && hookExecutionId(deployment, event) === executionId;
  });
}

/** @throws DeploymentFailure, RoleCallError when the function cannot be invoked. */
export async function invokeHook(context: EffectContext, event: HookEvent, functionName: string): Promise<void> {
  const payload = { DeploymentId: context.deployment.id, LifecycleEventHookExecutionId: hookExecutionId(context.deployment, event) };
  const input = {
    FunctionName: functionName,
    InvocationType: context.behaviour.hookInvocationType,
    Payload: new TextEncoder().encode(JSON.stringify(payload)),
  };
  const calls: Promise<AwsShape>[] = [];
  for (let time = 0; time <= context.behaviour.duplicateHookInvocations; time++) calls.push(context.call('lambda', 'Invoke', input));
  const [first] = await Promise.all(calls);
  const functionError: unknown = first?.['FunctionError'];
  if (typeof functionError === 'string' && functionError !== '') {
    throw new DeploymentFailure('HOOK_EXECUTION_FAILURE', `The Lambda function ${functionName} ended with the error ${functionError}.`);
  }
}
