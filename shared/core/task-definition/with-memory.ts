// The serving task definition with more memory. Called by the `register-task-definition` step for a remedy, and read by the runbook.
import type { MemoryChange } from '#core/deployment/remedy.ts';
import type { TaskDefinitionDocument } from './with-image.ts';

/** What a task definition says of memory. Source: ECS API, TaskDefinition and ContainerDefinition: the task's members are text, the containers' numbers. */
export interface MemorySettings {
  /** Undefined on EC2 where the task has no size of its own. CPU units and MiB. */
  readonly task: { readonly cpu: number; readonly memory: number } | undefined;
  readonly fargate: boolean;
  readonly windows: boolean;
  /** Hard limits, MiB; undefined: only the task's memory limits it. */
  readonly containers: readonly { readonly name: string; readonly memory: number | undefined }[];
}

interface ContainerShape {
  readonly name?: unknown;
  readonly memory?: unknown;
}

export function memorySettings(document: TaskDefinitionDocument): MemorySettings {
  const cpu = positive(document['cpu']);
  const memory = positive(document['memory']);
  const platform = document['runtimePlatform'] as { readonly operatingSystemFamily?: unknown } | undefined;
  return {
    task: cpu === undefined || memory === undefined ? undefined : { cpu, memory },
    fargate: ((document['requiresCompatibilities'] ?? []) as readonly unknown[]).includes('FARGATE'),
    windows: String(platform?.operatingSystemFamily ?? '').startsWith('WINDOWS'),
    containers: containersOf(document).map((container) => ({ name: String(container.name ?? ''), memory: positive(container.memory) })),
  };
}

/** What to register; members that the change leaves undefined stay as they are. */
export function withMemory(document: TaskDefinitionDocument, change: MemoryChange): TaskDefinitionDocument {
  const { container: name, containerMemory, taskMemory, taskCpu } = change;
  return {
    ...document,
    ...(taskMemory === undefined ? {} : { memory: String(taskMemory) }),
    ...(taskCpu === undefined ? {} : { cpu: String(taskCpu) }),
    containerDefinitions: containersOf(document).map((container) =>
      container.name === name && containerMemory !== undefined ? { ...container, memory: containerMemory } : container,
    ),
  };
}

function containersOf(document: TaskDefinitionDocument): readonly ContainerShape[] {
  const containers = document['containerDefinitions'];
  return Array.isArray(containers) ? (containers as readonly ContainerShape[]) : [];
}

function positive(value: unknown): number | undefined {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}
