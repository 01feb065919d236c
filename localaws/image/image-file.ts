// weir.image.json: how a plain folder becomes an image when there is no Dockerfile.
import { readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { z } from 'zod';
import { type ImageCopy, ImageError, type ImageRecipe, type SourceFile } from './image.ts';
import { sourceFile } from './source-files.ts';

export const IMAGE_FILE = 'weir.image.json';
const INCLUDES_MAX = 100;
const WORKING_DIRECTORY_DEFAULT = '/app';

const words = z.array(z.string().min(1)).min(1);
const imageFileSchema = z.strictObject({
  /** For editors; ignored. */
  $schema: z.string().optional(),
  entrypoint: words.optional(),
  command: words.optional(),
  workingDirectory: z.string().startsWith('/', 'must be an absolute path').optional(),
  environment: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a name of letters, digits and _'), z.string()).optional(),
  exposedPorts: z.array(z.union([z.int().min(1).max(65_535), z.string().regex(/^\d{1,5}\/(tcp|udp)$/, 'must be a port, or like "53/udp"')])).optional(),
  labels: z.record(z.string().min(1), z.string()).optional(),
  /** Files beside the folder to put into the working directory, so that versions can share a source. Never from above the folder's parent. */
  include: z.array(z.string().min(1)).max(INCLUDES_MAX).optional(),
});

/**
 * Reads weir.image.json: the whole folder and the included files go to the working directory.
 * @throws ImageError naming the member that is wrong.
 */
export async function readImageFile(directory: string, files: readonly SourceFile[]): Promise<ImageRecipe> {
  const path = join(directory, IMAGE_FILE);
  const parsed = imageFileSchema.safeParse(parseJson(path, await readFile(path, 'utf8')));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'the file'}: ${issue.message}`);
    throw new ImageError(`${path} is not valid: ${issues.join('; ')}`);
  }
  const image = parsed.data;
  const workingDirectory = posix.normalize(image.workingDirectory ?? WORKING_DIRECTORY_DEFAULT);
  const own = files
    .filter((file) => file.path !== IMAGE_FILE && file.path !== '.dockerignore')
    .map((file): ImageCopy => ({ file, to: posix.join(workingDirectory, file.path) }));
  const included = await readIncludes(directory, image.include ?? [], workingDirectory);
  for (const copy of included) {
    if (own.some((other) => other.to === copy.to)) throw new ImageError(`${path}: include would replace the folder's own ${basename(copy.to)}`);
  }
  return {
    copies: [...own, ...included],
    workingDirectory,
    entrypoint: image.entrypoint,
    command: image.command,
    environment: new Map(Object.entries(image.environment ?? {})),
    exposedPorts: (image.exposedPorts ?? []).map((port) => (typeof port === 'number' ? `${port}/tcp` : port)),
    labels: new Map(Object.entries(image.labels ?? {})),
    notes: [],
  };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ImageError(`${path} is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

async function readIncludes(directory: string, includes: readonly string[], workingDirectory: string): Promise<ImageCopy[]> {
  const parent = dirname(await realpath(directory));
  const copies: ImageCopy[] = [];
  for (const include of includes) {
    const found = await realpath(join(directory, include)).catch(() => undefined);
    if (found === undefined) throw new ImageError(`${IMAGE_FILE}: include names ${include}, which does not exist`);
    const inside = relative(parent, found).split(sep).join('/');
    if (inside === '' || inside.startsWith('../') || inside === '..') {
      throw new ImageError(`${IMAGE_FILE}: include names ${include}, outside ${parent}; only what lies in the folder's parent may be included`);
    }
    const file = await sourceFile(parent, inside);
    if (file.kind !== 'file') throw new ImageError(`${IMAGE_FILE}: include names ${include}, which is not a file`);
    const to = posix.join(workingDirectory, basename(inside));
    if (copies.some((other) => other.to === to)) throw new ImageError(`${IMAGE_FILE}: include names two files called ${basename(inside)}`);
    copies.push({ file, to });
  }
  return copies;
}
