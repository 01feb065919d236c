// Deployment targets: the ECS service of a deployment with its lifecycle events and both task sets.
import { AwsError } from '../endpoint/aws-error.ts';
import { stringList, stringMember, structureMember } from '../endpoint/json-members.ts';
import type { AwsShape, Operation } from '../region.ts';
import type { CodeDeployContext } from './code-deploy-context.ts';
import { targetStatus, time } from './deployment-info.ts';
import { LIFECYCLE_EVENTS } from './lifecycle/lifecycle.ts';
import type { TaskSetFacts } from './lifecycle/target-facts.ts';
import { DEPLOYMENT_TARGETS_BATCH_MAX } from './limits.ts';
import { type Deployment, isActive } from './model.ts';
import { deploymentId, shortName } from './names.ts';

const TARGET_STATUSES: readonly string[] = ['Failed', 'InProgress', 'Pending', 'Ready', 'Skipped', 'Succeeded', 'Unknown'];
const INSTANCE_LABELS: readonly string[] = ['Blue', 'Green'];

/** `CLUSTER:SERVICE`. */
function targetIdOf(deployment: Deployment): string {
  const [{ clusterName, serviceName }] = deployment.settings.ecsServices;
  return `${shortName(clusterName)}:${shortName(serviceName)}`;
}

function startedDeployment(context: CodeDeployContext, input: AwsShape): Deployment {
  const deployment = context.store.deployment(deploymentId(input));
  if (deployment.lifecycle.startTime === undefined) throw new AwsError('DeploymentNotStartedException', `The deployment ${deployment.id} has not started`);
  return deployment;
}

function requireTarget(deployment: Deployment, targetId: string): void {
  if (!targetId.includes(':')) throw new AwsError('InvalidDeploymentTargetIdException', `The target ID is not valid: ${targetId}`);
  if (targetId !== targetIdOf(deployment)) {
    throw new AwsError('DeploymentTargetDoesNotExistException', `The target ${targetId} does not belong to the deployment ${deployment.id}`);
  }
}

async function deploymentTarget(context: CodeDeployContext, deployment: Deployment): Promise<AwsShape> {
  if (isActive(deployment)) await context.runner.refresh(deployment);
  const { facts, lifecycle } = deployment;
  const lifecycleEvents = LIFECYCLE_EVENTS.map((lifecycleEventName) => {
    const { status, startTime, endTime, diagnostics } = lifecycle.events[lifecycleEventName];
    return { lifecycleEventName, status, ...time('startTime', startTime), ...time('endTime', endTime), ...(diagnostics === undefined ? {} : { diagnostics }) };
  });
  const taskSetsInfo =
    facts === undefined
      ? []
      : [
          taskSetInfo(facts.blue, 'Blue', facts.blueTargetGroup.name, 100 - lifecycle.greenPercent),
          ...(facts.green === undefined ? [] : [taskSetInfo(facts.green, 'Green', facts.greenTargetGroup.name, lifecycle.greenPercent)]),
        ];
  return {
    deploymentTargetType: 'ECSTarget',
    ecsTarget: {
      deploymentId: deployment.id,
      targetId: targetIdOf(deployment),
      targetArn: facts?.serviceArn ?? context.region.arn('ecs', `service/${targetIdOf(deployment).replace(':', '/')}`),
      lastUpdatedAt: new Date(deployment.lastUpdatedAt),
      lifecycleEvents,
      status: targetStatus(deployment),
      taskSetsInfo,
    },
  };
}

function taskSetInfo(taskSet: TaskSetFacts, taskSetLabel: 'Blue' | 'Green', targetGroupName: string, trafficWeight: number): AwsShape {
  return {
    // AWS's spelling.
    identifer: taskSet.id,
    desiredCount: taskSet.desiredCount,
    pendingCount: taskSet.pendingCount,
    runningCount: taskSet.runningCount,
    status: taskSet.status,
    trafficWeight,
    targetGroup: { name: targetGroupName },
    taskSetLabel,
  };
}

/** Whether the single target passes the filters. @throws AwsError InvalidTargetFilterNameException, InvalidInstanceStatusException */
function passesFilters(deployment: Deployment, filters: AwsShape): boolean {
  for (const name of Object.keys(filters)) {
    const values = stringList(filters, name) ?? [];
    if (name === 'TargetStatus') {
      if (values.some((value) => !TARGET_STATUSES.includes(value)))
        throw new AwsError('InvalidInstanceStatusException', 'The specified instance status does not exist.');
      if (!values.includes(targetStatus(deployment))) return false;
    } else if (name === 'ServerInstanceLabel') {
      if (values.some((value) => !INSTANCE_LABELS.includes(value)))
        throw new AwsError('InvalidInstanceTypeException', 'An invalid instance type was specified.');
    } else {
      throw new AwsError('InvalidTargetFilterNameException', `The target filter name is invalid: ${name}`);
    }
  }
  return true;
}

type Names = 'BatchGetDeploymentTargets' | 'GetDeploymentTarget' | 'ListDeploymentTargets';

export function deploymentTargetOperations(context: CodeDeployContext): Record<Names, Operation> {
  return {
    GetDeploymentTarget: {
      async handle(input) {
        const deployment = startedDeployment(context, input);
        const targetId = stringMember(input, 'targetId');
        if (targetId === undefined || targetId === '') throw new AwsError('DeploymentTargetIdRequiredException', 'A deployment target ID was not provided.');
        requireTarget(deployment, targetId);
        return { deploymentTarget: await deploymentTarget(context, deployment) };
      },
    },
    ListDeploymentTargets: {
      handle(input) {
        const deployment = startedDeployment(context, input);
        return { targetIds: passesFilters(deployment, structureMember(input, 'targetFilters') ?? {}) ? [targetIdOf(deployment)] : [] };
      },
    },
    BatchGetDeploymentTargets: {
      async handle(input) {
        const deployment = startedDeployment(context, input);
        const targetIds = stringList(input, 'targetIds') ?? [];
        if (targetIds.length === 0) throw new AwsError('DeploymentTargetIdRequiredException', 'A deployment target ID was not provided.');
        if (targetIds.length > DEPLOYMENT_TARGETS_BATCH_MAX || new Set(targetIds).size > 1) {
          throw new AwsError('DeploymentTargetListSizeExceededException', 'The target list of an Amazon ECS deployment must have exactly one item.');
        }
        for (const targetId of targetIds) requireTarget(deployment, targetId);
        return { deploymentTargets: [await deploymentTarget(context, deployment)] };
      },
    },
  };
}
