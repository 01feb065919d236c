// CodeDeploy Deployment State-change Notification. Read by the deployment-state-changed subscriber as a hint to look: it says nothing
// of steps, errors or rollbacks, and a rollback announces itself as the START of another deployment.
import * as z from 'zod';
import { eventEnvelope, eventOrigin } from './event-envelope.ts';
import { type Parsed, parseWith } from './parse-with.ts';
import { codedeployDeploymentId, identifier, openEnum } from './wire-types.ts';

/** Source: EventBridge schema of aws.codedeploy; of the states only SUCCESS is in AWS's own sample, the others are unverified. */
const deploymentStateChange = eventEnvelope(
  'aws.codedeploy',
  'CodeDeploy Deployment State-change Notification',
  z.object({
    application: identifier,
    deploymentGroup: identifier,
    deploymentId: codedeployDeploymentId,
    state: openEnum<'START' | 'SUCCESS' | 'FAILURE' | 'STOP' | 'READY'>(),
  }),
).transform((event) => ({ ...eventOrigin(event), ...event.detail }));

export type DeploymentStateChangedEvent = z.output<typeof deploymentStateChange>;

export function parseDeploymentStateChangedEvent(input: unknown): Parsed<DeploymentStateChangedEvent> {
  return parseWith(deploymentStateChange, input);
}
