// Pushes a folder's image to the local ECR by the registry protocol, as any docker client would.
import { buildImage } from './build-image.ts';
import { type Image, ImageError, type ImagePart } from './image.ts';

/** Real time, not the clock's: this is a client of the local AWS and runs outside it. */
const REQUEST_TIMEOUT_MS = 120_000;
const MESSAGE_LENGTH_MAX = 500;

export interface PushOptions {
  /** Where the local AWS listens, like `http://127.0.0.1:4566`. */
  readonly endpointUrl: string;
  readonly repository: string;
  readonly tag: string;
  readonly directory: string;
}

export interface PushedImage {
  readonly digest: string;
  readonly tag: string;
  /** Bytes of the whole image. */
  readonly bytes: number;
  /** What was ignored while building, for the person who pushed. */
  readonly notes: readonly string[];
}

/**
 * Builds the image of a folder and pushes it under a tag.
 * @throws ImageError saying what to do: the folder is wrong, the repository is missing, the tag is taken, nobody listens.
 */
export async function pushImage(options: PushOptions): Promise<PushedImage> {
  const image = await buildImage(options.directory);
  await pushBuiltImage(image, options);
  return { digest: image.digest, tag: options.tag, bytes: image.bytes, notes: image.notes };
}

async function pushBuiltImage(image: Image, options: Omit<PushOptions, 'directory'>): Promise<void> {
  const registry = await logIn(options);
  for (const part of [...image.layers, image.config]) await pushPart(registry, part);
  const answer = await registry.request('PUT', `/v2/${options.repository}/manifests/${encodeURIComponent(options.tag)}`, {
    headers: { 'content-type': image.manifest.mediaType },
    body: image.manifest.content,
  });
  if (answer.status !== 201) throw await failure(answer, `push ${options.repository}:${options.tag}`);
}

interface Registry {
  readonly repository: string;
  request(method: string, pathOrUrl: string, init?: { headers?: Record<string, string>; body?: Uint8Array | string }): Promise<Response>;
}

async function logIn(options: Omit<PushOptions, 'directory'>): Promise<Registry> {
  const endpoint = readEndpoint(options.endpointUrl);
  const call = async (method: string, pathOrUrl: string, headers: Record<string, string>, body?: Uint8Array | string): Promise<Response> => {
    try {
      return await fetch(new URL(pathOrUrl, endpoint), {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
    } catch (cause) {
      throw new ImageError(`The local AWS does not answer at ${endpoint.origin}: ${reasonOf(cause)}. Is it running, and is this its address?`, { cause });
    }
  };
  const api = (operation: string, input: unknown): Promise<Response> => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${operation}` };
    return call('POST', '/', headers, JSON.stringify(input));
  };
  const described = await api('DescribeRepositories', { repositoryNames: [options.repository] });
  if (!described.ok) throw await describeFailure(described, options, endpoint);
  const tokenAnswer = await api('GetAuthorizationToken', {});
  if (!tokenAnswer.ok) throw await failure(tokenAnswer, 'log in to the registry');
  const token = ((await tokenAnswer.json()) as { authorizationData?: { authorizationToken?: string }[] }).authorizationData?.[0]?.authorizationToken ?? '';
  return {
    repository: options.repository,
    request: (method, path, init = {}) => call(method, path, { ...init.headers, authorization: `Basic ${token}` }, init.body),
  };
}

async function describeFailure(answer: Response, options: Omit<PushOptions, 'directory'>, endpoint: URL): Promise<ImageError> {
  const text = await answer.text();
  if (!text.includes('RepositoryNotFoundException')) return failureOf(answer, text, `look for the repository ${options.repository}`);
  return new ImageError(
    `The repository ${options.repository} does not exist, and ECR does not create one on push. Create it:\n` +
      `  aws --endpoint-url ${endpoint.origin} ecr create-repository --repository-name ${options.repository}`,
  );
}

async function pushPart(registry: Registry, part: ImagePart): Promise<void> {
  const known = await registry.request('HEAD', `/v2/${registry.repository}/blobs/${part.digest}`);
  if (known.status === 200) return;
  const begun = await registry.request('POST', `/v2/${registry.repository}/blobs/uploads/`);
  const location = begun.headers.get('location');
  if (begun.status !== 202 || location === null) throw await failure(begun, `begin the upload of ${part.digest}`);
  const separator = location.includes('?') ? '&' : '?';
  const done = await registry.request('PUT', `${location}${separator}digest=${encodeURIComponent(part.digest)}`, {
    headers: { 'content-type': 'application/octet-stream' },
    body: part.content,
  });
  if (done.status !== 201) throw await failure(done, `upload ${part.digest}`);
}

function readEndpoint(endpointUrl: string): URL {
  try {
    return new URL(endpointUrl);
  } catch (cause) {
    throw new ImageError(`'${endpointUrl}' is not the URL of a local AWS; it looks like http://127.0.0.1:4566`, { cause });
  }
}

async function failure(answer: Response, what: string): Promise<ImageError> {
  return failureOf(answer, await answer.text(), what);
}

/** Says what the registry said: `{ errors: [{ message }] }` or `{ message }`. */
function failureOf(answer: Response, text: string, what: string): ImageError {
  let message = text.slice(0, MESSAGE_LENGTH_MAX);
  try {
    const parsed = JSON.parse(text) as { message?: unknown; errors?: { message?: unknown }[] };
    message = String(parsed.errors?.[0]?.message ?? parsed.message ?? message);
  } catch {
    // Not JSON: some other server answers there; its own words are the best there is.
  }
  return new ImageError(`Could not ${what}: HTTP ${answer.status} ${message}`);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
