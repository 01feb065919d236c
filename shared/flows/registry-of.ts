// Which account's registry a manifest's images are in.
import type { Manifest } from '#contracts/manifest.ts';

/** The account named in the manifest, else the account Weir runs in. */
export function registryOf(manifest: Manifest, ownAccount: string): string {
  return manifest.image.registry ?? ownAccount;
}
