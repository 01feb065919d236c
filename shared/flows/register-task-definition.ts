// Step RegisterTaskDefinition: blue's task definition with the pushed image, by digest. Registering is not idempotent in ECS, so
// an equal newest revision, which a killed first try may have left, is adopted.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { isSameTaskDefinition, withImage } from '#core/task-definition/with-image.ts';
import { PermanentError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { WorkflowInput } from '#ports/workflow.ts';
import { recordEvents } from './change-deployment.ts';
import { loadHeld } from './held-deployment.ts';

export async function registerTaskDefinition(ports: Ports, input: WorkflowInput): Promise<StepAnswer> {
  const held = await loadHeld(ports, input);
  if (held === undefined) return stop;
  const { plan, request, status, taskDefinitionArn } = held.deployment;
  if (isTerminal(status)) return { next: { kind: 'conclude' } };
  if (taskDefinitionArn !== undefined) return { next: { kind: 'startTrafficShift' } };
  if (plan === undefined) throw new PermanentError('RegisterTaskDefinition ran before Plan');

  const blue = await ports.ecs.describeTaskDefinition(plan.blue.taskDefinitionArn);
  if (blue === undefined) throw new PermanentError(`the serving task definition ${plan.blue.taskDefinitionArn} does not exist any more`);
  const wanted = withImage(blue, plan.containerName, ports.images.reference(request.registry, request.repository, request.digest));
  if (wanted === undefined) throw new PermanentError(`the serving task definition has no container named ${plan.containerName}`);
  const newest = await ports.ecs.describeTaskDefinition(String(blue['family']));
  const adopted = newest !== undefined && newest['taskDefinitionArn'] !== plan.blue.taskDefinitionArn && isSameTaskDefinition(newest, wanted);
  const arn = adopted ? String(newest['taskDefinitionArn']) : await ports.ecs.registerTaskDefinition(wanted);
  await recordEvents(ports, held, [{ type: 'TaskDefinitionRegistered', taskDefinitionArn: arn, adopted }]);
  return { next: { kind: 'startTrafficShift' } };
}
