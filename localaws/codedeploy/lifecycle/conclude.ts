// How a deployment ends: success, or an ending that closes the open lifecycle event, skips the rest and decides on a rollback.
import type { Effect, Ending, EventRecord, EventStatus, Lifecycle, LifecycleEventName, LifecyclePlan } from './lifecycle.ts';

interface Concluded {
  readonly lifecycle: Lifecycle;
  readonly effects: readonly Effect[];
}

export function completeEvent(lifecycle: Lifecycle, event: LifecycleEventName, status: EventStatus, now: number): Lifecycle {
  const record: EventRecord = { ...lifecycle.events[event], status, endTime: now };
  return { ...lifecycle, events: { ...lifecycle.events, [event]: record } };
}

export function concludeSucceeded(lifecycle: Lifecycle, now: number): Concluded {
  return { lifecycle: { ...lifecycle, status: 'Succeeded', completeTime: now }, effects: [{ kind: 'Announce', state: 'SUCCESS' }] };
}

/** Ends now, or as soon as the effect under way has its outcome. The first ending given counts. */
export function endWhenIdle(plan: LifecyclePlan, lifecycle: Lifecycle, ending: Ending, now: number): Concluded {
  const first = lifecycle.ending ?? ending;
  if (lifecycle.pending !== undefined) return { lifecycle: { ...lifecycle, ending: first }, effects: [] };
  return conclude(plan, lifecycle, first, now);
}

/**
 * Ends the deployment. Whatever the weights and task sets are, they stay so unless a rollback starts; and a rollback needs a
 * replacement task set: before Install there is nothing to undo.
 */
export function conclude(plan: LifecyclePlan, lifecycle: Lifecycle, ending: Ending, now: number): Concluded {
  const isWanted = ending.rollback ?? plan.rollbackOn.includes(ending.cause);
  const rollsBack = plan.kind === 'Forward' && lifecycle.greenExists && isWanted;
  const events = Object.fromEntries(
    Object.entries(lifecycle.events).map(([name, record]) => [name, closed(record, ending, now)]),
  ) as unknown as Lifecycle['events'];
  return {
    lifecycle: { ...lifecycle, pending: undefined, ending, events, status: ending.status, completeTime: now, error: ending.error, rollsBack },
    effects: [{ kind: 'Announce', state: ending.status === 'Failed' ? 'FAILURE' : 'STOP' }, ...(rollsBack ? [{ kind: 'StartRollback' } as const] : [])],
  };
}

function closed(record: EventRecord, ending: Ending, now: number): EventRecord {
  if (record.status === 'Pending') return { ...record, status: 'Skipped' };
  if (record.status !== 'InProgress') return record;
  return { ...record, status: 'Failed', endTime: now, ...(ending.diagnostics === undefined ? {} : { diagnostics: ending.diagnostics }) };
}
