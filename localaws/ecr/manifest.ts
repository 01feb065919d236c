// Reads an image manifest as ECR does on PutImage: what kind it is and which layers or images it needs.
import { createHash } from 'node:crypto';
import { AwsError } from '../endpoint/aws-error.ts';
import { MANIFEST_BYTES_MAX, MANIFEST_REFERENCES_MAX } from './limits.ts';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

const MANIFEST_TYPES: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];
const INDEX_TYPES: readonly string[] = [OCI_INDEX, DOCKER_LIST];
export const DIGEST = /^sha256:[a-f0-9]{64}$/;

/** What a manifest says of itself. */
export interface ManifestFacts {
  readonly mediaType: string;
  /** What the image is: the config's media type, or the artifact type of a signature, SBOM or the like. */
  readonly artifactMediaType: string | undefined;
  readonly subjectDigest: string | undefined;
  /** The config and the layers; empty for an index. */
  readonly layerDigests: readonly string[];
  /** Media type each layer or config is given, by digest. */
  readonly mediaTypes: ReadonlyMap<string, string>;
  /** Images an index names; empty for a manifest. */
  readonly imageDigests: readonly string[];
  /** Bytes of config and layers, as the manifest states them. */
  readonly referencedBytes: number;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly foreign: boolean;
}

/** sha256 of the exact text. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/**
 * Reads a manifest.
 * @throws AwsError InvalidParameterException when it is no manifest that ECR takes.
 */
export function readManifest(text: string, statedMediaType: string | undefined): ManifestFacts {
  if (Buffer.byteLength(text) > MANIFEST_BYTES_MAX) throw invalid(`'must be at most ${MANIFEST_BYTES_MAX} bytes'`);
  const manifest = parseObject(text);
  const mediaType = mediaTypeOf(manifest, statedMediaType);
  const subject = manifest['subject'];
  const subjectDigest = subject === undefined || subject === null ? undefined : descriptor(subject, 'subject').digest;
  const artifactType = typeof manifest['artifactType'] === 'string' && manifest['artifactType'] !== '' ? manifest['artifactType'] : undefined;
  if (INDEX_TYPES.includes(mediaType)) {
    const children = descriptors(manifest['manifests'], 'manifests');
    return {
      mediaType,
      artifactMediaType: artifactType,
      subjectDigest,
      layerDigests: [],
      mediaTypes: new Map(),
      imageDigests: [...new Set(children.map((child) => child.digest))],
      referencedBytes: 0,
    };
  }
  const config = descriptor(manifest['config'], 'config');
  const layers = descriptors(manifest['layers'], 'layers');
  // Foreign layers (Windows bases) are fetched from their own urls and are never pushed.
  const stored = [config, ...layers.filter((layer) => !layer.foreign)];
  return {
    mediaType,
    artifactMediaType: artifactType ?? config.mediaType,
    subjectDigest,
    layerDigests: [...new Set(stored.map((layer) => layer.digest))],
    mediaTypes: new Map(stored.map((layer) => [layer.digest, layer.mediaType])),
    imageDigests: [],
    referencedBytes: stored.reduce((sum, layer) => sum + layer.size, 0),
  };
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid("'Invalid JSON syntax'", cause);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw invalid("'Invalid JSON syntax'");
  const manifest = parsed as Record<string, unknown>;
  if (manifest['schemaVersion'] !== 2) throw invalid("'Unsupported manifest schema version; must be 2'");
  return manifest;
}

/** The type a client states must agree with the type the manifest states; OCI manifests may leave it to the client or to their shape. */
function mediaTypeOf(manifest: Record<string, unknown>, stated: string | undefined): string {
  const own = typeof manifest['mediaType'] === 'string' ? manifest['mediaType'] : undefined;
  const given = stated === undefined || stated === '' ? undefined : stated.split(';', 1)[0]?.trim();
  if (own !== undefined && given !== undefined && own !== given && given !== 'application/json') {
    throw new AwsError(
      'InvalidParameterException',
      `Invalid parameter at 'imageManifestMediaType': '${given}' does not match the manifest's media type '${own}'.`,
    );
  }
  const shape = Array.isArray(manifest['manifests']) ? OCI_INDEX : OCI_MANIFEST;
  const mediaType = own ?? (given === undefined || given === 'application/json' ? shape : given);
  if (!MANIFEST_TYPES.includes(mediaType) && !INDEX_TYPES.includes(mediaType)) throw invalid(`'Unsupported manifest media type ${mediaType}'`);
  return mediaType;
}

function descriptors(value: unknown, member: string): Descriptor[] {
  if (!Array.isArray(value)) throw invalid(`'Manifest has no ${member}'`);
  if (value.length > MANIFEST_REFERENCES_MAX) throw invalid(`'Manifest has more than ${MANIFEST_REFERENCES_MAX} ${member}'`);
  return value.map((item) => descriptor(item, member));
}

function descriptor(value: unknown, member: string): Descriptor {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const { digest, size, mediaType } = record;
  if (typeof digest !== 'string' || !DIGEST.test(digest)) throw invalid(`'Manifest has an invalid digest in ${member}'`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) throw invalid(`'Manifest has an invalid size in ${member}'`);
  const type = typeof mediaType === 'string' ? mediaType : '';
  return { digest, size, mediaType: type, foreign: type.includes('.foreign.') || type.includes('.nondistributable.') };
}

function invalid(constraint: string, cause?: unknown): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter at 'ImageManifest' failed to satisfy constraint: ${constraint}`, { cause });
}
