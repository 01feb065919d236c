// The members of a task definition that init and verify look at. A document that is not shaped as ECS shapes it reads as empty.
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly number[];
  /** valueFrom of every secret, and of the log driver's. */
  readonly secrets: readonly string[];
  /** Options of the awslogs driver; undefined with another driver or none. */
  readonly awslogs: Readonly<Record<string, string>> | undefined;
}

export interface TaskDefinitionView {
  readonly family: string;
  readonly networkMode: string;
  readonly cpu: number | undefined;
  /** MiB. */
  readonly memory: number | undefined;
  readonly cpuArchitecture: 'X86_64' | 'ARM64';
  readonly windows: boolean;
  readonly executionRoleArn: string | undefined;
  readonly taskRoleArn: string | undefined;
  readonly containers: readonly ContainerView[];
}

type Loose = Readonly<Record<string, unknown>>;

export function viewTaskDefinition(document: TaskDefinitionDocument): TaskDefinitionView {
  const platform = asObject(document['runtimePlatform']);
  return {
    family: asText(document['family']) ?? '',
    // Source: ECS API, RegisterTaskDefinition, networkMode: bridge when absent.
    networkMode: asText(document['networkMode']) ?? 'bridge',
    cpu: cpuUnits(document['cpu']),
    memory: mebibytes(document['memory']),
    cpuArchitecture: platform['cpuArchitecture'] === 'ARM64' ? 'ARM64' : 'X86_64',
    windows: (asText(platform['operatingSystemFamily']) ?? '').startsWith('WINDOWS'),
    executionRoleArn: asText(document['executionRoleArn']),
    taskRoleArn: asText(document['taskRoleArn']),
    containers: asList(document['containerDefinitions']).map(viewContainer),
  };
}

function viewContainer(container: Loose): ContainerView {
  const logs = asObject(container['logConfiguration']);
  const secrets = [...asList(container['secrets']), ...asList(logs['secretOptions'])];
  return {
    name: asText(container['name']) ?? '',
    image: asText(container['image']) ?? '',
    ports: asList(container['portMappings']).flatMap((mapping) => (typeof mapping['containerPort'] === 'number' ? [mapping['containerPort']] : [])),
    secrets: secrets.flatMap((secret) => asText(secret['valueFrom']) ?? []),
    awslogs: logs['logDriver'] === 'awslogs' ? textMembers(asObject(logs['options'])) : undefined,
  };
}

/** `256` or `.25 vCPU`. Source: ECS API, RegisterTaskDefinition, cpu. */
function cpuUnits(value: unknown): number | undefined {
  const matched = /^([\d.]+)\s*(vcpu)?$/i.exec(String(value ?? '').trim());
  if (matched?.[1] === undefined) return undefined;
  const number = Number(matched[1]);
  return Number.isFinite(number) ? Math.round(matched[2] === undefined ? number : number * 1_024) : undefined;
}

/** `512` or `1 GB`. Source: ECS API, RegisterTaskDefinition, memory. */
function mebibytes(value: unknown): number | undefined {
  const matched = /^([\d.]+)\s*(gb)?$/i.exec(String(value ?? '').trim());
  if (matched?.[1] === undefined) return undefined;
  const number = Number(matched[1]);
  return Number.isFinite(number) ? Math.round(matched[2] === undefined ? number : number * 1_024) : undefined;
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function asObject(value: unknown): Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};
}

function asList(value: unknown): readonly Loose[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

function textMembers(value: Loose): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(value).flatMap(([name, member]) => (typeof member === 'string' ? [[name, member]] : [])));
}
