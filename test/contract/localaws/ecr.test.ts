// The local ECR as the AWS SDK sees it.
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CompleteLayerUploadCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImageScanFindingsCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  InitiateLayerUploadCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeImages,
  SetRepositoryPolicyCommand,
  StartLifecyclePolicyPreviewCommand,
  TagResourceCommand,
  UploadLayerPartCommand,
} from '@aws-sdk/client-ecr';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createEcr } from '#localaws/ecr/create-ecr.ts';
import { digestOf, OCI_INDEX, OCI_MANIFEST } from '#localaws/ecr/manifest.ts';
import type { EmittedEvent, Service, ServiceFactory } from '#localaws/region.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

let region: RunningRegion;
let client: ECRClient;
let events: EmittedEvent['detail'][];
const repositoryName = 'team/orders';

/** A bus that only remembers. */
const recordingBus: ServiceFactory = (): Service => ({
  name: 'events',
  iamPrefix: 'events',
  wires: [],
  operations: {
    PutEvents: {
      handle: ({ Entries }) => {
        for (const entry of Entries) events.push({ ...JSON.parse(entry.Detail), source: entry.Source, type: entry.DetailType, resources: entry.Resources });
        return {};
      },
    },
  },
});

beforeEach(async () => {
  events = [];
  region = await startRegion({ services: [createEcr, recordingBus], clock: { kind: 'virtual' }, startAt: Date.UTC(2026, 10, 16, 1, 54, 34) });
  client = new ECRClient({ endpoint: region.endpointUrl, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await region.close();
});

async function pushLayer(content: string): Promise<{ mediaType: string; digest: string; size: number }> {
  const layerPartBlob = Buffer.from(content);
  const { uploadId } = await client.send(new InitiateLayerUploadCommand({ repositoryName }));
  await client.send(new UploadLayerPartCommand({ repositoryName, uploadId, partFirstByte: 0, partLastByte: layerPartBlob.length - 1, layerPartBlob }));
  const { layerDigest = '' } = await client.send(new CompleteLayerUploadCommand({ repositoryName, uploadId, layerDigests: [digestOf(content)] }));
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layerDigest, size: layerPartBlob.length };
}

async function pushImage(content: string, imageTag?: string): Promise<string> {
  const layer = await pushLayer(`layer of ${content}`);
  const config = { ...(await pushLayer(`config of ${content}`)), mediaType: 'application/vnd.oci.image.config.v1+json' };
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [layer] });
  const { image } = await client.send(new PutImageCommand({ repositoryName, imageManifest, imageTag }));
  return image?.imageId?.imageDigest ?? '';
}

const create = (input: Partial<ConstructorParameters<typeof CreateRepositoryCommand>[0]> = {}) =>
  client.send(new CreateRepositoryCommand({ repositoryName, ...input }));

describe('repositories', () => {
  test('A repository is created, described, and deleted with force when it holds images.', async () => {
    const { repository } = await create({ imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true } });
    expect(repository).toMatchObject({
      repositoryArn: 'arn:aws:ecr:us-east-1:000000000000:repository/team/orders',
      repositoryUri: `${new URL(region.endpointUrl).host}/team/orders`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      createdAt: new Date(Date.UTC(2026, 10, 16, 1, 54, 34)),
    });
    await pushImage('one', '1.0.0');
    await expect(client.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({ name: 'RepositoryNotEmptyException' });
    await client.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    await expect(client.send(new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }))).rejects.toMatchObject({
      name: 'RepositoryNotFoundException',
      message: "The repository with name 'team/orders' does not exist in the registry with id '000000000000'",
    });
  });

  test('The same name twice, a name ECR does not take and an unknown mutability are refused.', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({
      name: 'RepositoryAlreadyExistsException',
      message: "The repository with name 'team/orders' already exists in the registry with id '000000000000'",
    });
    await expect(create({ repositoryName: 'Team/Orders' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(create({ repositoryName: 'x/y', imageTagMutability: 'SOMETIMES' as 'MUTABLE' })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(create({ repositoryName: undefined as unknown as string })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('Repositories come in pages, sorted by name.', async () => {
    for (const name of ['cc', 'aa', 'bb']) await create({ repositoryName: name });
    const first = await client.send(new DescribeRepositoriesCommand({ maxResults: 2 }));
    expect(first.repositories?.map((repository) => repository.repositoryName)).toEqual(['aa', 'bb']);
    const second = await client.send(new DescribeRepositoriesCommand({ maxResults: 2, nextToken: first.nextToken }));
    expect(second.repositories?.map((repository) => repository.repositoryName)).toEqual(['cc']);
    expect(second.nextToken).toBeUndefined();
    await expect(client.send(new DescribeRepositoriesCommand({ nextToken: 'nonsense' }))).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('Tags, repository policies and lifecycle policies are kept; a lifecycle policy is never evaluated, and says so.', async () => {
    const { repository } = await create({ tags: [{ Key: 'team', Value: 'orders' }] });
    const resourceArn = repository?.repositoryArn ?? '';
    await client.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'stage', Value: 'test' }] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([
      { Key: 'team', Value: 'orders' },
      { Key: 'stage', Value: 'test' },
    ]);
    await expect(client.send(new GetRepositoryPolicyCommand({ repositoryName }))).rejects.toMatchObject({ name: 'RepositoryPolicyNotFoundException' });
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage' }] });
    await client.send(new SetRepositoryPolicyCommand({ repositoryName, policyText }));
    expect((await client.send(new GetRepositoryPolicyCommand({ repositoryName }))).policyText).toBe(policyText);
    await expect(client.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({ name: 'LifecyclePolicyNotFoundException' });
    const selection = { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 };
    const lifecyclePolicyText = JSON.stringify({ rules: [{ rulePriority: 1, selection, action: { type: 'expire' } }] });
    await client.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
    expect((await client.send(new GetLifecyclePolicyCommand({ repositoryName }))).lifecyclePolicyText).toBe(lifecyclePolicyText);
    await expect(client.send(new StartLifecyclePolicyPreviewCommand({ repositoryName }))).rejects.toThrow(/never evaluated/);
  });
});

describe('images', () => {
  test('An image pushed by the API is described, listed and read back, and announced once.', async () => {
    await create();
    const digest = await pushImage('one', '1.0.0');
    const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: '1.0.0' }] }));
    expect(imageDetails).toEqual([
      expect.objectContaining({
        imageDigest: digest,
        imageTags: ['1.0.0'],
        imageManifestMediaType: OCI_MANIFEST,
        artifactMediaType: 'application/vnd.oci.image.config.v1+json',
        imageStatus: 'ACTIVE',
        imageSizeInBytes: 'layer of one'.length + 'config of one'.length,
        imagePushedAt: new Date(Date.UTC(2026, 10, 16, 1, 54, 34)),
      }),
    ]);
    const { images } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }));
    expect(digestOf(images?.[0]?.imageManifest ?? '')).toBe(digest);
    expect(events).toEqual([
      expect.objectContaining({
        source: 'aws.ecr',
        type: 'ECR Image Action',
        resources: [],
        result: 'SUCCESS',
        'repository-name': repositoryName,
        'image-digest': digest,
        'action-type': 'PUSH',
        'image-tag': '1.0.0',
      }),
    ]);
  });

  test('The tag moves to a newer image and the older one stays without a tag, unless tags are immutable.', async () => {
    await create();
    const older = await pushImage('one', 'latest');
    const newer = await pushImage('two', 'latest');
    const listed = async (tagStatus: 'TAGGED' | 'UNTAGGED') => (await client.send(new ListImagesCommand({ repositoryName, filter: { tagStatus } }))).imageIds;
    expect(await listed('TAGGED')).toEqual([{ imageDigest: newer, imageTag: 'latest' }]);
    expect(await listed('UNTAGGED')).toEqual([{ imageDigest: older }]);
    await client.send(new PutImageTagMutabilityCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
    await expect(pushImage('three', 'latest')).rejects.toMatchObject({
      name: 'ImageTagAlreadyExistsException',
      message: "The image tag 'latest' already exists in the 'team/orders' repository and cannot be overwritten because the tag is immutable.",
    });
    await client.send(
      new PutImageTagMutabilityCommand({
        repositoryName,
        imageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
        imageTagMutabilityExclusionFilters: [{ filterType: 'WILDCARD', filter: 'late*' }],
      }),
    );
    const { image } = await client.send(
      new PutImageCommand({
        repositoryName,
        imageTag: 'latest',
        imageManifest: (await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: older }] }))).images?.[0]?.imageManifest,
      }),
    );
    expect(image?.imageId?.imageDigest).toBe(older);
  });

  test('A manifest is refused when it repeats an image, names unknown layers or images, or is no manifest.', async () => {
    await create();
    const digest = await pushImage('one', '1.0.0');
    const put = (imageManifest: string, more = {}) => client.send(new PutImageCommand({ repositoryName, imageManifest, ...more }));
    const { images } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }));
    const manifest = images?.[0]?.imageManifest ?? '';
    await expect(put(manifest, { imageTag: '1.0.0' })).rejects.toMatchObject({ name: 'ImageAlreadyExistsException' });
    await expect(put(manifest, { imageDigest: `sha256:${'0'.repeat(64)}` })).rejects.toMatchObject({ name: 'ImageDigestDoesNotMatchException' });
    const unknown = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 1 };
    await expect(put(JSON.stringify({ schemaVersion: 2, config: unknown, layers: [] }))).rejects.toMatchObject({ name: 'LayersNotFoundException' });
    const index = (child: string) =>
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ ...unknown, mediaType: OCI_MANIFEST, digest: child }] });
    await expect(put(index(unknown.digest))).rejects.toMatchObject({ name: 'ReferencedImagesNotFoundException' });
    for (const broken of ['{', '[]', '{"schemaVersion":1}', '{"schemaVersion":2}', '{"schemaVersion":2,"mediaType":"text/plain"}']) {
      await expect(put(broken)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
    await put(index(digest), { imageTag: 'multi' });
    const deleted = await client.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }));
    expect(deleted.failures?.[0]?.failureCode).toBe('ImageReferencedByManifestList');
  });

  test('Deleting a tag, then the last tag, deletes the image and its layers and announces each.', async () => {
    await create();
    const digest = await pushImage('one', 'a');
    const { images } = await client.send(new BatchGetImageCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }));
    await client.send(new PutImageCommand({ repositoryName, imageManifest: images?.[0]?.imageManifest, imageTag: 'b' }));
    events.length = 0;
    const remove = (imageTag: string) => client.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
    expect(await remove('a')).toMatchObject({ imageIds: [{ imageDigest: digest, imageTag: 'a' }], failures: [] });
    expect(await remove('a')).toMatchObject({ imageIds: [], failures: [{ failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }] });
    await remove('b');
    expect(events.map((event) => [event['action-type'], event['image-tag']])).toEqual([
      ['DELETE', 'a'],
      ['DELETE', 'b'],
    ]);
    await expect(client.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageDigest: digest }] }))).rejects.toMatchObject({
      name: 'ImageNotFoundException',
      message: `The image with imageId {imageDigest:'${digest}', imageTag:'null'} does not exist within the repository with name 'team/orders' in the registry with id '000000000000'`,
    });
    const { layers } = await client.send(new BatchCheckLayerAvailabilityCommand({ repositoryName, layerDigests: [digestOf('layer of one'), 'nonsense'] }));
    expect(layers).toEqual([{ layerDigest: digestOf('layer of one'), layerAvailability: 'UNAVAILABLE' }]);
  });

  test('Images come in pages and can be filtered by whether they are tagged.', async () => {
    await create();
    for (const name of ['one', 'two', 'three']) await pushImage(name, name === 'two' ? undefined : name);
    const seen: (string | undefined)[] = [];
    for await (const { imageDetails } of paginateDescribeImages({ client, pageSize: 1 }, { repositoryName, filter: { tagStatus: 'TAGGED' } })) {
      seen.push(...(imageDetails ?? []).map((image) => image.imageTags?.[0]));
    }
    expect(seen).toEqual(['one', 'three']);
  });

  test('A scan is never found.', async () => {
    await create();
    await pushImage('one', '1');
    await expect(client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag: '1' } }))).rejects.toMatchObject({
      name: 'ScanNotFoundException',
    });
    await expect(client.send(new DescribeImageScanFindingsCommand({ repositoryName, imageId: { imageTag: '2' } }))).rejects.toMatchObject({
      name: 'ImageNotFoundException',
    });
  });
});

describe('layers', () => {
  test('A layer can be downloaded from the url ECR answers, until the url is an hour old.', async () => {
    await create();
    const { digest } = await pushLayer('some bytes');
    const { downloadUrl = '' } = await client.send(new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: digest }));
    expect(await (await fetch(downloadUrl)).text()).toBe('some bytes');
    expect((await fetch(downloadUrl.replace('signature=', 'signature=00'))).status).toBe(403);
    region.clock.schedule(2 * 60 * 60 * 1000, () => undefined);
    const start = region.clock.now();
    await region.clock.runUntil(() => region.clock.now() > start, 3 * 60 * 60 * 1000);
    expect((await fetch(downloadUrl)).status).toBe(403);
  });

  test('Parts out of order, a wrong digest, an empty and an unknown upload are refused.', async () => {
    await create();
    const { uploadId } = await client.send(new InitiateLayerUploadCommand({ repositoryName }));
    const part = (partFirstByte: number, text: string) =>
      client.send(
        new UploadLayerPartCommand({
          repositoryName,
          uploadId,
          partFirstByte,
          partLastByte: partFirstByte + text.length - 1,
          layerPartBlob: Buffer.from(text),
        }),
      );
    const complete = (id: string | undefined, text: string) =>
      client.send(new CompleteLayerUploadCommand({ repositoryName, uploadId: id, layerDigests: [digestOf(text)] }));
    await expect(complete(uploadId, '')).rejects.toMatchObject({ name: 'EmptyUploadException' });
    await expect(part(5, 'late')).rejects.toMatchObject({ name: 'InvalidLayerPartException', lastValidByteReceived: -1 });
    await part(0, 'abc');
    await expect(part(3, 'def')).rejects.toMatchObject({ name: 'LayerPartTooSmallException' });
    await expect(complete(uploadId, 'other')).rejects.toMatchObject({ name: 'InvalidLayerException' });
    await expect(complete('no-such-upload', 'abc')).rejects.toMatchObject({ name: 'UploadNotFoundException' });
    await pushLayer('abc');
    await expect(pushLayer('abc')).rejects.toMatchObject({ name: 'LayerAlreadyExistsException' });
  });

  test('A login token is good for twelve hours and names the endpoint.', async () => {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    expect(authorizationData?.[0]?.proxyEndpoint).toBe(region.endpointUrl);
    expect(authorizationData?.[0]?.expiresAt).toEqual(new Date(Date.UTC(2026, 10, 16, 13, 54, 34)));
    expect(Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString()).toMatch(/^AWS:.+/);
  });
});
