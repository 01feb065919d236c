// A service's circuit breaker in one line for a person: what it does with a push now, why, and until when.
import type { ServiceBreaker } from '#core/breaker/service-breaker.ts';

export function describeBreaker({ state, failuresInARow, closedBy }: ServiceBreaker, now: number): string {
  switch (state.kind) {
    case 'closed': {
      const failures = failuresInARow === 0 ? '' : `; ${failuresInARow} failed deployment(s) in a row so far`;
      const by = closedBy === undefined ? '' : `; last closed by ${closedBy.by} at ${new Date(closedBy.at).toISOString()}: ${closedBy.why}`;
      return `circuit breaker closed${failures}${by}`;
    }
    case 'open':
      return now < state.until
        ? `circuit breaker OPEN until ${new Date(state.until).toISOString()}: pushes are refused; ${state.reason}`
        : `circuit breaker open, its time is over: the next push is tried with the smallest canary; ${state.reason}`;
    case 'halfOpen': {
      const forced = state.force === undefined ? '' : `, because ${state.force.by} insisted: ${state.force.why}`;
      return `circuit breaker HALF-OPEN: deployment ${state.trial} is being tried${forced}; other pushes are refused; ${state.reason}`;
    }
  }
}
