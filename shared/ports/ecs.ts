// What is read from and registered with ECS itself.
import type { ServiceObservation } from '#core/preflight/plan.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';

export interface Ecs {
  /** undefined when there is no such service. */
  describeService(cluster: string, service: string): Promise<ServiceObservation | undefined>;
  /** By ARN or family (its newest active revision); undefined when there is none. */
  describeTaskDefinition(arnOrFamily: string): Promise<TaskDefinitionDocument | undefined>;
  /** Registers a revision; answers its ARN. Not idempotent: look for an equal newest revision first. */
  registerTaskDefinition(document: TaskDefinitionDocument): Promise<string>;
}
