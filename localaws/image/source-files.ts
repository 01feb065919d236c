// The files an image is made of: a folder less what .dockerignore names, in an order that does not depend on the machine.
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, posix, sep } from 'node:path';
import picomatch from 'picomatch';
import { ImageError, type SourceFile } from './image.ts';

/** Bounds of one image's folder; whoever exceeds them has most likely named the wrong folder. */
const FILES_MAX = 50_000;
const BYTES_MAX = 512 * 1024 * 1024;
const FOLDER_DEPTH_MAX = 64;
const IGNORE_PATTERNS_MAX = 1_000;

/**
 * Lists everything under `directory`, sorted by path, folders before what they hold.
 * @throws ImageError when the folder is missing, too large, or holds a link that leaves it.
 */
export async function listSourceFiles(directory: string): Promise<SourceFile[]> {
  await requireFolder(directory);
  const ignore = await readIgnoreFile(directory);
  const files: SourceFile[] = [];
  let bytes = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > FOLDER_DEPTH_MAX) throw new ImageError(`${folder} is nested more than ${FOLDER_DEPTH_MAX} folders deep`);
    // Byte order, not the locale's: the same folder must give the same image everywhere.
    const names = (await readdir(join(directory, folder))).sort((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      const path = posix.join(folder, name);
      const file = await sourceFile(directory, path);
      const ignored = ignore.ignores(path);
      if (file.kind === 'folder') {
        if (ignored && !ignore.bringsBack) continue;
        const before = files.length;
        if (!ignored) files.push(file);
        await walk(path, depth + 1);
        // A `!` pattern may bring back a file of an ignored folder; the folder then comes with it.
        if (ignored && files.length > before) files.splice(before, 0, file);
        continue;
      }
      if (ignored) continue;
      if (file.kind === 'file') bytes += file.bytes;
      files.push(file);
      if (files.length > FILES_MAX) throw new ImageError(`${directory} has more than ${FILES_MAX} files; a .dockerignore may leave some out`);
      if (bytes > BYTES_MAX) throw new ImageError(`${directory} has more than ${BYTES_MAX} bytes; a .dockerignore may leave some out`);
    }
  };
  await walk('', 0);
  return files;
}

/** Reads what one path is. Links are kept as links and must stay inside the folder. */
export async function sourceFile(directory: string, path: string): Promise<SourceFile> {
  const absolutePath = join(directory, ...path.split('/'));
  const stats = await lstat(absolutePath);
  if (stats.isDirectory()) return { kind: 'folder', path, absolutePath };
  if (stats.isFile()) return { kind: 'file', path, absolutePath, executable: (stats.mode & 0o111) !== 0, bytes: stats.size };
  if (!stats.isSymbolicLink()) throw new ImageError(`${absolutePath} is neither a file, a folder nor a symbolic link; an image cannot hold it`);
  const target = await readlink(absolutePath);
  const reached = normalize(join(dirname(join(...path.split('/'))), target));
  if (isAbsolute(target) || reached === '..' || reached.startsWith(`..${sep}`)) {
    throw new ImageError(`${absolutePath} links to ${target}, outside the folder; an image cannot hold it`);
  }
  return { kind: 'link', path, absolutePath, target: target.split(sep).join('/') };
}

async function requireFolder(directory: string): Promise<void> {
  const stats = await lstat(directory).catch(() => undefined);
  if (stats === undefined) throw new ImageError(`The folder ${directory} does not exist`);
  const isFolder = stats.isDirectory() || (stats.isSymbolicLink() && (await readdir(directory).catch(() => undefined)) !== undefined);
  if (!isFolder) throw new ImageError(`${directory} is not a folder; name the folder that holds weir.image.json or a Dockerfile`);
}

interface Ignore {
  /** Whether a path (relative, with `/`) is left out of the image. */
  ignores(path: string): boolean;
  /** Whether a `!` pattern may bring back something of an ignored folder, so that it must be walked. */
  readonly bringsBack: boolean;
}

async function readIgnoreFile(directory: string): Promise<Ignore> {
  const text = await readFile(join(directory, '.dockerignore'), 'utf8').catch(() => '');
  return parseIgnore(text);
}

/**
 * Reads the patterns of a .dockerignore: `*`, `?`, `[..]`, `**`, `!` to bring back, `#` comments. A pattern matches a path and everything
 * beneath it; the last pattern that matches counts.
 */
function parseIgnore(text: string): Ignore {
  const rules = text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const keep = trimmed.startsWith('!');
    const pattern = posix.normalize((keep ? trimmed.slice(1) : trimmed).trim()).replace(/^\/+|\/+$/g, '');
    if (pattern === '' || pattern === '.') return [];
    return [{ keep, matches: picomatch(pattern, { dot: true, nobrace: true, noextglob: true, nonegate: true }) }];
  });
  if (rules.length > IGNORE_PATTERNS_MAX) throw new ImageError(`.dockerignore has more than ${IGNORE_PATTERNS_MAX} patterns`);
  const ignores = (path: string): boolean => {
    const parts = path.split('/');
    const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    let ignored = false;
    for (const rule of rules) if (prefixes.some((prefix) => rule.matches(prefix))) ignored = !rule.keep;
    return ignored;
  };
  return { ignores, bringsBack: rules.some((rule) => rule.keep) };
}
