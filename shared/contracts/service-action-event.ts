// ECS Service Action. Read by the service-action subscriber, whose rule lets only warnings and errors through. At least once and in
// any order; it carries no version, so its event id tells repeats apart.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { clusterOf, serviceOfArn } from './resource-names.ts';
import { identifier, openEnum, reasonText } from './wire-types.ts';

/** Capacity providers read from one event: a strategy has at most 20. Source: ECS API, CapacityProviderStrategyItem. */
const CAPACITY_PROVIDERS_MAX = 20;

type ServiceActionName =
  | 'SERVICE_TASK_PLACEMENT_FAILURE'
  | 'SERVICE_TASK_CONFIGURATION_FAILURE'
  | 'SERVICE_TASK_START_IMPAIRED'
  | 'SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED'
  | 'ECS_OPERATION_THROTTLED'
  | 'SERVICE_DISCOVERY_OPERATION_THROTTLED'
  | 'SERVICE_DISCOVERY_INSTANCE_UNHEALTHY'
  | 'VPC_LATTICE_TARGET_UNHEALTHY'
  | 'SERVICE_HEALTH_UNKNOWN'
  | 'SERVICE_STEADY_STATE'
  | 'TASKSET_STEADY_STATE';

/** Source: ECS developer guide, "Amazon ECS service action events". */
const serviceAction = eventEnvelope(
  'aws.ecs',
  'ECS Service Action',
  z.object({
    eventType: openEnum<'INFO' | 'WARN' | 'ERROR'>(),
    eventName: openEnum<ServiceActionName>(),
    clusterArn: identifier,
    reason: reasonText.optional(),
    capacityProviderArns: z.array(identifier).max(CAPACITY_PROVIDERS_MAX).default([]),
  }),
).transform((event) => ({
  ...eventOrigin(event),
  ...event.detail,
  cluster: clusterOf(event.detail.clusterArn),
  service: serviceOfArn(event.resources[0]),
  capacityProviders: event.detail.capacityProviderArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1)),
}));

export type ServiceActionEvent = z.output<typeof serviceAction>;

export function parseServiceActionEvent(input: unknown): Parsed<ServiceActionEvent> {
  return parseWith(serviceAction, input);
}
