// What the local ECR remembers: repositories with their images, tags and layers. Plain data; operations change it.
import type { BlobStore } from './blob-store.ts';
import type { ManifestFacts } from './manifest.ts';

export type TagMutability = 'MUTABLE' | 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION';

export interface MutabilityExclusion {
  readonly filterType: 'WILDCARD';
  readonly filter: string;
}

/** One image of a repository: a manifest and everything ECR knows about it. */
export interface StoredImage {
  readonly digest: string;
  readonly manifest: string;
  readonly facts: ManifestFacts;
  readonly sizeInBytes: number;
  pushedAt: number;
  lastPulledAt: number | undefined;
}

export interface Repository {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly encryptionConfiguration: Readonly<Record<string, string>>;
  tagMutability: TagMutability;
  exclusions: readonly MutabilityExclusion[];
  scanOnPush: boolean;
  resourceTags: Map<string, string>;
  policyText: string | undefined;
  lifecyclePolicyText: string | undefined;
  /** By digest, in push order. */
  readonly images: Map<string, StoredImage>;
  /** Image tag to digest. */
  readonly imageTags: Map<string, string>;
  /** Digests of the layers that may be used in this repository. */
  readonly layers: Set<string>;
}

export interface RegistryState {
  readonly repositories: Map<string, Repository>;
  readonly blobs: BlobStore;
  /** AWS's opt-in account settings; BLOB_MOUNTING is off until somebody turns it on. */
  readonly accountSettings: Map<string, string>;
}

export function createRegistryState(blobs: BlobStore): RegistryState {
  return { repositories: new Map(), blobs, accountSettings: new Map() };
}

/** The image tags that point at a digest, in the order they were given. */
export function tagsOf(repository: Repository, digest: string): string[] {
  return [...repository.imageTags].flatMap(([tag, at]) => (at === digest ? [tag] : []));
}

/** Deletes the stored bytes of those digests that no repository offers any more. */
export function forgetUnusedLayers(state: RegistryState, digests: Iterable<string>): void {
  for (const digest of digests) {
    const used = [...state.repositories.values()].some((repository) => repository.layers.has(digest));
    if (!used) state.blobs.remove(digest);
  }
}

/**
 * Removes an image and the layers that no other image of the repository names. Layers uploaded for an image that was never
 * put stay until the repository goes.
 */
export function removeImage(state: RegistryState, repository: Repository, digest: string): void {
  const image = repository.images.get(digest);
  if (image === undefined) return;
  repository.images.delete(digest);
  for (const tag of tagsOf(repository, digest)) repository.imageTags.delete(tag);
  const kept = new Set([...repository.images.values()].flatMap((other) => other.facts.layerDigests));
  const orphans = image.facts.layerDigests.filter((layer) => !kept.has(layer));
  for (const layer of orphans) repository.layers.delete(layer);
  forgetUnusedLayers(state, orphans);
}
