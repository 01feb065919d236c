// weir rehearse -f weir.yaml: what this manifest would do with a version that is good, bad or worse. The real control plane on a local AWS
// in this process, in virtual time; nothing is asked of AWS.
import type { Command } from 'commander';
import { parseEvidenceCsv } from '#contracts/evidence-csv.ts';
import type { Manifest } from '#contracts/manifest.ts';
import type { RehearsalReport } from '#rehearsal/report.ts';
import type { Scenario } from '#rehearsal/scenarios.ts';
import { CommandFailure } from './command-failure.ts';
import { globalOptions, print } from './global-options.ts';
import { readManifestFile, readText } from './input-file.ts';
import { packagedTemplate } from './packaged-stack.ts';
import { describeComparison, describeRehearsal, type Rehearsed } from './rehearsal-view.ts';

interface RehearseOptions {
  readonly file: string;
  readonly scenario?: string;
  readonly csv?: string;
  readonly requestsPerMinute: string;
  readonly baselineErrors: string;
  readonly latency: string;
  readonly desiredCount: string;
  readonly approveAfter?: string;
  readonly seed: string;
  readonly expect?: string;
}

const EXPECTATIONS = ['succeeded', 'rolled-back'];
const REQUESTS_PER_MINUTE_MAX = 10_000_000;
const LATENCY_MS_MAX = 60_000;
const TASKS_MAX = 100;
const APPROVE_MINUTES_MAX = 20_160;
const SEED_MAX = 4_294_967_295;

export function registerRehearse(program: Command): void {
  program
    .command('rehearse')
    .description('what a manifest would do with a version that is good, fails, is slow or crashes: the real control plane in virtual time')
    .requiredOption('-f, --file <path>', 'the manifest (weir.yaml)')
    .option('--scenario <name>', 'what the new version does: good, errors:2%, slow:+150ms, crash, ... (see below), or all')
    .option('--csv <path>', 'recorded traffic instead: minute,blue_requests,blue_errors,green_requests,green_errors per line')
    .option('--requests-per-minute <n>', 'invented traffic of both versions together', '1000')
    .option('--baseline-errors <percent>', 'share of requests that fails in any case', '0.1')
    .option('--latency <milliseconds>', 'median response time', '50')
    .option('--desired-count <n>', 'tasks of the service', '2')
    .option('--approve-after <minutes>', 'people approve so long after they were asked; never when not given')
    .option('--seed <n>', 'chance in the traffic', '1')
    .option('--expect <end>', 'succeeded or rolled-back: exit with 1 when it ends otherwise')
    .addHelpText('after', HELP)
    .action(async (options: RehearseOptions, command: Command) => {
      const { json } = globalOptions(command);
      const manifest = readManifestFile(options.file);
      const settings = settingsOf(options);
      if (options.scenario !== undefined && options.csv !== undefined) throw new CommandFailure('give --scenario or --csv, one of the two', 2);
      if (options.expect !== undefined && !EXPECTATIONS.includes(options.expect)) throw new CommandFailure(`--expect takes ${EXPECTATIONS.join(' or ')}`, 2);
      if (options.expect !== undefined && options.scenario === 'all') throw new CommandFailure('--expect needs one scenario, not all', 2);
      const rehearsed = await rehearseAll(manifest, options, settings);
      // Since the process began: what a person waited.
      const took = { tookMilliseconds: Math.round(performance.now()) };
      const [only] = rehearsed;
      if (options.scenario === 'all')
        print(json, { scenarios: rehearsed, ...took }, () => describeComparison(manifest, settings, rehearsed, took, process.stdout.columns));
      else if (only !== undefined) print(json, { ...only, ...took }, () => describeRehearsal(manifest, settings, only, took, process.stdout.columns));
      if (options.expect !== undefined && only?.report.end !== options.expect)
        throw new CommandFailure(`expected ${options.expect}, and it ended ${only?.report.end}: ${only?.report.why}`);
    });
}

const HELP = `
Scenarios: good, errors[:PERCENT], slow[:+MILLISECONDS|:xFACTOR], crash, crash-later[:MINUTES], smoke-fails, shared-outage[:MINUTES],
bad-after[:MINUTES], no-metrics[:MINUTES]; all compares them. docs/rehearsal.md says what each does.

Asks nobody: AWS credentials are not needed.

Exit codes: 0 rehearsed, however it ended; 1 it ended otherwise than --expect says, or failed; 2 wrong usage.

Examples:
  weir rehearse -f weir.yaml
  weir rehearse -f weir.yaml --scenario errors:2% --requests-per-minute 300
  weir rehearse -f weir.yaml --scenario all
  weir rehearse -f weir.yaml --csv incident.csv
  weir rehearse -f weir.yaml --scenario crash --expect rolled-back`;

/** Traffic and people, as numbers. */
export interface RehearsalSettings {
  readonly requestsPerMinute: number;
  /** 0 to 1. */
  readonly baselineErrorShare: number;
  readonly medianMilliseconds: number;
  readonly desiredCount: number;
  readonly approveAfterMinutes: number | undefined;
  readonly seed: number;
}

function settingsOf(options: RehearseOptions): RehearsalSettings {
  return {
    requestsPerMinute: numberOption('--requests-per-minute', options.requestsPerMinute, 1, REQUESTS_PER_MINUTE_MAX, true),
    baselineErrorShare: numberOption('--baseline-errors', options.baselineErrors, 0, 100, false) / 100,
    medianMilliseconds: numberOption('--latency', options.latency, 1, LATENCY_MS_MAX, false),
    desiredCount: numberOption('--desired-count', options.desiredCount, 1, TASKS_MAX, true),
    approveAfterMinutes: options.approveAfter === undefined ? undefined : numberOption('--approve-after', options.approveAfter, 0, APPROVE_MINUTES_MAX, false),
    seed: numberOption('--seed', options.seed, 0, SEED_MAX, true),
  };
}

function numberOption(name: string, text: string, least: number, most: number, isWhole: boolean): number {
  const value = /^\d{1,12}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most) || (isWhole && !Number.isInteger(value)))
    throw new CommandFailure(`${name} takes a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, got ${text}`, 2);
  return value;
}

async function rehearseAll(manifest: Manifest, options: RehearseOptions, settings: RehearsalSettings): Promise<readonly Rehearsed[]> {
  const { rehearsable } = await import('#rehearsal/rehearsed-manifest.ts');
  const subject = rehearsable(manifest);
  if (!subject.ok) throw new CommandFailure(`${options.file}: ${subject.problem}`);
  const scenarios = await scenariosOf(options);
  const templateFile = packagedTemplate(process.env['WEIR_PACKAGE']);
  // Weir's functions log as in AWS, and nobody reads it here.
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const [{ loadMachinery }, { rehearse }, { reportOf }] = await Promise.all([
    import('#rehearsal/region/world.ts'),
    import('#rehearsal/rehearse.ts'),
    import('#rehearsal/report.ts'),
  ]);
  const machinery = await loadMachinery(templateFile, { functions: 'invoked' });
  const rehearsed: Rehearsed[] = [];
  for (const scenario of scenarios) {
    const report: RehearsalReport = reportOf(await rehearse(machinery, subject.value, { ...settings, scenario }));
    rehearsed.push({ scenario: scenario.label, summary: scenario.summary, leftOut: subject.value.leftOut, report });
  }
  return rehearsed;
}

async function scenariosOf({ scenario, csv }: RehearseOptions): Promise<readonly Scenario[]> {
  const { parseScenario, scenarioKinds } = await import('#rehearsal/scenarios.ts');
  if (csv !== undefined) {
    const parsed = parseEvidenceCsv(readText(csv));
    if (!parsed.ok) throw new CommandFailure(`${csv}: ${parsed.problem}`, 2);
    const { recordedScenario } = await import('#rehearsal/recorded-traffic.ts');
    return [recordedScenario(parsed.value, csv)];
  }
  const names = scenario === 'all' ? scenarioKinds.map(({ name }) => name) : [scenario ?? 'good'];
  return names.map((name) => {
    const parsed = parseScenario(name);
    if (!parsed.ok) throw new CommandFailure(parsed.problem, 2);
    return parsed.value;
  });
}
