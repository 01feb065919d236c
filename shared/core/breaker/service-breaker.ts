// The service's circuit breaker: after several failed deployments in a row nothing is deployed for a while, then one is tried with the
// smallest canary. This file has the record and how events change it; who may deploy is decided in service-breaker-decisions.ts.

export interface ServiceBreakerPolicy {
  /** Failed deployments in a row that open it. */
  readonly failuresToOpen: number;
  /** How long it stays open the first time, minutes. */
  readonly coolDownMinutes: number;
  /** Each time half-open fails, the cool-down gets this many times longer, */
  readonly coolDownFactor: number;
  /** up to this, minutes. */
  readonly coolDownMaxMinutes: number;
}

export const defaultServiceBreakerPolicy: ServiceBreakerPolicy = { failuresToOpen: 3, coolDownMinutes: 30, coolDownFactor: 2, coolDownMaxMinutes: 1_440 };

/** Who did something by hand, and why. */
export interface Operator {
  readonly by: string;
  readonly why: string;
}

export type ServiceBreakerState =
  | { readonly kind: 'closed' }
  /** Refuses until then. `openings`: times it opened since it was last closed. `operator`: when a person opened it. */
  | { readonly kind: 'open'; readonly since: number; readonly until: number; readonly openings: number; readonly reason: string; readonly operator?: Operator }
  /** One deployment is being tried. */
  | {
      readonly kind: 'halfOpen';
      readonly since: number;
      readonly openings: number;
      readonly trial: string;
      readonly reason: string;
      readonly force?: Operator;
    };

export interface ServiceBreaker {
  readonly schema: 1;
  readonly state: ServiceBreakerState;
  /** Failed deployments since the last success. */
  readonly failuresInARow: number;
  /** The last success and the failures before it: should it go bad in the guard window, it was one more of them. */
  readonly lastSuccess?: { readonly deploymentId: string; readonly failuresBefore: number };
  /** The newest deployments whose end was counted: an end reported twice counts once. */
  readonly counted: readonly string[];
  /** The last time a person closed it. */
  readonly closedBy?: Operator & { readonly at: number };
}

/** Deployments whose end is remembered. Ends of one service come one after another, so a repeated report is never further back. */
export const COUNTED_DEPLOYMENTS_MAX = 50;
/** Openings in a row that are told apart; the cool-down has long reached its bound. */
const OPENINGS_MAX = 1_000;
const MILLISECONDS_PER_MINUTE = 60_000;

export const newServiceBreaker: ServiceBreaker = { schema: 1, state: { kind: 'closed' }, failuresInARow: 0, counted: [] };

export type ServiceBreakerEvent =
  | { readonly type: 'DeploymentFailureCounted'; readonly deploymentId: string }
  | { readonly type: 'DeploymentSuccessCounted'; readonly deploymentId: string }
  /** It succeeded and went bad in the guard window. */
  | { readonly type: 'DeploymentRegressionCounted'; readonly deploymentId: string; readonly key: string }
  /** It ended without saying anything about the image: aborted, superseded, refused. */
  | { readonly type: 'DeploymentEndIgnored'; readonly deploymentId: string }
  | {
      readonly type: 'BreakerOpened';
      readonly at: number;
      readonly until: number;
      readonly openings: number;
      readonly reason: string;
      readonly operator?: Operator;
    }
  | { readonly type: 'TrialStarted'; readonly at: number; readonly deploymentId: string; readonly force?: Operator }
  /** The trial ended without a verdict: the next one may try at once. */
  | { readonly type: 'TrialWithdrawn'; readonly at: number }
  | { readonly type: 'BreakerClosed'; readonly at: number; readonly operator?: Operator };

/** Total: an event that does not fit the state, as after a repeated delivery, changes nothing. */
export function evolveServiceBreaker(breaker: ServiceBreaker, event: ServiceBreakerEvent): ServiceBreaker {
  const { state } = breaker;
  switch (event.type) {
    case 'DeploymentFailureCounted':
      return { ...withCounted(breaker, event.deploymentId), failuresInARow: breaker.failuresInARow + 1 };
    case 'DeploymentSuccessCounted':
      return {
        ...withCounted(breaker, event.deploymentId),
        failuresInARow: 0,
        lastSuccess: { deploymentId: event.deploymentId, failuresBefore: breaker.failuresInARow },
      };
    case 'DeploymentRegressionCounted': {
      const { lastSuccess, failuresInARow } = breaker;
      const before = lastSuccess?.deploymentId === event.deploymentId ? lastSuccess.failuresBefore : 0;
      return { ...withCounted(breaker, event.key), failuresInARow: before + failuresInARow + 1 };
    }
    case 'DeploymentEndIgnored':
      return withCounted(breaker, event.deploymentId);
    case 'BreakerOpened': {
      const { at: since, until, openings, reason, operator } = event;
      return { ...breaker, state: { kind: 'open', since, until, openings, reason, ...(operator === undefined ? {} : { operator }) } };
    }
    case 'TrialStarted': {
      if (state.kind !== 'open') return breaker;
      const { at: since, deploymentId: trial, force } = event;
      return {
        ...breaker,
        state: { kind: 'halfOpen', since, openings: state.openings, trial, reason: state.reason, ...(force === undefined ? {} : { force }) },
      };
    }
    case 'TrialWithdrawn':
      if (state.kind !== 'halfOpen') return breaker;
      return { ...breaker, state: { kind: 'open', since: state.since, until: event.at, openings: state.openings, reason: state.reason } };
    case 'BreakerClosed':
      return {
        ...breaker,
        state: { kind: 'closed' },
        failuresInARow: 0,
        ...(event.operator === undefined ? {} : { closedBy: { ...event.operator, at: event.at } }),
      };
  }
}

/** Milliseconds a breaker stays open the n-th time in a row: never longer than the policy's bound. */
export function coolDown(policy: ServiceBreakerPolicy, openings: number): number {
  const grown = policy.coolDownMinutes * policy.coolDownFactor ** Math.min(OPENINGS_MAX, Math.max(0, openings - 1));
  return Math.min(policy.coolDownMaxMinutes, grown) * MILLISECONDS_PER_MINUTE;
}

/** The number of the next opening. */
export function nextOpening(state: ServiceBreakerState): number {
  return state.kind === 'closed' ? 1 : Math.min(OPENINGS_MAX, state.openings + 1);
}

function withCounted(breaker: ServiceBreaker, deploymentId: string): ServiceBreaker {
  return { ...breaker, counted: [...breaker.counted, deploymentId].slice(-COUNTED_DEPLOYMENTS_MAX) };
}
