// Every AWS call of a story that succeeds, of one that fails and of one that a person ends: failed before its effect, failed after it,
// unanswered, throttled, the function killed there, its trigger delivered again, one at a time. A place that several reach is taken in
// the first of them; `npm run simulate -- --exhaustive` takes every story, and every place in each.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { packagedTemplate } from '../support/scenario/packaged-template.ts';
import { runExhaustively } from '../support/simulation/exhaustive.ts';
import { explainFailure } from '../support/simulation/explain.ts';
import { type Pool, startPool } from '../support/simulation/pool.ts';

let pool: Pool;
beforeAll(async () => {
  pool = await startPool(packagedTemplate().templateFile);
}, 60_000);
afterAll(() => pool.close());

test('no fault of a single call at any place breaks an invariant', async () => {
  const names = ['canary', 'crash-at-start', 'abort'];
  const report = await runExhaustively(pool, names, 1, { shows: false, places: 'once' });
  const [first] = report.failed;
  expect(first === undefined ? '' : await explainFailure(pool, first)).toBe('');
  expect(report.covered).toBe(report.pairs);
  process.stdout.write(
    `simulation: ${report.covered} of ${report.pairs} (call site x fault kind) pairs, ${report.sites} call sites, none broke an invariant\n`,
  );
}, 900_000);
