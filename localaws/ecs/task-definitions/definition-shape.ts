// A task definition as AWS gives it back: all that was registered, with AWS's defaults, what it may run on, and the agent
// attributes it needs.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import { isFargateSize } from './task-size.ts';

/** Members of the request that come back as they were given. */
const TASK_MEMBERS = [
  'taskRoleArn',
  'executionRoleArn',
  'networkMode',
  'requiresCompatibilities',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'inferenceAccelerators',
  'ephemeralStorage',
  'runtimePlatform',
  'enableFaultInjection',
] as const;

export interface Sizes {
  readonly cpu: number | undefined;
  readonly memory: number | undefined;
}

export function definitionShape(input: AwsShape, containers: readonly AwsShape[], sizes: Sizes): AwsShape {
  const given: AwsShape = {};
  for (const member of TASK_MEMBERS) {
    if (input[member] !== undefined && input[member] !== null) given[member] = copyShape(input[member]);
  }
  const shape: AwsShape = {
    family: input['family'],
    ...given,
    containerDefinitions: containers.map((container) => containerShape(container, given['networkMode'])),
    volumes: copyShape(input['volumes'] ?? []).map((volume: AwsShape) => (Object.keys(volume).length === 1 ? { ...volume, host: {} } : volume)),
    placementConstraints: copyShape(input['placementConstraints'] ?? []),
  };
  if (sizes.cpu !== undefined) shape['cpu'] = String(sizes.cpu);
  if (sizes.memory !== undefined) shape['memory'] = String(sizes.memory);
  shape['compatibilities'] = compatibilities(shape, sizes);
  shape['requiresAttributes'] = requiredAttributes(shape).map((name) => ({ name }));
  return shape;
}

function containerShape(container: AwsShape, networkMode: unknown): AwsShape {
  const copy = copyShape(container);
  for (const member of Object.keys(copy)) if (copy[member] === null) delete copy[member];
  const shape: AwsShape = { cpu: 0, portMappings: [], essential: true, environment: [], mountPoints: [], volumesFrom: [], systemControls: [], ...copy };
  shape['portMappings'] = shape['portMappings'].map((mapping: AwsShape) => portMappingShape(mapping, networkMode));
  if (shape['healthCheck'] !== undefined) shape['healthCheck'] = healthCheckShape(shape['healthCheck']);
  return shape;
}

function portMappingShape(mapping: AwsShape, networkMode: unknown): AwsShape {
  const sharesAddress = networkMode === 'awsvpc' || networkMode === 'host';
  const hostPort = mapping['hostPort'] ?? (sharesAddress ? mapping['containerPort'] : 0);
  return { ...mapping, ...(mapping['containerPort'] === undefined ? {} : { hostPort }), protocol: mapping['protocol'] ?? 'tcp' };
}

function healthCheckShape(check: AwsShape): AwsShape {
  const command: string[] = check['command'];
  const isBare = command.length === 1 && !['CMD', 'CMD-SHELL', 'NONE'].includes(command[0] ?? '');
  return { interval: 30, timeout: 5, retries: 3, ...check, command: isBare ? ['CMD-SHELL', ...command] : command };
}

function compatibilities(shape: AwsShape, sizes: Sizes): string[] {
  const wanted: string[] = shape['requiresCompatibilities'] ?? [];
  const runsOnFargate = wanted.includes('FARGATE') || (shape['networkMode'] === 'awsvpc' && isFargateSize(sizes.cpu, sizes.memory));
  const runsExternally = shape['networkMode'] !== 'awsvpc';
  return [...(runsExternally ? ['EXTERNAL'] : []), 'EC2', ...(runsOnFargate ? ['FARGATE'] : [])];
}

function requiredAttributes(shape: AwsShape): string[] {
  const names = new Set<string>();
  const containers: AwsShape[] = shape['containerDefinitions'];
  const usesLogs = containers.some((container) => container['logConfiguration']?.['logDriver'] === 'awslogs');
  const usesEcr = containers.some((container) => /^\d{12}\.dkr\.ecr\./.test(String(container['image'])));
  if (usesLogs) names.add('com.amazonaws.ecs.capability.logging-driver.awslogs').add('com.amazonaws.ecs.capability.docker-remote-api.1.19');
  if (usesLogs && shape['executionRoleArn'] !== undefined) names.add('ecs.capability.execution-role-awslogs');
  if (usesEcr) names.add('com.amazonaws.ecs.capability.ecr-auth');
  if (usesEcr && shape['executionRoleArn'] !== undefined) names.add('ecs.capability.execution-role-ecr-pull');
  if (shape['taskRoleArn'] !== undefined) names.add('com.amazonaws.ecs.capability.task-iam-role');
  if (shape['networkMode'] === 'awsvpc') names.add('ecs.capability.task-eni');
  if (containers.some((container) => container['healthCheck'] !== undefined)) names.add('ecs.capability.container-health-check');
  if (containers.some((container) => container['dependsOn'] !== undefined)) names.add('ecs.capability.container-ordering');
  if ([...containers].some((container) => (container['secrets'] ?? []).length > 0)) names.add('ecs.capability.secrets.asm.environment-variables');
  names.add('com.amazonaws.ecs.capability.docker-remote-api.1.18');
  return [...names];
}
