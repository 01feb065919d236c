// What a runbook may do to a service, and the finding it comes to before modes and budgets are applied.

/** One entry of an ECS capacity provider strategy. Source: ECS API, CapacityProviderStrategyItem. */
export interface CapacityProviderStrategyItem {
  readonly capacityProvider: string;
  /** Tasks at least; on one entry only. */
  readonly base: number;
  readonly weight: number;
}

export type RemediationAction =
  /** A new revision with more memory, deployed as a normal canary. MiB and CPU units; `containerMemory` where the container has its own limit. */
  | {
      readonly kind: 'raiseMemory';
      readonly container: string;
      readonly containerMemory?: number;
      readonly taskMemory: number | undefined;
      readonly taskCpu: number | undefined;
      readonly strategy: 'canary';
    }
  /** Back to a revision that was healthy, with all traffic at once. */
  | { readonly kind: 'redeployRevision'; readonly taskDefinitionArn: string; readonly digest: string; readonly of: string; readonly strategy: 'allAtOnce' }
  /** The serving task definition with its image pinned to a digest. */
  | { readonly kind: 'pinDigest'; readonly container: string; readonly digest: string; readonly strategy: 'allAtOnce' }
  /** For a while, then back. */
  | {
      readonly kind: 'shiftCapacity';
      readonly strategy: readonly CapacityProviderStrategyItem[];
      readonly previous: readonly CapacityProviderStrategyItem[];
      readonly through: 'updateService' | 'deployment';
      readonly until: number;
    }
  | { readonly kind: 'restoreCapacity'; readonly strategy: readonly CapacityProviderStrategyItem[]; readonly through: 'updateService' | 'deployment' }
  /** Recorded only: the digest is refused when it is to be deployed next. */
  | { readonly kind: 'blockPromotion'; readonly digest: string; readonly reason: string };

/** What a runbook found: something to do, something to tell, or nothing. */
export type Finding =
  | { readonly kind: 'action'; readonly action: RemediationAction; readonly why: string; readonly evidence: readonly string[] }
  | { readonly kind: 'alert'; readonly why: string; readonly evidence: readonly string[] }
  | { readonly kind: 'nothing'; readonly why: string };

/** Whether the action changes what runs. What does not needs no quiet moment. */
export function changesService(action: RemediationAction): boolean {
  return action.kind !== 'blockPromotion';
}
