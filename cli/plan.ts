// weir plan -f weir.yaml: what deployments with this manifest will be like. Reads the file and nothing else.
import type { Command } from 'commander';
import type { Manifest } from '#contracts/manifest.ts';
import { deploymentSettings, userHookFunctions } from '#contracts/stored-manifest.ts';
import { driverName } from '#core/deployment/driver-kind.ts';
import type { Exposure } from '#core/rollout/exposure.ts';
import { type Outline, outlineRollout } from '#core/rollout/outline.ts';
import { driverCapabilities } from '#drivers/capabilities.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile } from './input-file.ts';

export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description('what deployments with a manifest will be like: steps, gates, exposure, capacity, limits')
    .requiredOption('-f, --file <path>', 'the manifest (weir.yaml)')
    .addHelpText('after', '\nAsks nobody: AWS credentials are not needed.\n\nExample:\n  weir plan -f weir.yaml')
    .action((options: { file: string }, command: Command) => {
      const outline = outlineOfManifest(readManifestFile(options.file));
      print(globalOptions(command).json, outline, () => describeOutline(outline));
    });
}

export function outlineOfManifest(manifest: Manifest): Outline {
  return outlineRollout(
    {
      serviceKey: `${manifest.cluster}/${manifest.service}`,
      driver: manifest.driver.kind,
      // The version plays no part: nothing is deployed by this.
      settings: deploymentSettings(manifest, 0),
      userHooks: userHookFunctions(manifest),
      smokeChecks: manifest.smokeChecks.length,
    },
    driverCapabilities,
  );
}

export function describeOutline(outline: Outline): readonly string[] {
  const { driver, otherDriver, extraCapacity, gaps } = outline;
  const could = gaps.filter(({ otherCould }) => otherCould).map(({ what }) => what);
  const neither = gaps.filter(({ otherCould }) => !otherCould).map(({ what }) => what);
  return [
    `${outline.serviceKey}  ${outline.configurationName} through ${driverName(driver)}, then a bake of ${outline.bakeTimeMinutes} min`,
    ...section(`Steps${outline.timesAreEarliest ? ' (earliest times: each step waits for its evidence)' : ' (by the clock)'}`, describeSteps(outline)),
    ...section(
      'What is held, and by what',
      outline.gates.map(({ name, traffic, asks }) => `${name} (${traffic}): ${asks.length === 0 ? 'passes' : asks.join('; ')}`),
    ),
    ...section('Exposure to a bad version', outline.exposures.map(describeExposure)),
    ...section('Extra capacity', [`${extraCapacity.percent} % more tasks for at least ${extraCapacity.minutes} min, and while green starts`]),
    ...section('Limits', outline.limits),
    ...section(`What ${driverName(driver)} cannot do and ${driverName(otherDriver)} could (driver.kind: ${otherDriver})`, could),
    ...section('What neither can do', neither),
  ];
}

function describeSteps({ steps, bakeTimeMinutes, minutes }: Outline): readonly string[] {
  return [
    ...[...Map.groupBy(steps, ({ atMinutes }) => atMinutes)].map(
      ([at, made]) => `${minute(at)}  green ${made.map(({ greenPercent }) => greenPercent).join(', ')} %`,
    ),
    `${minute(minutes)}  blue may go, ${bakeTimeMinutes} min after all traffic is on green`,
  ];
}

function minute(at: number): string {
  return `+${at} min`.padStart(10);
}

function describeExposure({ until, parts, fullTrafficMinutes }: Exposure): string {
  const shown = parts.length > 3 ? [...parts.slice(0, 2), undefined, ...parts.slice(-1)] : parts;
  const sum = shown.map((part) => (part === undefined ? '...' : `${part.greenPercent} % x ${part.minutes} min`)).join(' + ');
  return `${until}: ${sum} = ${fullTrafficMinutes} min of all traffic`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
