// What a rehearsal says: how it ended and why, how long that took, who met the new version, and what it cost.
import { costOf, type DeploymentCost, type ExtraTasks } from '#core/cost/deployment-cost.ts';
import type { Deployment, TimelineEntry } from '#core/deployment/deployment.ts';
import type { Rehearsal } from './rehearse.ts';
import type { Exposed, WeightChange } from './traffic.ts';

/**
 * succeeded: the new version serves. rolled-back: the old one does, whether or not the new one ever had traffic. waits: a person has to
 * decide. refused: it never began.
 */
export type RehearsalEnd = 'succeeded' | 'rolled-back' | 'waits' | 'refused';

export interface ReportLine {
  /** Milliseconds since the push. */
  readonly after: number;
  /** Share of production traffic on the new version, percent, as the listener had it. */
  readonly greenPercent: number;
  readonly deploymentId: string;
  readonly type: TimelineEntry['type'];
  readonly text: string;
}

export interface RehearsalReport {
  readonly end: RehearsalEnd;
  /** As the record says: `RolledBack`. */
  readonly status: Deployment['status'];
  readonly why: string;
  /** Milliseconds from the push until it was decided how it ends. */
  readonly decidedAfter: number;
  /** Milliseconds from the push until the old version served everything again; absent where the new one never served, or stayed. */
  readonly backAfter?: number;
  /** The same from the new version's first bad answer. */
  readonly backAfterFirstBad?: number;
  /** Most of production traffic that the new version had, percent. */
  readonly greenPercentMax: number;
  readonly exposed: Exposed;
  readonly extraTasks: ExtraTasks;
  readonly cost: DeploymentCost;
  /** Invocations of Weir's functions, and their calls of AWS by operation, between push and end. */
  readonly invocations: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
  readonly timeline: readonly ReportLine[];
  readonly weights: readonly { readonly after: number; readonly greenPercent: number }[];
  /** Milliseconds from the push to the end of the rehearsal, in simulated time. */
  readonly simulated: number;
}

export function reportOf(rehearsal: Rehearsal): RehearsalReport {
  const { pushedAt, deployments, weights, exposed, firstBadAt, extraTasks } = rehearsal;
  const pushed = deployments[0];
  if (pushed === undefined) throw new Error('a rehearsal without a deployment');
  const end = endOf(rehearsal, pushed);
  const back = end === 'rolled-back' ? lastReturn(weights) : undefined;
  return {
    end,
    status: pushed.status,
    why: whyOf(pushed, rehearsal.atRest),
    decidedAfter: decidedAt(pushed, rehearsal.endedAt) - pushedAt,
    ...(back === undefined ? {} : { backAfter: back - pushedAt }),
    ...(back === undefined || firstBadAt === undefined ? {} : { backAfterFirstBad: back - firstBadAt }),
    greenPercentMax: weights.reduce((most, { greenPercent }) => Math.max(most, greenPercent), 0),
    exposed,
    extraTasks,
    cost: costOf(rehearsal.usage, extraTasks),
    ...rehearsal.metered,
    timeline: timelineOf(deployments, pushedAt, weights),
    weights: weights.map(({ at, greenPercent }) => ({ after: at - pushedAt, greenPercent })),
    simulated: rehearsal.endedAt - pushedAt,
  };
}

function endOf({ atRest }: Rehearsal, { status, guard }: Deployment): RehearsalEnd {
  if (!atRest || status === 'Held') return 'waits';
  if (status === 'Succeeded') return guard?.ended?.kind === 'redeploy' ? 'rolled-back' : 'succeeded';
  return status === 'RolledBack' || status === 'Failed' ? 'rolled-back' : 'refused';
}

function whyOf({ guard, outcome, timeline }: Deployment, atRest: boolean): string {
  if (guard?.ended !== undefined && guard.ended.kind !== 'over') return `in the guard window: ${guard.ended.why}`;
  if (outcome !== undefined) return outcome.reason;
  return `${atRest ? '' : 'it still waited when the rehearsal was given up: '}${timeline.at(-1)?.text ?? 'nothing happened'}`;
}

/** When it was clear how it ends: its rollback began, the guard sent it back, or it was over. */
function decidedAt({ rollback, guard, outcome }: Deployment, endedAt: number): number {
  if (guard?.ended !== undefined && guard.ended.kind !== 'over') return guard.ended.at;
  return rollback?.startedAt ?? outcome?.at ?? endedAt;
}

/** When the new version last lost all its traffic. */
function lastReturn(weights: readonly WeightChange[]): number | undefined {
  const index = weights.findLastIndex(({ greenPercent }) => greenPercent > 0);
  return index < 0 ? undefined : weights[index + 1]?.at;
}

function timelineOf(deployments: readonly Deployment[], pushedAt: number, weights: readonly WeightChange[]): readonly ReportLine[] {
  return deployments
    .flatMap(({ id, timeline }) => timeline.map((entry) => ({ ...entry, deploymentId: id })))
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, deploymentId, type, text }) => ({
      after: at - pushedAt,
      greenPercent: weights.findLast((change) => change.at <= at)?.greenPercent ?? 0,
      deploymentId,
      type,
      text,
    }));
}
