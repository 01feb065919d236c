// From an image name to the manifest of one platform, through the ECR API that Fargate itself uses.
import { arch } from 'node:process';
import type { AwsShape, Principal, Region } from '../../region.ts';
import type { ImageReference } from './image-reference.ts';
import { StartFailure } from './task-runtime.ts';

export interface ImageManifest {
  /** Digest of what the name resolved to: of the index, where it is one. */
  readonly imageDigest: string;
  readonly configDigest: string;
  readonly layers: readonly { digest: string; mediaType: string }[];
}

const ACCEPTED_MEDIA_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

/** OCI's names of the architectures Node runs on. */
const OCI_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const LAYERS_MAX = 127;

/** @throws StartFailure CannotPullContainerError. */
export async function fetchManifest(region: Region, reference: ImageReference, image: string, principal: Principal): Promise<ImageManifest> {
  const top = await getImage(region, reference.repositoryName, reference.imageId, image, principal);
  let manifest = top.manifest;
  if (Array.isArray(manifest['manifests'])) {
    const chosen = choosePlatform(manifest['manifests'], image);
    manifest = (await getImage(region, reference.repositoryName, { imageDigest: chosen }, image, principal)).manifest;
  }
  const configDigest: unknown = manifest['config']?.['digest'];
  const layers: unknown = manifest['layers'];
  if (typeof configDigest !== 'string' || !Array.isArray(layers) || layers.length > LAYERS_MAX) {
    throw new StartFailure('CannotPullContainerError', `failed to unpack image ${image}: its manifest is not one of a container image`);
  }
  return {
    imageDigest: top.digest,
    configDigest,
    layers: layers.map((layer: AwsShape) => ({ digest: String(layer['digest']), mediaType: String(layer['mediaType'] ?? '') })),
  };
}

async function getImage(
  region: Region,
  repositoryName: string,
  imageId: AwsShape,
  image: string,
  principal: Principal,
): Promise<{ digest: string; manifest: AwsShape }> {
  let answer: AwsShape;
  try {
    answer = await region.call('ecr', 'BatchGetImage', { repositoryName, imageIds: [imageId], acceptedMediaTypes: ACCEPTED_MEDIA_TYPES }, principal);
  } catch (cause) {
    const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new StartFailure('CannotPullContainerError', `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${text}`, { cause });
  }
  const found: AwsShape | undefined = answer['images']?.[0];
  if (found === undefined) {
    const reason: string = answer['failures']?.[0]?.['failureReason'] ?? 'not found';
    throw new StartFailure(
      'CannotPullContainerError',
      `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found: ${reason}`,
    );
  }
  return { digest: String(found['imageId']?.['imageDigest']), manifest: parseManifest(String(found['imageManifest']), image) };
}

function parseManifest(json: string, image: string): AwsShape {
  try {
    const manifest: unknown = JSON.parse(json);
    if (typeof manifest === 'object' && manifest !== null) return manifest as AwsShape;
  } catch {
    // Told below: to ECS a manifest that is no JSON is as unusable as one of another shape.
  }
  throw new StartFailure('CannotPullContainerError', `failed to unpack image ${image}: its manifest cannot be read`);
}

/** The manifest for linux on this machine's architecture; the only one, where there is just one. */
function choosePlatform(manifests: readonly AwsShape[], image: string): string {
  // Build attestations are listed beside the platforms, as "unknown".
  const runnable = manifests.filter((manifest) => manifest['platform']?.['os'] !== 'unknown');
  const wanted = runnable.find((manifest) => manifest['platform']?.['os'] === 'linux' && manifest['platform']?.['architecture'] === OCI_ARCHITECTURES[arch]);
  const isWithoutPlatforms = runnable.every((manifest) => manifest['platform'] === undefined);
  const chosen = wanted ?? (isWithoutPlatforms || runnable.length === 1 ? runnable[0] : undefined);
  if (chosen === undefined) {
    throw new StartFailure(
      'CannotPullContainerError',
      `image Manifest does not contain descriptor matching platform 'linux/${OCI_ARCHITECTURES[arch] ?? arch}': ${image}`,
    );
  }
  return String(chosen['digest']);
}
