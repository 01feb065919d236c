// Why the service's circuit breaker does not allow anything automatic now.
import { breakerForbids } from '#core/breaker/service-breaker-decisions.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';

export function breakerObjection(service: ServiceRecord, now: number): string | undefined {
  return breakerForbids(breakerOf(service), now);
}
