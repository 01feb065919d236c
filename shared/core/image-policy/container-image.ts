// Registries hold more than images: signatures, attestations, bills of materials, charts. Their pushes raise the same event and
// must never be deployed. Called by the image policy before it looks at the tag.

/** What is known of a pushed artifact besides its tag. */
export interface ArtifactKind {
  /** Media type of the manifest's configuration or its artifactType; absent in events of older registries. */
  readonly artifactMediaType?: string | undefined;
}

/** Media types that stand for something a container runtime can start. Source: OCI image specification, Docker image manifest v2 schema 2. */
const imageMediaTypes = ['application/vnd.oci.image.', 'application/vnd.docker.container.image.', 'application/vnd.docker.distribution.manifest.'];

/**
 * Tags that tools derive from another image's digest: cosign's `.sig`, `.att` and `.sbom`, and the referrers tag of the OCI
 * distribution specification, which has no suffix. Old cosign gives these the media type of an ordinary image.
 */
const derivedTag = /^sha256-[0-9a-f]{64}(\.[a-z0-9]{1,20})?$/;

/** Why the artifact cannot be a new version of a service; undefined when it can. An unknown media type says no: it would fail to start. */
export function notAnImageReason(kind: ArtifactKind, tag: string | undefined): string | undefined {
  const mediaType = kind.artifactMediaType;
  if (mediaType !== undefined && !imageMediaTypes.some((prefix) => mediaType.startsWith(prefix))) {
    return `it is not a container image but ${mediaType}`;
  }
  if (tag !== undefined && derivedTag.test(tag)) return `tag ${tag} marks a signature, an attestation or a bill of materials of another image`;
  return undefined;
}
