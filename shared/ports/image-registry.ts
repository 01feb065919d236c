// The image repository: does this image exist, what did its scan find, which images are there.
import type { EpochMillis } from '#core/deployment/deployment.ts';

export interface RegistryImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedAt: EpochMillis;
  readonly artifactMediaType: string | undefined;
}

export interface ImageRegistry {
  /** undefined when the image is not there. `findings`: counts by severity of a finished scan, undefined without one. */
  describe(
    registry: string,
    repository: string,
    digest: string,
  ): Promise<{ readonly status: string; readonly findings: Readonly<Record<string, number>> | undefined } | undefined>;
  /** Tagged images, in no promised order; at most IMAGES_LISTED_MAX. Empty when the repository does not exist. */
  list(registry: string, repository: string): Promise<readonly RegistryImage[]>;
  /** `account.dkr.ecr.region.amazonaws.com/repository@digest`. */
  reference(registry: string, repository: string, digest: string): string;
}

export const IMAGES_LISTED_MAX = 5_000;
