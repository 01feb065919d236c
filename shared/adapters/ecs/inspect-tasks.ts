// A service's tasks, running and lately stopped, for a person who looks. ECS forgets stopped tasks after about an hour.
import { DescribeTasksCommand, type DesiredStatus, type ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { type InspectedTask, TASKS_INSPECTED_MAX } from '#ports/inspection.ts';
import { callAws } from '../operating-error.ts';
import { describedTask } from './aws-tasks.ts';

/** At most TASKS_INSPECTED_MAX of those that run or start, and as many of those that stopped. */
export async function inspectTasks(client: ECSClient, cluster: string, service: string): Promise<readonly InspectedTask[]> {
  const [running, stopped] = await Promise.all([tasksOf(client, cluster, service, 'RUNNING'), tasksOf(client, cluster, service, 'STOPPED')]);
  return [...running, ...stopped];
}

async function tasksOf(client: ECSClient, cluster: string, service: string, desiredStatus: DesiredStatus): Promise<readonly InspectedTask[]> {
  const { taskArns = [] } = await callAws(`list the tasks of ${cluster}/${service}`, () =>
    client.send(new ListTasksCommand({ cluster, serviceName: service, desiredStatus, maxResults: TASKS_INSPECTED_MAX })),
  );
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await callAws(`describe the tasks of ${cluster}/${service}`, () =>
    client.send(new DescribeTasksCommand({ cluster, tasks: taskArns })),
  );
  return tasks.map((task) => ({
    ...describedTask(task),
    taskId: task.taskArn?.split('/').at(-1) ?? '',
    createdAt: task.createdAt?.getTime(),
    startedAt: task.startedAt?.getTime(),
  }));
}
