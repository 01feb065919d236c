// A rolling deployment seen as a shift: the shares of blue and green are shares of the running tasks.
import type { Plan } from './deployment.ts';
import type { ProductionWeights } from './watch.ts';

/** Keys under which a rolling deployment's sides have their shares, in place of target group ARNs. */
export const rollingSides = { blue: 'tasks of blue', green: 'tasks of green' } as const;

export interface RunningTasks {
  readonly taskDefinitionArn: string;
  /** undefined: not said. */
  readonly runningCount: number | undefined;
}

export interface SideCounts {
  readonly blue: number;
  readonly green: number;
}

/** How many tasks of each side run; undefined when that is not known. Green is whatever is not of blue's task definition. */
export function countSides(plan: Pick<Plan, 'blue'>, revisions: readonly RunningTasks[]): SideCounts | undefined {
  if (revisions.length === 0 || revisions.some(({ runningCount }) => runningCount === undefined)) return undefined;
  const sum = (isBlue: boolean): number =>
    revisions.reduce(
      (total, { taskDefinitionArn, runningCount = 0 }) => total + ((taskDefinitionArn === plan.blue.taskDefinitionArn) === isBlue ? runningCount : 0),
      0,
    );
  return { blue: sum(true), green: sum(false) };
}

/** Percent, one decimal; undefined also while nothing runs: then nobody has a share. */
export function rollingWeights(counts: SideCounts | undefined): ProductionWeights {
  if (counts === undefined || counts.blue + counts.green === 0) return undefined;
  const green = Math.round((1_000 * counts.green) / (counts.blue + counts.green)) / 10;
  return { [rollingSides.blue]: 100 - green, [rollingSides.green]: green };
}
