// npm run bench -- verdict: how often Weir's comparison rolls back a good version and how soon a bad one, beside the rules others use.
// Simulated deployments, the same for all; see scenarios/ for what is simulated and anchors/ for the others' rules.
import { timeAssessments } from './assessment-time.ts';
import { named } from './deciders.ts';
import { parseOptions, USAGE, type VerdictOptions } from './options.ts';
import type { Oracle } from './report/duel-report.ts';
import { jsonReport, textReport } from './report/report.ts';
import { resultsOf } from './report/results.ts';
import { type Progress, runCells } from './run-cells.ts';
import { isWithoutFault } from './scenarios/cells.ts';
import { weir } from './weir-decider.ts';

const ORACLES: readonly Oracle[] = [
  { title: 'tools', deciders: named('tool') },
  { title: 'tools and ECS Express Mode, which watches 6 minutes', deciders: named('tool', 'briefTool') },
  { title: 'tools, z-test and Lindon-Malek', deciders: named('tool', 'test') },
];

export async function benchVerdict(args: readonly string[] = process.argv.slice(3)): Promise<void> {
  const parsed = parseOptions(args);
  if (!parsed.ok) {
    (parsed.problem === '' ? process.stdout : process.stderr).write(parsed.problem === '' ? USAGE : `${parsed.problem}\n\n${USAGE}`);
    process.exitCode = parsed.problem === '' ? 0 : 2;
    return;
  }
  const { options } = parsed;
  const command = ['npm run bench -- verdict', ...args.map(quoted)].join(' ');
  process.stdout.write(options.time ? timeAssessments(command) : await simulate(options, command));
}

async function simulate(options: VerdictOptions, command: string): Promise<string> {
  const startedAt = performance.now();
  const tasks = options.cells.map((cell) => ({ cell: cell.name, repetitions: isWithoutFault(cell) ? 2 * options.repetitions : options.repetitions }));
  const outcomes = await runCells(tasks, { seed: options.seed, deciders: options.deciders }, { onProgress: showProgress });
  clearProgress();
  const results = resultsOf(options.cells, options.deciders, outcomes);
  const run = { command, seed: options.seed, repetitions: options.repetitions, seconds: (performance.now() - startedAt) / 1000 };
  const report = options.json ? jsonReport : textReport;
  return report(results, run, weir.name, ORACLES);
}

function quoted(argument: string): string {
  return /^[\w./:=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

function showProgress({ done, total }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} cells`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
}
