// An image as an OCI archive: one tar in the OCI image layout, for `skopeo copy oci-archive:FILE ...`.
import { writeFile } from 'node:fs/promises';
import { pack } from 'tar-stream';
import { type Image, type ImagePart, MANIFEST_MEDIA_TYPE } from './image.ts';
import { collect } from './layer.ts';

/** Writes the archive; the same image gives the same bytes. `tag` names the image inside it. */
export async function writeImageArchive(image: Image, file: string, tag?: string): Promise<void> {
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: MANIFEST_MEDIA_TYPE,
        digest: image.digest,
        size: image.manifest.content.length,
        ...(tag === undefined ? {} : { annotations: { 'org.opencontainers.image.ref.name': tag } }),
      },
    ],
  };
  const archive = pack();
  const collected = collect(archive);
  const add = (name: string, content: Uint8Array | string): void => {
    archive.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(content));
  };
  add('oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  add('index.json', JSON.stringify(index));
  const parts: readonly ImagePart[] = [image.manifest, image.config, ...image.layers];
  for (const part of parts) add(`blobs/sha256/${part.digest.slice('sha256:'.length)}`, part.content);
  archive.finalize();
  await writeFile(file, await collected);
}
