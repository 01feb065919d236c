// Step RegisterTaskDefinition: blue's task definition with the pushed image, by digest. Registering is not idempotent in ECS, so
// an equal newest revision, which a killed first try may have left, is adopted.

import { type StepAnswer, stop } from '#contracts/workflow.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import { isSameTaskDefinition, withImage } from '#core/task-definition/with-image.ts';
import { withMemory } from '#core/task-definition/with-memory.ts';
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

  const change = request.remedy?.taskDefinition;
  const baseArn = change?.kind === 'revision' ? change.taskDefinitionArn : plan.blue.taskDefinitionArn;
  const base = await ports.ecs.describeTaskDefinition(baseArn);
  if (base === undefined) throw new PermanentError(`the task definition ${baseArn} does not exist any more`);
  const based = change?.kind === 'memory' ? withMemory(base, change) : base;
  const wanted = withImage(based, plan.containerName, ports.images.reference(request.registry, request.repository, request.digest));
  if (wanted === undefined) throw new PermanentError(`the task definition has no container named ${plan.containerName}`);
  const newest = await ports.ecs.describeTaskDefinition(String(base['family']));
  const adopted = newest !== undefined && newest['taskDefinitionArn'] !== plan.blue.taskDefinitionArn && isSameTaskDefinition(newest, wanted);
  const arn = adopted ? String(newest['taskDefinitionArn']) : await ports.ecs.registerTaskDefinition(wanted);
  await recordEvents(ports, held, [{ type: 'TaskDefinitionRegistered', taskDefinitionArn: arn, adopted }]);
  return { next: { kind: 'startTrafficShift' } };
}
