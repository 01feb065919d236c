// What a service tells: the messages in DescribeServices and the `ECS Service Action` events.
import type { AwsShape } from '../../region.ts';
import type { ServiceRecord, TaskRecord, TaskSetRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { SERVICE_EVENTS_MAX } from '../limits.ts';

/** Adds a message to the service's events; the oldest go. */
export function addServiceEvent(world: EcsWorld, service: ServiceRecord, message: string): void {
  service.events.unshift({ id: world.region.ids.uuid(), createdAt: world.region.clock.now(), message });
  if (service.events.length > SERVICE_EVENTS_MAX) service.events.length = SERVICE_EVENTS_MAX;
}

/** How AWS begins a message about a task set: deployments of the ECS controller go by the service's name alone. */
export function subjectOf(taskSet: TaskSetRecord): string {
  const { service } = taskSet;
  return service.controller === 'ECS' ? `(service ${service.name})` : `(service ${service.name}, taskSet ${taskSet.id})`;
}

export function taskList(tasks: readonly TaskRecord[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}

/** Sends `ECS Service Action`. */
export function emitServiceAction(
  world: EcsWorld,
  service: ServiceRecord,
  eventType: 'INFO' | 'WARN' | 'ERROR',
  eventName: string,
  members: AwsShape = {},
): void {
  const createdAt = new Date(world.region.clock.now()).toISOString();
  world.region.emit({
    source: 'aws.ecs',
    detailType: 'ECS Service Action',
    resources: [service.arn],
    detail: { eventType, eventName, clusterArn: service.cluster.arn, ...members, createdAt },
  });
}

/** Sends `ECS Deployment State Change`. */
export function emitDeploymentChange(world: EcsWorld, taskSet: TaskSetRecord, eventType: 'INFO' | 'ERROR', eventName: string): void {
  world.region.emit({
    source: 'aws.ecs',
    detailType: 'ECS Deployment State Change',
    resources: [taskSet.service.arn],
    detail: {
      eventType,
      eventName,
      deploymentId: taskSet.id,
      updatedAt: new Date(world.region.clock.now()).toISOString(),
      reason: taskSet.rollout.reason,
    },
  });
}
