// Uploads of the registry protocol: in one piece, in chunks, or by mounting a layer another repository has.
import { AwsError } from '../../endpoint/aws-error.ts';
import type { Upload } from '../blob-store.ts';
import { DIGEST } from '../manifest.ts';
import { RegistryError, registryErrorOf } from './registry-error.ts';
import { bodyOf, callEcr, type RegistryRequest, send } from './registry-request.ts';

/** POST /v2/NAME/blobs/uploads/ */
export async function handleUploadStart(on: RegistryRequest): Promise<void> {
  if (on.method !== 'POST') throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.');
  const { uploadId } = await callEcr(on, 'InitiateLayerUpload', { repositoryName: on.repositoryName }, 'NAME_INVALID');
  const upload = openUpload(on, String(uploadId));
  if (await mounted(on)) {
    await on.state.blobs.cancel(upload);
    const digest = on.url.searchParams.get('mount') ?? '';
    send(on, 201, { location: `/v2/${on.repositoryName}/blobs/${digest}`, 'docker-content-digest': digest });
    return;
  }
  if (on.url.searchParams.has('digest')) return finishUpload(on, upload);
  sendProgress(on, 202, upload);
}

/** PATCH, PUT, GET and DELETE of /v2/NAME/blobs/uploads/ID */
export async function handleUpload(on: RegistryRequest): Promise<void> {
  const upload = openUpload(on, on.reference);
  switch (on.method) {
    case 'PATCH':
      requireNextByte(on, upload);
      await receive(on, upload);
      return sendProgress(on, 202, upload);
    case 'PUT':
      requireNextByte(on, upload);
      return finishUpload(on, upload);
    case 'GET':
      return sendProgress(on, 204, upload);
    case 'DELETE':
      await on.state.blobs.cancel(upload);
      return send(on, 204, {});
    default:
      throw new RegistryError(405, 'UNSUPPORTED', 'The operation is unsupported.');
  }
}

function openUpload(on: RegistryRequest, uploadId: string): Upload {
  const upload = on.state.blobs.upload(on.repositoryName, uploadId);
  if (upload !== undefined) return upload;
  if (!on.state.repositories.has(on.repositoryName)) {
    throw new RegistryError(
      404,
      'NAME_UNKNOWN',
      `The repository with name '${on.repositoryName}' does not exist in the registry with id '${on.region.account}'`,
    );
  }
  throw new RegistryError(
    404,
    'BLOB_UPLOAD_UNKNOWN',
    `The upload with upload id '${uploadId}' was not found in the repository with name '${on.repositoryName}'`,
  );
}

async function finishUpload(on: RegistryRequest, upload: Upload): Promise<void> {
  const digest = on.url.searchParams.get('digest') ?? '';
  if (!DIGEST.test(digest)) throw new RegistryError(400, 'DIGEST_INVALID', `'${digest}' is not a sha256 digest.`);
  await receive(on, upload);
  const input = { repositoryName: on.repositoryName, uploadId: upload.id, layerDigests: [digest] };
  await callEcr(on, 'CompleteLayerUpload', input, 'BLOB_UPLOAD_INVALID').catch((error: unknown) => {
    // Somebody else pushed the same layer meanwhile: it is there, which is all the client wants.
    const code = error instanceof RegistryError && error.cause instanceof AwsError ? error.cause.code : '';
    if (code !== 'LayerAlreadyExistsException') throw error;
  });
  send(on, 201, { location: `/v2/${on.repositoryName}/blobs/${digest}`, 'docker-content-digest': digest });
}

async function receive(on: RegistryRequest, upload: Upload): Promise<void> {
  try {
    await on.state.blobs.append(upload, bodyOf(on));
  } catch (error) {
    throw registryErrorOf(error, 'BLOB_UPLOAD_INVALID');
  }
}

/** A chunk must begin where the last one ended; without Content-Range it is taken to. */
function requireNextByte(on: RegistryRequest, upload: Upload): void {
  const header = on.request.headers['content-range'];
  if (header === undefined) return;
  const first = /^(?:bytes[ =])?(\d+)-\d+(?:\/(?:\d+|\*))?$/.exec(header)?.[1];
  if (first !== undefined && Number(first) === upload.bytes) return;
  throw new RegistryError(416, 'BLOB_UPLOAD_INVALID', `Content-Range '${header}' does not begin at byte ${upload.bytes}, which is next.`, {
    headers: progressHeaders(on, upload),
  });
}

function progressHeaders(on: RegistryRequest, upload: Upload): Record<string, string> {
  return {
    location: `/v2/${on.repositoryName}/blobs/uploads/${upload.id}`,
    'docker-upload-uuid': upload.id,
    // The distribution API counts inclusively and so cannot say "nothing yet"; registries answer 0-0.
    range: `0-${Math.max(0, upload.bytes - 1)}`,
  };
}

function sendProgress(on: RegistryRequest, status: number, upload: Upload): void {
  send(on, status, progressHeaders(on, upload));
}

/**
 * Takes a layer over from another repository of this registry. As in AWS this needs the account setting BLOB_MOUNTING (off by
 * default), GetDownloadUrlForLayer on the source, and the same encryption on both; else the client uploads.
 */
async function mounted(on: RegistryRequest): Promise<boolean> {
  const digest = on.url.searchParams.get('mount');
  const from = on.url.searchParams.get('from');
  if (digest === null || from === null || on.state.accountSettings.get('BLOB_MOUNTING') !== 'ENABLED') return false;
  const allowed = await callEcr(on, 'GetDownloadUrlForLayer', { repositoryName: from, layerDigest: digest }, 'NAME_INVALID').then(
    () => true,
    () => false,
  );
  const source = on.state.repositories.get(from);
  const target = on.state.repositories.get(on.repositoryName);
  if (!allowed || source === undefined || target === undefined || !source.layers.has(digest)) return false;
  if (JSON.stringify(source.encryptionConfiguration) !== JSON.stringify(target.encryptionConfiguration)) return false;
  target.layers.add(digest);
  return true;
}
