// A failed run, run again until only the faults are left that matter, and told as a timeline.
import type { Fault } from './faults.ts';
import type { Pool } from './pool.ts';
import type { RunResult } from './run-story.ts';
import { shrinkFaults } from './shrink.ts';
import type { Order } from './thread.ts';
import { renderFailure } from './timeline.ts';

export async function explainFailure(pool: Pool, order: Order): Promise<string> {
  const { result, faults } = await shrunk(pool, order);
  return renderFailure({ result, faults, planted: order.planted });
}

/** The run with the fewest faults that still breaks an invariant that the given one broke; the run itself when it broke none. */
export async function shrunk(pool: Pool, order: Order): Promise<{ readonly result: RunResult; readonly faults: readonly Fault[] }> {
  const first = await resultOf(pool, { ...order, keepsHistory: true });
  const broken = new Set(first.violations.map(({ invariant }) => invariant));
  if (broken.size === 0) return { result: first, faults: first.struck };
  const again = (faults: readonly Fault[], keepsHistory: boolean): Promise<RunResult> => resultOf(pool, { ...order, faults, keepsHistory });
  const breaks = async (faults: readonly Fault[]): Promise<boolean> => (await again(faults, false)).violations.some(({ invariant }) => broken.has(invariant));
  if (!(await breaks(first.struck))) return { result: first, faults: first.struck };
  const faults = await shrinkFaults(first.struck, breaks);
  return { result: await again(faults, true), faults };
}

async function resultOf(pool: Pool, order: Order): Promise<RunResult> {
  let result: RunResult | undefined;
  await pool.run([order], (done) => {
    ({ result } = done);
    return 'go on';
  });
  if (result === undefined) throw new Error('the run gave no result');
  return result;
}
