// RunTask: tasks that belong to no service. Nothing replaces them.
import { copyShape } from '../../copy-shape.ts';
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape } from '../../region.ts';
import type { ClusterRecord, Tag, Workload } from '../ecs-records.ts';
import { clusterOf, type EcsParts } from '../ecs-world.ts';
import { canonical, choice, flag, invalidParameter, structure, structures, text, whole } from '../input-members.ts';
import { RUN_TASK_COUNT_MAX, RUN_TASK_TOKEN_KEPT_MS, RUN_TASK_TOKENS_MAX } from '../limits.ts';
import { workloadOf } from '../services/workload-input.ts';
import { mergedTags, tagsOf } from '../tag-list.ts';
import { taskShape } from './task-shape.ts';

const STARTED_BY_LENGTH_MAX = 128;
const TOKEN_LENGTH_MAX = 64;

/** Makes the operation; it remembers client tokens as AWS does. */
export function createRunTask(parts: EcsParts): (input: AwsShape) => AwsShape {
  const answers = new Map<string, { request: string; answer: AwsShape }>();
  const { clock } = parts.world.region;
  return (input) => {
    const token = text(input, 'clientToken');
    const { clientToken: _token, ...rest } = input;
    const request = canonical(rest);
    const known = token === undefined ? undefined : answers.get(token);
    if (known !== undefined) {
      if (known.request !== request) throw new AwsError('ConflictException', 'The client token was used with other parameters.');
      return known.answer;
    }
    if (token !== undefined && token.length > TOKEN_LENGTH_MAX) throw invalidParameter(`clientToken must be at most ${TOKEN_LENGTH_MAX} characters.`);
    const answer = runTasks(parts, input);
    if (token !== undefined && answers.size < RUN_TASK_TOKENS_MAX) {
      answers.set(token, { request, answer });
      clock.schedule(RUN_TASK_TOKEN_KEPT_MS, () => answers.delete(token), 'ecs run task token forgotten');
    }
    return answer;
  };
}

function runTasks(parts: EcsParts, input: AwsShape): AwsShape {
  const { world, engine } = parts;
  const cluster = clusterOf(world, input);
  const count = whole(input, 'count', { min: 1, max: RUN_TASK_COUNT_MAX }) ?? 1;
  const workload = workloadOf(world, cluster, { ...input, loadBalancers: undefined, serviceRegistries: undefined });
  const startedBy = text(input, 'startedBy');
  if (startedBy !== undefined && startedBy.length > STARTED_BY_LENGTH_MAX)
    throw invalidParameter(`startedBy can have at most ${STARTED_BY_LENGTH_MAX} characters.`);
  const group = text(input, 'group') ?? `family:${workload.taskDefinition.family}`;
  const overrides = overridesOf(input, workload);
  const tags = tagsForTask(input, workload, cluster);
  const tasks: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (let index = 0; index < count; index++) {
    const subnetId = subnetFor(workload, index);
    const answer = world.placement({ workload, subnetId, tasksByProvider: new Map() });
    if (answer.kind === 'refused') {
      if (answer.reason === 'NO_CONTAINER_INSTANCE') throw invalidParameter(answer.message);
      failures.push({ reason: answer.reason });
      continue;
    }
    const { launchType, capacityProviderName, availabilityZone } = answer;
    const enableExecuteCommand = flag(input, 'enableExecuteCommand') ?? false;
    const task = engine.launch({
      cluster,
      workload,
      taskSet: undefined,
      group,
      startedBy,
      overrides,
      launchType,
      capacityProviderName,
      availabilityZone,
      subnetId,
      enableExecuteCommand,
      tags,
    });
    tasks.push(taskShape(task, ['TAGS']));
  }
  return { tasks, failures };
}

function overridesOf(input: AwsShape, workload: Workload): AwsShape {
  const overrides = structure(input, 'overrides') ?? {};
  const names = new Set((workload.taskDefinition.shape['containerDefinitions'] as AwsShape[]).map((container) => container['name']));
  const unknown = structures(overrides, 'containerOverrides').find((override) => !names.has(override['name']));
  if (unknown !== undefined) throw invalidParameter(`Override for container named ${String(unknown['name'])} is not a container in the TaskDefinition.`);
  return copyShape(overrides);
}

function tagsForTask(input: AwsShape, workload: Workload, cluster: ClusterRecord): Tag[] {
  const propagated = choice(input, 'propagateTags', ['TASK_DEFINITION', 'SERVICE', 'NONE']);
  if (propagated === 'SERVICE') throw invalidParameter('SERVICE is not a valid value of propagateTags for RunTask.');
  const managed = flag(input, 'enableECSManagedTags') === true ? [{ key: 'aws:ecs:clusterName', value: cluster.name }] : [];
  return mergedTags([...managed, ...(propagated === 'TASK_DEFINITION' ? workload.taskDefinition.tags : [])], tagsOf(input));
}

/** Tasks take turns over the subnets given. */
export function subnetFor(workload: Workload, index: number): string {
  const subnets: string[] = workload.networkConfiguration?.['awsvpcConfiguration']?.['subnets'] ?? [];
  return subnets[index % Math.max(1, subnets.length)] ?? 'subnet-00000000000000000';
}
