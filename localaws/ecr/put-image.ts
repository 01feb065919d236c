// PutImage: the one door through which an image enters a repository, for the API and for the registry protocol alike.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Region } from '../region.ts';
import { emitImageAction } from './image-events.ts';
import { IMAGE_TAG, invalidParameter, optionalString, repositoryOf, requiredString } from './inputs.ts';
import { IMAGES_PER_REPOSITORY_MAX, TAGS_PER_IMAGE_MAX } from './limits.ts';
import { digestOf, type ManifestFacts, readManifest } from './manifest.ts';
import { type RegistryState, type Repository, type StoredImage, tagsOf } from './registry-state.ts';

/**
 * Stores a manifest, points the tag at it and emits one PUSH event.
 * @throws AwsError as ECR: ImageAlreadyExistsException for the same digest and tag again, ImageTagAlreadyExistsException where
 * tags are immutable, LayersNotFoundException and ReferencedImagesNotFoundException for what was not pushed before.
 */
export function putImage(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const manifest = requiredString(input, 'imageManifest');
  const tag = optionalString(input, 'imageTag');
  if (tag !== undefined && !IMAGE_TAG.test(tag)) throw invalidParameter('imageTag', `must satisfy regular expression '${IMAGE_TAG.source}'`);
  const digest = digestOf(manifest);
  const statedDigest = optionalString(input, 'imageDigest');
  if (statedDigest !== undefined && statedDigest !== digest) {
    throw new AwsError(
      'ImageDigestDoesNotMatchException',
      `The specified digest '${statedDigest}' does not match the image manifest; its digest is '${digest}'.`,
    );
  }
  const facts = readManifest(manifest, optionalString(input, 'imageManifestMediaType'));
  refuseImmutable(repository, tag);
  const known = repository.images.get(digest);
  if (known !== undefined && (tag === undefined || repository.imageTags.get(tag) === digest)) throw alreadyExists(region, repository, digest, tag);
  requireReferences(region, repository, facts);
  if (known === undefined && repository.images.size >= IMAGES_PER_REPOSITORY_MAX) throw limit(repository, `${IMAGES_PER_REPOSITORY_MAX} images per repository`);
  if (known !== undefined && tagsOf(repository, digest).length >= TAGS_PER_IMAGE_MAX) throw limit(repository, `${TAGS_PER_IMAGE_MAX} tags per image`);

  const image = known ?? newImage(region, repository, digest, manifest, facts);
  // A second tag for a known image moves its push time, as a push of it would (unverified for PutImage).
  image.pushedAt = region.clock.now();
  repository.images.set(digest, image);
  if (tag !== undefined) repository.imageTags.set(tag, digest);
  emitImageAction(region, repository, image, 'PUSH', tag);
  return { image: imageShape(region, repository, image, tag) };
}

/** An image as PutImage and BatchGetImage show it. */
export function imageShape(region: Region, repository: Repository, image: StoredImage, tag: string | undefined): AwsShape {
  return {
    registryId: region.account,
    repositoryName: repository.name,
    imageId: { imageDigest: image.digest, ...(tag === undefined ? {} : { imageTag: tag }) },
    imageManifest: image.manifest,
    imageManifestMediaType: image.facts.mediaType,
  };
}

/** Where tags are immutable even the same digest again is refused, as users of ECR report (aws/containers-roadmap 2179). */
function refuseImmutable(repository: Repository, tag: string | undefined): void {
  if (tag === undefined || !repository.imageTags.has(tag) || repository.tagMutability === 'MUTABLE') return;
  const excluded = repository.exclusions.some(({ filter }) => matchesWildcard(filter, tag));
  const immutable = repository.tagMutability === 'MUTABLE_WITH_EXCLUSION' ? excluded : !excluded;
  if (!immutable) return;
  throw new AwsError(
    'ImageTagAlreadyExistsException',
    `The image tag '${tag}' already exists in the '${repository.name}' repository and cannot be overwritten because the tag is immutable.`,
  );
}

/** `*` stands for any characters; everything else for itself. Linear in the tag, whatever the filter. */
function matchesWildcard(filter: string, tag: string): boolean {
  const parts = filter.split('*');
  const first = parts.shift() ?? '';
  const last = parts.pop();
  if (last === undefined) return filter === tag;
  if (!tag.startsWith(first) || !tag.endsWith(last) || tag.length < first.length + last.length) return false;
  let at = first.length;
  const end = tag.length - last.length;
  for (const part of parts) {
    const found = tag.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

function requireReferences(region: Region, repository: Repository, facts: ManifestFacts): void {
  const place = `in the repository with name '${repository.name}' in the registry with id '${region.account}'`;
  const layer = facts.layerDigests.find((digest) => !repository.layers.has(digest));
  if (layer !== undefined) throw new AwsError('LayersNotFoundException', `The layer with digest '${layer}' required by the image was not found ${place}`);
  const child = facts.imageDigests.find((digest) => !repository.images.has(digest));
  if (child !== undefined) {
    throw new AwsError('ReferencedImagesNotFoundException', `The image with digest '${child}' referenced by the manifest list was not found ${place}`);
  }
}

/** The size of an index is the sum of its images' (unverified). */
function newImage(region: Region, repository: Repository, digest: string, manifest: string, facts: ManifestFacts): StoredImage {
  const children = facts.imageDigests.reduce((sum, child) => sum + (repository.images.get(child)?.sizeInBytes ?? 0), 0);
  return { digest, manifest, facts, sizeInBytes: facts.referencedBytes + children, pushedAt: region.clock.now(), lastPulledAt: undefined };
}

function alreadyExists(region: Region, repository: Repository, digest: string, tag: string | undefined): AwsError {
  return new AwsError(
    'ImageAlreadyExistsException',
    `Image with digest '${digest}' and tag '${tag ?? 'null'}' already exists in the repository with name '${repository.name}' in registry with id '${region.account}'`,
  );
}

function limit(repository: Repository, text: string): AwsError {
  return new AwsError('LimitExceededException', `The repository with name '${repository.name}' has reached the limit of ${text}.`);
}
