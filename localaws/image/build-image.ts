// A folder as an OCI image without a container runtime: what `weir local push` pushes. The same folder gives the same digest.
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readDockerfile } from './dockerfile.ts';
import { CONFIG_MEDIA_TYPE, type Image, ImageError, type ImageRecipe, imagePart, MANIFEST_MEDIA_TYPE } from './image.ts';
import { IMAGE_FILE, readImageFile } from './image-file.ts';
import { buildLayer } from './layer.ts';
import { listSourceFiles } from './source-files.ts';

/** Images have no build time: it would make every build another image. */
const CREATED = '1970-01-01T00:00:00Z';

/** OCI's names for Node's. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm', ia32: '386' };

/**
 * Builds the image of a folder from its weir.image.json, or else its Dockerfile.
 * @throws ImageError when the folder, its description or its command is missing or wrong.
 */
export async function buildImage(directory: string): Promise<Image> {
  const files = await listSourceFiles(directory);
  const recipe = await readRecipe(directory, files);
  if (recipe.entrypoint === undefined && recipe.command === undefined) {
    throw new ImageError(`${directory}: the image has no command. Add "entrypoint" to ${IMAGE_FILE}, or CMD [..] to the Dockerfile.`);
  }
  const { layer, diffId } = await buildLayer(recipe.copies, [recipe.workingDirectory]);
  const config = imagePart(CONFIG_MEDIA_TYPE, jsonBytes(configOf(recipe, diffId)));
  const manifest = imagePart(
    MANIFEST_MEDIA_TYPE,
    jsonBytes({
      schemaVersion: 2,
      mediaType: MANIFEST_MEDIA_TYPE,
      config: { mediaType: config.mediaType, digest: config.digest, size: config.content.length },
      layers: [{ mediaType: layer.mediaType, digest: layer.digest, size: layer.content.length }],
    }),
  );
  const bytes = manifest.content.length + config.content.length + layer.content.length;
  return { digest: manifest.digest, manifest, config, layers: [layer], bytes, notes: recipe.notes };
}

async function readRecipe(directory: string, files: Awaited<ReturnType<typeof listSourceFiles>>): Promise<ImageRecipe> {
  const exists = (name: string): Promise<boolean> =>
    access(join(directory, name)).then(
      () => true,
      () => false,
    );
  const hasDockerfile = await exists('Dockerfile');
  if (await exists(IMAGE_FILE)) {
    const recipe = await readImageFile(directory, files);
    return hasDockerfile ? { ...recipe, notes: [...recipe.notes, `The Dockerfile is ignored: ${IMAGE_FILE} describes this image.`] } : recipe;
  }
  if (hasDockerfile) return readDockerfile(await readFile(join(directory, 'Dockerfile'), 'utf8'), files);
  throw new ImageError(`${directory} has neither ${IMAGE_FILE} nor a Dockerfile, so its command is not known`);
}

function configOf(recipe: ImageRecipe, diffId: string): unknown {
  const sorted = (map: ReadonlyMap<string, string>): [string, string][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    created: CREATED,
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    config: {
      ...(recipe.exposedPorts.length === 0 ? {} : { ExposedPorts: Object.fromEntries([...recipe.exposedPorts].sort().map((port) => [port, {}])) }),
      ...(recipe.environment.size === 0 ? {} : { Env: sorted(recipe.environment).map(([name, value]) => `${name}=${value}`) }),
      ...(recipe.entrypoint === undefined ? {} : { Entrypoint: recipe.entrypoint }),
      ...(recipe.command === undefined ? {} : { Cmd: recipe.command }),
      WorkingDir: recipe.workingDirectory,
      ...(recipe.labels.size === 0 ? {} : { Labels: Object.fromEntries(sorted(recipe.labels)) }),
    },
    rootfs: { type: 'layers', diff_ids: [diffId] },
    history: [{ created: CREATED, created_by: 'weir local push' }],
  };
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
