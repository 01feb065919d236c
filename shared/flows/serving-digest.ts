// Which image serves now, so that pushing what already runs deploys nothing.
import { readManifest } from '#contracts/stored-manifest.ts';
import type { Ports } from '#ports/ports.ts';

/** Digest in the serving task definition; undefined when it names its image by tag, or could not be read: then the push is deployed. */
export async function servingDigest(ports: Ports, serviceKey: string): Promise<string | undefined> {
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return undefined;
  const manifest = readManifest(service.record.manifest);
  try {
    const observed = await ports.ecs.describeService(manifest.cluster, manifest.service);
    const blue = observed?.taskSets.find((taskSet) => taskSet.status === 'PRIMARY');
    if (blue === undefined) return undefined;
    const document = await ports.ecs.describeTaskDefinition(blue.taskDefinitionArn);
    const containers = (document?.['containerDefinitions'] ?? []) as readonly { name?: string; image?: string }[];
    const container = containers.find((candidate) => candidate.name === manifest.image.container) ?? (containers.length === 1 ? containers[0] : undefined);
    const at = container?.image?.indexOf('@sha256:') ?? -1;
    return at < 0 ? undefined : container?.image?.slice(at + 1);
  } catch (error) {
    ports.log.warn('could not read the serving image; the push is treated as new', { serviceKey, error: String(error) });
    return undefined;
  }
}
