// The `weir` command: one verb per file, each registered here.
import { Command, CommanderError, Option } from 'commander';
import { CommandFailure } from './command-failure.ts';

type Register = (program: Command) => void;

/** One file per verb, read when it is asked for: all of them take twice as long. */
const verbs: Readonly<Record<string, () => Promise<Register>>> = {
  init: async () => (await import('./init.ts')).registerInit,
  apply: async () => (await import('./apply.ts')).registerApply,
  verify: async () => (await import('./verify.ts')).registerVerify,
  diff: async () => (await import('./diff.ts')).registerDiff,
  plan: async () => (await import('./plan.ts')).registerPlan,
  rehearse: async () => (await import('./rehearse.ts')).registerRehearse,
  migrate: async () => (await import('./migrate.ts')).registerMigrate,
  status: async () => (await import('./status.ts')).registerStatus,
  abort: async () => (await import('./abort.ts')).registerAbort,
  promote: async () => (await import('./promote.ts')).registerPromote,
  approve: async () => (await import('./approve.ts')).registerApprove,
  pause: async () => (await import('./pause.ts')).registerPause,
  resume: async () => (await import('./pause.ts')).registerResume,
  rollback: async () => (await import('./rollback.ts')).registerRollback,
  retry: async () => (await import('./retry.ts')).registerRetry,
  history: async () => (await import('./history.ts')).registerHistory,
  events: async () => (await import('./events.ts')).registerEvents,
  deploy: async () => (await import('./deploy.ts')).registerDeploy,
  explain: async () => (await import('./explain.ts')).registerExplain,
  breaker: async () => (await import('./breaker.ts')).registerBreaker,
  remediation: async () => (await import('./remediation.ts')).registerRemediation,
  replay: async () => (await import('./replay.ts')).registerReplay,
  services: async () => (await import('./services.ts')).registerServices,
  dashboard: async () => (await import('./dashboard.ts')).registerDashboard,
  doctor: async () => (await import('./doctor.ts')).registerDoctor,
  local: async () => (await import('./local/local.ts')).registerLocal,
  completion: async () => (await import('./completion.ts')).registerCompletion,
};
/** What is about every verb. */
const ABOUT_ALL = ['help', 'completion'];

/** Those that may be meant: a value of an option may look like a verb. All where none is, for help and for whoever mistyped. */
function verbsNamedIn(words: readonly string[]): readonly (() => Promise<Register>)[] {
  const named = Object.entries(verbs).filter(([verb]) => words.includes(verb));
  return named.length === 0 || words.some((word) => ABOUT_ALL.includes(word)) ? Object.values(verbs) : named.map(([, load]) => load);
}

const program = new Command('weir')
  .description('Deployment control plane for Amazon ECS: push an image, get a canary')
  .addOption(new Option('--stage <name>', 'stage of the Weir stack').env('WEIR_STAGE').default('dev'))
  .addOption(new Option('--region <name>', 'AWS region').env('AWS_REGION'))
  .addOption(new Option('--endpoint-url <url>', 'endpoint of the local AWS').env('AWS_ENDPOINT_URL'))
  .option('--json', 'machine-readable output', false)
  .showHelpAfterError()
  .exitOverride()
  .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 rolled back, 4 still running');

for (const register of await Promise.all(verbsNamedIn(process.argv.slice(2)).map((load) => load()))) register(program);

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
