// The benchmark's command line.
import { parseArgs } from 'node:util';
import { entries } from './deciders.ts';
import type { Cell } from './scenarios/cell.ts';
import { allCells, cellsMatching } from './scenarios/cells.ts';

export interface VerdictOptions {
  /** Repetitions of a cell with a fault; cells without one get twice as many, for what is measured there is rare. */
  readonly repetitions: number;
  readonly seed: number;
  readonly cells: readonly Cell[];
  /** Names of the deciders to run. */
  readonly deciders: readonly string[];
  readonly json: boolean;
  /** Time assessments instead of simulating. */
  readonly time: boolean;
}

export type ParsedOptions = { readonly ok: true; readonly options: VerdictOptions } | { readonly ok: false; readonly problem: string };

const DEFAULT_REPETITIONS = 150;
const REPETITIONS_MAX = 100_000;

export const USAGE = `usage: npm run bench -- verdict [options]

  --reps N         repetitions of each cell with a fault, 1 to ${REPETITIONS_MAX.toLocaleString('en-US')} (default ${DEFAULT_REPETITIONS}); cells without one get twice as many
  --seed S         whole number the random numbers follow from (default 1)
  --cells TEXT     only cells whose name contains TEXT, and the cells they are compared with, e.g. 'x5 on 0.1 %' or 'wander'
  --decider NAME   only deciders whose name contains NAME; may be given more than once
  --json           everything measured, as JSON
  --time           CPU time of one assessment by Weir, instead of the simulation
  --help           this text
`;

/** Reads the arguments after the benchmark's name. A problem is a sentence for the person who typed them; empty for --help. */
export function parseOptions(args: readonly string[]): ParsedOptions {
  let values: ReturnType<typeof readArguments>;
  try {
    values = readArguments(args);
  } catch (error) {
    return problem(error instanceof Error ? error.message : String(error));
  }
  if (values.help) return problem('');
  const repetitions = wholeNumber(values.reps ?? String(DEFAULT_REPETITIONS), 1, REPETITIONS_MAX);
  if (repetitions === undefined) return problem(`--reps must be a whole number from 1 to ${REPETITIONS_MAX}, got ${values.reps}`);
  const seed = wholeNumber(values.seed ?? '1', 0, Number.MAX_SAFE_INTEGER);
  if (seed === undefined) return problem(`--seed must be a whole number from 0, got ${values.seed}`);
  const cells = values.cells === undefined ? allCells : cellsMatching(values.cells);
  if (cells.length === 0) return problem(`no cell's name contains '${values.cells}'; names look like '${exampleNames().join("', '")}'`);
  const names = entries.map(({ decider }) => decider.name);
  const matching = (text: string): readonly string[] => names.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  const unknown = values.decider?.find((text) => matching(text).length === 0);
  if (unknown !== undefined) return problem(`no decider's name contains '${unknown}'; there are: ${names.join('; ')}`);
  const wanted = new Set(values.decider?.flatMap(matching) ?? names);
  return {
    ok: true,
    options: {
      repetitions,
      seed,
      cells,
      deciders: names.filter((name) => wanted.has(name)),
      json: values.json ?? false,
      time: values.time ?? false,
    },
  };
}

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      reps: { type: 'string' },
      seed: { type: 'string' },
      cells: { type: 'string' },
      decider: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      time: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  }).values;
}

const problem = (text: string): ParsedOptions => ({ ok: false, problem: text });

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return /^\d+$/.test(text) && value >= min && value <= max ? value : undefined;
}

function exampleNames(): readonly string[] {
  const groups = [...new Set(allCells.map(({ group }) => group))];
  return groups.flatMap((group) => allCells.find((cell) => cell.group === group)?.name ?? []).slice(0, 4);
}
