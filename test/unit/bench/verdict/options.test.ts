import { describe, expect, test } from '@jest/globals';
import { entries } from '../../../../bench/verdict/deciders.ts';
import { parseOptions } from '../../../../bench/verdict/options.ts';
import { allCells } from '../../../../bench/verdict/scenarios/cells.ts';

const parsed = (...args: string[]) => {
  const result = parseOptions(args);
  if (!result.ok) throw new Error(result.problem);
  return result.options;
};
const problemOf = (...args: string[]): string => {
  const result = parseOptions(args);
  return result.ok ? '' : result.problem;
};

describe('the options of the verdict benchmark', () => {
  test('without arguments everything runs', () => {
    expect(parsed()).toMatchObject({ seed: 1, json: false, time: false });
    expect(parsed().cells).toHaveLength(allCells.length);
    expect(parsed().deciders).toHaveLength(entries.length);
  });

  test('numbers, filters and switches', () => {
    const options = parsed('--reps', '20', '--seed', '7', '--cells', 'wander', '--decider', 'kayenta', '--decider', 'WEIR', '--json');
    expect(options).toMatchObject({ repetitions: 20, seed: 7, json: true });
    expect(options.cells.map(({ kind }) => kind)).toEqual(new Array(options.cells.length).fill('wander'));
    expect(options.deciders).toEqual(['Kayenta 60 x 1 min', 'Kayenta 12 x 5 min', 'Kayenta growing, every 5 min', 'Weir', 'Weir, stickySessions: true']);
    expect(parsed('--time').time).toBe(true);
  });

  test('a mistake is answered with what would be right', () => {
    expect(problemOf('--reps', '0')).toBe('--reps must be a whole number from 1 to 100000, got 0');
    expect(problemOf('--reps', '1e3')).toContain('got 1e3');
    expect(problemOf('--seed', '-1')).toContain('--seed');
    expect(problemOf('--seed=1.5')).toBe('--seed must be a whole number from 0, got 1.5');
    expect(problemOf('--cells', 'nonsense')).toContain("no cell's name contains 'nonsense'; names look like 'identical,");
    expect(problemOf('--decider', 'spinnaker')).toContain('there are: CloudWatch 1 of 1');
    expect(problemOf('--bogus')).toContain('--bogus');
    expect(problemOf('positional')).toContain('positional');
  });
});
