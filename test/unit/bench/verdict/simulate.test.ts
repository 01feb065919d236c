import { describe, expect, test } from '@jest/globals';
import { cloudWatchOneOfOne } from '../../../../bench/verdict/anchors/cloudwatch-alarm.ts';
import type { Bin, Decider } from '../../../../bench/verdict/decider.ts';
import { runCells } from '../../../../bench/verdict/run-cells.ts';
import { allCells } from '../../../../bench/verdict/scenarios/cells.ts';
import { simulateCell, watch } from '../../../../bench/verdict/simulate.ts';
import { baselineOf, weir } from '../../../../bench/verdict/weir-decider.ts';

function cellNamed(name: string) {
  const cell = allCells.find((candidate) => candidate.name === name);
  if (cell === undefined) throw new Error(`no cell ${name}`);
  return cell;
}

const noisy = cellNamed('x2 on 1 %, 10 rps, 10 % on green');
const names = [noisy.name, 'identical, 1 %, 10 rps, 10 % on green', 'x10 on 0.1 %, 10 rps, 50 % on green'];

describe('a simulated cell', () => {
  test('equal seeds give equal outcomes, other seeds others', () => {
    const run = (seed: number): unknown => simulateCell(noisy, [cloudWatchOneOfOne, weir], { seed, repetitions: 5 });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test('a decider’s outcomes do not depend on who else watches, nor on how many repetitions follow', () => {
    const alone = simulateCell(noisy, [weir], { seed: 1, repetitions: 3 }).outcomes['Weir'];
    const together = simulateCell(noisy, [cloudWatchOneOfOne, weir], { seed: 1, repetitions: 6 }).outcomes['Weir'];
    expect(together?.slice(0, 3)).toEqual(alone);
  });

  test('outcomes do not depend on the number of threads', async () => {
    const tasks = names.map((cell) => ({ cell, repetitions: 4 }));
    const setting = { seed: 7, deciders: ['CloudWatch 1 of 1 > 1 %', 'Weir'] };
    const one = await runCells(tasks, setting, { threads: 1 });
    const seen: number[] = [];
    const two = await runCells(tasks, setting, { threads: 2, onProgress: ({ done }) => seen.push(done) });
    expect(one.map(({ cell }) => cell)).toEqual(names);
    expect(two).toEqual(one);
    expect(seen).toEqual([1, 2, 3]);
    expect(simulateCell(noisy, [weir], { seed: 7, repetitions: 4 }).outcomes['Weir']).toEqual(one[0]?.outcomes['Weir']);
  });

  test('a thread that fails fails the run', async () => {
    await expect(runCells([{ cell: 'no such cell', repetitions: 1 }], { seed: 1, deciders: [] }, { threads: 1 })).rejects.toThrow('no such cell');
  });

  test('minutes and green requests are counted up to the minute that decided', () => {
    const third: Decider = { name: 'third', start: () => ({ observe: ({ minute }) => (minute === 2 ? 'rollBack' : 'goOn') }) };
    const never: Decider = { name: 'never', start: () => ({ observe: () => 'goOn' }) };
    const bins = [10, 20, 30, 40].map((requests, minute): Bin => ({ minute, greenShare: 0.5, blue: { requests, errors: 0 }, green: { requests, errors: 0 } }));
    expect(watch(third, { history: [], bins })).toEqual({ minutes: 3, greenRequests: 60 });
    expect(watch(never, { history: [], bins })).toEqual({ minutes: 0, greenRequests: 100 });
  });
});

describe('Weir behind the benchmark’s interface', () => {
  test('its baseline is blue’s history as the product reads it: minutes without requests do not count', () => {
    const zone = (requests: number, errors: number) => ({ requests, errors });
    const baseline = baselineOf([{ zones: [zone(10, 1), zone(20, 0)] }, { zones: [zone(0, 0), zone(0, 0)] }, { zones: [zone(5, 2), zone(0, 0)] }]);
    expect(baseline).toMatchObject({ minutes: 2, requests: 35, errors: 3 });
    expect(baselineOf([{ zones: [zone(0, 0), zone(0, 0)] }])).toBeUndefined();
  });

  test('finds a gross fault in the first minutes and leaves identical versions alone', () => {
    const gross = simulateCell(cellNamed('+50 points on 0.1 %, 100 rps, 10 % on green'), [weir], { seed: 1, repetitions: 5 });
    expect(gross.outcomes['Weir']?.map(({ minutes }) => minutes)).toEqual([1, 1, 1, 1, 1]);
    const identical = simulateCell(cellNamed('identical, 1 %, 100 rps, 10 % on green'), [weir], { seed: 1, repetitions: 5 });
    expect(identical.outcomes['Weir']?.map(({ minutes }) => minutes)).toEqual([0, 0, 0, 0, 0]);
  });
});
