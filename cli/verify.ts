// weir verify -f weir.yaml: what would fail in the next deployment, before it does.
import type { Command } from 'commander';
import { lifecycleHooks } from '#core/deployment/deployment.ts';
import type { TaskDefinitionDocument } from '#core/task-definition/with-image.ts';
import { hookFunctionName } from '#drivers/codedeploy/app-spec.ts';
import { type VerifiedService, type VerifyQuestion, verifyLiveService } from '#flows/verify-service.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile, readText } from './input-file.ts';
import { readsOf } from './live-reads.ts';

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

/** As `aws ecs describe-task-definition` prints it, or as `register-task-definition --cli-input-json` takes it. */
function readTaskDefinition(path: string): TaskDefinitionDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readText(path));
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, 2);
  }
  const document = isObject(parsed) && isObject(parsed['taskDefinition']) ? parsed['taskDefinition'] : parsed;
  if (!isObject(document) || !Array.isArray(document['containerDefinitions'])) {
    throw new CommandFailure(`${path} is not a task definition: it has no containerDefinitions`, 2);
  }
  return document;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function describeVerified(service: string, { findings, unread }: VerifiedService): readonly string[] {
  const count = (level: string): number => findings.filter((finding) => finding.level === level).length;
  const clean = findings.length === 0 && unread.length === 0;
  return [
    clean
      ? `${service}: nothing found that would fail`
      : `${service}: ${count('fault')} fault(s), ${count('warning')} warning(s), ${unread.length} not checked`,
    ...findings.flatMap(({ level, check, problem, remedy }) => [
      `  ${level === 'fault' ? 'FAULT  ' : 'WARNING'} ${check}: ${problem}`,
      `          remedy: ${remedy}`,
    ]),
    ...unread.map((what) => `  NOT CHECKED ${what}`),
  ];
}
