// Every way a deployment can end before success, with AWS's codes and texts where AWS documents them.
import type { DeploymentError, Diagnostics, Ending, HookEvent, LifecyclePlan } from './lifecycle.ts';

const MINUTE_MS = 60_000;

export function failedWith(error: DeploymentError): Ending {
  return { status: 'Failed', cause: 'DEPLOYMENT_FAILURE', error };
}

/** The hook answered Failed, or (with `error`) could not be invoked. */
export function hookFailed(plan: LifecyclePlan, event: HookEvent, error?: DeploymentError): Ending {
  const message = 'The deployment failed because one or more of the lifecycle event validation functions failed.';
  return {
    ...failedWith(error?.code === 'IAM_ROLE_PERMISSIONS' ? error : { code: 'HOOK_EXECUTION_FAILURE', message }),
    diagnostics: diagnostics(error === undefined ? 'ScriptFailed' : 'UnknownError', plan, event, error?.message ?? message),
  };
}

export function timedOut(what: 'Hook' | 'Install' | 'Ready', plan: LifecyclePlan, event?: HookEvent): Ending {
  if (what === 'Install') {
    return failedWith({
      code: 'TIMEOUT',
      message: 'The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.',
    });
  }
  if (what === 'Ready') {
    const minutes = (plan.readyWaitMs ?? 0) / MINUTE_MS;
    // The API reference says the status becomes Stopped; which rollback event that counts as is not documented (unverified).
    return {
      status: 'Stopped',
      cause: 'DEPLOYMENT_FAILURE',
      error: { code: 'TIMEOUT', message: `The deployment timed out while waiting for a notification to continue. This time out period is ${minutes} minutes.` },
    };
  }
  const message =
    'The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one hour after a deployment hook is invoked.';
  return {
    ...failedWith({ code: 'HOOK_EXECUTION_FAILURE', message }),
    ...(event === undefined ? {} : { diagnostics: diagnostics('ScriptTimedOut', plan, event, message) }),
  };
}

/** Auto scaling, or somebody, changed the desired count while traffic was shifting, and the shift did not end in five minutes. */
export function scaledAway(): Ending {
  return failedWith({
    code: 'ECS_UPDATE_ERROR',
    message: 'The deployment failed because the desired count of the Amazon ECS service changed while traffic was being rerouted.',
  });
}

export function alarmsRaised(names: readonly string[]): Ending {
  return {
    status: 'Stopped',
    cause: 'DEPLOYMENT_STOP_ON_ALARM',
    error: {
      code: 'ALARM_ACTIVE',
      message: `One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected deployments have been stopped. Activated alarms: ${names.map((name) => `<${name}>`).join(' ')}`,
    },
  };
}

/** Alarm states could not be read and the group does not say to ignore that. The code AWS gives is not documented (unverified). */
export function alarmsUnreadable(error: DeploymentError): Ending {
  return { status: 'Stopped', cause: 'DEPLOYMENT_STOP_ON_ALARM', error };
}

/** StopDeployment; `rollback` is its autoRollbackEnabled, which overrides the configuration. */
export function stopRequested(rollback: boolean | undefined): Ending {
  return {
    status: 'Stopped',
    cause: 'DEPLOYMENT_STOP_ON_REQUEST',
    error: { code: 'MANUAL_STOP', message: 'The deployment has been stopped by the user.' },
    ...(rollback === undefined ? {} : { rollback }),
  };
}

/** The application or group was deleted under the deployment: nothing is left to roll back with (unverified). */
export function abandoned(error: DeploymentError): Ending {
  return { ...failedWith(error), rollback: false };
}

function diagnostics(errorCode: Diagnostics['errorCode'], plan: LifecyclePlan, event: HookEvent, message: string): Diagnostics {
  return { errorCode, scriptName: plan.hooks[event] ?? '', message, logTail: '' };
}
