// An operator applies a manifest: subscriptions first, so that no push after the answer can be missed, then the service's record.
import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '#contracts/manifest.ts';
import { explainManifestDifference, type ManifestDifference } from '#contracts/manifest-difference.ts';
import { driverTarget, readManifest } from '#contracts/stored-manifest.ts';
import { applyManifest, newServiceRecord, type ServiceRecord } from '#core/service/service-record.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import type { Subscription } from '#ports/subscription-store.ts';
import { registryOf } from './registry-of.ts';

export interface AppliedManifest {
  readonly serviceKey: string;
  readonly manifestVersion: number;
  readonly created: boolean;
  readonly differences: readonly ManifestDifference[];
  readonly dryRun: boolean;
}

const APPLY_ATTEMPTS_MAX = 5;
/** `cluster/service`: with a deployment id it must fit into the description of a CodeDeploy deployment (256 characters). */
export const SERVICE_KEY_LENGTH_MAX = 220;

/** Repeatable: the same manifest again changes nothing, its version included. A running deployment keeps the settings it began with. */
export async function applyServiceManifest(ports: Ports, manifest: Manifest, account: string, dryRun: boolean): Promise<AppliedManifest> {
  const key = `${manifest.cluster}/${manifest.service}`;
  if (!dryRun) await ports.subscriptions.replace(key, subscriptionsOf(manifest, account));
  for (let attempt = 1; ; attempt++) {
    const loaded = await ports.services.load(key);
    const before = loaded === undefined ? undefined : readManifest(loaded.record.manifest);
    const same = before !== undefined && isDeepStrictEqual(before, manifest);
    const { onPush, frozen, freeze } = manifest;
    const settings = { onPush, frozen: frozen === false ? undefined : frozen.reason, freeze };
    const record: ServiceRecord =
      loaded === undefined ? newServiceRecord(key, manifest, settings, ports.now()) : applyManifest(loaded.record, manifest, settings, same);
    const applied: AppliedManifest = {
      serviceKey: key,
      manifestVersion: record.manifestVersion,
      created: loaded === undefined,
      differences: explainManifestDifference(before, manifest),
      dryRun,
    };
    if (dryRun || record === loaded?.record) return applied;
    try {
      await ports.services.save(record, loaded?.version, ports.writeId());
      return applied;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= APPLY_ATTEMPTS_MAX) throw error;
    }
  }
}

function subscriptionsOf(manifest: Manifest, account: string): Subscription[] {
  const target = driverTarget(manifest);
  return [
    { kind: 'repository', name: `${registryOf(manifest, account)}/${manifest.image.repository}` },
    // ECS's own events name the service itself.
    ...(target.kind === 'codedeploy' ? [{ kind: 'deploymentGroup' as const, name: `${target.application}/${target.deploymentGroup}` }] : []),
    ...manifest.health.alarms.map((name) => ({ kind: 'alarm' as const, name })),
  ];
}
