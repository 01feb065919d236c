import { describe, expect, test } from '@jest/globals';
import type { Bin, SideCount } from '../../../../bench/verdict/decider.ts';
import { randomSource } from '../../../../bench/verdict/random/random-source.ts';
import { applyEffect, type Cell, type Group } from '../../../../bench/verdict/scenarios/cell.ts';
import { allCells, cellsMatching, isWithoutFault } from '../../../../bench/verdict/scenarios/cells.ts';
import { drawDeployment, HISTORY_MINUTES } from '../../../../bench/verdict/scenarios/deployment.ts';
import { drift, heavyBursts, jitter, sharedOutage, stickyBursts, undisturbed, wander } from '../../../../bench/verdict/scenarios/disturbances.ts';

const inGroup = (group: Group): readonly Cell[] => allCells.filter((cell) => cell.group === group);

const base: Cell = {
  name: 'test',
  group: 'identical',
  kind: 'test',
  errorRate: 0.01,
  requestsPerSecond: 100,
  greenShare: () => 0.1,
  disturbance: undisturbed,
};

const REPETITIONS = 12;
const drawn = new Map<string, readonly Bin[]>();

/** The minutes of several deployments of a cell, drawn once for each name. */
function binsOf(cell: Cell, repetitions = REPETITIONS): readonly Bin[] {
  const bins =
    drawn.get(cell.name) ?? Array.from({ length: repetitions }, (_, repetition) => drawDeployment(cell, randomSource(1, cell.name, repetition)).bins).flat();
  drawn.set(cell.name, bins);
  return bins;
}

const requestsOf = (sides: readonly SideCount[]): number => sides.reduce((sum, { requests }) => sum + requests, 0);
const errorsOf = (sides: readonly SideCount[]): number => sides.reduce((sum, { errors }) => sum + errors, 0);

/** Error rate of a side in the minutes asked for. */
function rateOf(cell: Cell, side: 'blue' | 'green', counts: (minute: number) => boolean = () => true): number {
  const sides = binsOf(cell)
    .filter(({ minute }) => counts(minute))
    .map((bin) => bin[side]);
  return errorsOf(sides) / requestsOf(sides);
}

describe('the cells', () => {
  test('304 with a fault from the start, 60 without, four for each structured kind', () => {
    expect(inGroup('fault')).toHaveLength(304);
    expect(inGroup('identical')).toHaveLength(60);
    const kinds = inGroup('structured').map(({ kind }) => kind);
    expect(new Set(kinds).size).toBe(9);
    for (const kind of kinds) expect(kinds.filter((other) => other === kind)).toHaveLength(4);
  });

  test('names are unique, and each fault’s partner is the same traffic without the fault', () => {
    const byName = new Map(allCells.map((cell) => [cell.name, cell]));
    expect(byName.size).toBe(allCells.length);
    for (const cell of allCells) {
      if (cell.partner === undefined) {
        expect(isWithoutFault(cell)).toBe(true);
        continue;
      }
      const partner = byName.get(cell.partner);
      expect(cell.effect).toBeDefined();
      expect(partner).toMatchObject({ errorRate: cell.errorRate, requestsPerSecond: cell.requestsPerSecond });
      expect(partner?.disturbance.name).toBe(cell.disturbance.name);
      expect(partner?.greenShare(0)).toBe(cell.greenShare(0));
      expect(partner?.effect).toBeUndefined();
    }
  });

  test('no fault asks for more errors than requests, and every one makes green worse', () => {
    for (const { effect, errorRate } of inGroup('fault')) {
      const rate = effect?.kind === 'times' ? errorRate * effect.factor : errorRate + (effect?.rate ?? 0);
      expect(rate).toBeLessThanOrEqual(1);
      expect(applyEffect(effect, errorRate)).toBeCloseTo(rate, 12);
      expect(rate).toBeGreaterThan(errorRate);
    }
  });

  test('a filter brings the partners along', () => {
    const names = cellsMatching('X5 on 0.1 %, 100 rps, 10 %').map(({ name }) => name);
    expect(names).toContain('x5 on 0.1 %, 100 rps, 10 % on green');
    expect(names).toContain('identical, 0.1 %, 100 rps, 10 % on green');
    expect(cellsMatching('no such cell')).toEqual([]);
  });
});

describe('a drawn deployment', () => {
  test('the same seed and name draw the same minutes', () => {
    const draw = (seed: number, repetition: number): unknown => drawDeployment(base, randomSource(seed, base.name, repetition));
    expect(draw(1, 0)).toEqual(draw(1, 0));
    expect(draw(1, 0)).not.toEqual(draw(2, 0));
    expect(draw(1, 0)).not.toEqual(draw(1, 1));
  });

  test('traffic, weight and error rate are those of the cell', () => {
    const [blue, green] = [binsOf(base).map((bin) => bin.blue), binsOf(base).map((bin) => bin.green)];
    const requests = requestsOf(blue) + requestsOf(green);
    // 12 hours of 360,000 requests; minutes vary by 20 %, so the sum by 0.75 %.
    expect(requests / (REPETITIONS * 360_000)).toBeCloseTo(1, 1);
    expect(requestsOf(green) / requests).toBeCloseTo(0.1, 2);
    expect(Math.abs(rateOf(base, 'green') - 0.01)).toBeLessThan(0.001);
    expect(Math.abs(rateOf(base, 'blue') - 0.01)).toBeLessThan(0.0003);
  });

  test('twelve hours of blue in two zones come before', () => {
    const { history, bins } = drawDeployment(base, randomSource(3, 'history'));
    expect(history).toHaveLength(HISTORY_MINUTES);
    expect(bins.map(({ minute }) => minute)).toEqual(Array.from({ length: 60 }, (_, minute) => minute));
    const [first, second] = [history.map(({ zones }) => zones[0]), history.map(({ zones }) => zones[1])];
    expect(requestsOf(first) / (requestsOf(first) + requestsOf(second))).toBeCloseTo(0.5, 2);
    expect([...first, ...second].filter(({ requests, errors }) => errors > requests)).toEqual([]);
  });

  test('a fault is on green only, and only in its minutes', () => {
    const cell: Cell = { ...base, name: 'fault', effect: { kind: 'times', factor: 5 }, faultMinutes: { from: 20, to: 30 }, partner: 'x' };
    const during = (minute: number): boolean => minute >= 20 && minute < 30;
    expect(rateOf(cell, 'green', during) / 0.05).toBeCloseTo(1, 1);
    expect(rateOf(cell, 'green', (minute) => !during(minute)) / 0.01).toBeCloseTo(1, 0);
    expect(rateOf(cell, 'blue') / 0.01).toBeCloseTo(1, 1);
    const plus: Cell = { ...base, name: 'plus', effect: { kind: 'plus', rate: 0.5 }, partner: 'x' };
    expect(rateOf(plus, 'green')).toBeCloseTo(0.51, 1);
    const all: Cell = { ...base, name: 'all', effect: { kind: 'times', factor: 100 }, partner: 'x' };
    expect(rateOf(all, 'green')).toBe(1);
  });

  test('drift and outage hit both sides alike', () => {
    const drifting: Cell = { ...base, name: 'drift', disturbance: drift };
    const outage: Cell = { ...base, name: 'outage', disturbance: sharedOutage };
    for (const side of ['blue', 'green'] as const) {
      expect(rateOf(drifting, side, (minute) => minute < 5)).toBeLessThan(0.014);
      const late = rateOf(drifting, side, (minute) => minute >= 55);
      expect(late).toBeGreaterThan(0.04);
      expect(late).toBeLessThan(0.055);
      expect(rateOf(outage, side, (minute) => minute >= 20 && minute < 30)).toBeCloseTo(0.1, 2);
      expect(rateOf(outage, side, (minute) => minute < 20 || minute >= 30)).toBeCloseTo(0.01, 2);
    }
  });

  /** Variance of green's errors in a minute over what independent requests would give. */
  function dispersion(cell: Cell): number {
    const greens = binsOf(cell).map(({ green }) => green);
    const observed = greens.reduce((sum, { requests, errors }) => sum + (errors - requests * cell.errorRate) ** 2, 0);
    return observed / (requestsOf(greens) * cell.errorRate * (1 - cell.errorRate));
  }

  test('noise between the sides has the size it says, and leaves the mean alone', () => {
    expect(Math.abs(dispersion(base) - 1)).toBeLessThan(0.25);
    // A factor of standard deviation s makes the variance 1 + n s^2 times as large: 30 errors a minute on green at half of the traffic.
    const noisy: Cell = { ...base, name: 'jitter', disturbance: jitter(0.4), greenShare: () => 0.5 };
    expect(dispersion(noisy) / (1 + 30 * 1.04 * 0.4 ** 2)).toBeGreaterThan(0.75);
    expect(dispersion(noisy) / (1 + 30 * 1.04 * 0.4 ** 2)).toBeLessThan(1.25);
    expect(Math.abs(rateOf(noisy, 'green') - 0.01)).toBeLessThan(0.001);
    expect(Math.abs(rateOf({ ...base, name: 'wander', disturbance: wander }, 'green') - 0.01)).toBeLessThan(0.0015);
  });

  test('a wandering side stays where it is for a while, another goes its own way', () => {
    const bins = binsOf({ ...base, name: 'wander busy', requestsPerSecond: 1000, greenShare: () => 0.5, errorRate: 0.05, disturbance: wander });
    const path = (side: 'blue' | 'green'): number[] => bins.map((bin) => Math.log(bin[side].errors / bin[side].requests / 0.05));
    const [blue, green] = [path('blue'), path('green')];
    // Within a deployment only: minute 59 and the next one's minute 0 have nothing to do with each other.
    const next = green.flatMap((value, at) => (at % 60 === 59 ? [] : [[value, green[at + 1] ?? 0] as const]));
    expect(correlation(next)).toBeGreaterThan(0.65);
    expect(correlation(next)).toBeLessThan(0.9);
    expect(Math.abs(correlation(blue.map((value, at) => [value, green[at] ?? 0] as const)))).toBeLessThan(0.35);
  });

  function correlation(pairs: readonly (readonly [number, number])[]): number {
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const [x, y] = [mean(pairs.map(([left]) => left)), mean(pairs.map(([, right]) => right))];
    const product = mean(pairs.map(([left, right]) => (left - x) * (right - y)));
    return product / Math.sqrt(mean(pairs.map(([left]) => (left - x) ** 2)) * mean(pairs.map(([, right]) => (right - y) ** 2)));
  }

  test('bursts keep the error rate and make errors come together', () => {
    const constant: Cell = { ...base, name: 'bursts', disturbance: stickyBursts };
    const heavy: Cell = { ...base, name: 'heavy bursts', disturbance: heavyBursts };
    for (const cell of [constant, heavy]) {
      // The requests of a burst are counted too, which takes 1 % off the rate.
      expect(Math.abs(rateOf(cell, 'green') - 0.01)).toBeLessThan(0.002);
      // Errors in eights: 8. Half single (1), half in geometric bursts of mean 8 (E size^2 / E size = 15): 8 too.
      expect(dispersion(cell)).toBeGreaterThan(6);
      expect(dispersion(cell)).toBeLessThan(10);
    }
    expect(binsOf(constant).filter(({ green }) => green.errors % 8 !== 0)).toEqual([]);
    // Minutes with 40 errors or more of 6 expected: five bursts of eight at once are rare, one of 30 among others is not.
    const crowded = (cell: Cell): number => binsOf(cell).filter(({ green }) => green.errors >= 48).length;
    expect(crowded(heavy)).toBeGreaterThan(crowded(constant));
  });

  test('the linear shift goes up in five steps', () => {
    const linear = inGroup('structured').find(({ kind }) => kind.startsWith('linear'));
    if (linear === undefined) throw new Error('no linear cell');
    const shares = drawDeployment(linear, randomSource(1, 'linear')).bins.map(({ greenShare }) => Number(greenShare.toFixed(2)));
    expect([...new Set(shares)]).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
    expect(shares.filter((share) => share === 0.3)).toHaveLength(12);
  });

  test('sticky clients keep the cell’s traffic and error rate on average, and tell the sides apart', () => {
    const cell: Cell = { ...base, name: 'sticky', group: 'stickyClients', requestsPerSecond: 10, greenShare: () => 0.5 };
    const deployments = Array.from({ length: 40 }, (_, repetition) => drawDeployment(cell, randomSource(1, cell.name, repetition)));
    const sides = deployments.flatMap(({ bins }) => bins.flatMap(({ blue, green }) => [blue, green]));
    expect(Math.abs(requestsOf(sides) / (40 * 36_000) - 1)).toBeLessThan(0.05);
    expect(errorsOf(sides) / requestsOf(sides)).toBeGreaterThan(0.008);
    expect(errorsOf(sides) / requestsOf(sides)).toBeLessThan(0.012);
    const gaps = deployments.map(({ bins }) => {
      const rate = (side: 'blue' | 'green'): number => errorsOf(bins.map((bin) => bin[side])) / requestsOf(bins.map((bin) => bin[side]));
      return Math.abs(rate('green') - rate('blue'));
    });
    // Mean absolute difference of two independent sides of 18,000 requests: 0.8 standard deviations.
    const independent = 0.8 * Math.sqrt((2 * 0.01 * 0.99) / 18_000);
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeGreaterThan(1.7 * independent);
  });
});
