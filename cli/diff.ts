// weir diff -f weir.yaml: the manifest against the stored one, and the newest task definition against the one that serves.
import type { Command } from 'commander';
import type { Manifest } from '#contracts/manifest.ts';
import { explainDocumentDifference, explainManifestDifference, type ManifestDifference } from '#contracts/manifest-difference.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { comparableTaskDefinition, type TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import { describeDifference } from './apply.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile } from './input-file.ts';
import { readsOf } from './live-reads.ts';
import { connect, type OperationsClient } from './operations-client.ts';
import { showOf } from './service-view.ts';
import { serviceKeys } from './services.ts';
import { readTaskDefinition } from './task-definition-file.ts';

interface DiffOptions {
  readonly file: string;
  readonly taskDefinition?: string;
  readonly exitCode: boolean;
}

interface Differences {
  readonly manifest: { readonly storedVersion: number | null; readonly differences: readonly ManifestDifference[] };
  readonly taskDefinition: { readonly serving: string; readonly against: string; readonly differences: readonly ManifestDifference[] };
}

export function registerDiff(program: Command): void {
  program
    .command('diff')
    .description('what differs between the manifest and the stored one, and between the newest task definition and the one that serves')
    .requiredOption('-f, --file <path>', 'the manifest (weir.yaml)')
    .option('--task-definition <path>', 'a task definition (JSON) instead of the newest registered one of the family')
    .option('--exit-code', 'end with 1 when something differs', false)
    .addHelpText('after', '\nReads only.\n\nExample:\n  weir diff -f weir.yaml --task-definition next.json --exit-code')
    .action(async (options: DiffOptions, command: Command) => {
      const globals = globalOptions(command);
      const manifest = readManifestFile(options.file);
      const other = options.taskDefinition === undefined ? undefined : { name: options.taskDefinition, document: readTaskDefinition(options.taskDefinition) };
      const differences: Differences = {
        manifest: await diffManifest(connect(globals), manifest),
        taskDefinition: await readsOf(globals, async (inspection) => {
          const service = await inspection.service(manifest.cluster, manifest.service);
          if (service === undefined) throw new CommandFailure(`there is no service ${manifest.service} in cluster ${manifest.cluster}`);
          const serving = await inspection.taskDefinition(service.taskDefinitionArn);
          if (serving === undefined) throw new CommandFailure(`the task definition ${service.taskDefinitionArn} cannot be read`);
          const newest = other ?? { name: '', document: (await inspection.taskDefinition(String(serving['family']))) ?? serving };
          return diffTaskDefinitions(service.taskDefinitionArn, serving, newest);
        }),
      };
      print(globals.json, differences, () => describeDifferences(manifest, differences));
      if (options.exitCode && differences.manifest.differences.length + differences.taskDefinition.differences.length > 0) process.exitCode = 1;
    });
}

async function diffManifest(client: OperationsClient, manifest: Manifest): Promise<Differences['manifest']> {
  const key = `${manifest.cluster}/${manifest.service}`;
  const isStored = (await serviceKeys(client)).includes(key);
  const stored = isStored ? (await showOf(client, key, 1)).service : undefined;
  return {
    storedVersion: stored?.manifestVersion ?? null,
    differences: explainManifestDifference(stored === undefined ? undefined : readManifest(stored.manifest), manifest),
  };
}

function diffTaskDefinitions(
  servingArn: string,
  serving: TaskDefinitionDocument,
  other: { readonly name: string; readonly document: TaskDefinitionDocument },
): Differences['taskDefinition'] {
  return {
    serving: lastPart(servingArn),
    against: other.name === '' ? lastPart(String(other.document['taskDefinitionArn'])) : other.name,
    differences: explainDocumentDifference(comparableTaskDefinition(serving), comparableTaskDefinition(other.document)),
  };
}

function describeDifferences({ cluster, service }: Manifest, { manifest, taskDefinition }: Differences): readonly string[] {
  const stored = manifest.storedVersion === null ? 'no manifest is stored yet' : `stored manifest version ${manifest.storedVersion}`;
  return [
    ...block(`${cluster}/${service}: ${stored}`, manifest.differences),
    ...block(`task definition ${taskDefinition.serving} serves, against ${taskDefinition.against}`, taskDefinition.differences),
  ];
}

function block(title: string, differences: readonly ManifestDifference[]): readonly string[] {
  return differences.length === 0 ? [`${title}: no difference`] : [`${title}:`, ...differences.map(describeDifference)];
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
