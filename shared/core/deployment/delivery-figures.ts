// How well a service is delivered: DORA's four figures, computed from the deployments on record. Pure; for the dashboard's history.
import type { Deployment, EpochMillis } from './deployment.ts';

export interface DeliveryFigures {
  /** The deployments looked at were requested from here until now. */
  readonly since: EpochMillis;
  readonly days: number;
  /** Deployments that gave green production traffic. */
  readonly changes: number;
  readonly successes: number;
  readonly perWeek: number;
  /** Median, milliseconds; undefined without a single one. */
  readonly leadTime: number | undefined;
  readonly failures: number;
  /** 0 to 1; undefined without a single change. */
  readonly changeFailureRate: number | undefined;
  /** Median, milliseconds; undefined where nothing failed or nothing is restored yet. */
  readonly timeToRestore: number | undefined;
}

type Counted = Pick<Deployment, 'id' | 'status' | 'request' | 'requestedAt' | 'shift' | 'outcome' | 'guard'>;

const DAY = 86_400_000;

/**
 * DORA's figures (source: dora.dev, "DORA's software delivery metrics") as far as the record can say them:
 * - deployment frequency: deployments that succeeded, per week, from the oldest one looked at until now (at least one day);
 * - lead time: from the push of the image until green first had all production traffic, of pushes that succeeded. DORA begins at the
 *   commit, which Weir does not know. Requests by people and remedies are left out: their images may be days old;
 * - change failure rate: of the deployments that gave green any production traffic, those that were rolled back or held after it, or went
 *   bad in their guard window. What failed before production traffic harmed nobody and counts neither as a change nor as a failure;
 * - time to restore (failed deployment recovery time): of those failures, from green's first production traffic until blue had all of it
 *   again; after a success that went bad, from when it was found bad until the deployment of the way back succeeded.
 * @param deployments any order; those that have not ended are left out
 */
export function deliveryFigures(deployments: readonly Counted[], now: EpochMillis): DeliveryFigures {
  const since = Math.min(now, ...deployments.map(({ requestedAt }) => requestedAt));
  const days = Math.max(1, (now - since) / DAY);
  const changes = deployments.filter(({ outcome, shift }) => outcome !== undefined && shift?.firstTrafficAt !== undefined);
  const successes = changes.filter(({ status }) => status === 'Succeeded');
  const failures = changes.filter(isFailure);
  return {
    since,
    days,
    changes: changes.length,
    successes: successes.length,
    perWeek: (7 * successes.length) / days,
    leadTime: median(successes.filter(({ request }) => request.source === 'push' || request.source === 'sweep').map(leadTimeOf)),
    failures: failures.length,
    changeFailureRate: changes.length === 0 ? undefined : failures.length / changes.length,
    timeToRestore: median(failures.map((failed) => restoreTimeOf(failed, deployments)).filter((time) => time !== undefined)),
  };
}

function isFailure({ status, guard }: Counted): boolean {
  return status === 'RolledBack' || status === 'Held' || status === 'Failed' || wentBad(guard);
}

function wentBad(guard: Counted['guard']): boolean {
  return guard?.ended !== undefined && guard.ended.kind !== 'over';
}

function leadTimeOf({ request, shift, outcome, requestedAt }: Counted): number {
  return Math.max(0, (shift?.fullTrafficAt ?? outcome?.at ?? requestedAt) - request.pushedAt);
}

function restoreTimeOf({ status, shift, outcome, guard }: Counted, all: readonly Counted[]): number | undefined {
  if (wentBad(guard)) {
    const restored = all.find(({ id }) => id === guard?.ended?.restoredBy);
    const from = guard?.badSince ?? guard?.ended?.at;
    return restored?.status !== 'Succeeded' || restored.outcome === undefined || from === undefined ? undefined : Math.max(0, restored.outcome.at - from);
  }
  const from = shift?.firstTrafficAt;
  return status !== 'RolledBack' || outcome === undefined || from === undefined ? undefined : Math.max(0, outcome.at - from);
}

function median(values: readonly number[]): number | undefined {
  const ordered = values.toSorted((one, other) => one - other);
  const middle = ordered.length / 2;
  const upper = ordered[Math.floor(middle)];
  const lower = ordered[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
