// The images this machine has pulled, unpacked once each: the second task of an image starts at once. All of it is removed
// when the region closes.
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsShape, Principal, Region } from '../../region.ts';
import { openBlob } from './blob-download.ts';
import { fetchManifest, type ImageManifest } from './image-manifest.ts';
import { parseImageReference } from './image-reference.ts';
import { extractLayer } from './layer-extraction.ts';
import { type PullRequest, StartFailure } from './task-runtime.ts';

export interface StoredImage {
  readonly imageDigest: string;
  readonly rootDirectory: string;
  /** The image configuration's `config`: Entrypoint, Cmd, Env, WorkingDir, StopSignal. */
  readonly config: AwsShape;
}

export interface ImageStore {
  /** @throws StartFailure CannotPullContainerError. */
  pull(request: PullRequest): Promise<StoredImage>;
  find(imageDigest: string): StoredImage | undefined;
  remove(): Promise<void>;
  /** For the end of this process, where nothing can be awaited. */
  removeNow(): void;
}

const CONFIG_BYTES_MAX = 4 * 1024 * 1024;

export function createImageStore(region: Region): ImageStore {
  const stored = new Map<string, StoredImage>();
  const underWay = new Map<string, Promise<StoredImage>>();
  let directory: Promise<string> | undefined;
  let directoryPath: string | undefined;
  const open = async (): Promise<string> => {
    directory ??= mkdtemp(join(tmpdir(), 'localaws-ecs-'));
    directoryPath = await directory;
    return directoryPath;
  };

  const unpack = async (repositoryName: string, manifest: ImageManifest, principal: Principal): Promise<StoredImage> => {
    const rootDirectory = join(await open(), manifest.imageDigest.replace(':', '-'));
    try {
      const config = await readConfig(region, repositoryName, manifest.configDigest, principal);
      await mkdir(rootDirectory, { recursive: true });
      for (const layer of manifest.layers) {
        await extractLayer(await download(region, repositoryName, layer.digest, principal), layer.digest, rootDirectory);
      }
      const image = { imageDigest: manifest.imageDigest, rootDirectory, config };
      stored.set(manifest.imageDigest, image);
      return image;
    } catch (cause) {
      await rm(rootDirectory, { recursive: true, force: true });
      if (cause instanceof StartFailure) throw cause;
      const text = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
      throw new StartFailure('CannotPullContainerError', `failed to copy or unpack image: ${text}`, { cause });
    }
  };

  return {
    find: (imageDigest) => stored.get(imageDigest),
    async pull({ image, principal }) {
      const reference = parseImageReference(region, image);
      // The manifest is asked for every time: tags move, images are deleted, permissions are taken away.
      const manifest = await fetchManifest(region, reference, image, principal);
      const known = stored.get(manifest.imageDigest);
      if (known !== undefined) return known;
      const pulling = underWay.get(manifest.imageDigest) ?? unpack(reference.repositoryName, manifest, principal);
      underWay.set(manifest.imageDigest, pulling);
      try {
        return await pulling;
      } finally {
        underWay.delete(manifest.imageDigest);
      }
    },
    async remove() {
      await Promise.allSettled(underWay.values());
      stored.clear();
      if (directory !== undefined) await rm(await directory, { recursive: true, force: true });
    },
    removeNow() {
      if (directoryPath !== undefined) rmSync(directoryPath, { recursive: true, force: true });
    },
  };
}

async function download(region: Region, repositoryName: string, layerDigest: string, principal: Principal): Promise<AsyncIterable<Uint8Array>> {
  const answer = await region.call('ecr', 'GetDownloadUrlForLayer', { repositoryName, layerDigest }, principal);
  return openBlob(String(answer['downloadUrl']));
}

async function readConfig(region: Region, repositoryName: string, digest: string, principal: Principal): Promise<AwsShape> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of await download(region, repositoryName, digest, principal)) {
    bytes += chunk.length;
    if (bytes > CONFIG_BYTES_MAX) throw new Error('the image configuration is too large');
    chunks.push(chunk);
  }
  const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const config: unknown = typeof parsed === 'object' && parsed !== null ? (parsed as AwsShape)['config'] : undefined;
  return typeof config === 'object' && config !== null ? (config as AwsShape) : {};
}
