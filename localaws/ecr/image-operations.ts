// Images of the local ECR: put, read, describe, list and delete.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { emitImageAction } from './image-events.ts';
import { findImage, type ImageIdentifier, type ImageMiss, imageIdentifiers, invalidParameter, oneOf, page, repositoryOf } from './inputs.ts';
import { imageShape, putImage } from './put-image.ts';
import { type RegistryState, type Repository, removeImage, type StoredImage, tagsOf } from './registry-state.ts';
import { repositoryArn } from './repository-operations.ts';

const TAG_STATUSES = ['TAGGED', 'UNTAGGED', 'ANY'] as const;
/** Nothing is archived here: every image is ACTIVE. */
const IMAGE_STATUSES = ['ACTIVE', 'ARCHIVED', 'ACTIVATING', 'ANY'] as const;

export function createImageOperations(region: Region, state: RegistryState): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [repositoryArn(region, input['repositoryName'])];
  return {
    PutImage: { resources, handle: (input) => putImage(region, state, input) },
    BatchGetImage: { resources, handle: (input) => batchGetImage(region, state, input) },
    DescribeImages: { resources, handle: (input) => describeImages(region, state, input) },
    ListImages: { resources, handle: (input) => listImages(region, state, input) },
    BatchDeleteImage: { resources, handle: (input) => batchDeleteImage(region, state, input) },
  };
}

function requiredIdentifiers(input: AwsShape): ImageIdentifier[] {
  const ids = imageIdentifiers(input);
  if (ids.length === 0) throw invalidParameter('imageIds', 'Member must have length greater than or equal to 1');
  return ids;
}

/** Manifests are answered as they were pushed; ECR's conversion to an older media type in `acceptedMediaTypes` is not done. */
function batchGetImage(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const images: AwsShape[] = [];
  const failures: AwsShape[] = [];
  for (const imageId of requiredIdentifiers(input)) {
    const found = findImage(repository, imageId);
    if (!('digest' in found)) {
      failures.push({ imageId, ...found });
      continue;
    }
    found.lastPulledAt = region.clock.now();
    images.push(imageShape(region, repository, found, imageId.imageTag));
  }
  return { images, failures };
}

function describeImages(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const ids = imageIdentifiers(input);
  if (ids.length > 0) {
    if (input['nextToken'] !== undefined || input['maxResults'] !== undefined) {
      throw new AwsError('InvalidParameterException', 'Invalid request parameters: imageIds may not be given with nextToken or maxResults.');
    }
    const found = ids.map((id) => {
      const image = findImage(repository, id);
      if (!('digest' in image)) throw missing(region, repository, id, image);
      return image;
    });
    return { imageDetails: [...new Set(found)].map((image) => imageDetail(region, repository, image)) };
  }
  const tagStatus = tagStatusOf(input);
  const imageStatus = oneOf(filterOf(input)['imageStatus'] ?? 'ACTIVE', 'imageStatus', IMAGE_STATUSES);
  const images = imageStatus === 'ACTIVE' || imageStatus === 'ANY' ? [...repository.images.values()] : [];
  const tagged = new Set(repository.imageTags.values());
  const { items, nextToken } = page(
    images.filter((image) => tagStatus === 'ANY' || (tagStatus === 'TAGGED') === tagged.has(image.digest)),
    input,
  );
  return { imageDetails: items.map((image) => imageDetail(region, repository, image)), nextToken };
}

function imageDetail(region: Region, repository: Repository, image: StoredImage): AwsShape {
  const imageTags = tagsOf(repository, image.digest);
  return {
    registryId: region.account,
    repositoryName: repository.name,
    imageDigest: image.digest,
    ...(imageTags.length === 0 ? {} : { imageTags }),
    imageSizeInBytes: image.sizeInBytes,
    imagePushedAt: new Date(image.pushedAt),
    imageManifestMediaType: image.facts.mediaType,
    ...(image.facts.artifactMediaType === undefined ? {} : { artifactMediaType: image.facts.artifactMediaType }),
    ...(image.facts.subjectDigest === undefined ? {} : { subjectManifestDigest: image.facts.subjectDigest }),
    ...(image.lastPulledAt === undefined ? {} : { lastRecordedPullTime: new Date(image.lastPulledAt) }),
    imageStatus: 'ACTIVE',
  };
}

/** One entry per tag, and one per untagged image, as ECR lists them. */
function listImages(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const tagStatus = tagStatusOf(input);
  const entries: ImageIdentifier[] = [];
  const tagged = new Set(repository.imageTags.values());
  for (const [imageTag, imageDigest] of repository.imageTags) if (tagStatus !== 'UNTAGGED') entries.push({ imageDigest, imageTag });
  for (const imageDigest of repository.images.keys()) if (tagStatus !== 'TAGGED' && !tagged.has(imageDigest)) entries.push({ imageDigest });
  const { items, nextToken } = page(entries, input);
  return { imageIds: items, nextToken };
}

/** Deleting the last tag deletes the image; deleting a digest deletes all its tags. One DELETE event per tag (per image when untagged; unverified). */
function batchDeleteImage(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const imageIds: ImageIdentifier[] = [];
  const failures: AwsShape[] = [];
  for (const imageId of requiredIdentifiers(input)) {
    const image = findImage(repository, imageId);
    if (!('digest' in image)) {
      failures.push({ imageId, ...image });
      continue;
    }
    const tags = tagsOf(repository, image.digest);
    const going = imageId.imageTag === undefined ? tags : [imageId.imageTag];
    const goesWhole = going.length === tags.length;
    const parent = goesWhole ? [...repository.images.values()].find((other) => other.facts.imageDigests.includes(image.digest)) : undefined;
    if (parent !== undefined) {
      failures.push({
        imageId,
        failureCode: 'ImageReferencedByManifestList',
        failureReason: `Requested image referenced by manifest list: [${parent.digest}]`,
      });
      continue;
    }
    for (const tag of going) repository.imageTags.delete(tag);
    if (goesWhole) removeImage(state, repository, image.digest);
    imageIds.push(...(going.length === 0 ? [{ imageDigest: image.digest }] : going.map((imageTag) => ({ imageDigest: image.digest, imageTag }))));
    for (const tag of going.length === 0 ? [undefined] : going) emitImageAction(region, repository, image, 'DELETE', tag);
  }
  return { imageIds, failures };
}

function filterOf(input: AwsShape): AwsShape {
  const filter: unknown = input['filter'];
  return typeof filter === 'object' && filter !== null ? (filter as AwsShape) : {};
}

function tagStatusOf(input: AwsShape): (typeof TAG_STATUSES)[number] {
  return oneOf(filterOf(input)['tagStatus'] ?? 'ANY', 'tagStatus', TAG_STATUSES);
}

function missing(region: Region, repository: Repository, id: ImageIdentifier, miss: ImageMiss): AwsError {
  if (miss.failureCode !== 'ImageNotFound' && miss.failureCode !== 'ImageTagDoesNotMatchDigest') {
    return new AwsError('InvalidParameterException', miss.failureReason);
  }
  return new AwsError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within the repository with name '${repository.name}' in the registry with id '${region.account}'`,
  );
}
