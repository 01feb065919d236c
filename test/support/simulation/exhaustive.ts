// Every fault of a call at every place where a story calls AWS, one at a time.

import { type CallSite, pairsOf } from './call-sites.ts';
import { explainFailure } from './explain.ts';
import { describeFault } from './faults.ts';
import type { SimulationOptions } from './options.ts';
import type { Pool } from './pool.ts';
import { startProgress } from './progress.ts';
import { stories } from './stories.ts';
import type { Order } from './thread.ts';

const FAILURES_TOLD_MAX = 3;

export interface ExhaustiveReport {
  readonly sites: number;
  readonly pairs: number;
  readonly covered: number;
  readonly failed: readonly Order[];
}

/** @returns the exit code: 0 when every pair was reached and nothing broke */
export async function simulateExhaustively(pool: Pool, options: Pick<SimulationOptions, 'story' | 'seed'>): Promise<number> {
  const names = stories.map(({ name }) => name).filter((name) => options.story === undefined || name === options.story);
  const startedAt = performance.now();
  const report = await runExhaustively(pool, names, options.seed, { shows: true, places: 'inEachStory' });
  const seconds = (performance.now() - startedAt) / 1000;
  for (const order of report.failed.slice(0, FAILURES_TOLD_MAX)) process.stdout.write(`${await explainFailure(pool, order)}\n`);
  const share = (100 * report.covered) / Math.max(1, report.pairs);
  process.stdout.write(
    [
      '',
      `stories              ${names.length}: ${names.join(', ')}`,
      `call sites           ${report.sites}`,
      `pairs                ${report.covered} of ${report.pairs} (call site x fault kind) covered, ${share.toFixed(1)} %`,
      `runs                 ${report.pairs} in ${seconds.toFixed(1)} s, ${(report.pairs / seconds).toFixed(1)} runs/s`,
      `broken               ${report.failed.length}`,
      '',
    ].join('\n'),
  );
  return report.failed.length === 0 && report.covered === report.pairs ? 0 : 1;
}

/** @param choice whether a place that several stories reach is crashed at in each of them, or in the first */
export async function runExhaustively(
  pool: Pool,
  names: readonly string[],
  seed: number,
  choice: { readonly shows: boolean; readonly places: 'inEachStory' | 'once' },
): Promise<ExhaustiveReport> {
  const sitesOf = new Map<string, readonly CallSite[]>();
  const calm = names.map((story, index): Order => ({ index, seed, story, faults: [], listsSites: true }));
  await pool.run(calm, ({ order, result }) => {
    sitesOf.set(order.story, result.sites);
    return 'go on';
  });
  const known = new Set<string>();
  for (const story of choice.places === 'once' ? names : []) {
    const sites = sitesOf.get(story) ?? [];
    sitesOf.set(
      story,
      sites.filter(({ place }) => !known.has(place)),
    );
    for (const { place } of sites) known.add(place);
  }
  const orders = names.flatMap((story) => pairsOf(sitesOf.get(story) ?? []).map(({ fault }): Omit<Order, 'index'> => ({ seed, story, faults: [fault] })));
  const progress = choice.shows ? startProgress(orders.length) : undefined;
  const failed: Order[] = [];
  let covered = 0;
  await pool.run(
    orders.map((order, index) => ({ ...order, index })),
    ({ order, result }) => {
      if (result.struck.length > 0) covered++;
      if (result.violations.length > 0) {
        failed.push(order);
        progress?.say(
          `${order.story}, ${order.faults?.map(describeFault).join('')}: ${result.violations.map(({ invariant, text }) => `${invariant}: ${text}`).join('; ')}`,
        );
      }
      progress?.step(`${failed.length} broken`);
      return 'go on';
    },
  );
  progress?.end();
  const sites = [...sitesOf.values()].reduce((sum, one) => sum + one.length, 0);
  return { sites, pairs: orders.length, covered, failed: failed.toSorted((a, b) => a.index - b.index) };
}
