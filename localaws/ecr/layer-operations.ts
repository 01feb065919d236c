// Layers by the ECR API: which exist, where to fetch them, and uploads in parts. The registry protocol uses the same
// operations for its permission and its effect; only the bytes take the short way.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { uploadNotFound } from './blob-store.ts';
import type { DownloadLinks } from './download-links.ts';
import { invalidParameter, repositoryOf, requiredString, requiredStrings } from './inputs.ts';
import { LAYER_PART_BYTES, LAYER_PART_BYTES_MIN } from './limits.ts';
import { DIGEST } from './manifest.ts';
import { forgetUnusedLayers, type RegistryState } from './registry-state.ts';
import { repositoryArn } from './repository-operations.ts';

export function createLayerOperations(region: Region, state: RegistryState, links: DownloadLinks): Record<string, Operation> {
  const resources = (input: AwsShape): string[] => [repositoryArn(region, input['repositoryName'])];
  return {
    BatchCheckLayerAvailability: { resources, handle: (input) => checkLayers(region, state, input) },
    GetDownloadUrlForLayer: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        const layerDigest = requiredString(input, 'layerDigest');
        if (!DIGEST.test(layerDigest)) throw invalidParameter('layerDigest', `must satisfy regular expression '${DIGEST.source}'`);
        if (!repository.layers.has(layerDigest)) {
          throw new AwsError(
            'LayersNotFoundException',
            `The layer with digest '${layerDigest}' was not found in the repository with name '${repository.name}' in the registry with id '${region.account}'`,
          );
        }
        return { downloadUrl: links.make(layerDigest), layerDigest };
      },
    },
    InitiateLayerUpload: {
      resources,
      handle(input) {
        const repository = repositoryOf(region, state, input);
        return { uploadId: state.blobs.begin(repository.name).id, partSize: LAYER_PART_BYTES };
      },
    },
    UploadLayerPart: { resources, handle: (input) => uploadPart(region, state, input) },
    CompleteLayerUpload: { resources, handle: (input) => completeUpload(region, state, input) },
  };
}

function checkLayers(region: Region, state: RegistryState, input: AwsShape): AwsShape {
  const repository = repositoryOf(region, state, input);
  const layers: AwsShape[] = [];
  const failures: AwsShape[] = [];
  const mediaTypes = new Map([...repository.images.values()].flatMap((image) => [...image.facts.mediaTypes]));
  for (const layerDigest of requiredStrings(input, 'layerDigests')) {
    if (!DIGEST.test(layerDigest)) {
      failures.push({ layerDigest, failureCode: 'InvalidLayerDigest', failureReason: 'Layer digest is invalid' });
    } else if (!repository.layers.has(layerDigest)) {
      layers.push({ layerDigest, layerAvailability: 'UNAVAILABLE' });
    } else {
      layers.push({ layerDigest, layerAvailability: 'AVAILABLE', layerSize: state.blobs.size(layerDigest) ?? 0, mediaType: mediaTypes.get(layerDigest) });
    }
  }
  return { layers, failures };
}

async function uploadPart(region: Region, state: RegistryState, input: AwsShape): Promise<AwsShape> {
  const repository = repositoryOf(region, state, input);
  const uploadId = requiredString(input, 'uploadId');
  const upload = state.blobs.upload(repository.name, uploadId);
  if (upload === undefined) throw uploadNotFound(repository.name, uploadId);
  const first = wholeNumber(input, 'partFirstByte');
  const last = wholeNumber(input, 'partLastByte');
  const content = blobOf(input);
  if (first !== upload.bytes || last !== first + content.length - 1) {
    throw new AwsError(
      'InvalidLayerPartException',
      `The layer part is not valid: bytes ${first}-${last} were announced, ${content.length} bytes came, and byte ${upload.bytes} is next.`,
      {
        members: { registryId: region.account, repositoryName: repository.name, uploadId, lastValidByteReceived: upload.bytes - 1 },
      },
    );
  }
  if (upload.bytes > 0 && upload.lastPartBytes < LAYER_PART_BYTES_MIN) throw partTooSmall();
  await state.blobs.append(upload, [content]);
  return { registryId: region.account, repositoryName: repository.name, uploadId, lastByteReceived: last };
}

async function completeUpload(region: Region, state: RegistryState, input: AwsShape): Promise<AwsShape> {
  const repository = repositoryOf(region, state, input);
  const uploadId = requiredString(input, 'uploadId');
  const [layerDigest, more] = requiredStrings(input, 'layerDigests');
  if (layerDigest === undefined || more !== undefined || !DIGEST.test(layerDigest))
    throw invalidParameter('layerDigests', `one digest that satisfies '${DIGEST.source}'`);
  const upload = state.blobs.upload(repository.name, uploadId);
  if (upload === undefined) throw uploadNotFound(repository.name, uploadId);
  if (upload.bytes === 0) throw new AwsError('EmptyUploadException', `There are no layer parts in the upload with upload id '${uploadId}'`);
  await state.blobs.finish(upload, layerDigest);
  // The repository may have gone while the last bytes were written.
  if (state.repositories.get(repository.name) !== repository) {
    forgetUnusedLayers(state, [layerDigest]);
    throw uploadNotFound(repository.name, uploadId);
  }
  if (repository.layers.has(layerDigest)) {
    throw new AwsError(
      'LayerAlreadyExistsException',
      `The layer with digest '${layerDigest}' already exists in the repository with name '${repository.name}' in the registry with id '${region.account}'`,
    );
  }
  repository.layers.add(layerDigest);
  return { registryId: region.account, repositoryName: repository.name, uploadId, layerDigest };
}

function wholeNumber(input: AwsShape, name: string): number {
  const value = Number(input[name] ?? Number.NaN);
  if (!Number.isSafeInteger(value) || value < 0) throw invalidParameter(name, 'Member must be a number of at least 0');
  return value;
}

/** Blobs are base64 strings on the wire; callers in this process may hold bytes. */
function blobOf(input: AwsShape): Uint8Array {
  const value: unknown = input['layerPartBlob'];
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') throw invalidParameter('layerPartBlob', 'Member must not be null');
  return Buffer.from(value, 'base64');
}

function partTooSmall(): AwsError {
  return new AwsError('LayerPartTooSmallException', `Layer parts must be at least ${LAYER_PART_BYTES_MIN} bytes in size, except for the last`);
}
