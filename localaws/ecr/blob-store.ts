// The bytes of layers, in temporary files that go when the region closes. A blob is stored once however many repositories
// offer it. Uploads hash while they write, so that finishing one needs no second read.
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, mkdtempSync, type ReadStream, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock/clock.ts';
import { AwsError } from '../endpoint/aws-error.ts';
import type { Ids } from '../region.ts';
import { LAYER_BYTES_MAX, STORE_BYTES_MAX, UPLOAD_LIFETIME_MS, UPLOADS_OPEN_MAX } from './limits.ts';

/** An upload under way. */
export interface Upload {
  readonly id: string;
  readonly repositoryName: string;
  /** Bytes received so far. */
  readonly bytes: number;
  /** Bytes of the last part; every part but the last has a smallest size in the API. */
  readonly lastPartBytes: number;
}

export interface BlobStore {
  has(digest: string): boolean;
  /** @returns undefined when the blob is not stored. */
  size(digest: string): number | undefined;
  /** Reads a stored blob; `range` is inclusive at both ends. */
  read(digest: string, range?: { start: number; end: number }): ReadStream;
  remove(digest: string): void;
  /** @throws AwsError LimitExceededException when too many uploads are unfinished. */
  begin(repositoryName: string): Upload;
  /** @returns undefined when there is no such upload in that repository. */
  upload(repositoryName: string, id: string): Upload | undefined;
  /** Appends bytes. @throws AwsError LimitExceededException, or InvalidLayerException when another append is under way. */
  append(upload: Upload, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void>;
  /** Ends an upload of at least one byte and stores it under its digest. @throws AwsError InvalidLayerException when the bytes have another digest; the upload is then gone. */
  finish(upload: Upload, digest: string): Promise<void>;
  cancel(upload: Upload): Promise<void>;
  close(): Promise<void>;
}

interface OpenUpload {
  readonly id: string;
  readonly repositoryName: string;
  readonly path: string;
  readonly hash: Hash;
  readonly startedAt: number;
  bytes: number;
  lastPartBytes: number;
  busy: boolean;
}

interface Disk {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Made on first use: most tests of other services never push an image. */
  folder: string | undefined;
  /** Bytes of all blobs and uploads. */
  bytes: number;
  readonly sizes: Map<string, number>;
  readonly uploads: Map<string, OpenUpload>;
}

export function createBlobStore(clock: Clock, ids: Ids): BlobStore {
  const disk: Disk = { clock, ids, folder: undefined, bytes: 0, sizes: new Map(), uploads: new Map() };
  return {
    has: (digest) => disk.sizes.has(digest),
    size: (digest) => disk.sizes.get(digest),
    read: (digest, range) => createReadStream(blobPath(disk, digest), range === undefined ? {} : { start: range.start, end: range.end }),
    remove: (digest) => removeBlob(disk, digest),
    begin: (repositoryName) => beginUpload(disk, repositoryName),
    upload(repositoryName, id) {
      dropExpired(disk);
      const found = disk.uploads.get(id);
      return found?.repositoryName === repositoryName ? found : undefined;
    },
    append: async (upload, content) => append(disk, idleUpload(disk, upload), content),
    finish: async (upload, digest) => finish(disk, idleUpload(disk, upload), digest),
    async cancel(given) {
      const upload = disk.uploads.get(given.id);
      if (upload !== undefined) await drop(disk, upload);
    },
    async close() {
      disk.uploads.clear();
      disk.sizes.clear();
      if (disk.folder !== undefined) await rm(disk.folder, { recursive: true, force: true });
    },
  };
}

function pathOf(disk: Disk, name: string): string {
  disk.folder ??= mkdtempSync(join(tmpdir(), 'weir-ecr-'));
  return join(disk.folder, name);
}

function blobPath(disk: Disk, digest: string): string {
  return pathOf(disk, digest.replace(':', '-'));
}

function removeBlob(disk: Disk, digest: string): void {
  const size = disk.sizes.get(digest);
  if (size === undefined) return;
  disk.sizes.delete(digest);
  disk.bytes -= size;
  rmSync(blobPath(disk, digest), { force: true });
}

function beginUpload(disk: Disk, repositoryName: string): Upload {
  dropExpired(disk);
  if (disk.uploads.size >= UPLOADS_OPEN_MAX) throw limit(`at most ${UPLOADS_OPEN_MAX} layer uploads may be unfinished`);
  const id = disk.ids.uuid();
  const upload: OpenUpload = {
    id,
    repositoryName,
    path: pathOf(disk, `upload-${id}`),
    hash: createHash('sha256'),
    startedAt: disk.clock.now(),
    bytes: 0,
    lastPartBytes: 0,
    busy: false,
  };
  disk.uploads.set(id, upload);
  return upload;
}

function dropExpired(disk: Disk): void {
  for (const upload of disk.uploads.values()) {
    if (upload.busy || disk.clock.now() - upload.startedAt < UPLOAD_LIFETIME_MS) continue;
    disk.uploads.delete(upload.id);
    disk.bytes -= upload.bytes;
    rmSync(upload.path, { force: true });
  }
}

/** The upload, which nobody else is writing just now. */
function idleUpload(disk: Disk, given: Upload): OpenUpload {
  const upload = disk.uploads.get(given.id);
  if (upload === undefined) throw uploadNotFound(given.repositoryName, given.id);
  if (upload.busy) throw new AwsError('InvalidLayerException', `Another part of upload '${upload.id}' is being received.`);
  return upload;
}

async function append(disk: Disk, upload: OpenUpload, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
  upload.busy = true;
  upload.lastPartBytes = 0;
  let file: FileHandle | undefined;
  try {
    file = await open(upload.path, 'a');
    for await (const chunk of content) {
      account(disk, upload, chunk.byteLength);
      await file.appendFile(chunk).catch(async (cause: unknown) => {
        // The file no longer agrees with the hash: the upload cannot go on.
        await drop(disk, upload);
        throw new AwsError('ServerException', `localaws: could not store the layer: ${String(cause)}`, { httpStatus: 500, cause });
      });
      upload.hash.update(chunk);
    }
  } finally {
    upload.busy = false;
    await file?.close();
  }
}

async function finish(disk: Disk, upload: OpenUpload, digest: string): Promise<void> {
  upload.busy = true;
  const actual = `sha256:${upload.hash.digest('hex')}`;
  if (actual !== digest) {
    await drop(disk, upload);
    throw new AwsError('InvalidLayerException', `Layer digest does not match: the uploaded bytes have digest '${actual}', not '${digest}'.`);
  }
  // In one go: between two awaits another repository's deletion could take the bytes just promised to this one.
  renameSync(upload.path, blobPath(disk, digest));
  disk.uploads.delete(upload.id);
  if (disk.sizes.has(digest)) disk.bytes -= upload.bytes;
  disk.sizes.set(digest, upload.bytes);
}

async function drop(disk: Disk, upload: OpenUpload): Promise<void> {
  if (disk.uploads.delete(upload.id)) disk.bytes -= upload.bytes;
  await rm(upload.path, { force: true });
}

function account(disk: Disk, upload: OpenUpload, bytes: number): void {
  if (upload.bytes + bytes > LAYER_BYTES_MAX) throw limit(`a layer may have at most ${LAYER_BYTES_MAX} bytes`);
  if (disk.bytes + bytes > STORE_BYTES_MAX) throw limit(`all layers together may have at most ${STORE_BYTES_MAX} bytes; delete images`);
  disk.bytes += bytes;
  upload.bytes += bytes;
  upload.lastPartBytes += bytes;
}

/** AWS's answer to an upload id it does not know. */
export function uploadNotFound(repositoryName: string, uploadId: string): AwsError {
  return new AwsError('UploadNotFoundException', `The upload with upload id '${uploadId}' was not found in the repository with name '${repositoryName}'`);
}

function limit(text: string): AwsError {
  return new AwsError('LimitExceededException', `localaws: ${text}.`);
}
