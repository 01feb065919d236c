// The task set operations: what an external deployment controller and CodeDeploy build blue and green with.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Call, Operation, Principal } from '../../region.ts';
import type { ServiceRecord, TaskSetRecord } from '../ecs-records.ts';
import { activeServiceOf, clusterNameOf, type EcsParts, type EcsWorld, findTaskSet, lastPartOf } from '../ecs-world.ts';
import { choice, flag, invalidParameter, requiredText, structure, text, texts } from '../input-members.ts';
import { CLIENT_TOKEN_LENGTH_MAX, TASK_SETS_PER_SERVICE_MAX } from '../limits.ts';
import { unsettle } from '../scheduler/stability.ts';
import { checkTargetGroups, workloadOf } from '../services/workload-input.ts';
import { tagsOf } from '../tag-list.ts';
import { addTaskSet } from './new-task-set.ts';
import { taskSetShape } from './task-set-shape.ts';

export function taskSetOperations({ world, scheduler }: EcsParts): Record<string, Operation> {
  const taskSetArns = (input: AwsShape, references: readonly string[]): string[] => {
    const path = `${clusterNameOf(input)}/${lastPartOf(text(input, 'service') ?? '*')}`;
    return references.map((reference) => (reference.startsWith('arn:') ? reference : world.region.arn('ecs', `task-set/${path}/${reference}`)));
  };
  const one = (input: AwsShape): string[] => taskSetArns(input, [text(input, 'taskSet') ?? '*']);
  const changed = (taskSet: TaskSetRecord): AwsShape => {
    taskSet.updatedAt = world.region.clock.now();
    scheduler.wake(taskSet.service);
    return { taskSet: taskSetShape(taskSet) };
  };
  return {
    CreateTaskSet: { resources: (input) => taskSetArns(input, ['*']), handle: async (input, call) => changed(await createTaskSet(world, input, call)) },
    UpdateTaskSet: {
      resources: one,
      handle: (input) => {
        const taskSet = requireTaskSet(managedService(world, input), requiredText(input, 'taskSet', 'TaskSet cannot be empty.'));
        if (taskSet.status === 'DRAINING') throw invalidParameter('A task set with the status DRAINING cannot be updated.');
        const scale = scaleOf(input);
        if (scale === undefined) throw invalidParameter('Scale must be specified.');
        if (scale !== taskSet.scalePercent) unsettle(world, taskSet);
        taskSet.scalePercent = scale;
        return changed(taskSet);
      },
    },
    DeleteTaskSet: { resources: one, handle: (input) => changed(deleteTaskSet(world, input)) },
    DescribeTaskSets: {
      resources: (input) => taskSetArns(input, texts(input, 'taskSets').length === 0 ? ['*'] : texts(input, 'taskSets')),
      handle: (input) => describeTaskSets(world, input),
    },
    UpdateServicePrimaryTaskSet: {
      resources: (input) => [world.region.arn('ecs', `service/${clusterNameOf(input)}/${lastPartOf(text(input, 'service') ?? '*')}`)],
      handle: (input) => changed(setPrimary(world, input)),
    },
  };
}

function managedService(world: EcsWorld, input: AwsShape): ServiceRecord {
  if (text(input, 'cluster') === undefined) throw invalidParameter('Cluster cannot be empty.');
  const service = activeServiceOf(world, input);
  if (service.controller === 'ECS') {
    throw invalidParameter('Amazon ECS only supports task set management on services configured to use external deployment controllers.');
  }
  return service;
}

function requireTaskSet(service: ServiceRecord, reference: string): TaskSetRecord {
  const taskSet = findTaskSet(service, reference);
  if (taskSet === undefined) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
  return taskSet;
}

function scaleOf(input: AwsShape): number | undefined {
  const scale = structure(input, 'scale');
  if (scale === undefined) return undefined;
  choice(scale, 'unit', ['PERCENT']);
  const value = Number(scale['value'] ?? 0);
  if (!Number.isFinite(value) || value < 0 || value > 100) throw invalidParameter('The scale value must be between 0 and 100.');
  return value;
}

/** CodeDeploy acts through its own principal or through the customer's role in a session of its own. */
function isCodeDeploy(principal: Principal): boolean {
  if (principal.kind === 'service') return principal.service === 'codedeploy.amazonaws.com';
  return principal.kind === 'role' && principal.sessionName.toLowerCase().startsWith('codedeploy');
}

async function createTaskSet(world: EcsWorld, input: AwsShape, call: Call): Promise<TaskSetRecord> {
  const service = managedService(world, input);
  const clientToken = text(input, 'clientToken');
  if (clientToken !== undefined && clientToken.length > CLIENT_TOKEN_LENGTH_MAX) {
    throw invalidParameter(`clientToken must be at most ${CLIENT_TOKEN_LENGTH_MAX} characters.`);
  }
  const externalId = text(input, 'externalId');
  const made = (): TaskSetRecord | undefined => service.taskSets.find((taskSet) => clientToken !== undefined && taskSet.clientToken === clientToken);
  const before = made();
  if (before !== undefined) return before;
  const byCodeDeploy = isCodeDeploy(call.principal);
  const workload = workloadOf(world, service.cluster, byCodeDeploy ? inheriting(service, input) : input);
  await checkTargetGroups(world, workload, false);
  const scalePercent = scaleOf(input) ?? 0;
  const tags = tagsOf(input);
  // Asked again: the target groups were awaited.
  const meanwhile = made();
  if (meanwhile !== undefined) return meanwhile;
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  if (service.taskSets.length >= TASK_SETS_PER_SERVICE_MAX) {
    throw invalidParameter(`${TASK_SETS_PER_SERVICE_MAX} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit.`);
  }
  return addTaskSet(world, service, {
    workload,
    status: 'ACTIVE',
    scalePercent,
    tags,
    ...(byCodeDeploy ? { startedBy: 'CODE_DEPLOY' } : {}),
    ...(externalId === undefined ? {} : { externalId }),
    ...(clientToken === undefined ? {} : { clientToken }),
  });
}

/** What CodeDeploy's AppSpec leaves out is the service's own. */
function inheriting(service: ServiceRecord, input: AwsShape): AwsShape {
  const { workload } = service;
  if (workload === undefined) return input;
  const merged: AwsShape = { ...input };
  merged['networkConfiguration'] ??= workload.networkConfiguration;
  merged['platformVersion'] ??= workload.platformVersion;
  if (merged['launchType'] === undefined && merged['capacityProviderStrategy'] === undefined) {
    if (workload.launchType === undefined) merged['capacityProviderStrategy'] = workload.capacityProviderStrategy;
    else merged['launchType'] = workload.launchType;
  }
  return merged;
}

function deleteTaskSet(world: EcsWorld, input: AwsShape): TaskSetRecord {
  const service = managedService(world, input);
  const taskSet = requireTaskSet(service, requiredText(input, 'taskSet', 'TaskSet cannot be empty.'));
  const isForced = flag(input, 'force') === true;
  if (!isForced && taskSet.status === 'PRIMARY') throw invalidParameter('The primary task set of a service cannot be deleted without force.');
  if (!isForced && taskSet.scalePercent > 0) throw invalidParameter('The task set cannot be deleted while it is scaled above 0.');
  taskSet.status = 'DRAINING';
  unsettle(world, taskSet);
  return taskSet;
}

function describeTaskSets(world: EcsWorld, input: AwsShape): AwsShape {
  const service = managedService(world, input);
  const include = texts(input, 'include');
  const references = texts(input, 'taskSets');
  if (references.length === 0) return { taskSets: service.taskSets.map((taskSet) => taskSetShape(taskSet, include)), failures: [] };
  const taskSets: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (const reference of references) {
    const taskSet = findTaskSet(service, reference);
    if (taskSet === undefined) {
      const arn = reference.startsWith('arn:') ? reference : world.region.arn('ecs', `task-set/${service.cluster.name}/${service.name}/${reference}`);
      failures.push({ arn, reason: 'MISSING' });
    } else {
      taskSets.push(taskSetShape(taskSet, include));
    }
  }
  return { taskSets, failures };
}

/** The new primary's parameters become the service's. */
function setPrimary(world: EcsWorld, input: AwsShape): TaskSetRecord {
  const service = managedService(world, input);
  const taskSet = requireTaskSet(service, requiredText(input, 'primaryTaskSet', 'PrimaryTaskSet cannot be empty.'));
  if (taskSet.status === 'DRAINING') throw invalidParameter('A task set with the status DRAINING cannot be the primary task set.');
  const now = world.region.clock.now();
  for (const other of service.taskSets) {
    if (other === taskSet || other.status !== 'PRIMARY') continue;
    other.status = 'ACTIVE';
    other.updatedAt = now;
  }
  taskSet.status = 'PRIMARY';
  service.workload = taskSet.workload;
  return taskSet;
}
