// What is done about a situation outside deployments: the runbook's finding, the owner's mode, then the budget. Pure; the flow reserves
// the budget and records the decision before anything is done.
import type { Finding, RemediationAction } from './action.ts';
import { changesService } from './action.ts';
import { type ActionLog, reserveForAccount, reserveForService } from './budget.ts';
import type { RemediationPolicy, RunbookName } from './policy.ts';
import { type CapacitySituation, planCapacity } from './runbooks/capacity.ts';
import { type CrashLoopSituation, planCrashLoop } from './runbooks/crash-loop.ts';
import { type ImagePullSituation, planImagePull } from './runbooks/image-pull.ts';
import { type OutOfMemorySituation, planOutOfMemory } from './runbooks/out-of-memory.ts';
import { type PlacementSituation, planPlacement } from './runbooks/placement.ts';
import { planScanFinding, type ScanFindingSituation } from './runbooks/scan-finding.ts';
import { planTargetHealth, type TargetHealthSituation } from './runbooks/target-health.ts';

/** `kind` is the runbook's name. */
export type Situation =
  | OutOfMemorySituation
  | CrashLoopSituation
  | ImagePullSituation
  | CapacitySituation
  | PlacementSituation
  | TargetHealthSituation
  | ScanFindingSituation;

/** What limits automatic actions now. */
export interface RemediationBudget {
  /** Deterministic: the same incident always asks for the same action id. */
  readonly actionId: string;
  readonly service: ActionLog;
  readonly account: ActionLog;
  /** The deployment that holds the service, if any. */
  readonly runningDeployment: string | undefined;
  /** Why the service's circuit breaker forbids automatic actions; undefined when it does not. */
  readonly breakerForbids: string | undefined;
}

export type RemediationDecision =
  /** `service` and `account`: the logs with this action's place in them, to be stored before acting. */
  | {
      readonly kind: 'act';
      readonly runbook: RunbookName;
      readonly action: RemediationAction;
      readonly evidence: readonly string[];
      readonly why: string;
      readonly service: ActionLog;
      readonly account: ActionLog;
    }
  /** A person decides. `held`: why it was not done although the mode is auto. */
  | {
      readonly kind: 'propose';
      readonly runbook: RunbookName;
      readonly action: RemediationAction;
      readonly evidence: readonly string[];
      readonly why: string;
      readonly held?: string;
    }
  | { readonly kind: 'alert'; readonly runbook: RunbookName; readonly evidence: readonly string[]; readonly why: string }
  | { readonly kind: 'nothing'; readonly runbook: RunbookName; readonly why: string };

const restoring = { mode: 'auto' } as const;

export function decideRemediation(situation: Situation, policy: RemediationPolicy, budget: RemediationBudget, now: number): RemediationDecision {
  const runbook = situation.kind;
  // Who allowed a shift of capacity allowed the way back with it, whatever the manifest says by then.
  const { mode } = situation.kind === 'capacity' && situation.shifted !== undefined ? restoring : policy[runbook];
  if (mode === 'off') return { kind: 'nothing', runbook, why: `the runbook ${runbook} is off in the manifest` };
  const finding = planRunbook(situation, policy, now);
  if (finding.kind !== 'action') return { ...finding, runbook };
  const { action, evidence, why } = finding;
  if (mode === 'propose') return { kind: 'propose', runbook, action, evidence, why };
  const taken = budget.service.actions.find((one) => one.id === budget.actionId);
  if (taken?.endedAt !== undefined) return { kind: 'nothing', runbook, why: `automatic action ${taken.id} was taken already` };
  // Reserved and perhaps not done: its own deployment may be the one that runs, so only a new action is held.
  const held = taken === undefined ? heldBy(action, budget) : undefined;
  if (held !== undefined) return { kind: 'propose', runbook, action, evidence, why, held };
  const service = reserveForService(budget.service, policy.budget, budget.actionId, !changesService(action), now);
  if (service.kind === 'refused') return { kind: 'propose', runbook, action, evidence, why, held: service.reason };
  const account = reserveForAccount(budget.account, policy.budget, budget.actionId, now);
  if (account.kind === 'refused') return { kind: 'propose', runbook, action, evidence, why, held: account.reason };
  return { kind: 'act', runbook, action, evidence, why, service: service.log, account: account.log };
}

/** What the runbook of the situation comes to, whatever its mode. */
export function planRunbook(situation: Situation, policy: RemediationPolicy, now: number): Finding {
  switch (situation.kind) {
    case 'outOfMemory':
      return planOutOfMemory(situation, policy.outOfMemory);
    case 'crashLoop':
      return planCrashLoop(situation, policy.crashLoop);
    case 'imagePull':
      return planImagePull(situation);
    case 'capacity':
      return planCapacity(situation, policy.capacity, now);
    case 'placement':
      return planPlacement(situation);
    case 'targetHealth':
      return planTargetHealth(situation);
    case 'scanFinding':
      return planScanFinding(situation, policy.scanFinding);
  }
}

function heldBy(action: RemediationAction, budget: RemediationBudget): string | undefined {
  if (!changesService(action)) return undefined;
  if (budget.runningDeployment !== undefined) return `deployment ${budget.runningDeployment} is running on the service`;
  return budget.breakerForbids;
}
