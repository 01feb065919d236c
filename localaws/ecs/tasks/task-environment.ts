// What ECS itself puts in every container's environment; here also where the local AWS is, since that is what replaces the
// real one for the SDKs inside.
import type { Principal } from '../../region.ts';
import type { TaskRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';

/** Who pulls images and writes logs for a task: its execution role, or ECS itself where there is none. */
export function executionPrincipal(task: TaskRecord): Principal {
  const roleArn: string | undefined = task.overrides['executionRoleArn'] ?? task.workload.taskDefinition.shape['executionRoleArn'];
  return roleArn === undefined ? { kind: 'service', service: 'ecs-tasks.amazonaws.com' } : { kind: 'role', roleArn, sessionName: task.id };
}

export function taskEnvironment(world: EcsWorld, task: TaskRecord): Record<string, string> {
  const { region } = world;
  const environment: Record<string, string> = {
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
    AWS_REGION: region.name,
    AWS_DEFAULT_REGION: region.name,
    AWS_ENDPOINT_URL: region.internalUrl,
  };
  const roleArn: string | undefined = task.overrides['taskRoleArn'] ?? task.workload.taskDefinition.shape['taskRoleArn'];
  if (roleArn === undefined) return environment;
  // AWS hands these out over the container credentials endpoint; the chain of every SDK takes them from the environment too.
  const credentials = region.credentialsFor(roleArn, task.id);
  return {
    ...environment,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
  };
}
