// Where a container's log goes, as its task definition says. Source: ECS developer guide, awslogs log driver: options and the name of
// the stream, `prefix/container/task id`.
import type { TaskDefinitionDocument } from './with-image.ts';

export interface LogStream {
  readonly group: string;
  readonly stream: string;
  /** Undefined: the service's own. */
  readonly region: string | undefined;
}

interface ContainerShape {
  readonly name?: unknown;
  readonly logConfiguration?: { readonly logDriver?: unknown; readonly options?: Readonly<Record<string, unknown>> };
}

/**
 * undefined where the log does not go to CloudWatch Logs by awslogs, or where the stream's name cannot be known: without a prefix
 * Docker names it by an id that ECS does not tell.
 */
export function logStreamOf(document: TaskDefinitionDocument, container: string, taskId: string): LogStream | undefined {
  const containers = document['containerDefinitions'];
  if (!Array.isArray(containers)) return undefined;
  const found = (containers as readonly ContainerShape[]).find((one) => one.name === container);
  const { logDriver, options } = found?.logConfiguration ?? {};
  const group = options?.['awslogs-group'];
  const prefix = options?.['awslogs-stream-prefix'];
  const region = options?.['awslogs-region'];
  if (logDriver !== 'awslogs' || typeof group !== 'string' || typeof prefix !== 'string') return undefined;
  return { group, stream: `${prefix}/${container}/${taskId}`, region: typeof region === 'string' ? region : undefined };
}

/** The container to look at where no container is named: the only one, or the first that is essential. ECS's default is essential. */
export function essentialContainer(document: TaskDefinitionDocument): string | undefined {
  const containers = document['containerDefinitions'];
  if (!Array.isArray(containers)) return undefined;
  const shapes = containers as readonly (ContainerShape & { readonly essential?: unknown })[];
  const found = shapes.find((one) => one.essential !== false);
  return typeof found?.name === 'string' ? found.name : undefined;
}
