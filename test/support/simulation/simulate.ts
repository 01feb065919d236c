// The program behind `npm run simulate`: random runs, every fault at every call, or how soon a planted bug is found.
import { packagedStack } from '../../../cli/packaged-stack.ts';
import { simulateExhaustively } from './exhaustive.ts';
import { explainFailure } from './explain.ts';
import type { SimulationOptions } from './options.ts';
import { huntPlantedBugs } from './planted-hunt.ts';
import { type Pool, startPool } from './pool.ts';
import { startProgress } from './progress.ts';
import { storyOf } from './stories.ts';
import { renderSummary, startSummary } from './summary.ts';
import type { Order } from './thread.ts';

/** Failures told in full; the others are counted. */
const FAILURES_TOLD_MAX = 3;

/** @returns the exit code: 0 when nothing broke */
export async function simulate(options: SimulationOptions): Promise<number> {
  const pool = await startPool(packagedStack().templateFile, { threads: options.threads, commands: options.onTheWire ? 'on the wire' : 'handed over' });
  try {
    if (options.mode === 'exhaustive') return await simulateExhaustively(pool, options);
    if (options.mode === 'planted') return await huntPlantedBugs(pool, options);
    return options.single ? await tellSeed(pool, options) : await simulateRandomly(pool, options);
  } finally {
    await pool.close();
  }
}

/** The order of a seed: its number chooses the story too, so that the seed says everything. */
export function orderOf(options: Pick<SimulationOptions, 'story' | 'faults'>, index: number, seed: number): Order {
  const story = options.story ?? storyOf(seed).name;
  return { index, seed, story, enabled: options.faults };
}

async function simulateRandomly(pool: Pool, options: SimulationOptions): Promise<number> {
  const summary = startSummary();
  const progress = startProgress(options.runs);
  const failed: Order[] = [];
  function* orders(): Generator<Order> {
    for (let index = 0; index < options.runs; index++) yield orderOf(options, index, options.seed + index);
  }
  await pool.run(orders(), (done) => {
    summary.add(done);
    if (done.result.violations.length > 0) {
      failed.push(done.order);
      progress.say(`seed ${done.order.seed} (${done.order.story}): ${done.result.violations.map(({ invariant }) => invariant).join('; ')}`);
    }
    progress.step(`${failed.length} broken`);
    return 'go on';
  });
  progress.end();
  for (const order of failed.toSorted((a, b) => a.seed - b.seed).slice(0, FAILURES_TOLD_MAX)) process.stdout.write(`${await explainFailure(pool, order)}\n`);
  process.stdout.write(`${renderSummary(summary)}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** One seed, told whether it breaks or not. */
async function tellSeed(pool: Pool, options: SimulationOptions): Promise<number> {
  let broken = false;
  const order = orderOf(options, 0, options.seed);
  await pool.run([order], ({ result }) => {
    broken = result.violations.length > 0;
    return 'stop';
  });
  process.stdout.write(`${await explainFailure(pool, order)}\n`);
  return broken ? 1 : 0;
}
