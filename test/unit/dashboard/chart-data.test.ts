import { expect, test } from '@jest/globals';
import type { TimelineEntry } from '#core/deployment/deployment.ts';
import type { EvidenceMinute } from '#core/health/evidence.ts';
import { errorColumns, latencyColumns, requestColumns, weightColumns } from '../../../dashboard/view/chart-data.ts';

const told = (at: number, greenPercent?: number): TimelineEntry => ({
  at,
  type: 'ShiftObserved',
  text: 'told',
  ...(greenPercent === undefined ? {} : { greenPercent }),
});
const minutes: readonly EvidenceMinute[] = [
  {
    minute: 60_000,
    blue: { requests: 200, errors: 1, latency: { p50: 40, p90: 60, p99: 90 } },
    green: { requests: 50, errors: 2 },
  },
  { minute: 120_000 },
  { minute: 180_000, green: { requests: 0, errors: 0 } },
];

test("green's share goes from nothing at the request, step by step, and stands until now", () => {
  expect(weightColumns([told(2_000), told(5_000, 0), told(9_000, 10), told(20_000, 100)], 1_000, 30_000)).toEqual([
    [1, 5, 9, 20, 30],
    [0, 0, 10, 100, 100],
  ]);
});

test('a record that tells of no traffic has nothing to draw, and time never runs backwards', () => {
  expect(weightColumns([told(2_000)], 1_000, 30_000)).toEqual([[], []]);
  expect(weightColumns([told(40_000, 10)], 1_000, 30_000)[0]).toEqual([1, 40, 40]);
});

test('rates are percent of the minute; a side without requests is a gap, not health', () => {
  expect(errorColumns(minutes)).toEqual([
    [60, 120, 180],
    [0.5, null, null],
    [4, null, null],
  ]);
});

test('what was not measured is a gap; no request is none', () => {
  expect(latencyColumns(minutes)).toEqual([
    [60, 120, 180],
    [90, null, null],
    [null, null, null],
  ]);
  expect(requestColumns(minutes)).toEqual([
    [60, 120, 180],
    [200, 0, 0],
    [50, 0, 0],
  ]);
});
