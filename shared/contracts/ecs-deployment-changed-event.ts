// ECS Deployment State Change: ECS's own controller began, completed or failed a deployment. Read by the deployment-state-changed
// subscriber as a hint to look. At least once and in any order; it carries no version.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { serviceKeyOfArn } from './resource-names.ts';
import { identifier, openEnum, reasonText } from './wire-types.ts';

/** Source: ECS developer guide, "Amazon ECS service deployment state change events". The service is in `resources` only. */
const ecsDeploymentChange = eventEnvelope(
  'aws.ecs',
  'ECS Deployment State Change',
  z.object({
    eventType: openEnum<'INFO' | 'ERROR'>(),
    eventName: openEnum<'SERVICE_DEPLOYMENT_IN_PROGRESS' | 'SERVICE_DEPLOYMENT_COMPLETED' | 'SERVICE_DEPLOYMENT_FAILED'>(),
    deploymentId: identifier,
    reason: reasonText.optional(),
  }),
).transform((event, context) => {
  const serviceKey = serviceKeyOfArn(event.resources[0]);
  if (serviceKey === undefined) {
    context.addIssue({ code: 'custom', path: ['resources'], message: 'must begin with the ARN of a service that names its cluster' });
    return z.NEVER;
  }
  return { ...eventOrigin(event), ...event.detail, serviceKey };
});

export type EcsDeploymentChangedEvent = z.output<typeof ecsDeploymentChange>;

export function parseEcsDeploymentChangedEvent(input: unknown): Parsed<EcsDeploymentChangedEvent> {
  return parseWith(ecsDeploymentChange, input);
}
