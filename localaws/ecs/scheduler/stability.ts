// Steady state, as AWS defines it for task sets and services, and what AWS says when it is reached.
import type { ServiceRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { STEADY_EVENT_REPEAT_MS } from '../limits.ts';
import { addServiceEvent, emitServiceAction } from '../services/service-events.ts';
import { isServing } from './task-condition.ts';

/** What was steady is no longer, as soon as something else is asked of it: nobody may see the old answer with the new wish. */
export function unsettle(world: EcsWorld, taskSet: TaskSetRecord): void {
  if (taskSet.stabilityStatus === 'STABILIZING') return;
  taskSet.stabilityStatus = 'STABILIZING';
  taskSet.stabilityStatusAt = world.region.clock.now();
}

/** Judges a task set after a look; STEADY_STATE is announced when it begins. */
export function settleStability(world: EcsWorld, taskSet: TaskSetRecord): void {
  const isSteady = isSteadyTaskSet(taskSet);
  const status = isSteady ? 'STEADY_STATE' : 'STABILIZING';
  if (taskSet.stabilityStatus === status) return;
  const now = world.region.clock.now();
  taskSet.stabilityStatus = status;
  taskSet.stabilityStatusAt = now;
  taskSet.updatedAt = now;
  if (!isSteady || taskSet.service.controller === 'ECS') return;
  addServiceEvent(world, taskSet.service, `(service ${taskSet.service.name}, taskSet ${taskSet.id}) has reached a steady state.`);
  emitServiceAction(world, taskSet.service, 'INFO', 'TASKSET_STEADY_STATE', { taskSetArns: [taskSet.arn] });
}

function isSteadyTaskSet(taskSet: TaskSetRecord): boolean {
  if (taskSet.status === 'DRAINING') return false;
  const wanted = [...taskSet.tasks].filter((task) => task.desiredStatus === 'RUNNING');
  return wanted.length === taskSet.computedDesiredCount && wanted.every(isServing);
}

/** The service as a whole is steady when all its task sets are; said when it begins and every six hours. */
export function announceSteadyService(world: EcsWorld, service: ServiceRecord): void {
  const now = world.region.clock.now();
  const isDeploying = service.controller === 'ECS' && service.taskSets.some((taskSet) => taskSet.rollout.state === 'IN_PROGRESS');
  const isSteady = service.status === 'ACTIVE' && !isDeploying && service.taskSets.every((taskSet) => taskSet.stabilityStatus === 'STEADY_STATE');
  if (!isSteady) {
    service.steadyAnnouncedAt = undefined;
    return;
  }
  if (service.steadyAnnouncedAt !== undefined && now - service.steadyAnnouncedAt < STEADY_EVENT_REPEAT_MS) return;
  service.steadyAnnouncedAt = now;
  addServiceEvent(world, service, `(service ${service.name}) has reached a steady state.`);
  emitServiceAction(world, service, 'INFO', 'SERVICE_STEADY_STATE');
}
