// Every AWS call of a story's control plane, for crashing at each of them. The watch loop makes the same calls round after round:
// a call of one function after the same calls, in whatever order those that go side by side came, is the same place.
import type { ControlCall } from '#rehearsal/region/control-call.ts';
import { type CallFaultKind, callFaultKinds } from './call-faults.ts';
import { type CallFault, callFault, isPossible } from './faults.ts';

export interface CallSite {
  readonly call: ControlCall;
  /** The same in every story: the function, what it has called before, and this operation. */
  readonly place: string;
}

/** Collects the sites of one run. */
export interface SiteCollector {
  readonly onCall: (call: ControlCall) => void;
  readonly sites: () => readonly CallSite[];
}

export function collectSites(): SiteCollector {
  const found = new Map<string, CallSite>();
  /** Operations that each invocation has called so far, sorted. */
  const called = new Map<string, readonly string[]>();
  return {
    onCall(call) {
      const invocation = `${call.functionName} #${call.invocation}`;
      const before = called.get(invocation) ?? [];
      called.set(invocation, [...before, call.operation].sort());
      const place = `${call.functionName} after ${before.join(' ')}: ${call.operation}`;
      if (!found.has(place)) found.set(place, { call, place });
    },
    sites: () => [...found.values()],
  };
}

/** All that can be done to the sites, one at a time. */
export function pairsOf(sites: readonly CallSite[]): readonly { readonly site: CallSite; readonly fault: CallFault }[] {
  const kinds: readonly CallFaultKind[] = callFaultKinds;
  return sites.flatMap((site) => kinds.filter((kind) => isPossible(kind, site.call)).map((kind) => ({ site, fault: callFault(kind, site.call) })));
}
