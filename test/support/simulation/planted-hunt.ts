// How many runs it takes to find each planted bug: the simulation's own examination.
import type { SimulationOptions } from './options.ts';
import { plantedBugs } from './planted-bugs.ts';
import type { Pool } from './pool.ts';
import { storyOf } from './stories.ts';
import type { Order } from './thread.ts';

export interface Found {
  readonly name: string;
  /** Runs until the first that broke an invariant, itself included; undefined when none did. */
  readonly runs: number | undefined;
  readonly seed: number | undefined;
  readonly invariant: string | undefined;
}

/** @returns the exit code: 0 when every bug was found */
export async function huntPlantedBugs(pool: Pool, options: SimulationOptions): Promise<number> {
  const names = options.planted === 'all' ? plantedBugs.map(({ name }) => name) : [options.planted ?? ''];
  let missed = 0;
  for (const name of names) {
    const found = await hunt(pool, name, options);
    if (found.runs === undefined) missed++;
    const how = found.runs === undefined ? `not found in ${options.runs} runs` : `found after ${found.runs} runs (seed ${found.seed}): ${found.invariant}`;
    process.stdout.write(`${name.padEnd(34)} ${how}\n`);
  }
  process.stdout.write(`${names.length - missed} of ${names.length} planted bugs found\n`);
  return missed === 0 ? 0 : 1;
}

export async function hunt(pool: Pool, planted: string, options: Pick<SimulationOptions, 'runs' | 'seed' | 'story' | 'faults'>): Promise<Found> {
  let first: { readonly order: Order; readonly invariant: string } | undefined;
  function* orders(): Generator<Order> {
    for (let index = 0; index < options.runs; index++) {
      const seed = options.seed + index;
      yield { index, seed, story: options.story ?? storyOf(seed).name, enabled: options.faults, planted };
    }
  }
  await pool.run(orders(), ({ order, result }) => {
    const [violation] = result.violations;
    if (violation === undefined) return 'go on';
    if (first === undefined || order.index < first.order.index) first = { order, invariant: `${violation.invariant}: ${violation.text}` };
    return 'stop';
  });
  return { name: planted, runs: first === undefined ? undefined : first.order.index + 1, seed: first?.order.seed, invariant: first?.invariant };
}
