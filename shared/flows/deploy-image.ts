// An operator asks for an image by tag or digest: admitted like a push of it, but for who asked. With force also where the image is
// quarantined or the circuit breaker open; a frozen service stays frozen, unless the freeze is
// bypassed, which is recorded too.
import { readManifest } from '#contracts/stored-manifest.ts';
import { type Admission, admit } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { type AdmittedPush, admitPush } from './admit-push.ts';
import { registryOf } from './registry-of.ts';
import { servingDigest } from './serving-digest.ts';

export interface DeployQuestion {
  readonly serviceKey: string;
  /** A tag, or `sha256:...`. */
  readonly image: string;
  readonly by: string;
  /** Why, when the operator insists. */
  readonly force?: string | undefined;
  /** Only say what would become of it. */
  readonly dryRun?: boolean | undefined;
  /** Why a freeze is bypassed, when it is. */
  readonly bypassFreeze?: string | undefined;
}

export type DeployAnswer =
  | ({ readonly kind: 'asked'; readonly digest: string } & AdmittedPush)
  | { readonly kind: 'planned'; readonly digest: string; readonly admission: Admission['kind']; readonly reason?: string }
  | { readonly kind: 'unknownService' }
  | { readonly kind: 'unknownImage'; readonly repository: string };

/** @param account the one Weir runs in */
export async function deployImage(ports: Ports, question: DeployQuestion, account: string): Promise<DeployAnswer> {
  const { serviceKey, image, by, force } = question;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return { kind: 'unknownService' };
  const manifest = readManifest(service.record.manifest);
  const { repository } = manifest.image;
  const registry = registryOf(manifest, account);
  const digest = await digestOf(ports, registry, repository, image);
  if (digest === undefined) return { kind: 'unknownImage', repository };
  const now = ports.now();
  const request = {
    repository,
    registry,
    digest,
    tag: digest === image ? undefined : image,
    // A person decides now: pushes before this are older than what was asked for.
    pushedAt: now,
    source: 'operator' as const,
    by,
    ...(force === undefined ? {} : { force: { by, why: force } }),
    ...(question.bypassFreeze === undefined ? {} : { bypassFreeze: { by, why: question.bypassFreeze } }),
  };
  if (question.dryRun === true) {
    const { admission } = admit(service.record, { deploymentId: 'dry-run', request, servingDigest: await servingDigest(ports, serviceKey) }, now);
    return { kind: 'planned', digest, admission: admission.kind, ...('reason' in admission ? { reason: admission.reason } : {}) };
  }
  const admitted = await admitPush(ports, serviceKey, request, `operator:${ports.writeId()}`);
  return { kind: 'asked', digest, ...admitted };
}

async function digestOf(ports: Ports, registry: string, repository: string, image: string): Promise<string | undefined> {
  if (image.startsWith('sha256:')) return (await ports.images.describe(registry, repository, image)) === undefined ? undefined : image;
  const images = await ports.images.list(registry, repository);
  return images.find(({ tags }) => tags.includes(image))?.digest;
}
