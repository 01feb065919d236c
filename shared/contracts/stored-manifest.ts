// A manifest on record, and what it means to the core: which pushes are wanted, how they are deployed. Called by the flows.
import { defaultServiceBreakerPolicy, type ServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { type DeploymentSettings, type LifecycleHook, lifecycleHooks } from '#core/deployment/deployment.ts';
import type { ComparisonRules } from '#core/health/comparison-rules.ts';
import type { HealthRules } from '#core/health/health.ts';
import type { ImagePolicy, TagRule } from '#core/image-policy/image-policy.ts';
import type { PlanTarget } from '#core/preflight/plan.ts';
import { strategyOfConfiguration } from '#core/strategy/codedeploy-configuration.ts';
import { type Strategy, shiftMinutes } from '#core/strategy/strategy.ts';
import type { Manifest } from './manifest.ts';
import { checkManifest, formatPath } from './manifest-faults.ts';
import type { Parsed } from './parse-with.ts';

/** Faults named in one problem; the command line has shown them all with their lines already. */
const FAULTS_NAMED_MAX = 10;

/** Checks a manifest that comes as data, without the text a person wrote. */
export function parseManifestDocument(document: unknown): Parsed<Manifest> {
  const checked = checkManifest(document);
  if (checked.ok) return { ok: true, value: checked.manifest };
  const faults = checked.faults.map((fault) => `${formatPath(fault.path)}: ${fault.message}`);
  const rest = faults.length - FAULTS_NAMED_MAX;
  return { ok: false, problem: `${faults.slice(0, FAULTS_NAMED_MAX).join('; ')}${rest > 0 ? `; and ${rest} more` : ''}` };
}

/** Manifests that were read lately, by their text: a function reads the same one at every look, and checking it costs more than the rest of the look. */
const readLately = new Map<string, Manifest>();
const READ_LATELY_MAX = 20;

/**
 * A stored manifest, settings that are newer than it filled with their defaults. The same object for the same manifest: it is frozen.
 * @throws Error when it is none: only checked manifests are ever stored
 */
export function readManifest(stored: unknown): Manifest {
  const text = JSON.stringify(stored);
  const known = readLately.get(text);
  if (known !== undefined) return known;
  const parsed = parseManifestDocument(stored);
  if (!parsed.ok) throw new Error(`the stored manifest cannot be read: ${parsed.problem}`);
  const [oldest] = readLately.keys();
  if (oldest !== undefined && readLately.size >= READ_LATELY_MAX) readLately.delete(oldest);
  readLately.set(text, frozen(parsed.value));
  return parsed.value;
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) for (const member of Object.values(Object.freeze(value))) frozen(member);
  return value;
}

/** Which pushes the service wants. */
export function imagePolicy(manifest: Manifest): ImagePolicy {
  const { tags, ignore, acceptUntagged } = manifest.image;
  return { rule: tagRule(tags), ignore, acceptUntagged };
}

function tagRule(tags: Manifest['image']['tags']): TagRule {
  if (tags.exact !== undefined) return { kind: 'exact', tags: tags.exact };
  if (tags.semver !== undefined) return { kind: 'semver', range: tags.semver };
  if (tags.regex !== undefined) return { kind: 'regex', regex: tags.regex };
  if (tags.glob !== undefined) return { kind: 'glob', globs: tags.glob };
  throw new Error('a checked manifest has exactly one of exact, glob, semver, regex');
}

/** How the service's traffic shifts. */
export function manifestStrategy(manifest: Pick<Manifest, 'strategy'>): Strategy {
  const { canary, linear, codedeployConfiguration, allAtOnce, adaptive, rolling } = manifest.strategy;
  if (canary !== undefined) return { kind: 'canary', ...canary };
  if (linear !== undefined) return { kind: 'linear', ...linear };
  const named = codedeployConfiguration === undefined ? undefined : strategyOfConfiguration(codedeployConfiguration);
  if (named !== undefined) return named;
  if (allAtOnce !== undefined) return { kind: 'allAtOnce' };
  if (adaptive !== undefined) return { kind: 'adaptive', percent: adaptive.stepPercent };
  if (rolling !== undefined) return { kind: 'rolling', ...rolling };
  throw new Error('a checked manifest has exactly one of canary, linear, allAtOnce, adaptive, rolling, codedeployConfiguration');
}

/** What is fixed for a deployment when it starts. */
export function deploymentSettings(manifest: Manifest, manifestVersion: number): DeploymentSettings {
  const { crashes, onInconclusive } = manifest.health;
  return {
    manifestVersion,
    strategy: manifestStrategy(manifest),
    bakeTimeMinutes: manifest.bakeTimeMinutes,
    health: healthRules(manifest),
    crashThreshold: { type: crashes.thresholdType, value: crashes.value },
    resetOnHealthy: crashes.resetOnHealthy,
    crashLogLines: crashes.logLines,
    onInconclusive,
    waitForSlotMinutes: manifest.waitForSlotMinutes,
    quarantineHours: manifest.quarantineHours,
    ...(manifest.approval === undefined ? {} : { approval: manifest.approval }),
  };
}

/** When failed deployments stop further ones. */
export function breakerPolicy({ breaker }: Pick<Manifest, 'breaker'>): ServiceBreakerPolicy {
  const { enabled, failuresToOpen, coolDownMinutes, coolDownMaxMinutes } = breaker;
  return {
    // Failures are counted all the same: whoever turns it on again sees what was.
    failuresToOpen: enabled ? failuresToOpen : Number.POSITIVE_INFINITY,
    coolDownMinutes,
    coolDownFactor: defaultServiceBreakerPolicy.coolDownFactor,
    coolDownMaxMinutes: Math.max(coolDownMinutes, coolDownMaxMinutes),
  };
}

function healthRules(manifest: Manifest): HealthRules {
  const { errorRate, latency, healthyHosts, alarms, windowMinutes, settleSeconds } = manifest.health;
  return {
    comparison: comparisonRules(manifest),
    ...(errorRate === undefined ? {} : { errorRate }),
    ...(latency === undefined ? {} : { latency }),
    healthyHosts,
    alarms,
    windowMinutes,
    settleSeconds,
  };
}

/** The comparison as the manifest has it, percentages as shares. */
export function comparisonRules(manifest: Pick<Manifest, 'health' | 'strategy' | 'bakeTimeMinutes'>): ComparisonRules {
  const { compare, slo } = manifest.health;
  const { errors, latency, crashes, slo: sloShare } = compare.budget;
  return {
    falseRollback: compare.falseRollbackPercent / 100,
    spend: { errors: errors / 100, latency: latency / 100, crashes: crashes / 100, slo: sloShare / 100 },
    errors: { tolerance: compare.errorTolerance, ignoredDifference: compare.ignoredDifferencePercent / 100 },
    ...(compare.latencyTolerance === false ? {} : { latencyTolerance: compare.latencyTolerance }),
    ...(slo === undefined ? {} : { sloErrorRate: slo.maxErrorPercent / 100 }),
    advance: { falseAdvance: compare.falsePromotionPercent / 100, acceptedHarm: compare.acceptedHarmPercent / 100 },
    sticky: compare.stickySessions,
    observe: compare.observe,
    plannedMinutes: Math.max(1, shiftMinutes(manifestStrategy(manifest)) + manifest.bakeTimeMinutes),
  };
}

/** What planning compares with AWS. */
export function planTarget(manifest: Manifest): PlanTarget {
  return {
    cluster: manifest.cluster,
    service: manifest.service,
    container: manifest.image.container,
    driver: manifest.driver.kind,
    onWeightsChanged: manifest.driver.onWeightsChanged,
    onOutsideDeployment: manifest.driver.onOutsideDeployment,
    maxScanSeverity: manifest.preflight.maxScanSeverity,
    requireScan: manifest.preflight.requireScan,
  };
}

/** The owner's functions by the hook they are asked at. */
export function userHookFunctions({ hooks }: Pick<Manifest, 'hooks'>): Readonly<Partial<Record<LifecycleHook, string>>> {
  const named = lifecycleHooks.map((hook) => [hook, hooks[manifestKeyOf(hook)]?.function] as const);
  return Object.fromEntries(named.filter(([, name]) => name !== undefined));
}

function manifestKeyOf(hook: LifecycleHook): Uncapitalize<LifecycleHook> {
  return `${hook.charAt(0).toLowerCase()}${hook.slice(1)}` as Uncapitalize<LifecycleHook>;
}

/** Where the driver finds its configuration of the service. */
export type ManifestDriverTarget =
  | { readonly kind: 'codedeploy'; readonly application: string; readonly deploymentGroup: string }
  | { readonly kind: 'ecs'; readonly cluster: string; readonly service: string };

export function driverTarget(manifest: Pick<Manifest, 'driver' | 'cluster' | 'service'>): ManifestDriverTarget {
  const { kind, application, deploymentGroup } = manifest.driver;
  if (kind === 'ecs') return { kind, cluster: manifest.cluster, service: manifest.service };
  if (application === undefined || deploymentGroup === undefined)
    throw new Error('a checked manifest of the codedeploy driver names application and deploymentGroup');
  return { kind, application, deploymentGroup };
}
