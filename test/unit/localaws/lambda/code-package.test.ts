// Where functions' code is kept: for one region, or from one to the next.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { createCodeStore } from '../../../../localaws/lambda/code-package.ts';

const zipOf = (text: string): Uint8Array => zipSync({ 'index.mjs': new TextEncoder().encode(text) });

let kept: string;
beforeEach(() => {
  kept = mkdtempSync(join(tmpdir(), 'weir-kept-code-'));
});
afterEach(() => rmSync(kept, { recursive: true }));

test('temporary code goes with its store', async () => {
  const store = createCodeStore();
  const { directory } = await store.add(zipOf('export const a = 1;'));
  expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).toBe('export const a = 1;');
  await store.close();
  expect(existsSync(directory)).toBe(false);
});

test('kept code outlives its store and is what the next one uses', async () => {
  const first = createCodeStore(kept);
  const { directory } = await first.add(zipOf('export const a = 1;'));
  await first.close();
  expect(existsSync(directory)).toBe(true);
  const second = createCodeStore(kept);
  expect(await second.add(zipOf('export const a = 1;'))).toEqual({ directory, sha256: expect.any(String), size: expect.any(Number) });
  expect((await second.add(zipOf('export const a = 2;'))).directory).not.toBe(directory);
});

test('stores that share a directory may extract the same code at the same time', async () => {
  const zip = zipOf('export const a = 1;');
  const added = await Promise.all(Array.from({ length: 8 }, () => createCodeStore(kept).add(zip)));
  expect(new Set(added.map(({ directory }) => directory)).size).toBe(1);
  // Nothing unfinished is left beside it.
  expect(readdirSync(kept).toSorted()).toEqual([added[0]?.directory.slice(kept.length + 1), 'home', 'node_modules'].toSorted());
});

test('what cannot be unzipped is refused and leaves nothing', async () => {
  await expect(createCodeStore(kept).add(new Uint8Array([1, 2, 3]))).rejects.toThrow('Could not unzip uploaded file');
  expect(readdirSync(kept).toSorted()).toEqual(['home', 'node_modules']);
});
