// Makes a task set: CreateTaskSet's, the first one of a CODE_DEPLOY service, and the ones behind deployments of the ECS
// controller.
import type { ServiceRecord, Tag, TaskSetRecord, Workload } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';

/** Task set and deployment ids are `ecs-svc/` and a number of this length. */
const ID_DIGITS = 19;

export interface NewTaskSet {
  readonly workload: Workload;
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly scalePercent: number;
  readonly startedBy?: string;
  readonly externalId?: string;
  readonly clientToken?: string;
  readonly tags?: Tag[];
}

export function addTaskSet(world: EcsWorld, service: ServiceRecord, given: NewTaskSet): TaskSetRecord {
  const { region } = world;
  const id = `ecs-svc/${region.ids.digits(ID_DIGITS)}`;
  const now = region.clock.now();
  const taskSet: TaskSetRecord = {
    id,
    arn: region.arn('ecs', `task-set/${service.cluster.name}/${service.name}/${id}`),
    service,
    workload: given.workload,
    startedBy: given.startedBy,
    externalId: given.externalId,
    clientToken: given.clientToken,
    status: given.status,
    scalePercent: given.scalePercent,
    computedDesiredCount: 0,
    createdAt: now,
    updatedAt: now,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
    tags: given.tags ?? [],
    tasks: new Set(),
    startThrottle: { failedStarts: 0, pauses: 0, notBefore: 0, impairedAnnounced: false },
    imageDigests: new Map(),
    rollout: { state: 'IN_PROGRESS', reason: `ECS deployment ${id} in progress.`, failedTasks: 0 },
  };
  service.taskSets.push(taskSet);
  return taskSet;
}
