// weir replay: judges recorded metrics again, with the settings of then or with others, and says what would have happened.
import type { Command } from 'commander';
import { parseEvidenceCsv } from '#contracts/evidence-csv.ts';
import { comparisonRules } from '#contracts/stored-manifest.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import { comparisonSetting } from '#core/health/comparison.ts';
import { odds } from '#core/health/comparison-reading.ts';
import { COMPARISON_DEFAULTS, type ComparisonRules } from '#core/health/comparison-rules.ts';
import { type Replay, type ReplayedMinute, replay } from '#core/health/replay.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile, readText } from './input-file.ts';
import { connect } from './operations-client.ts';
import { showOf } from './service-view.ts';

interface ReplayOptions {
  readonly deployment?: string;
  readonly csv?: string;
  readonly file?: string;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('judge the recorded metrics of a deployment, or a CSV file, again')
    .argument('[service]', 'cluster/service; not needed with --csv')
    .option('--deployment <id>', 'which deployment; the newest with evidence when not given')
    .option('--csv <path>', 'minute,blue_requests,blue_errors,green_requests,green_errors per line')
    .option('-f, --file <path>', 'judge by the health section of this manifest instead')
    .addHelpText(
      'after',
      '\nOnly the comparison of green with blue is judged again; fixed limits, alarms and targets are not.\n\nExamples:\n  weir replay prod/orders\n  weir replay prod/orders -f stricter.yaml\n  weir replay --csv incident.csv --json',
    )
    .action(async (service: string | undefined, options: ReplayOptions, command: Command) => {
      const globals = globalOptions(command);
      if ((service === undefined) === (options.csv === undefined)) throw new CommandFailure('give a service or --csv, one of the two', 2);
      const rules = options.file === undefined ? undefined : comparisonRules(readManifestFile(options.file));
      const { title, result } =
        options.csv === undefined
          ? await replayDeployment(connect(globals), String(service), options.deployment, rules)
          : replayCsv(options.csv, rules ?? COMPARISON_DEFAULTS);
      print(globals.json, result, () => [title, ...describeReplay(result)]);
    });
}

interface Replayed {
  readonly title: string;
  readonly result: Replay;
}

function replayCsv(path: string, rules: ComparisonRules): Replayed {
  const parsed = parseEvidenceCsv(readText(path));
  if (!parsed.ok) throw new CommandFailure(`${path}: ${parsed.problem}`, 2);
  return { title: path, result: replay(comparisonSetting(rules, undefined, 1), parsed.value) };
}

async function replayDeployment(
  client: ReturnType<typeof connect>,
  service: string,
  deploymentId: string | undefined,
  rules: ComparisonRules | undefined,
): Promise<Replayed> {
  const deployment = await deploymentToReplay(client, service, deploymentId);
  const { plan, evidence } = deployment;
  if (plan === undefined || evidence === undefined || evidence.minutes.length === 0) {
    throw new CommandFailure(`${deployment.id} has no minutes of evidence: green got no production traffic, or not for a whole minute`);
  }
  const setting = comparisonSetting(rules ?? plan.settings.health.comparison, plan.baseline, plan.desiredCount);
  const dropped = evidence.dropped === 0 ? '' : `, without the first ${evidence.dropped} minutes, which are no longer kept`;
  return { title: `${deployment.id}, ${deployment.status}${dropped}`, result: replay(setting, evidence.minutes) };
}

async function deploymentToReplay(client: ReturnType<typeof connect>, service: string, deploymentId: string | undefined): Promise<Deployment> {
  if (deploymentId !== undefined) {
    const asked = (await showOf(client, service, 1, deploymentId)).deployments.find(({ id }) => id === deploymentId);
    if (asked === undefined) throw new CommandFailure(`${service} has no deployment ${deploymentId}`);
    return asked;
  }
  const { deployments } = await showOf(client, service, 50);
  const newest = deployments.find(({ evidence }) => evidence?.state.minutes);
  if (newest === undefined) throw new CommandFailure(`none of the last ${deployments.length} deployments of ${service} has evidence`);
  return newest.evidence?.minutes.length === 0 ? deploymentToReplay(client, service, newest.id) : newest;
}

function describeReplay(result: Replay): readonly string[] {
  return [
    '  minute    blue failed/all   green failed/all   against green     for going on      verdict',
    ...result.minutes.map(describeMinute),
    `verdict ${result.verdict}: ${result.reasons.join('; ')}`,
    conclusion(result),
    ...(result.differing > 0 ? [`${result.differing} minute(s) are judged otherwise than at the time`] : []),
  ];
}

function describeMinute(minute: ReplayedMinute): string {
  const { blue, green } = minute;
  const at = new Date(minute.minute).toISOString().slice(11, 16);
  const side = (of: { readonly requests: number; readonly errors: number } | undefined): string => (of === undefined ? '-' : `${of.errors}/${of.requests}`);
  const then = minute.recorded === undefined || minute.recorded === minute.verdict ? '' : ` (at the time: ${minute.recorded})`;
  return `  ${at}  ${side(blue).padStart(16)}  ${side(green).padStart(17)}  ${odds(minute.against).padStart(14)}  ${odds(minute.advance).padStart(14)}      ${minute.verdict}${then}`;
}

function conclusion({ failsAt, passesAt, greenRequests, minutes }: Replay): string {
  const first = minutes[0]?.minute ?? 0;
  const after = (at: number): string => `after ${Math.round((at - first) / 60_000) + 1} minute(s)`;
  if (failsAt !== undefined) return `green would have been rolled back ${after(failsAt)}, ${greenRequests.toLocaleString('en-US')} green requests in`;
  if (passesAt !== undefined) return `green would have been good enough to go on ${after(passesAt)}`;
  return `neither proven good nor bad in ${minutes.length} minute(s): traffic would have been held`;
}
