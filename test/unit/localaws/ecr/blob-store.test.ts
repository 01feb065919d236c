// The layer store: what it keeps on disk and that it leaves nothing behind.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClock } from '#localaws/clock/clock.ts';
import { type BlobStore, createBlobStore } from '#localaws/ecr/blob-store.ts';
import { UPLOAD_LIFETIME_MS, UPLOADS_OPEN_MAX } from '#localaws/ecr/limits.ts';
import { digestOf } from '#localaws/ecr/manifest.ts';
import { createIds } from '#localaws/ids.ts';

let store: BlobStore;
const clock = createClock({ kind: 'virtual' });
const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('weir-ecr-'));
let before: string[];

beforeEach(() => {
  before = folders();
  store = createBlobStore(clock, createIds(1));
});

afterEach(() => store.close());

async function put(content: string): Promise<string> {
  const upload = store.begin('orders');
  await store.append(upload, [Buffer.from(content)]);
  await store.finish(upload, digestOf(content));
  return digestOf(content);
}

test('Closing removes the folder and everything in it.', async () => {
  await put('one');
  store.begin('orders');
  const made = folders().filter((name) => !before.includes(name));
  expect(made.length).toBeGreaterThan(0);
  await store.close();
  expect(folders().filter((name) => made.includes(name) && !before.includes(name)).length).toBeLessThan(made.length);
});

test('The same content twice is stored once.', async () => {
  const digest = await put('same');
  await put('same');
  expect(store.size(digest)).toBe(4);
  store.remove(digest);
  expect(store.has(digest)).toBe(false);
});

test('Two parts of one upload at the same time are refused, and the first one goes on.', async () => {
  const upload = store.begin('orders');
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    await gate;
    yield Buffer.from('b');
  }
  const first = store.append(upload, slow());
  await expect(store.append(upload, [Buffer.from('x')])).rejects.toMatchObject({ code: 'InvalidLayerException' });
  release();
  await first;
  await store.finish(upload, digestOf('ab'));
  expect(store.size(digestOf('ab'))).toBe(2);
});

test('Unfinished uploads are bounded, and forgotten after a day.', async () => {
  const uploads = Array.from({ length: UPLOADS_OPEN_MAX }, () => store.begin('orders'));
  expect(() => store.begin('orders')).toThrow(/at most 1000/);
  const start = clock.now();
  clock.schedule(UPLOAD_LIFETIME_MS, () => undefined);
  await clock.runUntil(() => clock.now() > start, UPLOAD_LIFETIME_MS);
  expect(store.upload('orders', uploads[0]?.id ?? '')).toBeUndefined();
  expect(store.begin('orders').bytes).toBe(0);
});

test('An upload belongs to its repository.', () => {
  const upload = store.begin('orders');
  expect(store.upload('other', upload.id)).toBeUndefined();
  expect(store.upload('orders', upload.id)).toBe(upload);
});
