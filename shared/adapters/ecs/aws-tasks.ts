// The tasks of a service through the AWS SDK.
import { DescribeTasksCommand, type ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { type DescribedTask, RUNNING_TASKS_MAX, type RunningTask, type Tasks } from '#ports/tasks.ts';
import { callAws } from '../operating-error.ts';

/** Source: ECS API, ListTasks and DescribeTasks: at most 100 tasks in one call. */
const PAGE_SIZE = 100;

export function createAwsTasks(client: ECSClient): Tasks {
  return {
    async running(cluster, service) {
      const found: RunningTask[] = [];
      let nextToken: string | undefined;
      do {
        const page = await callAws(`list the tasks of ${cluster}/${service}`, () =>
          client.send(
            new ListTasksCommand({
              cluster,
              serviceName: service,
              desiredStatus: 'RUNNING',
              maxResults: PAGE_SIZE,
              ...(nextToken === undefined ? {} : { nextToken }),
            }),
          ),
        );
        const tasks = page.taskArns ?? [];
        if (tasks.length > 0) {
          const { tasks: described = [] } = await callAws(`describe the tasks of ${cluster}/${service}`, () =>
            client.send(new DescribeTasksCommand({ cluster, tasks })),
          );
          found.push(...described.filter((task) => task.lastStatus === 'RUNNING').map(runningTask));
        }
        nextToken = page.nextToken;
      } while (nextToken !== undefined && found.length < RUNNING_TASKS_MAX);
      return found;
    },
    async describe(cluster, taskId) {
      const { tasks = [] } = await callAws(`describe task ${taskId}`, () => client.send(new DescribeTasksCommand({ cluster, tasks: [taskId] })));
      return tasks[0] === undefined ? undefined : describedTask(tasks[0]);
    },
  };
}

export function describedTask(task: Task): DescribedTask {
  const {
    taskDefinitionArn = '',
    group,
    lastStatus = '',
    stoppedAt,
    stopCode,
    stoppedReason,
    containers,
    healthStatus,
    launchType,
    capacityProviderName,
  } = task;
  return {
    taskDefinitionArn,
    service: group?.startsWith('service:') === true ? group.slice('service:'.length) : undefined,
    lastStatus,
    stoppedAt: stoppedAt?.getTime(),
    stopCode,
    stoppedReason,
    containers: (containers ?? []).map(({ name = '', exitCode, reason }) => ({ name, exitCode, reason })),
    healthStatus,
    launchType,
    capacityProviderName,
  };
}

function runningTask(task: Task): RunningTask {
  return {
    taskDefinitionArn: task.taskDefinitionArn ?? '',
    digests: (task.containers ?? []).flatMap(({ name, imageDigest }) => (imageDigest === undefined ? [] : [{ container: name ?? '', digest: imageDigest }])),
  };
}
