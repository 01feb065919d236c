// Layers come from strangers: what they may do to the root directory, and what they may not do to anything else.
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { extractLayer } from '../../../../localaws/ecs/runtime/layer-extraction.ts';
import { type LayerEntry, layerOf, sha256 } from './ecr-double.ts';

let outside: string;
let root: string;
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'layer-test-'));
  root = join(outside, 'root');
  mkdirSync(root);
  writeFileSync(join(outside, 'secret'), 'secret');
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

async function* blob(data: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += 1000) yield data.subarray(at, at + 1000);
}

async function extract(entries: readonly LayerEntry[]): Promise<void> {
  const layer = await layerOf(entries);
  await extractLayer(blob(layer), sha256(layer), root);
}

describe('a layer', () => {
  test('is laid over the layers below it', async () => {
    await extract([
      { name: 'app/', type: 'directory' },
      { name: 'app/a', content: 'one', mode: 0o755 },
      { name: 'app/b', content: 'two' },
      { name: 'old/x', content: 'x' },
      { name: 'app/link', type: 'symlink', linkname: '/app/b' },
    ]);
    await extract([
      { name: 'app/a', content: 'three' },
      { name: 'app/.wh.b', content: '' },
      { name: 'old/new', content: 'new' },
      { name: 'old/.wh..wh..opq', content: '' },
    ]);
    expect(readFileSync(join(root, 'app/a'), 'utf8')).toBe('three');
    expect(existsSync(join(root, 'app/b'))).toBe(false);
    expect(readdirSync(join(root, 'old'))).toEqual(['new']);
    expect(lstatSync(join(root, 'app/link')).isSymbolicLink()).toBe(true);
  });

  test('keeps executable files executable and links inside the image', async () => {
    await extract([
      { name: 'bin/tool', content: 'x', mode: 0o755 },
      { name: 'usr/bin/tool', type: 'symlink', linkname: '/bin/tool' },
      { name: 'hard', type: 'link', linkname: 'bin/tool' },
    ]);
    expect(statSync(join(root, 'bin/tool')).mode & 0o111).not.toBe(0);
    expect(readFileSync(join(root, 'usr/bin/tool'), 'utf8')).toBe('x');
    expect(statSync(join(root, 'hard')).ino).toBe(statSync(join(root, 'bin/tool')).ino);
  });

  test('may be plain, gzip or zstd, whatever its media type says', async () => {
    const compressed = await layerOf([{ name: 'a', content: 'a' }]);
    const plain = gunzipSync(compressed);
    for (const layer of [plain, compressed, zstdCompressSync(plain)]) {
      rmSync(join(root, 'a'), { force: true });
      await extractLayer(blob(layer), sha256(layer), root);
      expect(readFileSync(join(root, 'a'), 'utf8')).toBe('a');
    }
  });

  test('with another digest than the manifest says is refused', async () => {
    const layer = await layerOf([{ name: 'a', content: 'a' }]);
    await expect(extractLayer(blob(layer), sha256('other'), root)).rejects.toThrow('wrong content');
    await expect(extractLayer(blob(Buffer.from('garbage')), sha256('garbage'), root)).rejects.toThrow('Unexpected end of data');
  });
});

describe('a hostile layer', () => {
  test('cannot name a path outside its root', async () => {
    await expect(extract([{ name: '../evil', content: 'x' }])).rejects.toThrow('outside its root');
    await expect(extract([{ name: 'a/../../evil', content: 'x' }])).rejects.toThrow('outside its root');
    await expect(extract([{ name: 'a/.wh...', content: '' }])).rejects.toThrow('outside its root');
    await expect(extract([{ name: 'hard', type: 'link', linkname: '../secret' }])).rejects.toThrow('outside its root');
    await extract([{ name: '/absolute', content: 'x' }]);
    expect(existsSync(join(root, 'absolute'))).toBe(true);
    expect(readdirSync(outside).sort()).toEqual(['root', 'secret']);
  });

  test('cannot lead outside with links, neither its own nor ones through other links', async () => {
    await extract([
      { name: 'up', type: 'symlink', linkname: '../../../../..' },
      { name: 'absolute', type: 'symlink', linkname: outside },
    ]);
    await extract([
      { name: 'up/evil', content: 'x' },
      { name: 'absolute/evil', content: 'x' },
      { name: 'up/.wh.secret', content: '' },
    ]);
    expect(readdirSync(outside).sort()).toEqual(['root', 'secret']);
    expect(existsSync(join(root, 'evil'))).toBe(true);
    expect(existsSync(join(root, outside, 'evil'))).toBe(true);
  });

  test('cannot write through a link that it replaces', async () => {
    await extract([{ name: 'target', content: 'kept' }]);
    await extract([{ name: 'alias', type: 'symlink', linkname: 'target' }]);
    await extract([{ name: 'alias', content: 'new' }]);
    expect(readFileSync(join(root, 'target'), 'utf8')).toBe('kept');
    expect(lstatSync(join(root, 'alias')).isFile()).toBe(true);
  });
});
