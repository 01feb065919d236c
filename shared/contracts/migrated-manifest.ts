// A manifest that says the same for the other driver. `weir migrate` stores it.
import type { DriverKind } from '#core/deployment/driver-kind.ts';
import { strategyOfConfiguration } from '#core/strategy/codedeploy-configuration.ts';
import type { Manifest } from './manifest.ts';
import type { Parsed } from './parse-with.ts';
import { parseManifestDocument } from './stored-manifest.ts';

/** The names that only CodeDeploy needs. */
export interface CodeDeployNames {
  readonly application: string | undefined;
  readonly deploymentGroup: string | undefined;
}

/** A problem names what of the manifest the other driver cannot do, or what is not given. */
export function migratedManifest(manifest: Manifest, to: DriverKind, names: CodeDeployNames): Parsed<Manifest> {
  const { application: _application, deploymentGroup: _group, ...driver } = manifest.driver;
  if (to === 'ecs') return parseManifestDocument({ ...manifest, driver: { ...driver, kind: to }, strategy: withoutNamed(manifest.strategy) });
  return parseManifestDocument({ ...manifest, driver: { ...driver, kind: to, ...names } });
}

/** ECS has no deployment configurations with names: the shape stands for itself. */
function withoutNamed({ codedeployConfiguration, ...strategy }: Manifest['strategy']): object {
  const named = codedeployConfiguration === undefined ? undefined : strategyOfConfiguration(codedeployConfiguration);
  if (named === undefined) return strategy;
  const { kind, ...values } = named;
  return { [kind]: values };
}
