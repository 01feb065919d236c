// Who finds a fault first. In each cell only those count that roll back at most 5 % of good versions there; the oracle of the fair duel
// takes the fastest of them cell by cell, which no team could do.
import type { Cell } from '../scenarios/cell.ts';
import { geometricMean } from './cell-statistics.ts';
import { type Results, usableGreenRequests, usableMinutes } from './results.ts';

export interface Duel {
  /** Opponent's minutes / ours, geometric mean over the cells both find. */
  readonly minutesRatio: number;
  readonly greenRequestsRatio: number;
  readonly bothFind: number;
  /** Cells we find and the opponent does not, the reverse, and cells neither finds. */
  readonly onlyWe: readonly Cell[];
  readonly onlyThey: readonly Cell[];
  readonly neither: readonly Cell[];
  /** Cells both find and the opponent finds first, the worst first. */
  readonly slower: readonly Comparison[];
}

export interface Comparison {
  readonly cell: Cell;
  readonly ours: number;
  readonly theirs: number;
  /** Who "they" are. */
  readonly by: string;
}

/** Us against one other decider or, with several, against the best of them in each cell. */
export function duel(results: Results, cells: readonly Cell[], us: string, them: readonly string[]): Duel {
  const pairs = cells.map((cell) => {
    const theirs = fastest(results, cell, them);
    return {
      cell,
      ours: usableMinutes(results, cell, us),
      theirs: theirs.minutes,
      by: theirs.by,
      greenRatio: theirs.greenRequests / usableGreenRequests(results, cell, us),
    };
  });
  const both = pairs.filter(({ ours, theirs }) => Number.isFinite(ours) && Number.isFinite(theirs));
  const only = (we: boolean, they: boolean): readonly Cell[] =>
    pairs.filter(({ ours, theirs }) => Number.isFinite(ours) === we && Number.isFinite(theirs) === they).map(({ cell }) => cell);
  return {
    minutesRatio: geometricMean(both.map(({ ours, theirs }) => theirs / ours)),
    greenRequestsRatio: geometricMean(both.map(({ greenRatio }) => greenRatio)),
    bothFind: both.length,
    onlyWe: only(true, false),
    onlyThey: only(false, true),
    neither: only(false, false),
    slower: both
      .filter(({ ours, theirs }) => ours > theirs)
      .map(({ cell, ours, theirs, by }) => ({ cell, ours, theirs, by }))
      .toSorted((a, b) => b.ours / b.theirs - a.ours / a.theirs || b.ours - a.ours),
  };
}

function fastest(results: Results, cell: Cell, deciders: readonly string[]): { readonly by: string; readonly minutes: number; readonly greenRequests: number } {
  return deciders
    .map((by) => ({ by, minutes: usableMinutes(results, cell, by), greenRequests: usableGreenRequests(results, cell, by) }))
    .reduce((best, next) => (next.minutes < best.minutes ? next : best), {
      by: '',
      minutes: Number.POSITIVE_INFINITY,
      greenRequests: Number.POSITIVE_INFINITY,
    });
}
