// Ends the tasks of revisions a deployment leaves behind.
import type { ServiceRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { unsettle } from '../scheduler/stability.ts';
import type { ServiceRevisionRecord } from './deployment-records.ts';

/** Every task set of the service that runs none of `kept` begins to drain. */
export function drainOthers(world: EcsWorld, service: ServiceRecord, kept: readonly ServiceRevisionRecord[]): void {
  for (const taskSet of service.taskSets) {
    if (taskSet.status === 'DRAINING' || kept.some((revision) => revision.taskSet === taskSet)) continue;
    taskSet.status = 'DRAINING';
    taskSet.scalePercent = 0;
    unsettle(world, taskSet);
  }
}

/**
 * Whether nothing else runs any more. Tasks whose targets still drain are DEACTIVATING, no longer RUNNING: as on AWS a clean-up
 * does not wait for the whole deregistration delay.
 */
export function drained(service: ServiceRecord, ...kept: readonly ServiceRevisionRecord[]): boolean {
  return service.taskSets.every(
    (taskSet) => kept.some((revision) => revision.taskSet === taskSet) || [...taskSet.tasks].every((task) => task.desiredStatus === 'STOPPED'),
  );
}
