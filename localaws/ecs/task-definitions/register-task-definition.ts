// RegisterTaskDefinition: AWS's rules for the task as a whole, and the next revision of its family.
import type { AwsShape, Call } from '../../region.ts';
import type { TaskDefinitionRecord } from '../ecs-records.ts';
import { callerArn, type EcsWorld, isResourceName } from '../ecs-world.ts';
import { choice, clientError, structure, structures, text, texts, whole } from '../input-members.ts';
import { CONTAINERS_PER_TASK_MAX, TASK_DEFINITION_BYTES_MAX } from '../limits.ts';
import { tagsOf } from '../tag-list.ts';
import { circularDependency } from '../tasks/container-order.ts';
import { checkContainer, type TaskRules } from './container-rules.ts';
import { definitionShape, type Sizes } from './definition-shape.ts';
import { parseCpu, parseMemory, requireFargateSize } from './task-size.ts';

const COMPATIBILITIES = ['EC2', 'FARGATE', 'EXTERNAL', 'MANAGED_INSTANCES'];
const EPHEMERAL_STORAGE = { min: 21, max: 200 };

/** Registers the next revision. @throws AwsError ClientException, InvalidParameterException. */
export function registerTaskDefinition(world: EcsWorld, input: AwsShape, call: Call): TaskDefinitionRecord {
  const family = text(input, 'family') ?? '';
  if (family === '') throw clientError('Family should not be null or empty.');
  if (!isResourceName(family)) throw clientError('Family contains invalid characters.');
  const containers = structures(input, 'containerDefinitions');
  if (containers.length === 0) throw clientError('Container list cannot be empty.');
  if (containers.length > CONTAINERS_PER_TASK_MAX) throw clientError(`Container list exceeds the maximum of ${CONTAINERS_PER_TASK_MAX}.`);
  if (JSON.stringify(input).length > TASK_DEFINITION_BYTES_MAX) throw clientError('Actual length of task definition exceeds the maximum of 65536 bytes.');
  const tags = tagsOf(input);
  const sizes = checkTask(input, containers);
  const { region } = world;
  const revisions = world.families.get(family) ?? [];
  const revision = (revisions.at(-1)?.revision ?? 0) + 1;
  const record: TaskDefinitionRecord = {
    arn: region.arn('ecs', `task-definition/${family}:${revision}`),
    family,
    revision,
    status: 'ACTIVE',
    shape: definitionShape(input, containers, sizes),
    registeredAt: region.clock.now(),
    registeredBy: callerArn(world, call),
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    tags,
  };
  world.families.set(family, [...revisions, record]);
  return record;
}

function checkTask(input: AwsShape, containers: readonly AwsShape[]): Sizes {
  const wanted = texts(input, 'requiresCompatibilities');
  const unknown = wanted.find((compatibility) => !COMPATIBILITIES.includes(compatibility));
  if (unknown !== undefined) throw clientError(`Invalid compatibility: ${unknown}`);
  const isFargate = wanted.includes('FARGATE');
  const networkMode = choice(input, 'networkMode', ['bridge', 'host', 'awsvpc', 'none']);
  const cpuText = text(input, 'cpu');
  const memoryText = text(input, 'memory');
  const sizes = { cpu: cpuText === undefined ? undefined : parseCpu(cpuText), memory: memoryText === undefined ? undefined : parseMemory(memoryText) };
  if (isFargate) {
    if (networkMode !== 'awsvpc') throw clientError('Fargate only supports network mode ‘awsvpc’.');
    requireFargateSize(sizes.cpu, sizes.memory);
  }
  choice(input, 'pidMode', ['host', 'task']);
  choice(input, 'ipcMode', ['host', 'task', 'none']);
  checkPlatform(input);
  for (const role of ['taskRoleArn', 'executionRoleArn'] as const) {
    const arn = text(input, role);
    if (arn !== undefined && arn !== '' && arn.startsWith('arn:') && !/^arn:[^:]+:iam::\d{12}:role\/.+/.test(arn))
      throw clientError(`Role is not valid: ${arn}`);
  }
  const volumes = structures(input, 'volumes').map((volume) => text(volume, 'name') ?? '');
  if (new Set(volumes).size !== volumes.length) throw clientError('Duplicate volume name in task definition.');
  const rules: TaskRules = {
    networkMode,
    isFargate,
    memory: sizes.memory,
    hasExecutionRole: (text(input, 'executionRoleArn') ?? '') !== '',
    volumeNames: new Set(volumes),
    containerNames: new Set(containers.map((container) => text(container, 'name') ?? '')),
  };
  for (const container of containers) checkContainer(container, rules);
  checkContainersTogether(containers, rules, sizes);
  return sizes;
}

function checkPlatform(input: AwsShape): void {
  const platform = structure(input, 'runtimePlatform');
  if (platform !== undefined) {
    choice(platform, 'cpuArchitecture', ['X86_64', 'ARM64']);
    const family = text(platform, 'operatingSystemFamily');
    if (family !== undefined && family !== 'LINUX' && !family.startsWith('WINDOWS_SERVER_')) throw clientError(`Invalid operatingSystemFamily: ${family}`);
  }
  const storage = structure(input, 'ephemeralStorage');
  if (storage !== undefined && whole(storage, 'sizeInGiB', EPHEMERAL_STORAGE) === undefined)
    throw clientError('EphemeralStorage.sizeInGiB should not be null.');
}

function checkContainersTogether(containers: readonly AwsShape[], rules: TaskRules, sizes: Sizes): void {
  if (rules.containerNames.size !== containers.length) throw clientError('Container names must be unique within a task definition.');
  if (containers.every((container) => container['essential'] === false)) {
    throw clientError('Invalid task definition: at least one container must be essential.');
  }
  const circular = circularDependency(containers);
  if (circular !== undefined) throw clientError(`Invalid task definition: container '${circular}' has a circular dependency.`);
  const cpu = containers.reduce((sum, container) => sum + Number(container['cpu'] ?? 0), 0);
  if (sizes.cpu !== undefined && cpu > sizes.cpu) throw clientError(`The 'cpu' of the containers (${cpu}) exceeds the 'cpu' of the task (${sizes.cpu}).`);
  const memory = containers.reduce((sum, container) => sum + Number(container['memoryReservation'] ?? container['memory'] ?? 0), 0);
  if (sizes.memory !== undefined && memory > sizes.memory) {
    throw clientError(`The memory of the containers (${memory}) exceeds the 'memory' of the task (${sizes.memory}).`);
  }
  const ports = containers.flatMap((container) =>
    structures(container, 'portMappings').map((mapping) => `${String(mapping['containerPort'])}/${String(mapping['protocol'] ?? 'tcp')}`),
  );
  if (
    rules.networkMode === 'awsvpc' &&
    new Set(ports.filter((port) => !port.startsWith('undefined'))).size !== ports.filter((port) => !port.startsWith('undefined')).length
  ) {
    throw clientError('Container ports must be unique within a task definition with networkMode=awsvpc.');
  }
}
