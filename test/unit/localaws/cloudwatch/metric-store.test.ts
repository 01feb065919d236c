// The store must stay small however long a run is, and lose no sum on the way to coarser bins.
import { describe, expect, test } from '@jest/globals';
import { addValue, emptyBin, mergeBin } from '../../../../localaws/cloudwatch/metrics/metric-bin.ts';
import { createMetricStore, type Sample } from '../../../../localaws/cloudwatch/metrics/metric-store.ts';

const metric = { namespace: 'Weir', name: 'Requests', dimensions: [] };
const DAY = 86_400;

function sample(at: number, value: number, highResolution = false): Sample {
  return { metric, at, unit: 'Count', highResolution, values: [{ value, count: 1 }], set: undefined };
}

describe('the metric store', () => {
  test('merges minutes older than 15 days into 5 minutes without losing their sum', () => {
    const store = createMetricStore();
    const start = 1_800_000_000;
    for (let minute = 0; minute < 10; minute++) store.add(sample(start + minute * 60, 1), start + minute * 60);
    const later = start + 16 * DAY;
    store.add(sample(later, 100), later);
    const bins = store.read(metric, undefined, { start, end: start + 600, period: 60 });
    expect([...bins].map(([at, bin]) => [at - start, bin.sum])).toEqual([
      [0, 5],
      [300, 5],
    ]);
  });

  test('keeps seconds of high resolution metrics for 3 hours and minutes of all others', () => {
    const store = createMetricStore();
    const start = 1_800_000_000;
    store.add(sample(start + 7, 1, true), start + 7);
    store.add(sample(start + 8, 1, false), start + 8);
    const bins = store.read(metric, 'Count', { start, end: start + 60, period: 1 });
    expect([...bins.keys()].map((at) => at - start).sort((a, b) => a - b)).toEqual([0, 7]);
    expect(store.read(metric, 'Seconds', { start, end: start + 60, period: 1 }).size).toBe(0);
  });

  test('a bin of very many different values keeps its percentiles to about one percent', () => {
    const bin = emptyBin();
    for (let index = 1; index <= 50_000; index++) addValue(bin, index / 7, 1);
    expect(bin.values?.size).toBeLessThanOrEqual(2_000);
    expect(bin).toMatchObject({ count: 50_000, min: 1 / 7, max: 50_000 / 7 });
    const other = emptyBin();
    mergeBin(other, bin);
    let seen = 0;
    const median = [...(other.values ?? [])]
      .sort((a, b) => a[0] - b[0])
      .find(([, count]) => {
        seen += count;
        return seen >= 25_000;
      });
    expect(Math.abs((median?.[0] ?? 0) / (25_000 / 7) - 1)).toBeLessThan(0.02);
  });
});
