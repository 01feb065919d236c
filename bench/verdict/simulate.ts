// Repeats a cell and notes when each decider rolls back. All deciders of a repetition see the same minutes, and the minutes depend on
// nothing but the seed, the cell's name and the repetition's number.
import type { Decider } from './decider.ts';
import { randomSource } from './random/random-source.ts';
import type { Cell } from './scenarios/cell.ts';
import { type Deployment, drawDeployment } from './scenarios/deployment.ts';

/** How one repetition ended for one decider. */
export interface Outcome {
  /** Minutes until the rollback, the one that decided included; 0 when it never came. */
  readonly minutes: number;
  /** Requests green had had by then, or in the whole time watched. */
  readonly greenRequests: number;
}

/** Outcomes of a cell's repetitions for each decider, by its name. */
export interface CellOutcomes {
  readonly cell: string;
  readonly outcomes: Readonly<Record<string, readonly Outcome[]>>;
}

export function simulateCell(cell: Cell, deciders: readonly Decider[], setting: { readonly seed: number; readonly repetitions: number }): CellOutcomes {
  const outcomes = new Map<string, Outcome[]>(deciders.map(({ name }) => [name, []]));
  for (let repetition = 0; repetition < setting.repetitions; repetition++) {
    const deployment = drawDeployment(cell, randomSource(setting.seed, cell.name, repetition));
    for (const decider of deciders) outcomes.get(decider.name)?.push(watch(decider, deployment));
  }
  return { cell: cell.name, outcomes: Object.fromEntries(outcomes) };
}

/** Lets a decider watch a deployment from its first minute to the rollback or the end. */
export function watch(decider: Decider, { history, bins }: Deployment): Outcome {
  const run = decider.start({ plannedMinutes: bins.length, history });
  let greenRequests = 0;
  for (const [index, bin] of bins.entries()) {
    greenRequests += bin.green.requests;
    if (run.observe(bin) === 'rollBack') return { minutes: index + 1, greenRequests };
  }
  return { minutes: 0, greenRequests };
}
