// Takes an image reference apart where it names an ECR repository.

export interface EcrReference {
  /** AWS account of the registry. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
}

/** Source: ECR user guide, private registries: ACCOUNT.dkr.ecr.REGION.amazonaws.com, .cn in China; FIPS and dual-stack hosts. */
const ECR_HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.com(?:\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/;
/** The registry of a local AWS, which has one account. */
const LOOPBACK_HOST = /^(?:127\.0\.0\.1|localhost):\d{1,5}$/;

/**
 * undefined for images of other registries.
 * @param account whose registry a loopback address is
 */
export function parseEcrReference(reference: string, account: string): EcrReference | undefined {
  const slash = reference.indexOf('/');
  if (slash < 0) return undefined;
  const host = reference.slice(0, slash);
  const registry = ECR_HOST.exec(host)?.[1] ?? (LOOPBACK_HOST.test(host) ? account : undefined);
  if (registry === undefined) return undefined;
  const [named = '', digest] = reference.slice(slash + 1).split('@');
  const colon = named.lastIndexOf(':');
  return {
    registry,
    repository: colon < 0 ? named : named.slice(0, colon),
    tag: colon < 0 ? undefined : named.slice(colon + 1),
    digest,
  };
}
