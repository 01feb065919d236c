// What a service's owner allows Weir to do by itself when something breaks outside a deployment: one mode per runbook, and budgets.
import type { ScanSeverity } from './runbooks/scan-finding.ts';

/** auto: act within the budget. propose: ask a person first. off: neither. */
export type RunbookMode = 'auto' | 'propose' | 'off';

export const runbookNames = ['outOfMemory', 'crashLoop', 'imagePull', 'capacity', 'placement', 'targetHealth', 'scanFinding'] as const;
export type RunbookName = (typeof runbookNames)[number];

export interface OutOfMemoryPolicy {
  readonly mode: RunbookMode;
  /** Share of memory added, percent, 25 to 50. Fargate's sizes may make it more. */
  readonly raisePercent: number;
  /** A task is never given more than this, MiB. */
  readonly memoryMaxMiB: number;
}

export interface CrashLoopPolicy {
  readonly mode: RunbookMode;
  /** So many crashes of the serving revision */
  readonly crashes: number;
  /** within so many minutes are a loop. */
  readonly windowMinutes: number;
}

export interface CapacityPolicy {
  readonly mode: RunbookMode;
  /** Interruptions within the window before the strategy is shifted. A shortage counts at once. */
  readonly interruptions: number;
  readonly windowMinutes: number;
  /** How long tasks are started on demand, minutes; twice as long each time it has to be done again, up to a day. */
  readonly onDemandMinutes: number;
}

export interface ScanFindingPolicy {
  readonly mode: RunbookMode;
  readonly severity: ScanSeverity;
  readonly onFinding: 'alert' | 'blockPromotion';
}

export interface BudgetPolicy {
  readonly perServicePerHour: number;
  readonly perAccountPerHour: number;
}

export interface RemediationPolicy {
  readonly outOfMemory: OutOfMemoryPolicy;
  readonly crashLoop: CrashLoopPolicy;
  readonly imagePull: { readonly mode: RunbookMode };
  readonly capacity: CapacityPolicy;
  readonly placement: { readonly mode: RunbookMode };
  readonly targetHealth: { readonly mode: RunbookMode };
  readonly scanFinding: ScanFindingPolicy;
  readonly budget: BudgetPolicy;
}

/**
 * What restores something that already ran is done at once; what makes something new, or costs more money, is proposed.
 */
export const defaultRemediationPolicy: RemediationPolicy = {
  outOfMemory: { mode: 'propose', raisePercent: 50, memoryMaxMiB: 8_192 },
  crashLoop: { mode: 'auto', crashes: 3, windowMinutes: 10 },
  imagePull: { mode: 'auto' },
  capacity: { mode: 'propose', interruptions: 3, windowMinutes: 10, onDemandMinutes: 60 },
  placement: { mode: 'auto' },
  targetHealth: { mode: 'auto' },
  scanFinding: { mode: 'auto', severity: 'CRITICAL', onFinding: 'alert' },
  budget: { perServicePerHour: 3, perAccountPerHour: 20 },
};
