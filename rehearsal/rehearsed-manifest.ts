// What of a manifest is rehearsed: everything about how a deployment goes. Who may push, when, and who is told is left out, and said so.
import type { Manifest } from '#contracts/manifest.ts';
import { manifestStrategy } from '#contracts/stored-manifest.ts';
import type { LifecycleHook } from '#core/deployment/deployment.ts';
import type { ServiceNames, SimulatedDriver } from './region/sample-service.ts';

export interface RehearsedManifest {
  readonly manifest: Manifest;
  readonly driver: SimulatedDriver;
  readonly names: ServiceNames;
  /** Lambda functions that stand for the user's hooks. */
  readonly hookFunctions: readonly string[];
  /** What the rehearsal does not do as the manifest says, in words. */
  readonly leftOut: readonly string[];
}

/** The tag of the image that is pushed. */
export const REHEARSED_TAG = 'rehearsed';

const HOOKS: Readonly<Record<keyof Manifest['hooks'], LifecycleHook>> = {
  beforeInstall: 'BeforeInstall',
  afterInstall: 'AfterInstall',
  afterAllowTestTraffic: 'AfterAllowTestTraffic',
  beforeAllowTraffic: 'BeforeAllowTraffic',
  afterAllowTraffic: 'AfterAllowTraffic',
};

/** @returns why it cannot be rehearsed, or what is rehearsed of it */
export function rehearsable(given: Manifest): { readonly ok: true; readonly value: RehearsedManifest } | { readonly ok: false; readonly problem: string } {
  if (manifestStrategy(given).kind === 'rolling')
    return { ok: false, problem: 'a rolling deployment cannot be rehearsed: it has no load balancer whose traffic could be invented' };
  const { testUrl, frozen, freeze, notifications, image, ...rest } = given;
  const { registry, ...repository } = image;
  const hooks = Object.entries(given.hooks).flatMap(([name, hook]) => (hook === undefined ? [] : [[name as keyof Manifest['hooks'], hook] as const]));
  const stood = hooks.map(([name, hook]) => [name, { ...hook, function: `CodeDeployHook_rehearsed-${HOOKS[name]}` }] as const);
  const manifest: Manifest = {
    ...rest,
    hooks: Object.fromEntries(stood),
    frozen: false,
    freeze: { ...freeze, windows: [] },
    notifications: {},
    image: { ...repository, tags: { exact: [REHEARSED_TAG] }, ignore: [], acceptUntagged: false },
    preflight: { ...given.preflight, requireScan: false },
  };
  return {
    ok: true,
    value: {
      manifest,
      driver: given.driver.kind,
      names: {
        cluster: given.cluster,
        service: given.service,
        repository: image.repository,
        container: image.container ?? 'app',
        application: given.driver.application ?? 'unused',
        deploymentGroup: given.driver.deploymentGroup ?? 'unused',
        prefix: 'rehearsed',
      },
      hookFunctions: stood.map(([, hook]) => hook.function),
      leftOut: [
        ...(frozen === false && freeze.windows.length === 0 ? [] : ['frozen and freeze windows: the push is accepted']),
        ...(registry === undefined ? [] : [`image.registry: the image comes from Weir's own account`]),
        ...(testUrl === undefined ? [] : ['testUrl: smoke checks go to the rehearsed test listener']),
        ...(given.preflight.requireScan ? ['preflight.requireScan: the image counts as scanned'] : []),
        ...(Object.keys(notifications).length === 0 ? [] : ['notifications: nobody is told']),
        ...(hooks.length === 0 ? [] : [`hooks: your functions are not asked; each answers Succeeded (${hooks.map(([name]) => name).join(', ')})`]),
        ...(given.health.alarms.length === 0 ? [] : [`health.alarms: ${given.health.alarms.join(', ')} stay OK`]),
      ],
    },
  };
}
