// An operator opens or closes the circuit breaker of a service. What runs goes on; the record says who did it and why.
import { breakerPolicy, readManifest } from '#contracts/stored-manifest.ts';
import type { ServiceBreaker } from '#core/breaker/service-breaker.ts';
import { closeByOperator, openByOperator } from '#core/breaker/service-breaker-decisions.ts';
import { breakerOf, withBreakerEvents } from '#core/service/record-breaker.ts';
import type { Ports } from '#ports/ports.ts';
import { changeService } from './change-service.ts';

export interface BreakerChange {
  readonly serviceKey: string;
  readonly by: string;
  readonly reason: string;
  readonly to: 'open' | 'closed';
  /** How long it stays open; undefined: the manifest's cool-down. */
  readonly minutes?: number | undefined;
}

export interface ChangedBreaker {
  readonly before: ServiceBreaker;
  readonly breaker: ServiceBreaker;
}

/** Closing a closed one forgets the failures counted so far. undefined: no manifest was applied for the service. */
export async function changeBreaker(ports: Ports, change: BreakerChange): Promise<ChangedBreaker | undefined> {
  const { serviceKey, reason: why, by, to, minutes } = change;
  const changed = await changeService(ports, serviceKey, (record) => {
    const before = breakerOf(record);
    const policy = breakerPolicy(readManifest(record.manifest));
    const now = ports.now();
    const events = to === 'closed' ? closeByOperator({ by, why }, now) : openByOperator(before, policy, { by, why }, minutes, now);
    return { before, record: withBreakerEvents(record, events) };
  });
  return changed === undefined ? undefined : { before: changed.before, breaker: breakerOf(changed.record) };
}
