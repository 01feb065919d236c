// The OCI distribution API under /v2/ on the endpoint: what docker, skopeo, containerd and `weir local push` speak.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal, Region, Service } from '../../region.ts';
import type { AuthorizationTokens } from '../authorization-tokens.ts';
import { DOWNLOAD_PATH, type DownloadLinks } from '../download-links.ts';
import type { RegistryState } from '../registry-state.ts';
import { handleBlob, sendBlob } from './blobs.ts';
import { handleCatalog, handleManifest, handleTags } from './manifests.ts';
import { RegistryError, registryErrorOf, sendRegistryError } from './registry-error.ts';
import { type RegistryRequest, send } from './registry-request.ts';
import { handleUpload, handleUploadStart } from './uploads.ts';

interface Route {
  readonly path: RegExp;
  readonly handle: (on: RegistryRequest) => Promise<void>;
}

/** Names may have slashes, so routes are told by their ends; the first that fits counts. */
const ROUTES: readonly Route[] = [
  { path: /^\/v2\/?$/, handle: async (on) => send(on, 200, {}) },
  { path: /^\/v2\/_catalog$/, handle: handleCatalog },
  { path: /^\/v2\/(.+)\/tags\/list$/, handle: handleTags },
  { path: /^\/v2\/(.+)\/manifests\/([^/]+)$/, handle: handleManifest },
  { path: /^\/v2\/(.+)\/blobs\/uploads\/?$/, handle: handleUploadStart },
  { path: /^\/v2\/(.+)\/blobs\/uploads\/([^/]+)$/, handle: handleUpload },
  { path: /^\/v2\/(.+)\/blobs\/([^/]+)$/, handle: handleBlob },
];

/** Makes the `raw` hook of the service: true when the request was the registry's. */
export function createRegistry(region: Region, state: RegistryState, tokens: AuthorizationTokens, links: DownloadLinks): NonNullable<Service['raw']> {
  return (request, response) => {
    const url = readUrl(request);
    const isDownload = url?.pathname.startsWith(DOWNLOAD_PATH) === true;
    if (url === undefined || (!isDownload && url.pathname !== '/v2' && !url.pathname.startsWith('/v2/'))) return false;
    const work = (): Promise<void> => (isDownload ? download(state, links, url, request, response) : answer(region, state, tokens, url, request, response));
    region.clock.during(work).catch((error: unknown) => {
      const isHead = request.method === 'HEAD';
      // A client that went away in mid-transfer is no defect and hears nothing more.
      if (request.destroyed && !request.complete) response.destroy();
      else sendRegistryError(response, registryErrorOf(error, 'UNSUPPORTED'), isHead);
    });
    return true;
  };
}

function readUrl(request: IncomingMessage): URL | undefined {
  try {
    return new URL(request.url ?? '/', 'http://localhost');
  } catch {
    return undefined;
  }
}

async function answer(
  region: Region,
  state: RegistryState,
  tokens: AuthorizationTokens,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('docker-distribution-api-version', 'registry/2.0');
  const principal = principalOf(region, tokens, request);
  for (const route of ROUTES) {
    const match = route.path.exec(url.pathname);
    if (match === null) continue;
    const [, repositoryName = '', reference = ''] = match;
    const on = { region, state, request, response, method: request.method ?? 'GET', url, repositoryName, reference: decoded(reference), principal };
    return route.handle(on);
  }
  throw new RegistryError(404, 'UNSUPPORTED', `${request.method} ${url.pathname} is not part of this registry.`);
}

function principalOf(region: Region, tokens: AuthorizationTokens, request: IncomingMessage): Principal {
  const reading = tokens.read(request.headers.authorization);
  switch (reading.kind) {
    case 'principal':
      return reading.principal;
    case 'expired':
      throw new RegistryError(403, 'DENIED', 'Your authorization token has expired. Reauthenticate and try again.');
    case 'absent':
      throw new RegistryError(401, 'UNAUTHORIZED', 'Not Authorized', {
        headers: { 'www-authenticate': `Basic realm="${region.endpointUrl}/",service="ecr.amazonaws.com"` },
      });
  }
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** The links of GetDownloadUrlForLayer: no credentials but the link itself, as with S3. */
async function download(state: RegistryState, links: DownloadLinks, url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const digest = links.read(url);
  if (digest === undefined) throw new RegistryError(403, 'DENIED', 'The link to the layer is not valid or has expired.');
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.');
  await sendBlob(state, digest, request, response);
}
