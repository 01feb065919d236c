// The local ECR's registry against skopeo, an independent client. Skipped, with a word, where skopeo is not installed.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pack } from 'tar-stream';
import { createEcr } from '#localaws/ecr/create-ecr.ts';
import { DOCKER_MANIFEST, OCI_MANIFEST } from '#localaws/ecr/manifest.ts';
import { buildImage } from '#localaws/image/build-image.ts';
import type { Image } from '#localaws/image/image.ts';
import { collect } from '#localaws/image/layer.ts';
import { writeImageArchive } from '#localaws/image/write-image-archive.ts';
import { type RunningRegion, startRegion } from '#localaws/start-region.ts';

const run = promisify(execFile);
const installed = spawnSync('skopeo', ['--version']).status === 0;
const describeWithSkopeo = installed ? describe : describe.skip;
const title = installed ? 'skopeo' : 'skopeo is not installed (apt-get install skopeo), so these are skipped';
const repositoryName = 'team/orders';

/** The form `docker save` writes. */
async function writeDockerArchive(image: Image, file: string): Promise<void> {
  const archive = pack();
  const collected = collect(archive);
  const config = `${image.config.digest.slice('sha256:'.length)}.json`;
  archive.entry({ name: config }, Buffer.from(image.config.content));
  archive.entry({ name: 'layer.tar' }, gunzipSync(image.layers[0]?.content ?? new Uint8Array()));
  archive.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: config, RepoTags: ['orders:1'], Layers: ['layer.tar'] }]));
  archive.finalize();
  await writeFile(file, await collected);
}

describeWithSkopeo(title, () => {
  let running: RunningRegion;
  let folder: string;
  let image: Image;
  let credentials: string;

  const skopeo = (...words: string[]) => run('skopeo', words, { timeout: 25_000 });
  const place = (tag: string, repository = repositoryName) => `docker://${new URL(running.endpointUrl).host}/${repository}:${tag}`;
  const push = (source: string, tag: string, repository = repositoryName) =>
    skopeo('copy', '--insecure-policy', '--dest-tls-verify=false', '--dest-creds', credentials, source, place(tag, repository));
  const ecr = (operation: string, input: object) => running.region.call('ecr', operation, input, { kind: 'root' });
  const describeTag = async (tag: string) => (await ecr('DescribeImages', { repositoryName, imageIds: [{ imageTag: tag }] }))['imageDetails'][0];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weir-skopeo-test-'));
    running = await startRegion({ services: [createEcr], clock: { kind: 'virtual' } });
    await ecr('CreateRepository', { repositoryName });
    const { authorizationData } = await ecr('GetAuthorizationToken', {});
    credentials = Buffer.from(authorizationData[0].authorizationToken, 'base64').toString();
    image = await buildImage(join(import.meta.dirname, '../../examples/orders/v1'));
    await writeImageArchive(image, join(folder, 'oci.tar'), '1.0.0');
    await writeDockerArchive(image, join(folder, 'docker.tar'));
  });

  afterAll(async () => {
    await running.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('An OCI archive arrives under its own digest and is pulled back as it was.', async () => {
    await push(`oci-archive:${join(folder, 'oci.tar')}`, 'oci');
    expect(await describeTag('oci')).toMatchObject({ imageDigest: image.digest, imageManifestMediaType: OCI_MANIFEST });
    const copy = join(folder, 'pulled');
    await skopeo('copy', '--insecure-policy', '--src-tls-verify=false', '--src-creds', credentials, place('oci'), `dir:${copy}`);
    expect(await readFile(join(copy, 'manifest.json'), 'utf8')).toBe(new TextDecoder().decode(image.manifest.content));
  });

  test("A docker archive arrives as docker's manifest of the same config.", async () => {
    await push(`docker-archive:${join(folder, 'docker.tar')}`, 'docker');
    expect(await describeTag('docker')).toMatchObject({ imageManifestMediaType: DOCKER_MANIFEST });
    const { stdout } = await skopeo('inspect', '--tls-verify=false', '--creds', credentials, '--config', place('docker'));
    expect(JSON.parse(stdout).config.Entrypoint).toEqual(['node', 'server.mjs']);
  });

  test('A push without credentials works too: the endpoint is on loopback.', async () => {
    await skopeo('copy', '--insecure-policy', '--dest-tls-verify=false', `oci-archive:${join(folder, 'oci.tar')}`, place('anonymous'));
    expect(await describeTag('anonymous')).toMatchObject({ imageDigest: image.digest });
  });

  test('skopeo reports a missing repository and an immutable tag in words ECR uses.', async () => {
    const source = `oci-archive:${join(folder, 'oci.tar')}`;
    await expect(push(source, '1', 'team/absent')).rejects.toThrow(/name unknown: The repository with name 'team\/absent' does not exist/);
    await ecr('CreateRepository', { repositoryName: 'team/immutable', imageTagMutability: 'IMMUTABLE' });
    await push(source, '1', 'team/immutable');
    await expect(push(`docker-archive:${join(folder, 'docker.tar')}`, '1', 'team/immutable')).rejects.toThrow(
      /already exists in the 'team\/immutable' repository/,
    );
  });
});
