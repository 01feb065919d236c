// The arithmetic of the report on a small table made by hand: three cells with a fault and their partners, two opponents.
import { describe, expect, test } from '@jest/globals';
import { cellStatistics, geometricMean, median } from '../../../../bench/verdict/report/cell-statistics.ts';
import { duel } from '../../../../bench/verdict/report/duel.ts';
import { figure, markdownTable, percent } from '../../../../bench/verdict/report/markdown.ts';
import { jsonReport, textReport } from '../../../../bench/verdict/report/report.ts';
import { resultsOf } from '../../../../bench/verdict/report/results.ts';
import { byKind, power, usableShare, worstKind } from '../../../../bench/verdict/report/tables.ts';
import type { Cell, Group } from '../../../../bench/verdict/scenarios/cell.ts';
import { undisturbed } from '../../../../bench/verdict/scenarios/disturbances.ts';
import type { CellOutcomes, Outcome } from '../../../../bench/verdict/simulate.ts';

function cell(name: string, group: Group, more: Partial<Cell> = {}): Cell {
  return { name, group, kind: name, errorRate: 0.01, requestsPerSecond: 10, greenShare: () => 0.1, disturbance: undisturbed, ...more };
}

/** Ten green requests a minute. */
const endingAt = (...minutes: number[]): Outcome[] => minutes.map((value) => ({ minutes: value, greenRequests: 10 * (value === 0 ? 60 : value) }));
const never = (count: number): Outcome[] => endingAt(...new Array<number>(count).fill(0));

const a0 = cell('a0', 'identical');
const b0 = cell('b0', 'identical');
const a = cell('a', 'fault', { partner: 'a0', effect: { kind: 'times', factor: 2 } });
const b = cell('b', 'fault', { partner: 'b0', effect: { kind: 'times', factor: 2 } });
const c = cell('c', 'fault', { partner: 'b0', effect: { kind: 'times', factor: 5 } });
const d = cell('d', 'fault', { partner: 'b0', effect: { kind: 'times', factor: 5 } });

/** Fast is wrong in 2 of 20 in b0, so it may be used in cell a only. */
const outcomes: readonly CellOutcomes[] = [
  { cell: 'a0', outcomes: { Weir: never(20), Fast: never(20), Slow: [...never(19), ...endingAt(7)] } },
  { cell: 'b0', outcomes: { Weir: never(20), Fast: [...never(18), ...endingAt(1, 2)], Slow: never(20) } },
  { cell: 'a', outcomes: { Weir: endingAt(4, 4, 2, 0), Fast: endingAt(2, 1, 2, 9), Slow: endingAt(8, 8, 8, 8) } },
  { cell: 'b', outcomes: { Weir: endingAt(2, 2, 2, 20), Fast: endingAt(1, 1, 1, 1), Slow: endingAt(0, 8, 8, 8) } },
  { cell: 'c', outcomes: { Weir: endingAt(0, 0, 0, 30), Fast: endingAt(1, 1, 1, 1), Slow: endingAt(60, 60, 0, 0) } },
  { cell: 'd', outcomes: { Weir: endingAt(0, 0, 0, 30), Fast: endingAt(1, 1, 1, 1), Slow: endingAt(60, 0, 0, 0) } },
];
const results = resultsOf([a0, b0, a, b, c, d], ['Fast', 'Slow', 'Weir'], outcomes);
const faults = [a, b, c, d];

describe('the statistics of a cell', () => {
  test('without a fault every rollback is a false one', () => {
    const statistics = cellStatistics(a0, endingAt(0, 0, 0, 5));
    expect(statistics.falseRollbacks).toBe(0.25);
    expect(statistics.within(60)).toBe(0);
    expect(statistics.medianMinutes).toBe(Number.POSITIVE_INFINITY);
  });

  test('a rollback before a late fault is false, later ones count from its start', () => {
    const late = cell('late', 'lateFault', { partner: 'a0', faultMinutes: { from: 30, to: 60 } });
    const statistics = cellStatistics(late, endingAt(30, 31, 45, 46, 0));
    expect(statistics.falseRollbacks).toBe(0.2);
    expect(statistics.within(1)).toBe(0.2);
    expect(statistics.within(15)).toBe(0.4);
    expect(statistics.within(30)).toBeCloseTo(0.6, 12);
    expect(statistics.medianMinutes).toBe(16);
    expect(statistics.medianGreenRequests).toBe(460);
  });

  test('the median is there when at least half are found', () => {
    expect(cellStatistics(a, endingAt(0, 0, 7, 3)).medianMinutes).toBe(7);
    expect(cellStatistics(a, endingAt(0, 0, 0, 3)).medianMinutes).toBe(Number.POSITIVE_INFINITY);
    expect(geometricMean([1, 4])).toBeCloseTo(2, 12);
    expect(median([5, 1, 9, 2])).toBe(2);
  });
});

describe('the duel', () => {
  test('against one: only cells where it may be used count, and the ratio is over those both find', () => {
    const fast = duel(results, faults, 'Weir', ['Fast']);
    // In a: 2 minutes (the second of four) against our 4; in b, c and d Fast may not be used; c and d we do not find.
    expect(fast.minutesRatio).toBeCloseTo(0.5, 12);
    expect(fast.greenRequestsRatio).toBeCloseTo(0.5, 12);
    expect(fast.bothFind).toBe(1);
    expect(fast.onlyWe).toEqual([b]);
    expect(fast.onlyThey).toEqual([]);
    expect(fast.neither).toEqual([c, d]);
    expect(fast.slower).toEqual([{ cell: a, ours: 4, theirs: 2, by: 'Fast' }]);
    const slow = duel(results, faults, 'Weir', ['Slow']);
    // 8 / 4 in a and 8 / 2 in b.
    expect(slow.minutesRatio).toBeCloseTo(Math.sqrt(8), 12);
    expect(slow.onlyThey).toEqual([c]);
  });

  test('against the oracle: the best usable one of each cell', () => {
    const oracle = duel(results, faults, 'Weir', ['Fast', 'Slow']);
    // Fast in a (2 / 4), Slow in b (8 / 2).
    expect(oracle.minutesRatio).toBeCloseTo(Math.sqrt(0.5 * 4), 12);
    expect(oracle.bothFind).toBe(2);
    expect(oracle.slower.map(({ cell: { name }, by }) => `${name} ${by}`)).toEqual(['a Fast']);
    expect(oracle.onlyThey).toEqual([c]);
    expect(oracle.onlyWe).toEqual([]);
    expect(oracle.neither).toEqual([d]);
  });

  test('a decider whose false rollbacks nobody measured may be used nowhere', () => {
    const partial = resultsOf([a0, a], ['Weir'], [{ cell: 'a', outcomes: { Weir: endingAt(1, 1) } }]);
    expect(partial.isUsable(a, 'Weir')).toBe(false);
  });
});

describe('the tables', () => {
  test('5 % of false rollbacks is still usable; power counts unusable cells as nothing found', () => {
    expect(results.isUsable(a, 'Slow')).toBe(true);
    expect(usableShare(results, faults, 'Fast')).toBe(0.25);
    expect(power(results, faults, 'Fast', 15)).toBe(0.25);
    expect(power(results, faults, 'Fast', 1)).toBeCloseTo(0.25 / 4, 12);
    expect(power(results, faults, 'Weir', 15)).toBeCloseTo((0.75 + 0.75) / 4, 12);
    expect(power(results, faults, 'Weir', 60)).toBeCloseTo((0.75 + 1 + 0.25 + 0.25) / 4, 12);
  });

  test('the worst structured kind is the one with the highest mean, a green below tolerance apart', () => {
    const kinds = [
      cell('outage 1', 'structured', { kind: 'outage' }),
      cell('outage 2', 'structured', { kind: 'outage' }),
      cell('bursts 1', 'structured', { kind: 'bursts' }),
      cell('bursts 2', 'structured', { kind: 'bursts' }),
      cell('x1.2', 'structured', { kind: 'green x1.2' }),
    ];
    const rates = [
      [0, 0, 0, 1],
      [0, 0, 0, 0],
      [0, 0, 3, 1],
      [0, 0, 0, 1],
      [1, 1, 1, 1],
    ];
    const structured = resultsOf(
      kinds,
      ['Weir'],
      kinds.map(({ name }, at) => ({ cell: name, outcomes: { Weir: endingAt(...(rates[at] ?? [])) } })),
    );
    expect(byKind(structured, 'Weir', 'structured')).toEqual([
      { kind: 'outage', mean: 0.125, worst: 0.25 },
      { kind: 'bursts', mean: 0.375, worst: 0.5 },
      { kind: 'green x1.2', mean: 1, worst: 1 },
    ]);
    expect(worstKind(structured, 'Weir')?.kind).toBe('bursts');
  });

  test('numbers and tables are written for people and for Markdown', () => {
    expect([0, 0.00034, 0.013, 0.5, Number.NaN].map(percent)).toEqual(['0 %', '0.034 %', '1.3 %', '50 %', '-']);
    expect([1, 2.345, 1234.5, Number.POSITIVE_INFINITY].map(figure)).toEqual(['1', '2.3', '1,235', '-']);
    expect(markdownTable(['name', 'n'], [['a', '1']])).toBe('| name | n   |\n|------|-----|\n| a    | 1   |');
  });
});

describe('the report', () => {
  const run = { command: 'npm run bench -- verdict', seed: 3, repetitions: 4, seconds: 12.4 };
  const oracles = [{ title: 'both', deciders: ['Fast', 'Slow'] }];

  test('says how it was made and names the cells where Weir loses', () => {
    const text = textReport(results, run, 'Weir', oracles);
    expect(text).toContain(
      '`npm run bench -- verdict`: seed 3, 4 repetitions of each cell with a fault and 8 of each without, 6 cells, 60 minutes watched, 12 s.',
    );
    expect(text).toMatch(/\| both +\| 1.4 +\| 1.4 +\| 2 +\| 1 +\| 1 +\| 0 +\| 1 +\|/);
    expect(text).toContain('- a: 4 min, Fast 2 min (2x)');
    expect(text).toContain('- c: Slow 60 min');
    expect(text).toContain('| **Weir** | 0 % / 0 %');
    // What was not simulated has no section.
    expect(text).not.toContain('sticky clients');
  });

  test('as JSON has no infinities and says which cells nobody finds', () => {
    const parsed = JSON.parse(jsonReport(results, run, 'Weir', oracles)) as {
      duels: { minutesRatio: number; nobody: string[]; missed: string[] }[];
      cells: { name: string; nobodyFinds?: boolean; deciders: Record<string, { medianMinutes?: number | null; usable?: boolean }> }[];
    };
    expect(parsed.duels[0]).toMatchObject({ nobody: ['d'], missed: ['c'] });
    expect(parsed.duels[0]?.minutesRatio).toBeCloseTo(Math.SQRT2, 12);
    const found = parsed.cells.find(({ name }) => name === 'd');
    expect(found?.nobodyFinds).toBe(true);
    expect(found?.deciders['Weir']?.medianMinutes).toBeNull();
    expect(found?.deciders['Fast']).toMatchObject({ usable: false, medianMinutes: 1 });
    expect(parsed.cells.find(({ name }) => name === 'c')?.nobodyFinds).toBe(false);
  });
});
