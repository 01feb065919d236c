// Every AWS call of a story's control plane, for crashing at each of them. The watch loop makes the same calls round after round: calls
// of one function that come at the same place after the same calls are one site, in each phase of the deployment.
import type { CallFaultKind, ControlCall } from './control-call.ts';
import { callFaultKinds } from './control-call.ts';
import { type CallFault, callFault, isPossible } from './faults.ts';

export interface CallSite {
  readonly call: ControlCall;
  /** `assess 4 codedeploy:GetDeployment @ Shifting`. */
  readonly name: string;
}

/** Collects the sites of one run. */
export interface SiteCollector {
  readonly onCall: (call: ControlCall) => void;
  readonly sites: () => readonly CallSite[];
}

export function collectSites(): SiteCollector {
  const found = new Map<string, CallSite>();
  /** What each invocation called so far: the way there is part of the place. */
  const paths = new Map<string, string>();
  return {
    onCall(call) {
      const invocation = `${call.functionName}#${call.invocation}`;
      const path = `${paths.get(invocation) ?? call.functionName} > ${call.operation}`;
      paths.set(invocation, path);
      if (!found.has(path)) found.set(path, { call, name: `${call.functionName} ${call.ordinal} ${call.operation}` });
    },
    sites: () => [...found.values()],
  };
}

/** All that can be done to the sites, one at a time. */
export function pairsOf(sites: readonly CallSite[]): readonly { readonly site: CallSite; readonly fault: CallFault }[] {
  const kinds: readonly CallFaultKind[] = callFaultKinds;
  return sites.flatMap((site) => kinds.filter((kind) => isPossible(kind, site.call)).map((kind) => ({ site, fault: callFault(kind, site.call) })));
}
