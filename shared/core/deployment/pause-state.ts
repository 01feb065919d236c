// A person holds a running deployment's traffic where it is, and lets it go on: what is asked, what is on record, what comes of it.
// Of two opposite requests only the one whose sender had seen the other changes anything.
import { type Deployment, type DeploymentStatus, isTerminal } from './deployment.ts';

/** The newest pause of a deployment. */
export interface PauseState {
  /** 1 for the first pause of a deployment, one more for each later one. */
  readonly number: number;
  readonly by: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly resumed?: { readonly by: string; readonly reason: string; readonly at: number };
}

export type PauseEvent =
  | { readonly type: 'Paused'; readonly by: string; readonly reason: string }
  | { readonly type: 'Resumed'; readonly by: string; readonly reason: string };

export interface PauseRequest {
  readonly by: string;
  readonly reason: string;
  /** pauseChanges when the deployment was looked at; undefined: whatever it is now. */
  readonly seen?: number | undefined;
}

interface Who {
  readonly by: string;
  readonly reason: string;
}

type Refusal = { readonly kind: 'ended'; readonly status: DeploymentStatus } | { readonly kind: 'goesBack'; readonly why: string };

export type PauseOutcome =
  /** It is held, by this request or by one before it. */
  | ({ readonly kind: 'paused'; readonly number: number; readonly first: boolean } & Who)
  /** What was to be paused had been paused and resumed before this request came. */
  | ({ readonly kind: 'resumedSince'; readonly pausedBy: string } & Who)
  | { readonly kind: 'cannotHold'; readonly why: string }
  | Refusal;

export type ResumeOutcome =
  | ({ readonly kind: 'resumed'; readonly first: boolean } & Who)
  /** Somebody paused it after the sender had looked. */
  | ({ readonly kind: 'pausedSince' } & Who)
  | { readonly kind: 'notPaused' }
  | Refusal;

export interface DecidedPause<Outcome> {
  readonly outcome: Outcome;
  readonly events: readonly PauseEvent[];
}

/** How often a deployment has been paused or resumed: odd while it is paused. Tells whether anybody did either since it was looked at. */
export function pauseChanges({ pause }: Pick<Deployment, 'pause'>): number {
  if (pause === undefined) return 0;
  return pause.resumed === undefined ? 2 * pause.number - 1 : 2 * pause.number;
}

export function isPaused({ pause }: Pick<Deployment, 'pause'>): boolean {
  return pause !== undefined && pause.resumed === undefined;
}

/** @param cannotHold why the driver cannot hold traffic; undefined where it can */
export function decidePause(deployment: Deployment, request: PauseRequest, cannotHold: string | undefined): DecidedPause<PauseOutcome> {
  const refusal = refusalOf(deployment);
  if (refusal !== undefined) return { outcome: refusal, events: [] };
  if (cannotHold !== undefined) return { outcome: { kind: 'cannotHold', why: cannotHold }, events: [] };
  const { pause } = deployment;
  const { by, reason, seen } = request;
  if (pause !== undefined && pause.resumed === undefined) {
    return { outcome: { kind: 'paused', number: pause.number, first: false, by: pause.by, reason: pause.reason }, events: [] };
  }
  const number = pause?.number ?? 0;
  if (pause?.resumed !== undefined && seen !== undefined && seen < pauseChanges(deployment)) {
    return { outcome: { kind: 'resumedSince', pausedBy: pause.by, by: pause.resumed.by, reason: pause.resumed.reason }, events: [] };
  }
  return { outcome: { kind: 'paused', number: number + 1, first: true, by, reason }, events: [{ type: 'Paused', by, reason }] };
}

export function decideResume(deployment: Deployment, { by, reason, seen }: PauseRequest): DecidedPause<ResumeOutcome> {
  const refusal = refusalOf(deployment);
  if (refusal !== undefined) return { outcome: refusal, events: [] };
  const { pause } = deployment;
  if (pause === undefined) return { outcome: { kind: 'notPaused' }, events: [] };
  if (pause.resumed !== undefined) return { outcome: { kind: 'resumed', first: false, by: pause.resumed.by, reason: pause.resumed.reason }, events: [] };
  if (seen !== undefined && seen < pauseChanges(deployment)) return { outcome: { kind: 'pausedSince', by: pause.by, reason: pause.reason }, events: [] };
  return { outcome: { kind: 'resumed', first: true, by, reason }, events: [{ type: 'Resumed', by, reason }] };
}

function refusalOf({ status, abortRequest, rollback }: Deployment): Refusal | undefined {
  if (isTerminal(status)) return { kind: 'ended', status };
  if (abortRequest !== undefined) return { kind: 'goesBack', why: `${abortRequest.by} asked to abort it: ${abortRequest.reason}` };
  return rollback === undefined ? undefined : { kind: 'goesBack', why: 'it is being rolled back' };
}

export function applyPause(deployment: Deployment, event: PauseEvent, now: number): Deployment {
  const { pause } = deployment;
  const { by, reason } = event;
  if (event.type === 'Paused') return isPaused(deployment) ? deployment : { ...deployment, pause: { number: (pause?.number ?? 0) + 1, by, reason, at: now } };
  return pause === undefined || pause.resumed !== undefined ? deployment : { ...deployment, pause: { ...pause, resumed: { by, reason, at: now } } };
}

export function describePause(event: PauseEvent, before: Deployment): string | undefined {
  if (event.type === 'Paused') return isPaused(before) ? undefined : `${event.by} paused it: ${event.reason}`;
  return isPaused(before) ? `${event.by} resumed it: ${event.reason}` : undefined;
}
