// The `weir` command: one verb per file, each registered here.
import { Command, CommanderError, Option } from 'commander';
import { registerAbort } from './abort.ts';
import { registerApply } from './apply.ts';
import { registerApprove } from './approve.ts';
import { registerBreaker } from './breaker.ts';
import { CommandFailure } from './command-failure.ts';
import { registerCompletion } from './completion.ts';
import { registerDashboard } from './dashboard.ts';
import { registerDeploy } from './deploy.ts';
import { registerDiff } from './diff.ts';
import { registerDoctor } from './doctor.ts';
import { registerEvents } from './events.ts';
import { registerExplain } from './explain.ts';
import { registerHistory } from './history.ts';
import { registerInit } from './init.ts';
import { registerLocal } from './local/local.ts';
import { registerMigrate } from './migrate.ts';
import { registerPause } from './pause.ts';
import { registerPlan } from './plan.ts';
import { registerPromote } from './promote.ts';
import { registerRehearse } from './rehearse.ts';
import { registerRemediation } from './remediation.ts';
import { registerReplay } from './replay.ts';
import { registerRetry } from './retry.ts';
import { registerRollback } from './rollback.ts';
import { registerServices } from './services.ts';
import { registerStatus } from './status.ts';
import { registerVerify } from './verify.ts';

const program = new Command('weir')
  .description('Deployment control plane for Amazon ECS: push an image, get a canary')
  .addOption(new Option('--stage <name>', 'stage of the Weir stack').env('WEIR_STAGE').default('dev'))
  .addOption(new Option('--region <name>', 'AWS region').env('AWS_REGION'))
  .addOption(new Option('--endpoint-url <url>', 'endpoint of the local AWS').env('AWS_ENDPOINT_URL'))
  .option('--json', 'machine-readable output', false)
  .showHelpAfterError()
  .exitOverride()
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 rolled back, 4 still running');

registerInit(program);
registerApply(program);
registerVerify(program);
registerDiff(program);
registerPlan(program);
registerRehearse(program);
registerMigrate(program);
registerStatus(program);
registerAbort(program);
registerPromote(program);
registerApprove(program);
registerPause(program);
registerRollback(program);
registerRetry(program);
registerHistory(program);
registerEvents(program);
registerDeploy(program);
registerExplain(program);
registerBreaker(program);
registerRemediation(program);
registerReplay(program);
registerServices(program);
registerDashboard(program);
registerDoctor(program);
registerLocal(program);
registerCompletion(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof CommandFailure) {
    process.stderr.write(`weir: ${error.message}\n`);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
