// Folders as images: what goes in, that it is reproducible, and that what cannot be done is said.
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { extract } from 'tar-stream';
import { buildImage } from '#localaws/image/build-image.ts';
import type { Image } from '#localaws/image/image.ts';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'weir-image-test-'));
  folder = join(root, 'v1');
  await mkdir(folder);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Record<string, string>, base = folder): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(base, path)), { recursive: true });
    await writeFile(join(base, path), content);
  }
}

const imageJson = (more: object = {}): string => JSON.stringify({ entrypoint: ['node', 'server.mjs'], ...more });

interface Entry {
  readonly type: string | undefined;
  readonly mode: number | undefined;
  readonly content: string;
}

async function entriesOf(image: Image): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const reader = extract();
  const done = new Promise<void>((resolve, reject) => {
    reader.on('entry', (header, stream, next) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)));
      stream.on('end', () => {
        const content = header.type === 'symlink' ? `-> ${header.linkname}` : Buffer.concat(chunks).toString();
        entries.set(header.name, { type: header.type ?? undefined, mode: header.mode, content });
        expect([header.uid, header.gid, header.mtime?.getTime()]).toEqual([0, 0, 0]);
        next();
      });
      stream.resume();
    });
    reader.on('finish', () => resolve());
    reader.on('error', reject);
  });
  reader.end(gunzipSync(image.layers[0]?.content ?? new Uint8Array()));
  await done;
  return entries;
}

function configOf(image: Image): Record<string, unknown> & { config: Record<string, unknown> } {
  return JSON.parse(new TextDecoder().decode(image.config.content));
}

describe('weir.image.json', () => {
  test('The folder goes to /app with a normalized mode, the description stays out, and the config says how to start.', async () => {
    await write({
      'server.mjs': 'run()',
      'bin/tool': '#!/bin/sh',
      'weir.image.json': imageJson({ environment: { B: '2', A: '1' }, exposedPorts: [8080, '53/udp'], labels: { team: 'orders' }, command: ['--quiet'] }),
    });
    await chmod(join(folder, 'bin/tool'), 0o700);
    await symlink('../server.mjs', join(folder, 'bin/link'));
    const image = await buildImage(folder);
    const entries = await entriesOf(image);
    expect([...entries.keys()]).toEqual(['app/', 'app/bin/', 'app/bin/link', 'app/bin/tool', 'app/server.mjs']);
    expect(entries.get('app/bin/tool')?.mode).toBe(0o755);
    expect(entries.get('app/server.mjs')).toEqual({ type: 'file', mode: 0o644, content: 'run()' });
    expect(entries.get('app/bin/link')?.content).toBe('-> ../server.mjs');
    expect(configOf(image).config).toEqual({
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Env: ['A=1', 'B=2'],
      Entrypoint: ['node', 'server.mjs'],
      Cmd: ['--quiet'],
      WorkingDir: '/app',
      Labels: { team: 'orders' },
    });
    expect(configOf(image)['architecture']).toBe(process.arch === 'x64' ? 'amd64' : process.arch);
    expect(image.bytes).toBe(image.manifest.content.length + image.config.content.length + (image.layers[0]?.content.length ?? 0));
  });

  test('The same content gives the same digest whatever the times, umask and place; other content another.', async () => {
    await write({ 'server.mjs': 'run()', 'weir.image.json': imageJson() });
    const first = await buildImage(folder);
    await utimes(join(folder, 'server.mjs'), new Date(1), new Date(1));
    await chmod(join(folder, 'server.mjs'), 0o600);
    expect((await buildImage(folder)).digest).toBe(first.digest);
    await write({ 'server.mjs': 'run(2)' });
    expect((await buildImage(folder)).digest).not.toBe(first.digest);
  });

  test('Files beside the folder may be included, but none from above its parent.', async () => {
    await write({ 'shared.mjs': 'shared' }, root);
    await write({ 'weir.image.json': imageJson({ include: ['../shared.mjs'] }) });
    expect((await entriesOf(await buildImage(folder))).get('app/shared.mjs')?.content).toBe('shared');
    for (const [include, reason] of [
      ['../../etc/passwd', /does not exist|outside/],
      ['../absent.mjs', /does not exist/],
      ['..', /outside/],
      ['../v1', /not a file/],
    ] as const) {
      await write({ 'weir.image.json': imageJson({ include: [include] }) });
      await expect(buildImage(folder)).rejects.toThrow(reason);
    }
    await symlink('/etc/hostname', join(root, 'escape'));
    await write({ 'weir.image.json': imageJson({ include: ['../escape'] }) });
    await expect(buildImage(folder)).rejects.toThrow(/outside/);
    await write({ 'shared.mjs': 'own', 'weir.image.json': imageJson({ include: ['../shared.mjs'] }) });
    await expect(buildImage(folder)).rejects.toThrow(/would replace/);
  });

  test('A description that is wrong is refused by member.', async () => {
    const reasons: [content: string, reason: RegExp][] = [
      ['{', /not valid JSON/],
      [imageJson({ entrypoint: 'node server.mjs' }), /entrypoint/],
      [imageJson({ ports: [1] }), /ports/],
      [imageJson({ exposedPorts: [0] }), /exposedPorts\.0/],
      [imageJson({ workingDirectory: 'app' }), /workingDirectory: must be an absolute path/],
      [imageJson({ environment: { 'A B': '1' } }), /environment/],
      ['{}', /no command/],
    ];
    for (const [content, reason] of reasons) {
      await write({ 'weir.image.json': content });
      await expect(buildImage(folder)).rejects.toThrow(reason);
    }
  });

  test('It is taken before a Dockerfile, and that is noted.', async () => {
    await write({ 'weir.image.json': imageJson(), Dockerfile: 'RUN anything' });
    expect((await buildImage(folder)).notes).toEqual(['The Dockerfile is ignored: weir.image.json describes this image.']);
  });
});

describe('Dockerfile', () => {
  test('The offered instructions make the image docker would make without its base, and the base is noted.', async () => {
    await write({
      'server.mjs': 'run()',
      'package.json': '{}',
      'lib/a.mjs': 'a',
      'conf/b.json': 'b',
      Dockerfile: `
# A comment.
from node:24-alpine
WORKDIR /srv
WORKDIR orders
ENV NODE_ENV=production \\
    # inside
    GREETING="hello world"
ENV OLD style
COPY package*.json server.mjs ./
COPY lib lib/
COPY conf/b.json /etc/orders.json
EXPOSE 8080 53/udp
LABEL team=orders
ENTRYPOINT ["node"]
CMD ["server.mjs"]
`,
    });
    const image = await buildImage(folder);
    expect([...(await entriesOf(image)).keys()]).toEqual([
      'etc/',
      'etc/orders.json',
      'srv/',
      'srv/orders/',
      'srv/orders/lib/',
      'srv/orders/lib/a.mjs',
      'srv/orders/package.json',
      'srv/orders/server.mjs',
    ]);
    expect(configOf(image).config).toEqual({
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Env: ['GREETING=hello world', 'NODE_ENV=production', 'OLD=style'],
      Entrypoint: ['node'],
      Cmd: ['server.mjs'],
      WorkingDir: '/srv/orders',
      Labels: { team: 'orders' },
    });
    expect(image.notes).toEqual([expect.stringContaining('Dockerfile line 3: FROM node:24-alpine is ignored')]);
  });

  test('What needs a container build, or would build something else, is refused by line.', async () => {
    const reasons: [content: string, reason: RegExp][] = [
      ['FROM scratch\nRUN npm ci', /Dockerfile line 2: RUN needs a container build/],
      ['FROM a\nFROM b', /line 2: a second FROM/],
      ['CMD node server.mjs', /line 1: CMD must be in JSON form/],
      ['\n\nCOPY absent.mjs /', /line 3: COPY absent.mjs: there is no such file/],
      ['COPY ../x /', /outside the folder/],
      ['COPY --from=build /x /', /COPY --from=build is not offered/],
      ['COPY server.mjs Dockerfile place', /needs a folder as destination/],
      ['WORKDIR /$APP', /variables/],
      ['EXPOSE http', /EXPOSE takes a port/],
      ['ENV =x', /without a name/],
      ['ENV A="open', /not closed/],
      ['USER node', /USER needs a container build/],
      ['FROM scratch\nCOPY . .', /no command/],
    ];
    for (const [content, reason] of reasons) {
      await write({ 'server.mjs': 'run()', Dockerfile: content });
      await expect(buildImage(folder)).rejects.toThrow(reason);
    }
  });

  test('.dockerignore leaves out, and brings back.', async () => {
    await write({
      'server.mjs': 'run()',
      'node_modules/a/index.js': 'a',
      'deep/node_modules/b.js': 'b',
      'logs/one.log': '1',
      'logs/keep.log': 'k',
      '.env': 'SECRET=1',
      '.dockerignore': '# comment\nnode_modules\n**/node_modules\n/logs\n!logs/keep.log\n.env\n',
      Dockerfile: 'COPY . /\nCMD ["node", "server.mjs"]',
    });
    expect([...(await entriesOf(await buildImage(folder))).keys()]).toEqual(['.dockerignore', 'Dockerfile', 'deep/', 'logs/', 'logs/keep.log', 'server.mjs']);
  });
});

describe('folders', () => {
  test('A missing folder, a file, a folder without description and a link that leaves are refused.', async () => {
    await expect(buildImage(join(root, 'absent'))).rejects.toThrow(/does not exist/);
    await write({ 'file.txt': '' });
    await expect(buildImage(join(folder, 'file.txt'))).rejects.toThrow(/not a folder/);
    await expect(buildImage(folder)).rejects.toThrow(/neither weir.image.json nor a Dockerfile/);
    await write({ 'weir.image.json': imageJson() });
    await symlink('/etc/hostname', join(folder, 'link'));
    await expect(buildImage(folder)).rejects.toThrow(/links to \/etc\/hostname, outside the folder/);
  });
});
