// What an image is before it is pushed or written to a file: content-addressed parts, all in memory.
import { createHash } from 'node:crypto';

export const MANIFEST_MEDIA_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_MEDIA_TYPE = 'application/vnd.oci.image.config.v1+json';
export const LAYER_MEDIA_TYPE = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** One content-addressed part of an image. */
export interface ImagePart {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Uint8Array;
}

export interface Image {
  /** Digest of the manifest: the identity of the image. */
  readonly digest: string;
  readonly manifest: ImagePart;
  readonly config: ImagePart;
  readonly layers: readonly ImagePart[];
  /** Bytes of all parts. */
  readonly bytes: number;
  /** What a person should know: instructions that were ignored and why. */
  readonly notes: readonly string[];
}

/** Why an image cannot be built or pushed, in words for the person who asked. */
export class ImageError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ImageError';
  }
}

/** What `weir.image.json` or a Dockerfile asks for, in one form. */
export interface ImageRecipe {
  readonly copies: readonly ImageCopy[];
  readonly workingDirectory: string;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
  readonly environment: ReadonlyMap<string, string>;
  readonly exposedPorts: readonly string[];
  readonly labels: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** A file of this machine at its place in the image. */
export interface ImageCopy {
  readonly file: SourceFile;
  /** Absolute path in the image. */
  readonly to: string;
}

/** A file, folder or symbolic link under the image's folder. */
export type SourceFile = { readonly path: string; readonly absolutePath: string } & (
  | { readonly kind: 'file'; readonly executable: boolean; readonly bytes: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'link'; readonly target: string }
);

export function imagePart(mediaType: string, content: Uint8Array): ImagePart {
  return { mediaType, content, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` };
}
