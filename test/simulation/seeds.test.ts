// A fixed set of seeds with everything that can go wrong, and each planted bug that a small set finds: what CI runs of the simulation.
// `npm run simulate -- --runs 5000` is the same with more seeds.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import { explainFailure } from '../support/simulation/explain.ts';
import { faultKinds } from '../support/simulation/faults.ts';
import { hunt } from '../support/simulation/planted-hunt.ts';
import { type Pool, startPool } from '../support/simulation/pool.ts';
import { storyOf } from '../support/simulation/stories.ts';
import type { Order } from '../support/simulation/thread.ts';

const SEEDS = 54;

let pool: Pool;
beforeAll(async () => {
  pool = await startPool(packagedTemplate().templateFile);
}, 60_000);
afterAll(() => pool.close());

describe('deployments with faults', () => {
  test(`${SEEDS} seeds break no invariant`, async () => {
    const failed: Order[] = [];
    const orders = Array.from({ length: SEEDS }, (_, index) => ({ index, seed: index + 1, story: storyOf(index + 1).name }));
    await pool.run(orders, ({ order, result }) => {
      if (result.violations.length > 0) failed.push(order);
      return 'go on';
    });
    const [first] = failed;
    // The story of the first failure is what somebody needs to see in the log of a build.
    expect(first === undefined ? '' : await explainFailure(pool, first)).toBe('');
  }, 180_000);
});

describe('the simulation itself', () => {
  test.each(['deployment-write-unconditional', 'scale-in-not-restored-on-failure', 'registers-the-serving-image'])(
    'finds the planted bug %s',
    async (planted) => {
      const found = await hunt(pool, planted, { runs: 200, seed: 1, story: undefined, faults: [...faultKinds] });
      expect(found.runs).toBeDefined();
    },
    120_000,
  );
});
