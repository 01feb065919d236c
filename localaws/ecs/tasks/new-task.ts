// A task as it is at the moment it is accepted: PROVISIONING, with its address already chosen.
import { copyShape } from '../../copy-shape.ts';
import type { AwsShape } from '../../region.ts';
import type { ContainerRecord, TaskRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import type { LaunchRequest } from './task-engine.ts';

export function createTaskRecord(world: EcsWorld, request: LaunchRequest): TaskRecord {
  const { region } = world;
  const id = region.ids.hex(32);
  const now = region.clock.now();
  const { cluster } = request;
  const definitions: AwsShape[] = request.workload.taskDefinition.shape['containerDefinitions'];
  return {
    arn: region.arn('ecs', `task/${cluster.name}/${id}`),
    id,
    cluster,
    workload: request.workload,
    taskSet: request.taskSet,
    overrides: copyShape(request.overrides),
    group: request.group,
    startedBy: request.startedBy,
    launchType: request.launchType,
    capacityProviderName: request.capacityProviderName,
    availabilityZone: request.availabilityZone,
    enableExecuteCommand: request.enableExecuteCommand,
    networkInterface: {
      attachmentId: region.ids.uuid(),
      interfaceId: `eni-${region.ids.hex(17)}`,
      macAddress: `0a:${[1, 2, 3, 4, 5].map(() => region.ids.hex(2)).join(':')}`,
      subnetId: request.subnetId,
      address: region.network.allocateAddress(),
      status: 'PRECREATED',
    },
    containers: definitions.map((definition) => createContainer(world, `${cluster.name}/${id}`, withOverride(definition, request.overrides))),
    targets: [],
    tags: [...request.tags],
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    version: 1,
    healthStatus: 'UNKNOWN',
    stopCode: undefined,
    stoppedReason: undefined,
    times: { createdAt: now, updatedAt: now },
    startsInFlight: 0,
    isDraining: false,
    isEnding: false,
    isOutcomeNoted: false,
  };
}

function createContainer(world: EcsWorld, path: string, definition: AwsShape): ContainerRecord {
  return {
    arn: world.region.arn('ecs', `container/${path}/${world.region.ids.uuid()}`),
    name: String(definition['name']),
    definition,
    lastStatus: 'PENDING',
    imageDigest: undefined,
    runtimeId: undefined,
    exitCode: undefined,
    reason: undefined,
    healthStatus: 'UNKNOWN',
    startedAt: undefined,
    running: undefined,
    isSignalled: false,
    timers: [],
  };
}

/** A container definition with what RunTask overrides: command, size, and variables by name. */
function withOverride(definition: AwsShape, overrides: AwsShape): AwsShape {
  const override: AwsShape | undefined = (overrides['containerOverrides'] ?? []).find((candidate: AwsShape) => candidate['name'] === definition['name']);
  if (override === undefined) return definition;
  const { environment, name: _name, ...rest } = copyShape(override);
  const names = new Set((environment ?? []).map((variable: AwsShape) => variable['name']));
  const kept = (definition['environment'] ?? []).filter((variable: AwsShape) => !names.has(variable['name']));
  return { ...definition, ...rest, environment: [...kept, ...(environment ?? [])] };
}
