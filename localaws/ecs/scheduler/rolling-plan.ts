// The rolling deployment of the ECS controller: within minimumHealthyPercent and maximumPercent the primary deployment
// grows and the others shrink.
import type { ServiceRecord, TaskRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { HEALTHY_AFTER_RUNNING_MS } from '../limits.ts';
import { addServiceEvent, emitDeploymentChange } from '../services/service-events.ts';
import { hasHealthCheck } from '../tasks/container-health.ts';
import { isServing } from './task-condition.ts';

/** Sets the desired count of every deployment of a service for this look. */
export function planRolling(world: EcsWorld, service: ServiceRecord): void {
  const now = world.region.clock.now();
  const { desiredCount } = service;
  const most = Math.max(1, Math.floor((desiredCount * Number(service.deploymentConfiguration['maximumPercent'])) / 100));
  const least = Math.ceil((desiredCount * Number(service.deploymentConfiguration['minimumHealthyPercent'])) / 100);
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  const others = service.taskSets.filter((taskSet) => taskSet !== primary);
  const wantedTasks = (taskSet: TaskSetRecord): TaskRecord[] => [...taskSet.tasks].filter((task) => task.desiredStatus === 'RUNNING');
  const healthy = service.taskSets.flatMap(wantedTasks).filter((task) => isHealthy(task, now)).length;
  let mayStop = Math.max(0, healthy - least);
  let othersLeft = 0;
  for (const taskSet of others) {
    const tasks = wantedTasks(taskSet);
    const healthyTasks = tasks.filter((task) => isHealthy(task, now)).length;
    // Unhealthy ones do no good: they go at once.
    const stopped = Math.min(healthyTasks, mayStop);
    mayStop -= stopped;
    taskSet.computedDesiredCount = Math.min(taskSet.computedDesiredCount, healthyTasks - stopped);
    if (taskSet.computedDesiredCount === 0) taskSet.status = 'DRAINING';
    othersLeft += tasks.length;
  }
  if (primary !== undefined) {
    const room = others.length === 0 ? desiredCount : Math.max(wantedTasks(primary).length, most - othersLeft);
    primary.computedDesiredCount = Math.min(desiredCount, room);
  }
}

/** Ends the deployment when the primary runs alone and steadily. */
export function settleRolling(world: EcsWorld, service: ServiceRecord): void {
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  if (primary === undefined || primary.rollout.state !== 'IN_PROGRESS') return;
  if (service.taskSets.length > 1 || primary.stabilityStatus !== 'STEADY_STATE' || primary.computedDesiredCount !== service.desiredCount) return;
  primary.rollout.state = 'COMPLETED';
  primary.rollout.reason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = world.region.clock.now();
  addServiceEvent(world, service, `(service ${service.name}) (deployment ${primary.id}) deployment completed.`);
  emitDeploymentChange(world, primary, 'INFO', 'SERVICE_DEPLOYMENT_COMPLETED');
}

function isHealthy(task: TaskRecord, now: number): boolean {
  if (!isServing(task)) return false;
  const isChecked = task.targets.length > 0 || task.containers.some((container) => hasHealthCheck(container.definition));
  return isChecked || now - (task.times.startedAt ?? now) >= HEALTHY_AFTER_RUNNING_MS;
}
