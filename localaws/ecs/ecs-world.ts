// The parts of the local ECS that every operation shares, and how it finds what a request names.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Call, Principal, Region } from '../region.ts';
import type { EcsBehaviour } from './behaviour.ts';
import type { DeploymentEngine } from './deployments/deployment-engine.ts';
import type { ClusterRecord, ServiceRecord, TaskDefinitionRecord, TaskRecord, TaskSetRecord } from './ecs-records.ts';
import { clientError, invalidParameter, text } from './input-members.ts';
import type { Placement } from './placement.ts';
import type { TaskHost } from './runtime/task-runtime.ts';
import type { ServiceScheduler } from './scheduler/service-scheduler.ts';
import type { TaskEngine } from './tasks/task-engine.ts';

export interface EcsWorld {
  readonly region: Region;
  readonly host: TaskHost;
  readonly placement: Placement;
  readonly behaviour: EcsBehaviour;
  readonly clusters: Map<string, ClusterRecord>;
  /** Revisions of each family, oldest first. */
  readonly families: Map<string, TaskDefinitionRecord[]>;
}

/** The world with the three things that move it. */
export interface EcsParts {
  readonly world: EcsWorld;
  readonly engine: TaskEngine;
  readonly scheduler: ServiceScheduler;
  readonly deployments: DeploymentEngine;
}

/** ECS acting for itself (its service-linked role). */
export const ECS_PRINCIPAL: Principal = { kind: 'service', service: 'ecs.amazonaws.com' };

const NAME = /^[a-zA-Z0-9_-]{1,255}$/;

export function isResourceName(name: string): boolean {
  return NAME.test(name);
}

/** The name in a cluster's name or ARN; `default` when the request names none. */
export function clusterNameOf(input: AwsShape, member = 'cluster'): string {
  const reference = text(input, member);
  if (reference === undefined || reference === '') return 'default';
  if (!reference.startsWith('arn:')) return reference;
  const name = /^arn:[^:]+:ecs:[^:]*:[^:]*:cluster\/(.+)$/.exec(reference)?.[1];
  if (name === undefined) throw invalidParameter('Invalid identifier: Unexpected resource type or identifier.');
  return name;
}

/** @throws AwsError ClusterNotFoundException. An INACTIVE cluster is not found, as most operations see it. */
export function clusterOf(world: EcsWorld, input: AwsShape): ClusterRecord {
  const name = clusterNameOf(input);
  const cluster = world.clusters.get(name);
  const given = text(input, 'cluster');
  const isForeign = given?.startsWith('arn:') === true && cluster !== undefined && given !== cluster.arn;
  if (cluster === undefined || cluster.status !== 'ACTIVE' || isForeign) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  return cluster;
}

/** The last part of a name or of an ARN of the form `.../CLUSTER/NAME` (or the old `.../NAME`). */
export function lastPartOf(reference: string): string {
  return reference.startsWith('arn:') ? reference.slice(reference.lastIndexOf('/') + 1) : reference;
}

/** The service a name or ARN means in a cluster. */
export function findService(cluster: ClusterRecord, reference: string): ServiceRecord | undefined {
  const service = cluster.services.get(lastPartOf(reference));
  return reference.startsWith('arn:') && service !== undefined && service.arn !== reference ? undefined : service;
}

/** @throws AwsError ServiceNotFoundException, ServiceNotActiveException. */
export function activeServiceOf(world: EcsWorld, input: AwsShape): ServiceRecord {
  const cluster = clusterOf(world, input);
  const reference = text(input, 'service');
  if (reference === undefined || reference === '') throw invalidParameter('Service cannot be empty.');
  const service = findService(cluster, reference);
  if (service === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return service;
}

/** The task set an id (`ecs-svc/N`), short id or ARN means in a service. */
export function findTaskSet(service: ServiceRecord, reference: string): TaskSetRecord | undefined {
  return service.taskSets.find((taskSet) => taskSet.id === reference || taskSet.arn === reference || taskSet.id === `ecs-svc/${reference}`);
}

export function findTask(cluster: ClusterRecord, reference: string): TaskRecord | undefined {
  const task = cluster.tasks.get(lastPartOf(reference));
  return reference.startsWith('arn:') && task !== undefined && task.arn !== reference ? undefined : task;
}

/** The task definition `family`, `family:revision` or an ARN means; a bare family is its latest ACTIVE revision. */
export function findTaskDefinition(world: EcsWorld, reference: string): TaskDefinitionRecord | undefined {
  const path = reference.startsWith('arn:') ? (/^arn:[^:]+:ecs:[^:]*:[^:]*:task-definition\/(.+)$/.exec(reference)?.[1] ?? '') : reference;
  const [family = '', revision] = path.split(':');
  const revisions = world.families.get(family) ?? [];
  if (revision === undefined) return revisions.findLast((candidate) => candidate.status === 'ACTIVE');
  if (!/^\d+$/.test(revision)) throw clientError(`Invalid revision number. Number: ${revision}`);
  const found = revisions.find((candidate) => candidate.revision === Number(revision));
  return reference.startsWith('arn:') && found !== undefined && found.arn !== reference ? undefined : found;
}

/** The ARN IAM knows a caller by. */
export function callerArn(world: EcsWorld, call: Call): string {
  const { principal } = call;
  if (principal.kind === 'service') return principal.service;
  if (principal.kind === 'root') return `arn:aws:iam::${world.region.account}:root`;
  const role = principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1);
  return `arn:aws:sts::${world.region.account}:assumed-role/${role}/${principal.sessionName}`;
}
