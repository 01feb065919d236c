// What a task definition may ask for that the local AWS cannot give. Such a task fails to start with ECS's own error
// category and a text that says so: never a container that runs without its secrets or files.
import type { TaskRecord } from '../ecs-records.ts';
import { StartFailure } from '../runtime/task-runtime.ts';

/** @throws StartFailure ResourceInitializationError. */
export function checkResources(task: TaskRecord): void {
  for (const { name, definition } of task.containers) {
    const secrets: unknown[] = [...(definition['secrets'] ?? []), ...(definition['logConfiguration']?.['secretOptions'] ?? [])];
    if (secrets.length > 0) {
      throw new StartFailure(
        'ResourceInitializationError',
        `unable to pull secrets or registry auth: execution resource retrieval failed: localaws: the secrets of container ${name} cannot be read here, there is no Secrets Manager and no Parameter Store`,
      );
    }
    if ((definition['environmentFiles'] ?? []).length > 0) {
      throw new StartFailure(
        'ResourceInitializationError',
        `failed to download env files: localaws: the environment files of container ${name} cannot be read here, there is no S3`,
      );
    }
  }
  const volumes: readonly Record<string, unknown>[] = task.workload.taskDefinition.shape['volumes'] ?? [];
  const remote = volumes.find((volume) =>
    ['efsVolumeConfiguration', 'fsxWindowsFileServerVolumeConfiguration', 's3filesVolumeConfiguration'].some((kind) => volume[kind] !== undefined),
  );
  if (remote !== undefined) {
    throw new StartFailure(
      'ResourceInitializationError',
      `failed to set up volume ${String(remote['name'])}: localaws: network file systems are not available here`,
    );
  }
}
