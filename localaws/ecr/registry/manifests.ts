// Manifests and tags of the registry protocol: PutImage, BatchGetImage and ListImages in other words.
import type { AwsShape } from '../../region.ts';
import { emitImageAction } from '../image-events.ts';
import { MANIFEST_BYTES_MAX } from '../limits.ts';
import { DIGEST, digestOf } from '../manifest.ts';
import { RegistryError } from './registry-error.ts';
import { bodyOf, callEcr, type RegistryRequest, send } from './registry-request.ts';

/** Pages of one listing; 1,000 items each cover every quota. */
const PAGES_MAX = 150;
const LISTED_DEFAULT = 1_000;

export async function handleManifest(on: RegistryRequest): Promise<void> {
  if (on.method === 'GET' || on.method === 'HEAD') return getManifest(on);
  if (on.method === 'PUT') return putManifest(on);
  throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported. Amazon ECR deletes images by BatchDeleteImage only.');
}

function identifierOf(reference: string): AwsShape {
  return reference.includes(':') ? { imageDigest: reference } : { imageTag: reference };
}

async function getManifest(on: RegistryRequest): Promise<void> {
  const input = { repositoryName: on.repositoryName, imageIds: [identifierOf(on.reference)] };
  const { images, failures } = await callEcr(on, 'BatchGetImage', input, 'NAME_INVALID');
  const image = images[0];
  if (image === undefined) {
    const reason = String(failures[0]?.failureReason ?? 'Requested image not found');
    throw new RegistryError(404, 'MANIFEST_UNKNOWN', reason);
  }
  const manifest = String(image.imageManifest);
  send(
    on,
    200,
    {
      'content-type': String(image.imageManifestMediaType),
      'content-length': String(Buffer.byteLength(manifest)),
      'docker-content-digest': String(image.imageId.imageDigest),
    },
    manifest,
  );
}

async function putManifest(on: RegistryRequest): Promise<void> {
  const isDigest = on.reference.includes(':');
  if (isDigest && !DIGEST.test(on.reference)) throw new RegistryError(400, 'DIGEST_INVALID', `'${on.reference}' is not a sha256 digest.`);
  const manifest = await readManifestText(on);
  const input = {
    repositoryName: on.repositoryName,
    imageManifest: manifest,
    ...(on.request.headers['content-type'] === undefined ? {} : { imageManifestMediaType: on.request.headers['content-type'] }),
    ...identifierOf(on.reference),
  };
  const digest = digestOf(manifest);
  await callEcr(on, 'PutImage', input, 'MANIFEST_INVALID').catch((error: unknown) => {
    const code = error instanceof RegistryError && error.cause instanceof Error ? error.cause.name : '';
    if (code === 'LayersNotFoundException') throw new RegistryError(400, 'MANIFEST_BLOB_UNKNOWN', (error as Error).message, { cause: error });
    if (code !== 'ImageAlreadyExistsException') throw error;
    announceAgain(on, digest, isDigest ? undefined : on.reference);
  });
  send(on, 201, { location: `/v2/${on.repositoryName}/manifests/${digest}`, 'docker-content-digest': digest });
}

/** Pushing what is there already succeeds in the registry protocol, and AWS announces it once more (unverified): subscribers must bear it. */
function announceAgain(on: RegistryRequest, digest: string, tag: string | undefined): void {
  const repository = on.state.repositories.get(on.repositoryName);
  const image = repository?.images.get(digest);
  if (repository !== undefined && image !== undefined) emitImageAction(on.region, repository, image, 'PUSH', tag);
}

async function readManifestText(on: RegistryRequest): Promise<string> {
  const tooLarge = (): RegistryError => new RegistryError(413, 'MANIFEST_INVALID', `A manifest may have at most ${MANIFEST_BYTES_MAX} bytes.`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of bodyOf(on)) {
    bytes += chunk.byteLength;
    if (bytes > MANIFEST_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    // The digest is of the exact bytes: text that would not come out the same must not come in.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new RegistryError(400, 'MANIFEST_INVALID', 'The manifest is not valid UTF-8.', { cause });
  }
}

export async function handleTags(on: RegistryRequest): Promise<void> {
  requireGet(on);
  const input = { repositoryName: on.repositoryName, filter: { tagStatus: 'TAGGED' } };
  const ids = await allPages(on, 'ListImages', input, 'imageIds');
  const { names, headers } = cut(
    on,
    ids.map((id) => String(id['imageTag'])),
  );
  sendJson(on, { name: on.repositoryName, tags: names }, headers);
}

export async function handleCatalog(on: RegistryRequest): Promise<void> {
  requireGet(on);
  const repositories = await allPages(on, 'DescribeRepositories', {}, 'repositories');
  const { names, headers } = cut(
    on,
    repositories.map((repository) => String(repository['repositoryName'])),
  );
  sendJson(on, { repositories: names }, headers);
}

function requireGet(on: RegistryRequest): void {
  if (on.method !== 'GET' && on.method !== 'HEAD') throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.');
}

function sendJson(on: RegistryRequest, body: AwsShape, headers: Record<string, string>): void {
  const text = JSON.stringify(body);
  send(on, 200, { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }, text);
}

async function allPages(on: RegistryRequest, operation: string, input: AwsShape, member: string): Promise<AwsShape[]> {
  const items: AwsShape[] = [];
  let nextToken: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const output = await callEcr(on, operation, { ...input, maxResults: LISTED_DEFAULT, nextToken }, 'NAME_INVALID');
    items.push(...(output[member] as AwsShape[]));
    nextToken = output['nextToken'];
    if (nextToken === undefined) break;
  }
  return items;
}

/** `n` and `last` of the distribution API, with a Link header when there is more. */
function cut(on: RegistryRequest, all: string[]): { names: string[]; headers: Record<string, string> } {
  const asked = on.url.searchParams.get('n');
  const size = asked === null ? LISTED_DEFAULT : Number(asked);
  if (!Number.isInteger(size) || size < 1 || size > LISTED_DEFAULT) {
    throw new RegistryError(400, 'PAGINATION_NUMBER_INVALID', `n must be a whole number from 1 to ${LISTED_DEFAULT}.`);
  }
  const last = on.url.searchParams.get('last');
  const rest = all.sort().filter((name) => last === null || name > last);
  const names = rest.slice(0, size);
  const end = names.at(-1);
  if (rest.length <= size || end === undefined) return { names, headers: {} };
  return { names, headers: { link: `<${on.url.pathname}?n=${size}&last=${encodeURIComponent(end)}>; rel="next"` } };
}
