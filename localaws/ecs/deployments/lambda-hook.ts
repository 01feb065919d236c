// A Lambda hook: invoked as its role, asked again while it says IN_PROGRESS, and never trusted to answer well.
import { AwsError } from '../../endpoint/aws-error.ts';
import { HOOK_CALLBACK_SECONDS_DEFAULT } from '../limits.ts';
import { type HookAnswer, mergedDetails, readHookAnswer } from './hook-answer.ts';
import { guarded, sleepUnlessAborted } from './interruption.ts';
import { callWithRetries, HOOK_SESSION, mayAssume, rolePrincipal } from './role-calls.ts';
import type { HookOutcome, HookRun } from './stage-hooks.ts';

/** Runs one hook to its end. @throws the signal's reason when something else ends first. */
export async function runLambdaHook(hookRun: HookRun): Promise<HookOutcome> {
  const { run, hook, execution, signal, onFailure } = hookRun;
  const { clock } = run.world.region;
  const executionId = run.world.region.ids.uuid();
  let hookDetails: unknown = hook['hookDetails'];
  for (;;) {
    const answer = await guarded(invoke(hookRun, executionId, hookDetails), signal);
    if (answer.kind === 'Succeeded') return 'SUCCEEDED';
    if (answer.kind === 'InProgress') {
      hookDetails = mergedDetails(hookDetails, answer.hookDetails);
      await sleepUnlessAborted(clock, answer.delayMs, signal, 'ecs hook call-back');
      continue;
    }
    const failure = answer.kind === 'Unreachable' ? answer.why : failureOf(String(execution.targetArn), answer);
    if (onFailure !== 'Repeat') return { failure };
    run.world.region.log('ecs', `${run.deployment.arn}: a hook holds the rollback up: ${failure}`);
    await sleepUnlessAborted(clock, HOOK_CALLBACK_SECONDS_DEFAULT * 1_000, signal, 'ecs hook repeated in a rollback');
  }
}

function failureOf(targetArn: string, answer: Extract<HookAnswer, { kind: 'Failed' | 'Malformed' }>): string {
  if (answer.kind === 'Failed') return `Lifecycle hook target ${targetArn} returned FAILED status.`;
  return `ECS was unable to parse the response from ${targetArn} due to: ${answer.why}`;
}

type Invocation = HookAnswer | { readonly kind: 'Unreachable'; readonly why: string };

async function invoke(hookRun: HookRun, executionId: string, hookDetails: unknown): Promise<Invocation> {
  const { world } = hookRun.run;
  const targetArn = String(hookRun.hook['hookTargetArn']);
  const roleArn = String(hookRun.hook['roleArn']);
  if (!(await mayAssume(world.region, roleArn))) return { kind: 'Unreachable', why: `ECS was unable to assume role ${roleArn}` };
  const input = { FunctionName: targetArn, InvocationType: 'RequestResponse', Payload: JSON.stringify(hookInput(hookRun, executionId, hookDetails)) };
  try {
    const principal = rolePrincipal(roleArn, HOOK_SESSION);
    const answer = await callWithRetries(world.region, principal, { service: 'lambda', operation: 'Invoke', input }, world.behaviour.hookInvocationAttempts);
    const payload: unknown = answer['Payload'];
    const text = payload instanceof Uint8Array ? new TextDecoder().decode(payload) : String(payload ?? '');
    return readHookAnswer(text, world.behaviour.callBackDelayMembers);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: 'Unreachable', why: `ECS was unable to invoke hook target ${targetArn} due to ${error.message}` };
  }
}

/** The input of an invocation, as recorded on AWS (or as the guide prints it, by the switch). */
function hookInput({ run, stage, traffic }: HookRun, executionId: string, hookDetails: unknown): Record<string, unknown> {
  const { deployment, world } = run;
  const executionDetails = {
    testTrafficWeights: traffic.test,
    productionTrafficWeights: traffic.production,
    serviceArn: deployment.service.arn,
    targetServiceRevisionArn: deployment.target.arn,
  };
  const details = hookDetails === undefined ? {} : { hookDetails };
  const common = { executionId, lifecycleStage: stage, resourceArn: deployment.arn };
  return world.behaviour.hookInput === 'Flat' ? { ...common, ...executionDetails, ...details } : { executionDetails, ...common, ...details };
}
