// What people may ask of `npm run simulate`.
import { parseArgs } from 'node:util';
import { type FaultKind, faultKinds } from './faults.ts';
import { plantedBugs } from './planted-bugs.ts';
import { stories } from './stories.ts';

export interface SimulationOptions {
  readonly mode: 'random' | 'exhaustive' | 'planted';
  readonly runs: number;
  readonly seed: number;
  /** Only this seed, with its timeline. */
  readonly single: boolean;
  readonly story: string | undefined;
  readonly faults: readonly FaultKind[];
  /** A planted bug, or all of them in mode planted. */
  readonly planted: string | undefined;
  readonly threads: number | undefined;
  /** AWS calls are written out and read as on the wire. */
  readonly onTheWire: boolean;
}

const RUNS_DEFAULT = 200;
const RUNS_MAX = 1_000_000;
const PLANTED_RUNS_DEFAULT = 5_000;

export const USAGE = `Usage: npm run simulate -- [options]
  --runs N        seeds to run (${RUNS_DEFAULT}); with --planted, runs a bug may take to be found (${PLANTED_RUNS_DEFAULT})
  --seed S        first seed (1); SEED=n in the environment runs that seed alone and tells it as a timeline
  --story NAME    one of ${stories.map(({ name }) => name).join(', ')}
  --faults LIST   only these, separated by commas, or none: ${faultKinds.join(', ')}
  --exhaustive    every fault of a call at every place where a story calls AWS, one at a time
  --planted NAME  how many runs find a bug planted into the simulated system, or each of them (all): ${plantedBugs.map(({ name }) => name).join(', ')}
  --threads N     threads (one per processor)
  --wire          each AWS call goes through the whole SDK, written out and read as on the wire: the same stories in nearly twice the time`;

/** @returns a text that says what is wrong */
export function parseOptions(args: readonly string[], seedVariable: string | undefined): SimulationOptions | string {
  let values: ReturnType<typeof read>;
  try {
    values = read(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const runs = numberOf(values.runs, values.planted === undefined ? RUNS_DEFAULT : PLANTED_RUNS_DEFAULT);
  const seed = numberOf(seedVariable ?? values.seed, 1);
  const threads = values.threads === undefined ? undefined : numberOf(values.threads, 1);
  if (runs === undefined || runs < 1 || runs > RUNS_MAX) return `--runs must be a whole number from 1 to ${RUNS_MAX}`;
  if (seed === undefined || seed < 0) return 'the seed must be a whole number';
  if (values.story !== undefined && !stories.some(({ name }) => name === values.story)) return `there is no story ${values.story}`;
  if (values.planted !== undefined && values.planted !== 'all' && !plantedBugs.some(({ name }) => name === values.planted))
    return `there is no planted bug ${values.planted}`;
  const named = values.faults === undefined ? [...faultKinds] : values.faults === 'none' ? [] : values.faults.split(',');
  const unknown = named.find((name) => !(faultKinds as readonly string[]).includes(name));
  if (unknown !== undefined) return `there is no fault ${unknown}`;
  return {
    mode: values.exhaustive === true ? 'exhaustive' : values.planted === undefined ? 'random' : 'planted',
    runs,
    seed,
    single: seedVariable !== undefined,
    story: values.story,
    faults: named as FaultKind[],
    planted: values.planted,
    threads,
    onTheWire: values.wire === true,
  };
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      seed: { type: 'string' },
      story: { type: 'string' },
      faults: { type: 'string' },
      exhaustive: { type: 'boolean' },
      planted: { type: 'string' },
      threads: { type: 'string' },
      wire: { type: 'boolean' },
    },
  }).values;
}

function numberOf(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
