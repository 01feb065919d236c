// All outcomes of a run, ready to be asked: what a decider did in a cell, and whether it may be used there.
import type { Cell, Group } from '../scenarios/cell.ts';
import type { CellOutcomes } from '../simulate.ts';
import { type CellStatistics, cellStatistics, USABLE_FALSE_MAX } from './cell-statistics.ts';

export interface Results {
  readonly cells: readonly Cell[];
  /** Names in the order of the report. */
  readonly deciders: readonly string[];
  of(cell: Cell, decider: string): CellStatistics | undefined;
  /** Whether the decider rolls back at most 5 % in the cell's partner without a fault. False where that was not measured. */
  isUsable(cell: Cell, decider: string): boolean;
  inGroup(group: Group): readonly Cell[];
}

export function resultsOf(cells: readonly Cell[], deciders: readonly string[], outcomes: readonly CellOutcomes[]): Results {
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const statistics = new Map<string, CellStatistics>();
  for (const { cell: name, outcomes: byDecider } of outcomes) {
    const cell = byName.get(name);
    if (cell === undefined) continue;
    for (const [decider, list] of Object.entries(byDecider)) statistics.set(`${decider}\n${name}`, cellStatistics(cell, list));
  }
  const measured = cells.filter(({ name }) => outcomes.some(({ cell }) => cell === name));
  return {
    cells: measured,
    deciders: deciders.filter((decider) => measured.some(({ name }) => statistics.has(`${decider}\n${name}`))),
    of: (cell, decider) => statistics.get(`${decider}\n${cell.name}`),
    isUsable: (cell, decider) => (statistics.get(`${decider}\n${cell.partner}`)?.falseRollbacks ?? 1) <= USABLE_FALSE_MAX,
    inGroup: (group) => measured.filter((cell) => cell.group === group),
  };
}

/** Minutes half of the faults need to be found where the decider may be used; infinite where it may not, or does not find half. */
export function usableMinutes(results: Results, cell: Cell, decider: string): number {
  return results.isUsable(cell, decider) ? (results.of(cell, decider)?.medianMinutes ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}

export function usableGreenRequests(results: Results, cell: Cell, decider: string): number {
  return results.isUsable(cell, decider) ? (results.of(cell, decider)?.medianGreenRequests ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
}
