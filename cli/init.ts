// weir init CLUSTER/SERVICE: writes a manifest for a service that is live, from what AWS says of it.
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { parseManifest } from '#contracts/parse-manifest.ts';
import { draftServiceManifest } from '#flows/draft-service-manifest.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { readsOf } from './live-reads.ts';
import { manifestText } from './manifest-text.ts';
import { splitServiceKey } from './service-key.ts';

interface InitOptions {
  readonly file: string;
  readonly application?: string;
  readonly deploymentGroup?: string;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export function registerInit(program: Command): void {
  program
    .command('init')
    .description('write a manifest from a live ECS service')
    .argument('<service>', 'cluster/service')
    .option('-f, --file <path>', 'the manifest to write', 'weir.yaml')
    .option('--application <name>', 'CodeDeploy application, where several deploy the service')
    .option('--deployment-group <name>', 'its deployment group')
    .option('--force', 'overwrite the file', false)
    .option('--dry-run', 'print the manifest and write nothing', false)
    .addHelpText(
      'after',
      '\nReads only. Lines marked GUESSED in the file are for you to check.\n\nExamples:\n  weir init prod/orders\n  weir init prod/orders --dry-run > weir.yaml',
    )
    .action(async (service: string, options: InitOptions, command: Command) => {
      const globals = globalOptions(command);
      const draft = await draftedText(service, options, command);
      if (!options.dryRun) writeManifest(options.file, draft, options.force);
      print(globals.json, { file: options.dryRun ? null : options.file, manifest: draft }, () =>
        options.dryRun ? [draft.trimEnd()] : [`Wrote ${options.file}; check the lines marked GUESSED, then: weir verify -f ${options.file}`],
      );
    });
}

async function draftedText(service: string, { application, deploymentGroup }: InitOptions, command: Command): Promise<string> {
  if ((application === undefined) !== (deploymentGroup === undefined)) throw new CommandFailure('--application and --deployment-group go together', 2);
  const named = application === undefined || deploymentGroup === undefined ? undefined : { application, deploymentGroup };
  const { cluster, name } = splitServiceKey(service);
  const drafted = await readsOf(globalOptions(command), (inspection) => draftServiceManifest(inspection, cluster, name, named));
  if (!drafted.ok) throw new CommandFailure(drafted.problems.join('\n'));
  const text = manifestText(drafted.draft);
  const parsed = parseManifest(text, 'the drafted manifest');
  // What AWS takes and a manifest does not, such as a name with a colon.
  if (!parsed.ok)
    throw new CommandFailure(['the service cannot be described by a manifest:', ...parsed.problems.map((problem) => `  ${problem.text}`)].join('\n'));
  return text;
}

function writeManifest(path: string, text: string, overwrite: boolean): void {
  try {
    writeFileSync(path, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw new CommandFailure(`${path} exists; --force overwrites it`, 2);
    throw new CommandFailure(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
