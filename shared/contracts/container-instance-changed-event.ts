// ECS Container Instance State Change. Read by the container-instance-changed subscriber, whose rule lets only instances through that
// lost their agent or are not ACTIVE. At least once and in any order: `version` grows with every change of an instance.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { clusterOf } from './resource-names.ts';
import { identifier, openEnum, reasonText } from './wire-types.ts';

/** Source: ECS developer guide, "Amazon ECS container instance state change events". */
const containerInstanceChange = eventEnvelope(
  'aws.ecs',
  'ECS Container Instance State Change',
  z.object({
    containerInstanceArn: identifier,
    clusterArn: identifier,
    ec2InstanceId: identifier.optional(),
    status: openEnum<'ACTIVE' | 'DRAINING' | 'REGISTERING' | 'REGISTRATION_FAILED' | 'DEREGISTERING' | 'INACTIVE'>(),
    statusReason: reasonText.optional(),
    agentConnected: z.boolean(),
    version: z.number().int().nonnegative(),
  }),
).transform((event) => ({ ...eventOrigin(event), ...event.detail, cluster: clusterOf(event.detail.clusterArn) }));

export type ContainerInstanceChangedEvent = z.output<typeof containerInstanceChange>;

export function parseContainerInstanceChangedEvent(input: unknown): Parsed<ContainerInstanceChangedEvent> {
  return parseWith(containerInstanceChange, input);
}
