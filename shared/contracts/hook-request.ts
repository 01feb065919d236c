// What CodeDeploy invokes a lifecycle hook function with: two ids and nothing else, not even the hook's name. Read by each of
// functions/hooks.
import * as z from 'zod';
import { type Parsed, parseWith } from './parse-with.ts';
import { codedeployDeploymentId, identifier } from './wire-types.ts';

/** Source: CodeDeploy user guide, "AppSpec hooks section for an Amazon ECS deployment". */
const hookPayload = z
  .object({ DeploymentId: codedeployDeploymentId, LifecycleEventHookExecutionId: identifier })
  .transform((payload) => ({ deploymentId: payload.DeploymentId, executionId: payload.LifecycleEventHookExecutionId }));

/** `deploymentId` is CodeDeploy's; `executionId` is what its answer must carry. */
export type HookRequest = z.output<typeof hookPayload>;

export function parseHookRequest(input: unknown): Parsed<HookRequest> {
  return parseWith(hookPayload, input);
}
