// How much Weir may do by itself: at most so many actions per service and hour, so many per account and hour, never two at once on one
// service. Two small records, one per service and one per account, each changed by one conditional write: reserve first, then act.
import type { BudgetPolicy } from './policy.ts';

export interface ReservedAction {
  readonly id: string;
  /** Epoch milliseconds; never smaller than that of an earlier entry. */
  readonly at: number;
  /** When it was verified or given up; undefined while it is going on. */
  readonly endedAt?: number;
  /** It changes nothing that runs, so others need not wait for it. */
  readonly recordOnly?: true;
}

/** The actions of one service or of one account, oldest first; at most as many as the limit plus those still going on. */
export interface ActionLog {
  readonly schema: 1;
  readonly actions: readonly ReservedAction[];
}

export type Reservation =
  | { readonly kind: 'reserved'; readonly log: ActionLog }
  /** This very action holds a place already. */
  | { readonly kind: 'known'; readonly log: ActionLog }
  /** `until`: when the answer may be another one; undefined when an action has to end first. */
  | { readonly kind: 'refused'; readonly reason: string; readonly until?: number };

export const emptyActionLog: ActionLog = { schema: 1, actions: [] };

const WINDOW_MILLISECONDS = 3_600_000;
/** An action that nobody ended for so long is taken for lost. A deployment it started still protects its service by holding it. */
export const ACTION_LEASE_MILLISECONDS = 6 * 3_600_000;

/** A place in a service's log. Of the actions that change what runs only one goes on at a time. */
export function reserveForService(log: ActionLog, policy: BudgetPolicy, actionId: string, recordOnly: boolean, now: number): Reservation {
  const other = log.actions.find((action) => action.recordOnly === undefined && isGoingOn(action, now));
  if (other !== undefined && !recordOnly && !has(log, actionId)) {
    return { kind: 'refused', reason: `automatic action ${other.id} on this service has not ended`, until: other.at + ACTION_LEASE_MILLISECONDS };
  }
  return reserve(log, { limit: policy.perServicePerHour, whose: 'this service', recordOnly }, actionId, now);
}

/** A place in the account's log. */
export function reserveForAccount(log: ActionLog, policy: BudgetPolicy, actionId: string, now: number): Reservation {
  return reserve(log, { limit: policy.perAccountPerHour, whose: 'this account', recordOnly: false }, actionId, now);
}

/** The log when the action has been verified or given up. Its place in the hour stays taken. */
export function endAction(log: ActionLog, actionId: string, now: number): ActionLog {
  const open = log.actions.some((action) => action.id === actionId && action.endedAt === undefined);
  if (!open) return log;
  return { ...log, actions: log.actions.map((action) => (action.id === actionId ? { ...action, endedAt: Math.max(now, action.at) } : action)) };
}

interface Allowance {
  readonly limit: number;
  readonly whose: string;
  readonly recordOnly: boolean;
}

function reserve(log: ActionLog, { limit, whose, recordOnly }: Allowance, actionId: string, now: number): Reservation {
  if (has(log, actionId)) return { kind: 'known', log };
  // A clock that runs behind that of the last writer must not open the window again.
  const at = Math.max(now, log.actions.at(-1)?.at ?? now);
  const counted = log.actions.filter((action) => at - action.at < WINDOW_MILLISECONDS);
  if (counted.length >= limit) {
    const oldest = counted[counted.length - limit];
    const until = limit > 0 && oldest !== undefined ? { until: oldest.at + WINDOW_MILLISECONDS } : {};
    return { kind: 'refused', reason: `${counted.length} of ${limit} automatic actions per hour on ${whose} are used up`, ...until };
  }
  const kept = log.actions.filter((action) => counted.includes(action) || isGoingOn(action, at));
  return { kind: 'reserved', log: { schema: 1, actions: [...kept, { id: actionId, at, ...(recordOnly ? { recordOnly } : {}) }] } };
}

function has(log: ActionLog, actionId: string): boolean {
  return log.actions.some((action) => action.id === actionId);
}

function isGoingOn(action: ReservedAction, now: number): boolean {
  return action.endedAt === undefined && now - action.at < ACTION_LEASE_MILLISECONDS;
}
