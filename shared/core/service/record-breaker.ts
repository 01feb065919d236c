// The circuit breaker as a part of a service's record: read from old records too, and changed by the same writes that give the service
// to a deployment and take it back.
import { evolveServiceBreaker, newServiceBreaker, type ServiceBreaker, type ServiceBreakerEvent } from '#core/breaker/service-breaker.ts';

/** What of a service's record the breaker is. */
export interface BreakerMembers {
  /** Absent in records that are older than the breaker: closed, with the failures counted so far. */
  readonly breaker?: ServiceBreaker;
  /** Deployments that failed or rolled back since the last success. */
  readonly failuresInARow: number;
}

export function breakerOf({ breaker, failuresInARow }: BreakerMembers): ServiceBreaker {
  return breaker ?? { ...newServiceBreaker, failuresInARow };
}

/** The record after what happened to its breaker; the same record when nothing did. */
export function withBreakerEvents<Record extends BreakerMembers>(record: Record, events: readonly ServiceBreakerEvent[]): Record {
  if (events.length === 0) return record;
  const breaker = events.reduce(evolveServiceBreaker, breakerOf(record));
  return { ...record, breaker, failuresInARow: breaker.failuresInARow };
}
