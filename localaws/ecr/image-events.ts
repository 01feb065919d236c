// "ECR Image Action" events: what starts a deployment. Best effort in AWS; the event bus here may be told to lose them too.
import type { Region } from '../region.ts';
import type { Repository, StoredImage } from './registry-state.ts';

/**
 * Announces that an image was put or deleted. `resources` is empty and the registry is not in the detail, as in AWS.
 * The two media types are optional members of AWS's schema; whether each real event has them is unverified.
 */
export function emitImageAction(region: Region, repository: Repository, image: StoredImage, action: 'PUSH' | 'DELETE', tag: string | undefined): void {
  region.emit({
    source: 'aws.ecr',
    detailType: 'ECR Image Action',
    resources: [],
    detail: {
      result: 'SUCCESS',
      'repository-name': repository.name,
      'image-digest': image.digest,
      'action-type': action,
      ...(tag === undefined ? {} : { 'image-tag': tag }),
      'manifest-media-type': image.facts.mediaType,
      ...(image.facts.artifactMediaType === undefined ? {} : { 'artifact-media-type': image.facts.artifactMediaType }),
    },
  });
}
