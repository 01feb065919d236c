// weir apply -f weir.yaml: stores a service's manifest, or with --dry-run shows what would change.
import type { Command } from 'commander';
import type { ManifestDifference } from '#contracts/manifest-difference.ts';
import type { AppliedManifest } from '#flows/apply-manifest.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile } from './input-file.ts';
import { connect } from './operations-client.ts';

export function registerApply(program: Command): void {
  program
    .command('apply')
    .description('store the manifest of a service')
    .requiredOption('-f, --file <path>', 'the manifest (weir.yaml)')
    .option('--dry-run', 'show what would change and change nothing', false)
    .addHelpText('after', '\nExample:\n  weir apply -f weir.yaml --dry-run')
    .action(async (options: { file: string; dryRun: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const manifest = readManifestFile(options.file);
      const client = connect(globals);
      const applied = await client.ask<AppliedManifest>('apply-manifest', { by: await client.caller(), manifest, dryRun: options.dryRun });
      print(globals.json, applied, () => describeApplied(applied));
    });
}

function describeApplied(applied: AppliedManifest): readonly string[] {
  const changes = applied.differences.map(describeDifference);
  if (applied.created) return [`${applied.dryRun ? 'Would onboard' : 'Onboarded'} ${applied.serviceKey} (manifest version ${applied.manifestVersion})`];
  if (changes.length === 0) return [`${applied.serviceKey} is up to date (manifest version ${applied.manifestVersion})`];
  return [`${applied.dryRun ? 'Would change' : 'Changed'} ${applied.serviceKey} (manifest version ${applied.manifestVersion}):`, ...changes];
}

export function describeDifference({ path, before, after }: ManifestDifference): string {
  return `  ${path}: ${show(before)} -> ${show(after)}`;
}

function show(value: unknown): string {
  return value === undefined ? '(not set)' : JSON.stringify(value);
}
