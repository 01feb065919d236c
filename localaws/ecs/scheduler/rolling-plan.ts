// The rolling deployment of the ECS controller: within minimumHealthyPercent and maximumPercent the primary deployment
// grows and the others shrink.
import type { AwsShape } from '../../region.ts';
import type { ServiceRecord, TaskRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { HEALTHY_AFTER_RUNNING_MS } from '../limits.ts';
import { hasHealthCheck } from '../tasks/container-health.ts';
import { isServing } from './task-condition.ts';

/** Whether the service's tasks are replaced by rolling; else each task set has its own scale. */
export function isRolling(service: ServiceRecord): boolean {
  return service.controller === 'ECS' && service.status === 'ACTIVE' && (service.deployments.at(-1)?.strategy ?? 'ROLLING') === 'ROLLING';
}

/** Sets the desired count of every deployment of a service for this look. */
export function planRolling(world: EcsWorld, service: ServiceRecord): void {
  const now = world.region.clock.now();
  const { desiredCount } = service;
  const most = Math.max(1, Math.floor((desiredCount * Number(service.deploymentConfiguration['maximumPercent'])) / 100));
  const least = Math.ceil((desiredCount * Number(service.deploymentConfiguration['minimumHealthyPercent'])) / 100);
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  const others = service.taskSets.filter((taskSet) => taskSet !== primary);
  if (primary?.scalePercent === 0) {
    waitForScaleUp(primary, others, desiredCount);
    return;
  }
  // What has failed, or was aborted, is neither rolled on nor back until a deployment says so.
  if (primary?.rollout.state === 'FAILED') return;
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

/** The new deployment has not come to SCALE_UP: what runs goes on running, at the count the service now wants. */
function waitForScaleUp(primary: TaskSetRecord, others: readonly TaskSetRecord[], desiredCount: number): void {
  primary.computedDesiredCount = 0;
  const alive = others.filter((taskSet) => taskSet.status !== 'DRAINING');
  const [only] = alive;
  if (only !== undefined && alive.length === 1) only.computedDesiredCount = desiredCount;
}

/** Whether the primary runs alone and steadily: the deployment is complete. */
export function isRolledOut(service: ServiceRecord): boolean {
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  return (
    primary !== undefined &&
    service.taskSets.length === 1 &&
    primary.stabilityStatus === 'STEADY_STATE' &&
    primary.scalePercent > 0 &&
    primary.computedDesiredCount === service.desiredCount
  );
}

/** Whether earlySuccessCriteria end the deployment already: enough healthy tasks, and with BLOCKING none of the old ones. */
export function isRolledOutEarly(world: EcsWorld, service: ServiceRecord): boolean {
  const criteria: AwsShape | undefined = service.deploymentConfiguration['earlySuccessCriteria'];
  const primary = service.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  if (criteria?.['enable'] !== true || primary === undefined || primary.scalePercent === 0) return false;
  if (criteria['sourceServiceRevisionCleanup'] === 'BLOCKING' && service.taskSets.length > 1) return false;
  const now = world.region.clock.now();
  const healthy = [...primary.tasks].filter((task) => isHealthy(task, now)).length;
  return healthy >= Math.ceil((service.desiredCount * Number(criteria['healthyPercent'])) / 100);
}

/** Whether a task counts as healthy; one that nobody checks does 40 seconds after it runs. */
export function isHealthy(task: TaskRecord, now: number): boolean {
  if (!isServing(task)) return false;
  const isChecked = task.targets.length > 0 || task.containers.some((container) => hasHealthCheck(container.definition));
  return isChecked || now - (task.times.startedAt ?? now) >= HEALTHY_AFTER_RUNNING_MS;
}
