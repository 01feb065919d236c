// Who may deploy while the service's circuit breaker is closed, open or half-open, and what the end of a deployment means for it.
// Decisions answer with events; the caller records them with evolveServiceBreaker in the write that also starts or ends the deployment.
import {
  coolDown,
  evolveServiceBreaker,
  nextOpening,
  type Operator,
  type ServiceBreaker,
  type ServiceBreakerEvent,
  type ServiceBreakerPolicy,
} from './service-breaker.ts';

export interface BreakerAdmissionRequest {
  readonly deploymentId: string;
  /** restore: back to a revision that was healthy before. Never stopped by an open breaker, and proves nothing about new images. */
  readonly purpose: 'change' | 'restore';
  /** A person insists. */
  readonly force?: Operator | undefined;
}

export type BreakerAdmission =
  /** `trial`: with the smallest canary the strategy allows, and nothing beside it. */
  | { readonly kind: 'admit'; readonly trial: boolean; readonly events: readonly ServiceBreakerEvent[] }
  /** `until` is absent while a trial runs: its end decides. */
  | { readonly kind: 'refuse'; readonly reason: string; readonly until?: number };

/** Whether a deployment may start. Asking again for the running trial answers as the first time. */
export function decideBreakerAdmission(breaker: ServiceBreaker, request: BreakerAdmissionRequest, now: number): BreakerAdmission {
  const { state } = breaker;
  if (state.kind === 'closed') return { kind: 'admit', trial: false, events: [] };
  if (state.kind === 'halfOpen') {
    if (state.trial === request.deploymentId) return { kind: 'admit', trial: true, events: [] };
    return { kind: 'refuse', reason: `the circuit breaker is half-open and deployment ${state.trial} is being tried (${state.reason})` };
  }
  if (request.purpose === 'restore') return { kind: 'admit', trial: false, events: [] };
  const { force } = request;
  if (now < state.until && force === undefined) return { kind: 'refuse', reason: `the circuit breaker is open: ${state.reason}`, until: state.until };
  const started: ServiceBreakerEvent = {
    type: 'TrialStarted',
    at: now,
    deploymentId: request.deploymentId,
    ...(now < state.until && force !== undefined ? { force } : {}),
  };
  return { kind: 'admit', trial: true, events: [started] };
}

/**
 * What a deployment's end says of the service. succeeded and failed: the image was judged. regressed: it succeeded and went bad in the
 * guard window. neither: aborted by a person, superseded, refused.
 */
export type DeploymentEnd = {
  readonly deploymentId: string;
  readonly purpose: 'change' | 'restore';
  readonly end: 'succeeded' | 'failed' | 'regressed' | 'neither';
  /** One line, for the record and for refused pushes. */
  readonly reason: string;
};

/** Causes that people decided, or did not answer: they say nothing about the image. */
const saysNothing: ReadonlySet<string> = new Set(['operator', 'superseded', 'approval', 'outside']);

/** How a deployment's terminal status and the cause of its rollback count. */
export function deploymentEnd(status: string, rollbackCause: string | undefined): DeploymentEnd['end'] {
  if (status === 'Succeeded') return 'succeeded';
  if (status === 'Refused' || status === 'Superseded') return 'neither';
  if (rollbackCause !== undefined && saysNothing.has(rollbackCause)) return 'neither';
  return 'failed';
}

/** Events for a deployment that ended; none for an end that was counted before. */
export function decideDeploymentEnd(breaker: ServiceBreaker, policy: ServiceBreakerPolicy, ended: DeploymentEnd, now: number): readonly ServiceBreakerEvent[] {
  const { deploymentId, end } = ended;
  // A success and its later regression are two things to count.
  const key = end === 'regressed' ? `${deploymentId}#regressed` : deploymentId;
  if (breaker.counted.includes(key)) return [];
  const trial = breaker.state.kind === 'halfOpen' && breaker.state.trial === deploymentId;
  if (end === 'neither') {
    return [{ type: 'DeploymentEndIgnored', deploymentId: key }, ...(trial ? [{ type: 'TrialWithdrawn', at: now } as const] : [])];
  }
  if (end === 'succeeded') {
    // Going back to what worked does not show that what follows will.
    if (ended.purpose === 'restore' && !trial) return [{ type: 'DeploymentEndIgnored', deploymentId: key }];
    const counted: ServiceBreakerEvent = { type: 'DeploymentSuccessCounted', deploymentId: key };
    return trial ? [counted, { type: 'BreakerClosed', at: now }] : [counted];
  }
  const counted: ServiceBreakerEvent =
    end === 'regressed' ? { type: 'DeploymentRegressionCounted', deploymentId, key } : { type: 'DeploymentFailureCounted', deploymentId: key };
  const failures = evolveServiceBreaker(breaker, counted).failuresInARow;
  const opens = trial || (breaker.state.kind === 'closed' && failures >= policy.failuresToOpen);
  if (!opens) return [counted];
  const openings = nextOpening(breaker.state);
  const reason = trial
    ? `the deployment tried after the cool-down failed too: ${ended.reason}`
    : `${failures} deployments in a row failed, the last one because: ${ended.reason}`;
  return [counted, { type: 'BreakerOpened', at: now, until: now + coolDown(policy, openings), openings, reason }];
}

/** A person opens it: pushes are refused for the time given, or the policy's cool-down. */
export function openByOperator(
  breaker: ServiceBreaker,
  policy: ServiceBreakerPolicy,
  operator: Operator,
  minutes: number | undefined,
  now: number,
): readonly ServiceBreakerEvent[] {
  const openings = breaker.state.kind === 'closed' ? 1 : breaker.state.openings;
  const until = now + (minutes === undefined ? coolDown(policy, openings) : minutes * 60_000);
  return [{ type: 'BreakerOpened', at: now, until, openings, reason: `opened by ${operator.by}: ${operator.why}`, operator }];
}

/** A person closes it. Closing a closed breaker changes nothing but forgets the failures counted so far. */
export function closeByOperator(operator: Operator, now: number): readonly ServiceBreakerEvent[] {
  return [{ type: 'BreakerClosed', at: now, operator }];
}

/** Why no automatic remediation may act now; undefined when the breaker does not mind. */
export function breakerForbids(breaker: ServiceBreaker, now: number): string | undefined {
  const { state } = breaker;
  if (state.kind === 'halfOpen') return `the circuit breaker is half-open and deployment ${state.trial} is being tried`;
  return state.kind === 'open' && now < state.until ? `the circuit breaker is open: ${state.reason}` : undefined;
}
