// Keeps the native deployments under way: begins them, ends them for newer ones, and passes on what the scheduler sees.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { ServiceRecord, TaskRecord, Workload } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { invalidParameter } from '../input-members.ts';
import { emitDeploymentChange } from '../services/service-events.ts';
import { countFailure, noteHealthyTasks } from './circuit-breaker.ts';
import { isOver, type ServiceDeploymentRecord } from './deployment-records.ts';
import { createRun, type DeploymentRun, touch } from './deployment-run.ts';
import type { EndingCause } from './interruption.ts';
import { recordDeployment } from './new-deployment.ts';
import { runDeployment } from './run-deployment.ts';

export interface DeploymentEngine {
  /** Starts a deployment of `workload`; one under way is stopped for it. */
  begin(service: ServiceRecord, workload: Workload): void;
  /** StopServiceDeployment. @throws AwsError */
  stop(deployment: ServiceDeploymentRecord, stopType: 'ROLLBACK' | 'ABORT'): void;
  /** ContinueServiceDeployment. @throws AwsError */
  answerHook(deployment: ServiceDeploymentRecord, hookId: string, action: 'ROLLBACK' | 'CONTINUE'): void;
  /** The service is being deleted: nothing is deployed any more. */
  serviceDeleted(service: ServiceRecord): void;
  /** The scheduler has looked at a service. */
  looked(service: ServiceRecord): void;
  /** A task has failed in the way the circuit breaker counts. */
  taskFailed(task: TaskRecord): void;
}

export function createDeploymentEngine(world: EcsWorld, wake: (service: ServiceRecord) => void): DeploymentEngine {
  /** The newest run of a service; an older one may still be settling. */
  const runs = new Map<ServiceRecord, DeploymentRun>();

  const supersede = (run: DeploymentRun, cause: EndingCause): void => {
    const { deployment } = run;
    if (isOver(deployment)) return;
    if (deployment.status === 'PENDING' || deployment.status === 'IN_PROGRESS') deployment.status = 'STOP_REQUESTED';
    touch(run);
    run.end(cause);
  };

  return {
    begin(service, workload) {
      const previous = runs.get(service);
      if (previous !== undefined)
        supersede(previous, { kind: 'Superseded', reason: 'Service deployment stopped because a newer service deployment was created.' });
      const { deployment, routes } = recordDeployment(world, service, workload);
      service.workload = workload;
      service.steadyAnnouncedAt = undefined;
      const run = createRun(world, deployment, routes, wake);
      runs.set(service, run);
      emitDeploymentChange(world, deployment.target.taskSet, 'INFO', 'SERVICE_DEPLOYMENT_IN_PROGRESS');
      // Never rejects.
      void runDeployment(run, previous?.over).then(() => {
        if (runs.get(service) === run) runs.delete(service);
      });
    },
    stop(deployment, stopType) {
      const run = runs.get(deployment.service);
      // The texts of these two errors are not known and ours.
      if (isOver(deployment))
        throw new AwsError('ConflictException', `The service deployment is in the terminal state ${deployment.status} and cannot be stopped.`);
      if (stopType === 'ABORT' && world.behaviour.abort === 'Refuse') {
        throw new AwsError('UnsupportedFeatureException', 'The stop type ABORT is not supported.');
      }
      // As documented: one that is already stopping or rolling back goes on doing so.
      if (run?.deployment !== deployment || (deployment.status !== 'PENDING' && deployment.status !== 'IN_PROGRESS')) return;
      const isTooLate = deployment.service.completedRevision === deployment.target;
      deployment.status = stopType === 'ABORT' ? 'STOP_REQUESTED' : 'ROLLBACK_REQUESTED';
      touch(run);
      if (isTooLate) return;
      if (stopType === 'ABORT') run.end({ kind: 'AbortRequested', reason: 'Service deployment stopped because an abort was requested.' });
      else run.end({ kind: 'RollbackRequested', reason: 'Service deployment rolled back because a rollback was requested.' });
    },
    answerHook,
    serviceDeleted(service) {
      const run = runs.get(service);
      if (run !== undefined) supersede(run, { kind: 'Superseded', reason: 'Service deployment stopped because the service was deleted.' });
    },
    looked(service) {
      const run = runs.get(service);
      if (run === undefined) return;
      noteHealthyTasks(run);
      run.looked();
    },
    taskFailed(task) {
      const run = task.taskSet === undefined ? undefined : runs.get(task.taskSet.service);
      if (run !== undefined) countFailure(run, task);
    },
  };
}

function answerHook(deployment: ServiceDeploymentRecord, hookId: string, action: 'ROLLBACK' | 'CONTINUE'): void {
  if (isOver(deployment)) throw invalidParameter('Continuing a service deployment is not allowed for service deployment in terminal states.');
  const hook = deployment.hooks.find((candidate) => candidate.id === hookId);
  if (deployment.status !== 'IN_PROGRESS' || hook?.status !== 'AWAITING_ACTION' || hook.answer === undefined) {
    throw invalidParameter('Provided hookId is either completed, unavailable, or not associated with the given Resource ARN');
  }
  const { answer } = hook;
  // A second answer finds none to give.
  hook.answer = undefined;
  answer(action);
}
