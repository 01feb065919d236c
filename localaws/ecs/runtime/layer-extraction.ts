// Unpacks one image layer over a root directory. A layer comes from whoever pushed it: nothing in it may reach outside.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, readlink, realpath, rm, symlink } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import tar from 'tar-stream';

/** Limits of one layer, so that a hostile archive cannot fill the machine. */
const ENTRIES_MAX = 500_000;
const LINKS_MAX = 255;
const BYTES_MAX = 8 * 1024 ** 3;
type Entry = tar.Extract extends AsyncIterable<infer Item> ? Item : never;

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** @throws Error when the layer's digest is wrong, it names a path outside the root, or it is too large. */
export async function extractLayer(blob: AsyncIterable<Uint8Array>, digest: string, root: string): Promise<void> {
  const realRoot = await realpath(root);
  const hash = createHash('sha256');
  const iterator = blob[Symbol.asyncIterator]();
  const first = await iterator.next();
  const head = first.done === true ? new Uint8Array() : first.value;
  const source = Readable.from(chunks(head, { [Symbol.asyncIterator]: () => iterator }, (chunk) => hash.update(chunk)));
  const extraction = tar.extract();
  // Reading begins before anything is fed: the archive stream tells an error only to those who listen already.
  const written = writeEntries(extraction, realRoot);
  const decompression = decompressorFor(head);
  const fed = decompression === undefined ? pipeline(source, extraction) : pipeline(source, decompression, extraction);
  // Both must be waited for together: a refused entry destroys the archive stream, which fails the feeding too.
  const [writing, feeding] = await Promise.allSettled([written, fed]);
  if (writing.status === 'rejected') throw writing.reason;
  if (feeding.status === 'rejected') throw feeding.reason;
  const actual = `sha256:${hash.digest('hex')}`;
  if (actual !== digest) throw new Error(`layer ${digest} has the wrong content (${actual})`);
}

async function* chunks(head: Uint8Array, rest: AsyncIterable<Uint8Array>, seen: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  seen(head);
  yield head;
  for await (const chunk of rest) {
    seen(chunk);
    yield chunk;
  }
}

/** Chosen by the first bytes: media types are often wrong. */
function decompressorFor(head: Uint8Array): NodeJS.ReadWriteStream | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return createGunzip();
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) {
    if (typeof createZstdDecompress !== 'function') throw new Error('layers compressed with zstd need Node 22.15 or newer');
    return createZstdDecompress();
  }
  return undefined;
}

async function writeEntries(extraction: tar.Extract, root: string): Promise<void> {
  const added = new Set<string>();
  let entries = 0;
  let bytes = 0;
  for await (const entry of extraction) {
    entries++;
    bytes += entry.header.size ?? 0;
    if (entries > ENTRIES_MAX || bytes > BYTES_MAX) throw new Error('layer is too large');
    await writeEntry(root, entry, added);
    entry.resume();
  }
}

async function writeEntry(root: string, entry: Entry, added: Set<string>): Promise<void> {
  const { header } = entry;
  const path = insidePath(header.name);
  if (path === '/') return;
  const directory = await safeDirectory(root, posix.dirname(path));
  const name = posix.basename(path);
  if (name === OPAQUE) {
    await removeLower(directory, added);
    return;
  }
  if (name.startsWith(WHITEOUT)) {
    await rm(join(directory, insideName(name.slice(WHITEOUT.length))), { recursive: true, force: true });
    return;
  }
  const target = join(directory, name);
  added.add(target);
  if (header.type === 'directory') {
    if ((await kindOf(target)) !== 'directory') {
      await rm(target, { force: true });
      await mkdir(target);
    }
    return;
  }
  await rm(target, { recursive: true, force: true });
  if (header.type === 'symlink') {
    // An absolute link means the image's root, not this machine's; a relative one may not climb above it.
    const linked = posix.resolve('/', relative(root, directory), header.linkname ?? '');
    await symlink(relative(directory, join(root, linked)) || '.', target);
  } else if (header.type === 'link') {
    const linked = insidePath(header.linkname ?? '');
    const source = join(await safeDirectory(root, posix.dirname(linked)), posix.basename(linked));
    await link(source, target);
  } else if (header.type === 'file' || header.type === 'contiguous-file') {
    // O_EXCL and O_NOFOLLOW: the path was just cleared, anything there now is not ours to write through.
    const file = await open(target, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, ((header.mode ?? 0o644) & 0o777) | 0o600);
    try {
      for await (const chunk of entry as AsyncIterable<Uint8Array>) await file.appendFile(chunk);
    } finally {
      await file.close();
    }
  }
  // Devices and pipes are left out: nothing started here may need them.
}

/** The absolute path inside the image of an entry's name. @throws Error when it climbs above the root. */
function insidePath(name: string): string {
  const parts = partsOf(name);
  if (parts.includes('..') || name.includes('\0')) throw new Error(`layer names a path outside its root: ${name}`);
  return `/${parts.join('/')}`;
}

function insideName(name: string): string {
  if (name === '' || name === '.' || name === '..' || name.includes('/')) throw new Error(`layer removes a path outside its root: ${name}`);
  return name;
}

/**
 * The directory a path of the image means, made where it is missing. Links on the way are followed inside the image only:
 * an absolute one begins at its root, and none climbs above it.
 */
async function safeDirectory(root: string, path: string): Promise<string> {
  let at = '/';
  let links = 0;
  const parts = partsOf(path);
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const inside = posix.join(at, part);
    const found = part === '..' ? 'directory' : await kindOf(join(root, inside));
    if (found === 'link') {
      links++;
      if (links > LINKS_MAX) throw new Error(`layer has too many links on the way to ${path}`);
      const target = await readlink(join(root, inside));
      if (target.startsWith('/')) at = '/';
      parts.unshift(...partsOf(target));
      continue;
    }
    if (found === 'file') await rm(join(root, inside));
    if (found !== 'directory') await mkdir(join(root, inside));
    at = inside;
  }
  return join(root, at);
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

async function kindOf(path: string): Promise<'missing' | 'link' | 'directory' | 'file'> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return 'link';
    return found.isDirectory() ? 'directory' : 'file';
  } catch {
    return 'missing';
  }
}

/** An opaque directory hides what lower layers put there, not what this one did. */
async function removeLower(directory: string, added: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const isOfThisLayer = added.has(path) || [...added].some((other) => other.startsWith(path + sep));
    if (!isOfThisLayer) await rm(path, { recursive: true, force: true });
  }
}
