// ECR through the AWS SDK.
import { DescribeImagesCommand, type ECRClient } from '@aws-sdk/client-ecr';
import { IMAGES_LISTED_MAX, type ImageRegistry, type RegistryImage } from '#ports/image-registry.ts';
import { callAwsUnless } from '../operating-error.ts';

/** ECR's own limit of one page. */
const PAGE_SIZE = 1_000;

export function createAwsImageRegistry(client: ECRClient, region: string): ImageRegistry {
  return {
    async describe(registry, repository, digest) {
      const missing = () => undefined;
      const answer = await callAwsUnless(
        `describe image ${repository}@${digest}`,
        { ImageNotFoundException: missing, RepositoryNotFoundException: missing },
        () => client.send(new DescribeImagesCommand({ registryId: registry, repositoryName: repository, imageIds: [{ imageDigest: digest }] })),
      );
      const image = answer?.imageDetails?.[0];
      if (image === undefined) return undefined;
      const scanned = image.imageScanStatus?.status === 'COMPLETE' || image.imageScanStatus?.status === 'ACTIVE';
      // Registries that know no archive answer no status.
      return { status: image.imageStatus ?? 'ACTIVE', findings: scanned ? (image.imageScanFindingsSummary?.findingSeverityCounts ?? {}) : undefined };
    },
    async list(registry, repository) {
      const images: RegistryImage[] = [];
      let nextToken: string | undefined;
      do {
        const page = await callAwsUnless(`list images of ${repository}`, { RepositoryNotFoundException: () => undefined }, () =>
          client.send(
            new DescribeImagesCommand({
              registryId: registry,
              repositoryName: repository,
              filter: { tagStatus: 'TAGGED' },
              maxResults: PAGE_SIZE,
              ...(nextToken === undefined ? {} : { nextToken }),
            }),
          ),
        );
        for (const image of page?.imageDetails ?? []) {
          if (image.imageDigest === undefined) continue;
          images.push({
            digest: image.imageDigest,
            tags: image.imageTags ?? [],
            pushedAt: image.imagePushedAt?.getTime() ?? 0,
            artifactMediaType: image.artifactMediaType,
          });
        }
        nextToken = page?.nextToken;
      } while (nextToken !== undefined && images.length < IMAGES_LISTED_MAX);
      return images;
    },
    reference: (registry, repository, digest) => `${registry}.dkr.ecr.${region}.amazonaws.com/${repository}@${digest}`,
  };
}
