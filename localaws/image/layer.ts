// One layer of an image: a gzip tar that depends on nothing but names, contents and executable bits.
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { gzipSync } from 'fflate';
import { type Pack, pack } from 'tar-stream';
import { type ImageCopy, type ImagePart, imagePart, LAYER_MEDIA_TYPE } from './image.ts';

/** fflate's gzip, because zlib's output differs between versions of Node and a digest must not. */
const GZIP_LEVEL = 6;

/** A layer and the digest of its tar before compression, which the image's config names. */
export async function buildLayer(copies: readonly ImageCopy[], folders: readonly string[]): Promise<{ layer: ImagePart; diffId: string }> {
  const entries = new Map<string, ImageCopy | undefined>();
  for (const folder of [...folders, ...copies.map((copy) => posix.dirname(copy.to))]) {
    for (let path = folder; path !== '/' && path !== '.'; path = posix.dirname(path)) entries.set(path, undefined);
  }
  for (const copy of copies) entries.set(copy.to, copy);
  const archive = pack();
  const collected = collect(archive);
  for (const [path, copy] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = path.slice(1);
    const common = { name, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
    if (copy === undefined || copy.file.kind === 'folder') archive.entry({ ...common, name: `${name}/`, type: 'directory', mode: 0o755 });
    else if (copy.file.kind === 'link') archive.entry({ ...common, type: 'symlink', mode: 0o777, linkname: copy.file.target });
    else archive.entry({ ...common, type: 'file', mode: copy.file.executable ? 0o755 : 0o644 }, await readFile(copy.file.absolutePath));
  }
  archive.finalize();
  const tar = await collected;
  return { layer: imagePart(LAYER_MEDIA_TYPE, gzipSync(tar, { level: GZIP_LEVEL, mtime: 0 })), diffId: imagePart('', tar).digest };
}

/** All bytes of an archive; ask before its entries are added. */
export function collect(archive: Pack): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    archive.on('data', (chunk) => chunks.push(chunk as Uint8Array));
    archive.on('end', () => resolve(Buffer.concat(chunks)));
    archive.on('error', reject);
  });
}
