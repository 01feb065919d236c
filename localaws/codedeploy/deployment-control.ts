// What people and hooks may tell a running deployment: stop, go on, stop waiting, "my check succeeded".
import { AwsError } from '../endpoint/aws-error.ts';
import { booleanMember, stringMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { groupArnOfDeployment } from './deployment-queries.ts';
import { stepName } from './lifecycle/enter-step.ts';
import { hookEventOf } from './lifecycle/hooks.ts';
import { type Deployment, isActive } from './model.ts';
import { deploymentId } from './names.ts';

function alreadyCompleted(deployment: Deployment): AwsError {
  return new AwsError('DeploymentAlreadyCompletedException', `The deployment ${deployment.id} is already complete`);
}

/** Pending, until a repeated call finds the deployment stopped. */
function stopDeployment(context: CodeDeployContext, input: AwsShape): AwsShape {
  const deployment = context.store.deployment(deploymentId(input));
  const rollback = booleanMember(input, 'autoRollbackEnabled');
  if (!isActive(deployment)) {
    if (deployment.lifecycle.error?.code !== 'MANUAL_STOP') throw alreadyCompleted(deployment);
    return { status: 'Succeeded', statusMessage: 'Deployment stopped.' };
  }
  context.runner.send(deployment, { kind: 'StopRequested', rollback });
  return { status: 'Pending', statusMessage: 'Stopping the deployment.' };
}

function continueDeployment(context: CodeDeployContext, input: AwsShape): AwsShape {
  const deployment = context.store.deployment(deploymentId(input));
  const waitType = stringMember(input, 'deploymentWaitType') ?? 'READY_WAIT';
  if (waitType !== 'READY_WAIT' && waitType !== 'TERMINATION_WAIT') {
    throw new AwsError('InvalidDeploymentWaitTypeException', `The wait type is invalid: ${waitType}`);
  }
  if (!isActive(deployment)) throw alreadyCompleted(deployment);
  const wanted = waitType === 'READY_WAIT' ? 'ReadyWait' : 'TerminationWait';
  const isWaiting = stepName(deployment.plan, deployment.lifecycle) === wanted && deployment.lifecycle.ending === undefined;
  if (!isWaiting) {
    throw new AwsError('DeploymentIsNotInReadyStateException', `The deployment ${deployment.id} is not waiting (${waitType}) and can't continue yet`);
  }
  context.runner.send(deployment, { kind: 'ContinueRequested' });
  return {};
}

/** Also before the wait begins: then there will be none. */
function skipTerminationWait(context: CodeDeployContext, input: AwsShape): AwsShape {
  const deployment = context.store.deployment(deploymentId(input));
  if (!isActive(deployment)) throw alreadyCompleted(deployment);
  if (deployment.lifecycle.startTime === undefined) throw new AwsError('DeploymentNotStartedException', `The deployment ${deployment.id} has not started`);
  if (!deployment.plan.steps.includes('TerminationWait')) {
    throw new AwsError('UnsupportedActionForDeploymentTypeException', 'The deployment does not wait before it deletes the original task set');
  }
  context.runner.send(deployment, { kind: 'TerminationWaitSkipped' });
  return {};
}

function putHookStatus(context: CodeDeployContext, input: AwsShape): AwsShape {
  const deployment = context.store.deployment(deploymentId(input));
  const status = stringMember(input, 'status');
  if (status !== 'Succeeded' && status !== 'Failed') {
    throw new AwsError(
      'InvalidLifecycleEventHookExecutionStatusException',
      'The result of a Lambda validation function that verifies a lifecycle event is invalid. It should return Succeeded or Failed.',
    );
  }
  const executionId = stringMember(input, 'lifecycleEventHookExecutionId') ?? '';
  const event = hookEventOf(deployment, executionId);
  if (event === undefined)
    throw new AwsError('InvalidLifecycleEventHookExecutionIdException', `The lifecycle event hook execution ID is invalid: ${executionId}`);
  if (!isActive(deployment) || deployment.lifecycle.events[event].status !== 'InProgress') {
    throw new AwsError('LifecycleEventAlreadyCompletedException', `The lifecycle event ${event} of the deployment ${deployment.id} is already completed`);
  }
  context.runner.send(deployment, { kind: 'HookReported', event, isSuccess: status === 'Succeeded' });
  return { lifecycleEventHookExecutionId: executionId };
}

type Names = 'ContinueDeployment' | 'PutLifecycleEventHookExecutionStatus' | 'SkipWaitTimeForInstanceTermination' | 'StopDeployment';

/** AWS has no resource-level permission for these, except that policies which scope the hook answer to the group are known to work. */
export function deploymentControlOperations(context: CodeDeployContext): Record<Names, Operation> {
  return {
    StopDeployment: { handle: (input) => stopDeployment(context, input) },
    ContinueDeployment: { handle: (input) => continueDeployment(context, input) },
    SkipWaitTimeForInstanceTermination: { handle: (input) => skipTerminationWait(context, input) },
    PutLifecycleEventHookExecutionStatus: {
      resources: (input) => [groupArnOfDeployment(context, input['deploymentId'])],
      handle: (input) => putHookStatus(context, input),
    },
  };
}
