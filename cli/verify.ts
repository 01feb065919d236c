// weir verify -f weir.yaml: what would fail in the next deployment, before it does.
import type { Command } from 'commander';
import { lifecycleHooks } from '#core/deployment/deployment.ts';
import { hookFunctionName } from '#drivers/codedeploy/app-spec.ts';
import { type VerifiedService, type VerifyQuestion, verifyLiveService } from '#flows/verify-service.ts';
import { describeFinding } from './finding-view.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile } from './input-file.ts';
import { readsOf } from './live-reads.ts';
import { readTaskDefinition } from './task-definition-file.ts';

interface VerifyOptions {
  readonly file: string;
  readonly image?: string;
  readonly taskDefinition?: string;
  readonly strict: boolean;
}

export function registerVerify(program: Command): void {
  program
    .command('verify')
    .description('what would fail in the next deployment: roles, images, secrets, log groups, health checks, target groups, hooks')
    .requiredOption('-f, --file <path>', 'the manifest (weir.yaml)')
    .option('--image <image>', 'tag or sha256:... digest that is to be deployed; default: the image that serves')
    .option('--task-definition <path>', 'a task definition (JSON) that is not registered yet; default: the one that serves')
    .option('--strict', 'fail on warnings, and on what could not be read', false)
    .addHelpText(
      'after',
      '\nReads only. Exit code 1 when there is a fault.\n\nExamples:\n  weir verify -f weir.yaml\n  weir verify -f weir.yaml --image 2.3.1 --strict',
    )
    .action(async (options: VerifyOptions, command: Command) => {
      const globals = globalOptions(command);
      const manifest = readManifestFile(options.file);
      const taskDefinition = options.taskDefinition === undefined ? undefined : readTaskDefinition(options.taskDefinition);
      const question = { manifest, taskDefinition, image: options.image, weirHooks: weirHooks(globals.stage) };
      const verified = await readsOf(globals, (inspection) => verifyLiveService(inspection, question));
      print(globals.json, verified, () => describeVerified(`${manifest.cluster}/${manifest.service}`, verified));
      const { findings, unread } = verified;
      const failed = options.strict ? findings.length + unread.length > 0 : findings.some(({ level }) => level === 'fault');
      if (failed) process.exitCode = 1;
    });
}

function weirHooks(stage: string): VerifyQuestion['weirHooks'] {
  const names = lifecycleHooks.map((hook) => [hook, hookFunctionName(`CodeDeployHook_weir-${stage}`, hook)]);
  return { codedeploy: Object.fromEntries(names) as VerifyQuestion['weirHooks']['codedeploy'], ecs: `weir-${stage}-ecs-lifecycle` };
}

export function describeVerified(service: string, { findings, unread }: VerifiedService): readonly string[] {
  const count = (level: string): number => findings.filter((finding) => finding.level === level).length;
  const clean = findings.length === 0 && unread.length === 0;
  return [
    clean
      ? `${service}: nothing found that would fail`
      : `${service}: ${count('fault')} fault(s), ${count('warning')} warning(s), ${unread.length} not checked`,
    ...findings.flatMap(describeFinding),
    ...unread.map((what) => `  NOT CHECKED ${what}`),
  ];
}
