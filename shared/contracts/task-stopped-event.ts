// ECS Task State Change. Read by the task-stopped subscriber, whose rule lets only stopped tasks through. At least once and in any
// order: `version` grows with every change of a task.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { identifier, imageDigest, isoTime, openEnum, reasonText } from './wire-types.ts';

/** Containers read from one task: a task definition holds at most 10, AWS adds its own. */
const TASK_CONTAINERS_MAX = 50;

type TaskStatus = 'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED' | 'DELETED';
/** Source: ECS API, TaskStopCode. */
type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

/** A container that never started has no exit code. */
const container = z.object({
  name: z.string().min(1).max(255),
  lastStatus: openEnum<TaskStatus>(),
  exitCode: z.number().int().nullish(),
  reason: reasonText.optional(),
  image: identifier.optional(),
  imageDigest: imageDigest.optional().catch(undefined),
});

/** Source: EventBridge schema of aws.ecs (required members) and ECS developer guide, "Amazon ECS task state change events". */
const taskStateChange = eventEnvelope(
  'aws.ecs',
  'ECS Task State Change',
  z.object({
    taskArn: identifier,
    clusterArn: identifier,
    taskDefinitionArn: identifier,
    lastStatus: openEnum<TaskStatus>(),
    desiredStatus: openEnum<'RUNNING' | 'STOPPED'>(),
    version: z.number().int().nonnegative(),
    containers: z.array(container).max(TASK_CONTAINERS_MAX),
    group: identifier.optional(),
    startedBy: identifier.optional(),
    stopCode: openEnum<StopCode>().optional(),
    stoppedReason: reasonText.optional(),
    capacityProviderName: identifier.optional(),
    createdAt: isoTime.optional().catch(undefined),
    startedAt: isoTime.optional().catch(undefined),
    stoppedAt: isoTime.optional().catch(undefined),
  }),
).transform((event) => ({
  ...eventOrigin(event),
  ...event.detail,
  cluster: event.detail.clusterArn.slice(event.detail.clusterArn.lastIndexOf('/') + 1),
  service: serviceOfGroup(event.detail.group),
}));

/** `service` is absent for tasks that belong to none. `startedBy` is the task set's id (`ecs-svc/...`): it joins a crash to blue or green. */
export type TaskStoppedEvent = z.output<typeof taskStateChange>;

export function parseTaskStoppedEvent(input: unknown): Parsed<TaskStoppedEvent> {
  return parseWith(taskStateChange, input);
}

/** A service's tasks have the group `service:NAME`. */
function serviceOfGroup(group: string | undefined): string | undefined {
  const prefix = 'service:';
  return group?.startsWith(prefix) && group.length > prefix.length ? group.slice(prefix.length) : undefined;
}
