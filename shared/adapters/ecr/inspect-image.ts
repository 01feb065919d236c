// An image as verify looks at it: is it there, can its tag move, for which platforms was it built.
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  GetDownloadUrlForLayerCommand,
  type ImageIdentifier,
  ListImagesCommand,
} from '@aws-sdk/client-ecr';
import type { ImageFacts } from '#core/inspection/service-facts.ts';
import { IMAGES_LISTED_MAX } from '#ports/image-registry.ts';
import { callAws, callAwsUnless } from '../operating-error.ts';

/** ECR's own limit of one page. */
const PAGE_SIZE = 1_000;
/** Milliseconds to fetch an image's configuration, a few kilobytes. */
const FETCH_TIMEOUT = 8_000;

export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

interface Manifest {
  readonly config?: { readonly digest?: string };
  readonly manifests?: readonly { readonly platform?: { readonly os?: string; readonly architecture?: string; readonly variant?: string } }[];
}

const missing = () => undefined;

export async function inspectImage(client: ECRClient, reference: ImageReference): Promise<ImageFacts> {
  const { registry, repository, tag, digest } = reference;
  const named = digest !== undefined ? `@${digest}` : `:${tag ?? 'latest'}`;
  const [repositories, manifest] = await Promise.all([
    callAwsUnless(`describe repository ${repository}`, { RepositoryNotFoundException: missing }, () =>
      client.send(new DescribeRepositoriesCommand({ registryId: registry, repositoryNames: [repository] })),
    ),
    readManifest(client, reference),
  ]);
  const mutability = repositories?.repositories?.[0]?.imageTagMutability;
  return {
    reference: `${repository}${named}`,
    registry,
    repository,
    exists: manifest !== undefined,
    // The values with exclusions let some tags move: they do not count as immutable.
    tagsAreImmutable: mutability === undefined ? undefined : mutability === 'IMMUTABLE',
    platforms: manifest === undefined ? undefined : await platformsOf(client, reference, manifest),
  };
}

export async function inspectTags(client: ECRClient, registry: string, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await callAwsUnless(`list the tags of ${repository}`, { RepositoryNotFoundException: missing }, () =>
      client.send(
        new ListImagesCommand({
          registryId: registry,
          repositoryName: repository,
          filter: { tagStatus: 'TAGGED' },
          maxResults: PAGE_SIZE,
          ...(nextToken === undefined ? {} : { nextToken }),
        }),
      ),
    );
    tags.push(...(page?.imageIds ?? []).flatMap(({ imageTag }) => imageTag ?? []));
    nextToken = page?.nextToken;
  } while (nextToken !== undefined && tags.length < IMAGES_LISTED_MAX);
  return tags;
}

async function readManifest(client: ECRClient, { registry, repository, tag, digest }: ImageReference): Promise<Manifest | undefined> {
  const identifier: ImageIdentifier = digest !== undefined ? { imageDigest: digest } : { imageTag: tag ?? 'latest' };
  const there = await callAwsUnless(`describe image ${repository}`, { ImageNotFoundException: missing, RepositoryNotFoundException: missing }, () =>
    client.send(new DescribeImagesCommand({ registryId: registry, repositoryName: repository, imageIds: [identifier] })),
  );
  if (there === undefined) return undefined;
  const answer = await callAws(`get the manifest of ${repository}`, () =>
    client.send(new BatchGetImageCommand({ registryId: registry, repositoryName: repository, imageIds: [identifier] })),
  );
  try {
    return JSON.parse(answer.images?.[0]?.imageManifest ?? '{}') as Manifest;
  } catch {
    // It exists; what it is made for stays unknown.
    return {};
  }
}

/** An index names its platforms; a single image says its own in its configuration. Source: OCI image specification, index and config. */
async function platformsOf(client: ECRClient, { registry, repository }: ImageReference, manifest: Manifest): Promise<readonly string[] | undefined> {
  if (manifest.manifests !== undefined) {
    const named = manifest.manifests.flatMap(({ platform }) => platformName(platform) ?? []);
    return named.length === 0 ? undefined : [...new Set(named)];
  }
  const layerDigest = manifest.config?.digest;
  if (layerDigest === undefined) return undefined;
  const { downloadUrl } = await callAws(`get the configuration of ${repository}`, () =>
    client.send(new GetDownloadUrlForLayerCommand({ registryId: registry, repositoryName: repository, layerDigest })),
  );
  if (downloadUrl === undefined) return undefined;
  try {
    const response = await fetch(downloadUrl, { signal: AbortSignal.timeout(FETCH_TIMEOUT) });
    const name = platformName((await response.json()) as NonNullable<Manifest['manifests']>[number]['platform']);
    return name === undefined ? undefined : [name];
  } catch {
    return undefined;
  }
}

/** Attestations are listed as unknown/unknown and run nowhere. */
function platformName(platform: { readonly os?: string; readonly architecture?: string } | undefined): string | undefined {
  const { os, architecture } = platform ?? {};
  return os === undefined || architecture === undefined || os === 'unknown' ? undefined : `${os}/${architecture}`;
}
