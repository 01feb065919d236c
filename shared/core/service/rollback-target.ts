// What `weir rollback` goes back to: the version that served before the one that serves now, as a stack of successes. A rollback takes
// its version off the stack, so that two in a row go two versions back and never forth again.
import type { Deployment } from '#core/deployment/deployment.ts';
import type { QuarantinedDigest } from './service-record.ts';

export interface RollbackTarget {
  readonly taskDefinitionArn: string;
  readonly digest: string;
  /** The deployment that made it serve; undefined for what served before Weir's first deployment. */
  readonly deploymentId: string | undefined;
}

interface Version extends RollbackTarget {
  readonly deploymentId: string;
  readonly stayedWell: boolean;
  /** What served before it; undefined where that is not known. */
  readonly before: RollbackTarget | undefined;
}

/**
 * undefined: nothing is known to go back to.
 * @param history newest first or in any order; only successes count
 * @param serving id of the deployment that made serve what serves now
 */
export function rollbackTarget(
  history: readonly Deployment[],
  serving: string,
  quarantine: readonly QuarantinedDigest[],
  now: number,
): RollbackTarget | undefined {
  const stack = successStack(history);
  const at = stack.findLastIndex(({ deploymentId }) => deploymentId === serving);
  const current = stack[at];
  if (current === undefined) return undefined;
  const below: readonly (RollbackTarget & { readonly stayedWell?: boolean })[] = [
    ...(stack[0]?.before === undefined ? [] : [stack[0].before]),
    ...stack.slice(0, at),
  ];
  const isQuarantined = (digest: string): boolean => quarantine.some((entry) => entry.digest === digest && entry.until > now);
  const found = below.findLast(({ digest, stayedWell }) => stayedWell !== false && digest !== current.digest && !isQuarantined(digest));
  return found === undefined ? undefined : { taskDefinitionArn: found.taskDefinitionArn, digest: found.digest, deploymentId: found.deploymentId };
}

function successStack(history: readonly Deployment[]): readonly Version[] {
  const stack: Version[] = [];
  for (const deployment of history.filter(({ status }) => status === 'Succeeded').toSorted((one, other) => endOf(one) - endOf(other))) {
    const { id, taskDefinitionArn, request } = deployment;
    if (taskDefinitionArn === undefined) continue;
    const { digest } = request;
    let before = blueOf(deployment);
    if (request.remedy?.purpose === 'restore') {
      const below = stack.findLastIndex((version) => version.digest === digest);
      before = stack[below]?.before;
      // Back to a version that is not on the stack: what served before the first deployment on it.
      stack.splice(Math.max(0, below));
    }
    stack.push({ deploymentId: id, taskDefinitionArn, digest, stayedWell: stayedWell(deployment), before });
  }
  return stack;
}

function blueOf({ plan }: Deployment): RollbackTarget | undefined {
  const { digest, taskDefinitionArn } = plan?.blue ?? {};
  return digest === undefined || taskDefinitionArn === undefined ? undefined : { digest, taskDefinitionArn, deploymentId: undefined };
}

function endOf({ outcome, requestedAt }: Deployment): number {
  return outcome?.at ?? requestedAt;
}

/** One that went bad in its guard window is nothing to go back to. A window that is still open has not spoken against it. */
function stayedWell({ guard }: Deployment): boolean {
  return guard?.ended === undefined || guard.ended.kind === 'over';
}
