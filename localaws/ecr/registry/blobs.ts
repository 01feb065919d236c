// Blobs of the registry protocol: whether one is there, and its bytes, whole or a range.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { DIGEST } from '../manifest.ts';
import type { RegistryState } from '../registry-state.ts';
import { RegistryError } from './registry-error.ts';
import { callEcr, type RegistryRequest, send } from './registry-request.ts';

export async function handleBlob(on: RegistryRequest): Promise<void> {
  if (!DIGEST.test(on.reference)) throw new RegistryError(400, 'DIGEST_INVALID', `'${on.reference}' is not a sha256 digest.`);
  if (on.method === 'HEAD') return headBlob(on);
  if (on.method !== 'GET') throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported. Amazon ECR deletes layers with their images.');
  // ECR answers with a redirect to this url; the bytes come straight from here, which every client takes.
  await callEcr(on, 'GetDownloadUrlForLayer', { repositoryName: on.repositoryName, layerDigest: on.reference }, 'NAME_INVALID');
  await sendBlob(on.state, on.reference, on.request, on.response);
}

async function headBlob(on: RegistryRequest): Promise<void> {
  const { layers } = await callEcr(on, 'BatchCheckLayerAvailability', { repositoryName: on.repositoryName, layerDigests: [on.reference] }, 'NAME_INVALID');
  const layer = layers[0];
  if (layer?.layerAvailability !== 'AVAILABLE') throw unknownBlob(on.reference);
  send(on, 200, {
    'content-type': 'application/octet-stream',
    'content-length': String(layer.layerSize),
    'accept-ranges': 'bytes',
    'docker-content-digest': on.reference,
  });
}

/** Streams a stored blob, honouring a single byte range. */
export async function sendBlob(state: RegistryState, digest: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const size = state.blobs.size(digest);
  if (size === undefined) throw unknownBlob(digest);
  const range = readRange(request.headers.range, size);
  if (range === 'unsatisfiable') {
    throw new RegistryError(416, 'SIZE_INVALID', `The range is outside the blob's ${size} bytes.`, { headers: { 'content-range': `bytes */${size}` } });
  }
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', 'docker-content-digest': digest };
  if (range === undefined) response.writeHead(200, { ...headers, 'content-length': String(size) });
  else {
    response.writeHead(206, {
      ...headers,
      'content-length': String(range.end - range.start + 1),
      'content-range': `bytes ${range.start}-${range.end}/${size}`,
    });
  }
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(state.blobs.read(digest, range), response);
}

/** Several ranges, and units other than bytes, are ignored as HTTP allows. */
function readRange(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  return start > end ? 'unsatisfiable' : { start, end };
}

function unknownBlob(digest: string): RegistryError {
  return new RegistryError(404, 'BLOB_UNKNOWN', `The layer with digest '${digest}' was not found.`);
}
