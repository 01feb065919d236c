// The revision that serves production traffic now, and its task definition's container that Weir deploys.
import type { Manifest } from '#contracts/manifest.ts';
import type { ServiceObservation, TaskSetObservation } from '#core/preflight/plan.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import type { Ports } from '#ports/ports.ts';

export interface ServingRevision extends TaskSetObservation {
  readonly service: ServiceObservation;
}

/** undefined: the service does not exist or has never served. */
export async function servingRevision(ports: Ports, manifest: Pick<Manifest, 'cluster' | 'service'>): Promise<ServingRevision | undefined> {
  const service = await ports.ecs.describeService(manifest.cluster, manifest.service);
  const serving = service?.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
  return service === undefined || serving === undefined ? undefined : { ...serving, service };
}

export interface DeployedContainer {
  readonly name: string;
  readonly image: string;
  readonly ports: readonly number[];
  readonly healthCheck: Readonly<Record<string, unknown>> | undefined;
}

interface ContainerShape {
  readonly name?: string;
  readonly image?: string;
  readonly portMappings?: readonly { readonly containerPort?: number }[];
  readonly healthCheck?: Readonly<Record<string, unknown>>;
}

/** The container the manifest names, or the only one. */
export function deployedContainer(document: TaskDefinitionDocument, name: string | undefined): DeployedContainer | undefined {
  const containers = (document['containerDefinitions'] ?? []) as readonly ContainerShape[];
  const found = name === undefined && containers.length === 1 ? containers[0] : containers.find((container) => container.name === name);
  if (found === undefined) return undefined;
  return {
    name: found.name ?? '',
    image: found.image ?? '',
    ports: (found.portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
    healthCheck: found.healthCheck,
  };
}

/** Digest of an image reference; undefined when it names its image by tag. */
export function digestOfImage(image: string): string | undefined {
  const at = image.indexOf('@sha256:');
  return at < 0 ? undefined : image.slice(at + 1);
}
