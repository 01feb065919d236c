// A stand-in for ECR in the tests of ECS: images built in memory, served as the API and the registry would.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import tar from 'tar-stream';
import { AwsError } from '../../../../localaws/endpoint/aws-error.ts';
import type { AwsShape, Principal, ServiceFactory } from '../../../../localaws/region.ts';

export interface EcrDouble {
  readonly factory: ServiceFactory;
  /** Puts an image under a tag and answers its digest. */
  push(tag: string, layers: readonly Uint8Array[], config?: AwsShape): string;
  /** Puts an index of images under a tag. */
  pushIndex(tag: string, manifests: readonly { digest: string; platform: AwsShape }[]): string;
  readonly calls: { operation: string; principal: Principal }[];
  /** Changes a stored blob, as a broken disk would. */
  corrupt(digest: string): void;
}

const BLOB_PATH = '/test-blobs/';

export function sha256(data: Uint8Array | string): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

export type LayerEntry = Partial<tar.Header> & { name: string; content?: string };

/** A layer of files, links and directories. */
export async function layerOf(entries: readonly LayerEntry[], compressed = true): Promise<Uint8Array> {
  const pack = tar.pack();
  for (const { content, ...header } of entries) pack.entry(header, content ?? '');
  pack.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pack as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const archive = Buffer.concat(chunks);
  return compressed ? gzipSync(archive) : archive;
}

export function createEcrDouble(): EcrDouble {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Map<string, string>();
  const tags = new Map<string, string>();
  const calls: EcrDouble['calls'] = [];
  const put = (tag: string, manifest: AwsShape): string => {
    const text = JSON.stringify(manifest);
    const digest = sha256(text);
    manifests.set(digest, text);
    tags.set(tag, digest);
    return digest;
  };
  const blob = (data: Uint8Array): string => {
    blobs.set(sha256(data), data);
    return sha256(data);
  };
  return {
    calls,
    corrupt: (digest) => {
      blobs.set(digest, Buffer.from('not what it was'));
    },
    push(tag, layers, config = {}) {
      const configDigest = blob(Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', config })));
      return put(tag, {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: configDigest },
        layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: blob(layer), size: layer.length })),
      });
    },
    pushIndex: (tag, list) => put(tag, { schemaVersion: 2, manifests: list }),
    factory: (region) => ({
      name: 'ecr',
      iamPrefix: 'ecr',
      wires: [],
      operations: {
        BatchGetImage: {
          handle: (input, call) => {
            calls.push({ operation: 'BatchGetImage', principal: call.principal });
            if (input['repositoryName'] !== 'team/orders') throw new AwsError('RepositoryNotFoundException', 'The repository does not exist.');
            const imageId = input['imageIds'][0];
            const digest = imageId.imageDigest ?? tags.get(imageId.imageTag);
            const imageManifest = manifests.get(digest);
            if (imageManifest === undefined)
              return { images: [], failures: [{ imageId, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' }] };
            return { images: [{ imageId: { imageDigest: digest }, imageManifest }], failures: [] };
          },
        },
        GetDownloadUrlForLayer: {
          handle: (input, call) => {
            calls.push({ operation: 'GetDownloadUrlForLayer', principal: call.principal });
            return { layerDigest: input['layerDigest'], downloadUrl: `${region.endpointUrl}${BLOB_PATH}${String(input['layerDigest'])}` };
          },
        },
      },
      raw(request, response) {
        if (request.url?.startsWith(BLOB_PATH) !== true) return false;
        response.writeHead(200);
        response.end(blobs.get(request.url.slice(BLOB_PATH.length)));
        return true;
      },
    }),
  };
}
