// Every story of the simulation, without faults: it ends as it says, the same seed is the same history, and nothing is broken.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import { type Pool, startPool } from '../support/simulation/pool.ts';
import type { RunResult } from '../support/simulation/run-story.ts';
import { stories } from '../support/simulation/stories.ts';
import type { Order } from '../support/simulation/thread.ts';

let pool: Pool;
beforeAll(async () => {
  pool = await startPool(packagedTemplate().templateFile);
}, 60_000);
afterAll(() => pool.close());

async function runAll(orders: readonly Omit<Order, 'index'>[]): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  await pool.run(
    orders.map((order, index) => ({ ...order, index })),
    ({ order, result }) => {
      results[order.index] = result;
      return 'go on';
    },
  );
  return results;
}

describe('a story without faults', () => {
  test.each(stories)(
    '$name: $summary',
    async ({ name, ends, serves, remedies }) => {
      const [first, again] = await runAll([
        { seed: 11, story: name, faults: [] },
        { seed: 11, story: name, faults: [] },
      ]);
      expect(first?.violations).toEqual([]);
      // Of the pushes of one second any may count as the newest; which one had its turn does not matter, that one had does.
      expect(
        Object.values(first?.ends ?? {})
          .flat()
          .sort(),
      ).toEqual(Object.values(ends).flat().sort());
      expect(first?.remedies).toEqual(remedies ?? []);
      if (serves !== undefined && name !== 'burst') expect(first?.serves).toBe(serves);
      expect(again?.digest).toBe(first?.digest);
    },
    60_000,
  );
});

describe('a seed', () => {
  test('gives the same history with faults, whatever ran before it in its thread', async () => {
    const order = { seed: 4_711, story: 'supersede' };
    const [first, , again] = await runAll([order, { seed: 5, story: 'bad-image' }, order]);
    expect(again?.struck).toEqual(first?.struck);
    expect(again?.digest).toBe(first?.digest);
  }, 60_000);

  test('gives another history than the next one', async () => {
    const [one, other] = await runAll([
      { seed: 1, story: 'canary' },
      { seed: 2, story: 'canary' },
    ]);
    expect(one?.digest).not.toBe(other?.digest);
  }, 60_000);
});
