// A task as DescribeTasks answers it, and as its state change event tells it: the same facts with ISO times, another
// attachment type, no health and no tags.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { ContainerRecord, TaskRecord, TaskTimes } from '../ecs-records.ts';

const TIME_MEMBERS = [
  'connectivityAt',
  'createdAt',
  'executionStoppedAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppedAt',
  'stoppingAt',
] as const satisfies readonly (keyof TaskTimes)[];

/** The Task of the API. */
export function taskShape(task: TaskRecord, include: readonly string[] = []): AwsShape {
  const times = Object.fromEntries(TIME_MEMBERS.map((name) => [name, dateOf(task.times[name])]));
  return {
    ...sharedMembers(task),
    ...times,
    attachments: [attachmentShape(task, 'ElasticNetworkInterface')],
    containers: task.containers.map((container) => ({ ...containerShape(task, container), healthStatus: container.healthStatus })),
    healthStatus: task.healthStatus,
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [], ...copyShape(task.overrides) },
    platformFamily: 'Linux',
    tags: include.includes('TAGS') ? copyShape(task.tags) : [],
  };
}

/** The detail of `ECS Task State Change`. */
export function taskEventDetail(task: TaskRecord): AwsShape {
  const times = Object.fromEntries(TIME_MEMBERS.flatMap((name) => [[name, dateOf(task.times[name])?.toISOString()]]));
  return withoutUndefined({
    ...sharedMembers(task),
    ...times,
    updatedAt: new Date(task.times.updatedAt).toISOString(),
    attachments: [attachmentShape(task, 'eni')],
    containers: task.containers.map((container) => withoutUndefined(containerShape(task, container))),
    overrides: eventOverrides(task),
  });
}

function sharedMembers(task: TaskRecord): AwsShape {
  const { shape } = task.workload.taskDefinition;
  return {
    attributes: [{ name: 'ecs.cpu-architecture', value: shape['runtimePlatform']?.['cpuArchitecture'] === 'ARM64' ? 'arm64' : 'x86_64' }],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProviderName,
    clusterArn: task.cluster.arn,
    connectivity: task.times.connectivityAt === undefined ? undefined : 'CONNECTED',
    cpu: task.overrides['cpu'] ?? shape['cpu'],
    memory: task.overrides['memory'] ?? shape['memory'],
    desiredStatus: task.desiredStatus,
    lastStatus: task.lastStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    ephemeralStorage: { sizeInGiB: task.overrides['ephemeralStorage']?.['sizeInGiB'] ?? shape['ephemeralStorage']?.['sizeInGiB'] ?? 20 },
    group: task.group,
    launchType: task.launchType,
    platformVersion: '1.4.0',
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    taskArn: task.arn,
    taskDefinitionArn: task.workload.taskDefinition.arn,
    version: task.version,
  };
}

function containerShape(task: TaskRecord, container: ContainerRecord): AwsShape {
  const { definition } = container;
  const hasAddress = task.networkInterface.status !== 'PRECREATED';
  return {
    containerArn: container.arn,
    taskArn: task.arn,
    name: container.name,
    image: definition['image'],
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: [],
    networkInterfaces: hasAddress ? [{ attachmentId: task.networkInterface.attachmentId, privateIpv4Address: task.networkInterface.address }] : [],
    cpu: String(definition['cpu'] ?? 0),
    memory: definition['memory'] === undefined ? undefined : String(definition['memory']),
    memoryReservation: definition['memoryReservation'] === undefined ? undefined : String(definition['memoryReservation']),
  };
}

function attachmentShape(task: TaskRecord, type: string): AwsShape {
  const network = task.networkInterface;
  const details = [{ name: 'subnetId', value: network.subnetId }];
  if (network.status !== 'PRECREATED') {
    details.push(
      { name: 'networkInterfaceId', value: network.interfaceId },
      { name: 'macAddress', value: network.macAddress },
      { name: 'privateDnsName', value: `ip-${network.address.replaceAll('.', '-')}.ec2.internal` },
      { name: 'privateIPv4Address', value: network.address },
    );
  }
  return { id: network.attachmentId, type, status: network.status, details };
}

/** In events every container is named in the overrides, with or without an override of its own. */
function eventOverrides(task: TaskRecord): AwsShape {
  const given = new Map<string, AwsShape>((task.overrides['containerOverrides'] ?? []).map((override: AwsShape) => [String(override['name']), override]));
  return { ...copyShape(task.overrides), containerOverrides: task.containers.map(({ name }) => copyShape(given.get(name) ?? { name })) };
}

function dateOf(time: number | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time);
}

function withoutUndefined(shape: AwsShape): AwsShape {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
}
