// What an image name in a task definition means here: a repository of this region's registry, or nothing we can reach.
import type { Region } from '../../region.ts';
import { StartFailure } from './task-runtime.ts';

export interface ImageReference {
  readonly repositoryName: string;
  /** What BatchGetImage is asked for. */
  readonly imageId: { imageDigest: string } | { imageTag: string };
}

const REGISTRY_HOST = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com$/;
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost):\d+$/;
const REPOSITORY_AND_VERSION = /^([a-z0-9]+(?:[._/-][a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/** @throws StartFailure CannotPullContainerError. */
export function parseImageReference(region: Region, image: string): ImageReference {
  const slash = image.indexOf('/');
  const host = slash < 0 ? '' : image.slice(0, slash);
  const registry = REGISTRY_HOST.exec(host);
  const isLoopback = LOOPBACK_HOST.test(host);
  if (registry === null && !isLoopback) {
    throw new StartFailure(
      'CannotPullContainerError',
      `localaws: ${image} is not in this account's ECR; only images of ${region.account}.dkr.ecr.${region.name}.amazonaws.com can be pulled here. Push it there first.`,
    );
  }
  if (registry !== null && (registry[1] !== region.account || registry[2] !== region.name)) {
    throw new StartFailure(
      'CannotPullContainerError',
      `pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: localaws: this is account ${region.account} in ${region.name}, no other registry can be reached`,
    );
  }
  const [, repositoryName, tag, digest] = REPOSITORY_AND_VERSION.exec(image.slice(slash + 1)) ?? [];
  if (repositoryName === undefined) throw new StartFailure('CannotPullContainerError', `invalid reference format: ${image}`);
  return { repositoryName, imageId: digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest } };
}
