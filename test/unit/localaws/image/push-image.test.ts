// Pushing a folder as `weir local push` does, and what a person is told when it cannot be done.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createEcr } from '#localaws/ecr/create-ecr.ts';
import { buildImage } from '#localaws/image/build-image.ts';
import { pushImage } from '#localaws/image/push-image.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const examples = join(import.meta.dirname, '../../../../examples/orders');
let running: RunningRegion;

beforeEach(async () => {
  running = await startRegion({ services: [createEcr], clock: { kind: 'virtual' } });
});

afterEach(() => running.close());

const ecr = (operation: string, input: object) => running.region.call('ecr', operation, input, { kind: 'root' });
const push = (directory: string, tag: string, endpointUrl = running.endpointUrl) =>
  pushImage({ endpointUrl, repository: 'team/orders', tag, directory: join(examples, directory) });

test('Every version of the sample is pushed under its tag and can be described.', async () => {
  await ecr('CreateRepository', { repositoryName: 'team/orders' });
  const digests = new Set<string>();
  for (const version of ['v1', 'v2', 'v3', 'v4', 'v5-slow', 'v6']) {
    const pushed = await push(version, version);
    const image = await buildImage(join(examples, version));
    expect(pushed).toEqual({ digest: image.digest, tag: version, bytes: image.bytes, notes: [] });
    const { imageDetails } = await ecr('DescribeImages', { repositoryName: 'team/orders', imageIds: [{ imageTag: version }] });
    expect(imageDetails[0].imageDigest).toBe(image.digest);
    digests.add(image.digest);
  }
  expect(digests.size).toBe(6);
});

test('The same version again is no error.', async () => {
  await ecr('CreateRepository', { repositoryName: 'team/orders' });
  expect(await push('v1', '1.0.0')).toEqual(await push('v1', '1.0.0'));
});

test('A missing repository is answered with the command that makes it.', async () => {
  await expect(push('v1', '1.0.0')).rejects.toThrow(
    `The repository team/orders does not exist, and ECR does not create one on push. Create it:\n  aws --endpoint-url ${running.endpointUrl} ecr create-repository --repository-name team/orders`,
  );
});

test('A tag that may not move, a tag that is none and a wrong folder are told in one line.', async () => {
  await ecr('CreateRepository', { repositoryName: 'team/orders', imageTagMutability: 'IMMUTABLE' });
  await push('v1', '1.0.0');
  await expect(push('v2', '1.0.0')).rejects.toThrow(/Could not push team\/orders:1.0.0: HTTP 400 The image tag '1.0.0' already exists/);
  await expect(push('v2', 'no tag')).rejects.toThrow(/Could not push .*imageTag/);
  await expect(push('v99', '1.0.0')).rejects.toThrow(/v99 does not exist/);
});

test('Nobody listening, no address and something else listening are told apart.', async () => {
  await expect(push('v1', '1', 'http://127.0.0.1:1')).rejects.toThrow(/does not answer at http:\/\/127.0.0.1:1: .*Is it running/);
  await expect(push('v1', '1', 'nowhere')).rejects.toThrow(/not the URL of a local AWS/);
  const other = createServer((_request, response) => {
    response.statusCode = 404;
    response.end('<h1>Not here</h1>');
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  await expect(push('v1', '1', `http://127.0.0.1:${(other.address() as AddressInfo).port}`)).rejects.toThrow(/HTTP 404 <h1>Not here/);
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
});
