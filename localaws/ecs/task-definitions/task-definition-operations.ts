// The task definition operations: register, describe, list, deregister, delete.
import { copyShape } from '../../copy-shape.ts';
import { AwsError } from '../../endpoint/aws-error.ts';
import type { AwsShape, Operation } from '../../region.ts';
import type { TaskDefinitionRecord } from '../ecs-records.ts';
import { type EcsParts, type EcsWorld, findTaskDefinition } from '../ecs-world.ts';
import { choice, clientError, invalidParameter, text, texts } from '../input-members.ts';
import { LIST_PAGE_MAX } from '../limits.ts';
import { pageOf } from '../list-pages.ts';
import { registerTaskDefinition } from './register-task-definition.ts';

const DELETED_AT_ONCE_MAX = 10;

export function taskDefinitionOperations({ world }: EcsParts): Record<string, Operation> {
  return {
    RegisterTaskDefinition: {
      resources: (input) => [world.region.arn('ecs', `task-definition/${String(input['family'])}:*`)],
      handle: (input, call) => {
        const record = registerTaskDefinition(world, input, call);
        return { taskDefinition: taskDefinitionShape(record), tags: copyShape(record.tags) };
      },
    },
    DescribeTaskDefinition: {
      handle: (input) => {
        const record = requireTaskDefinition(world, input);
        return { taskDefinition: taskDefinitionShape(record), ...(texts(input, 'include').includes('TAGS') ? { tags: copyShape(record.tags) } : {}) };
      },
    },
    DeregisterTaskDefinition: {
      handle: (input) => {
        if (!/:\d+$/.test(text(input, 'taskDefinition') ?? '')) throw invalidParameter('Missing revision in task definition.');
        const record = requireTaskDefinition(world, input);
        if (record.status === 'ACTIVE') {
          record.status = 'INACTIVE';
          record.deregisteredAt = world.region.clock.now();
        }
        return { taskDefinition: taskDefinitionShape(record) };
      },
    },
    DeleteTaskDefinitions: {
      resources: (input) => texts(input, 'taskDefinitions').map((reference) => findTaskDefinition(world, reference)?.arn ?? '*'),
      handle: (input) => deleteTaskDefinitions(world, input),
    },
    ListTaskDefinitions: { handle: (input) => listTaskDefinitions(world, input) },
    ListTaskDefinitionFamilies: { handle: (input) => listFamilies(world, input) },
  };
}

/** The TaskDefinition of the API. */
export function taskDefinitionShape(record: TaskDefinitionRecord): AwsShape {
  return {
    ...copyShape(record.shape),
    taskDefinitionArn: record.arn,
    revision: record.revision,
    status: record.status,
    registeredAt: new Date(record.registeredAt),
    registeredBy: record.registeredBy,
    ...(record.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(record.deregisteredAt) }),
    ...(record.deleteRequestedAt === undefined ? {} : { deleteRequestedAt: new Date(record.deleteRequestedAt) }),
  };
}

/** @throws AwsError ClientException, with the one text AWS has for every kind of absence. */
function requireTaskDefinition(world: EcsWorld, input: AwsShape): TaskDefinitionRecord {
  const reference = text(input, 'taskDefinition') ?? '';
  if (reference === '') throw clientError('TaskDefinition should not be null or empty.');
  const record = findTaskDefinition(world, reference);
  if (record === undefined) throw clientError('Unable to describe task definition.');
  return record;
}

function deleteTaskDefinitions(world: EcsWorld, input: AwsShape): AwsShape {
  const references = texts(input, 'taskDefinitions');
  if (references.length === 0 || references.length > DELETED_AT_ONCE_MAX)
    throw invalidParameter(`TaskDefinitions must have between 1 and ${DELETED_AT_ONCE_MAX} items.`);
  const taskDefinitions: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (const reference of references) {
    const record = findTaskDefinition(world, reference);
    if (record === undefined) {
      failures.push({ arn: reference, reason: 'MISSING', detail: 'The specified task definition was not found. Specify a valid name or ARN and try again.' });
    } else if (record.status === 'ACTIVE') {
      failures.push({
        arn: record.arn,
        reason: 'INVALID',
        detail: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
    } else {
      record.status = 'DELETE_IN_PROGRESS';
      record.deleteRequestedAt = world.region.clock.now();
      taskDefinitions.push(taskDefinitionShape(record));
    }
  }
  return { taskDefinitions, failures };
}

function listTaskDefinitions(world: EcsWorld, input: AwsShape): AwsShape {
  const familyPrefix = text(input, 'familyPrefix');
  const status = choice(input, 'status', ['ACTIVE', 'INACTIVE', 'DELETE_IN_PROGRESS']) ?? 'ACTIVE';
  const isDescending = choice(input, 'sort', ['ASC', 'DESC']) === 'DESC';
  // Despite its name the prefix is the whole family name.
  const families = [...world.families.keys()].filter((family) => familyPrefix === undefined || family === familyPrefix).sort();
  const arns = families.flatMap((family) => (world.families.get(family) ?? []).filter((record) => record.status === status).map((record) => record.arn));
  const page = pageOf(isDescending ? arns.reverse() : arns, input, LIST_PAGE_MAX);
  return { taskDefinitionArns: page.items, nextToken: page.nextToken };
}

function listFamilies(world: EcsWorld, input: AwsShape): AwsShape {
  const familyPrefix = text(input, 'familyPrefix') ?? '';
  const status = choice(input, 'status', ['ACTIVE', 'INACTIVE', 'ALL']) ?? 'ALL';
  const families = [...world.families.entries()]
    .filter(([family, records]) => {
      const isActive = records.some((record) => record.status === 'ACTIVE');
      return family.startsWith(familyPrefix) && (status === 'ALL' || isActive === (status === 'ACTIVE'));
    })
    .map(([family]) => family)
    .sort();
  const page = pageOf(families, input, LIST_PAGE_MAX);
  return { families: page.items, nextToken: page.nextToken };
}

/** The task definition that a service, task set or task is to run. @throws AwsError ClientException. */
export function runnableTaskDefinition(world: EcsWorld, input: AwsShape): TaskDefinitionRecord {
  const reference = text(input, 'taskDefinition') ?? '';
  if (reference === '') throw new AwsError('InvalidParameterException', 'TaskDefinition can not be blank.');
  const record = findTaskDefinition(world, reference);
  if (record === undefined) throw clientError('TaskDefinition not found.');
  if (record.status !== 'ACTIVE') throw clientError('TaskDefinition is inactive');
  return record;
}
