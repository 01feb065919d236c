// RunTask, StopTask, DescribeTasks and ListTasks.
import type { AwsShape, Operation } from '../../region.ts';
import type { TaskRecord } from '../ecs-records.ts';
import { clusterNameOf, clusterOf, type EcsParts, findTask, findTaskDefinition, lastPartOf } from '../ecs-world.ts';
import { choice, invalidParameter, requiredText, text, texts } from '../input-members.ts';
import { DESCRIBE_MAX, LIST_PAGE_MAX } from '../limits.ts';
import { pageOf } from '../list-pages.ts';
import { filteredService } from '../services/service-operations.ts';
import { createRunTask } from './run-task.ts';
import { taskShape } from './task-shape.ts';

export function taskOperations(parts: EcsParts): Record<string, Operation> {
  const { world, engine } = parts;
  const taskArn = (input: AwsShape, reference: string): string =>
    reference.startsWith('arn:') ? reference : world.region.arn('ecs', `task/${clusterNameOf(input)}/${reference}`);
  const runTask = createRunTask(parts);
  return {
    RunTask: { resources: (input) => [findTaskDefinition(world, text(input, 'taskDefinition') ?? '')?.arn ?? '*'], handle: (input) => runTask(input) },
    StopTask: {
      resources: (input) => [taskArn(input, text(input, 'task') ?? '*')],
      handle: (input) => {
        const cluster = clusterOf(world, input);
        const task = findTask(cluster, requiredText(input, 'task', 'Task cannot be empty.'));
        if (task === undefined) throw invalidParameter('The referenced task was not found.');
        engine.stop(task, { stopCode: 'UserInitiated', stoppedReason: text(input, 'reason') ?? 'Task stopped by user' });
        return { task: taskShape(task) };
      },
    },
    DescribeTasks: {
      resources: (input) => texts(input, 'tasks').map((reference) => taskArn(input, reference)),
      handle: (input) => {
        const references = texts(input, 'tasks');
        if (references.length === 0) throw invalidParameter('Tasks cannot be empty.');
        if (references.length > DESCRIBE_MAX) throw invalidParameter(`Tasks cannot have more than ${DESCRIBE_MAX} elements.`);
        const cluster = clusterOf(world, input);
        const include = texts(input, 'include');
        const found = references.map((reference) => ({ reference, task: findTask(cluster, reference) }));
        return {
          tasks: found.flatMap(({ task }) => (task === undefined ? [] : [taskShape(task, include)])),
          failures: found.flatMap(({ reference, task }) =>
            task === undefined ? [{ arn: world.region.arn('ecs', `task/${cluster.name}/${lastPartOf(reference)}`), reason: 'MISSING' }] : [],
          ),
        };
      },
    },
    ListTasks: { handle: (input) => listTasks(parts, input) },
  };
}

function listTasks({ world }: EcsParts, input: AwsShape): AwsShape {
  const cluster = clusterOf(world, input);
  const desiredStatus = choice(input, 'desiredStatus', ['RUNNING', 'PENDING', 'STOPPED']) ?? 'RUNNING';
  const startedBy = text(input, 'startedBy');
  const serviceName = text(input, 'serviceName');
  const family = text(input, 'family');
  const launchType = choice(input, 'launchType', ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES']);
  if (startedBy !== undefined && (serviceName !== undefined || family !== undefined)) {
    throw invalidParameter('startedBy cannot be combined with another filter than desiredStatus.');
  }
  if (text(input, 'containerInstance') !== undefined) throw invalidParameter('Container instance not found.');
  const group = serviceName === undefined ? undefined : `service:${filteredService(cluster, serviceName).name}`;
  const isListed = (task: TaskRecord): boolean =>
    // AWS never sets a desired status of PENDING, so that filter finds nothing.
    task.desiredStatus === desiredStatus &&
    (startedBy === undefined || task.startedBy === startedBy) &&
    (group === undefined || task.group === group) &&
    (family === undefined || task.workload.taskDefinition.family === family) &&
    (launchType === undefined || task.launchType === launchType);
  const page = pageOf(
    [...cluster.tasks.values()].filter(isListed).map((task) => task.arn),
    input,
    LIST_PAGE_MAX,
  );
  return { taskArns: page.items, nextToken: page.nextToken };
}
