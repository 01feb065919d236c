// One remediation: what was found, what was decided, who allowed it, what was done and whether it helped. Changed by events, here only.
import type { CapacityProviderStrategyItem, RemediationAction } from './action.ts';
import type { RunbookName } from './policy.ts';

/**
 * - Requested: its workflow is about to decide. Proposed: a person is asked. Acting: allowed, being done. Verifying: done, watched.
 * - Helped, DidNotHelp, Inconclusive: verified. Rejected, Expired: a person said no, or nothing. Alerted: people were told, nothing was done.
 * - NotNeeded: there was nothing to do any more. Failed: it could not be done.
 */
export type RemediationStatus =
  | 'Requested'
  | 'Proposed'
  | 'Acting'
  | 'Verifying'
  | 'Helped'
  | 'DidNotHelp'
  | 'Inconclusive'
  | 'Rejected'
  | 'Expired'
  | 'Alerted'
  | 'NotNeeded'
  | 'Failed';

export type RemediationEnd = Extract<RemediationStatus, 'Helped' | 'DidNotHelp' | 'Inconclusive' | 'Rejected' | 'Expired' | 'Alerted' | 'NotNeeded' | 'Failed'>;

const open: ReadonlySet<RemediationStatus> = new Set<RemediationStatus>(['Requested', 'Proposed', 'Acting', 'Verifying']);

export interface RemediationAnswer {
  readonly approve: boolean;
  readonly by: string;
  readonly why: string;
  readonly at: number;
}

export interface Remediation {
  readonly schema: 1;
  readonly id: string;
  readonly serviceKey: string;
  /** What it is about: a task definition ARN, `capacity`, `placement`, `scan#<digest>`. */
  readonly subject: string;
  readonly status: RemediationStatus;
  readonly requestedAt: number;
  readonly updatedAt: number;
  /** What was seen and cannot be observed again. */
  readonly cause: RemediationCause;
  readonly runbook?: RunbookName;
  readonly action?: RemediationAction;
  readonly why?: string;
  readonly evidence: readonly string[];
  /** Why it is only proposed although the mode is auto. */
  readonly held?: string;
  /** Task token of the proposal that waits, and when it ends unanswered. */
  readonly token?: string;
  readonly answerBy?: number;
  readonly answer?: RemediationAnswer;
  /** When a person was told. */
  readonly toldAt?: number;
  readonly startedAt?: number;
  readonly deploymentId?: string;
  readonly endedAt?: number;
  /** How it ended, in words, and when a person was told; of what was acted on. */
  readonly endWhy?: string;
  readonly endToldAt?: number;
  readonly timeline: readonly { readonly at: number; readonly text: string }[];
}

export type RemediationCause =
  | { readonly kind: 'incident'; readonly incidentId: string }
  | {
      readonly kind: 'scan';
      readonly registry: string;
      readonly repository: string;
      readonly digest: string;
      readonly counts: Readonly<Record<string, number>>;
    }
  /** The time on demand is over. */
  | { readonly kind: 'wayBack'; readonly of: string; readonly previous: readonly CapacityProviderStrategyItem[]; readonly until: number };

export interface RemediationDecided {
  readonly type: 'Decided';
  readonly kind: 'act' | 'propose' | 'alert';
  readonly runbook: RunbookName;
  readonly why: string;
  readonly evidence: readonly string[];
  readonly action?: RemediationAction;
  readonly held?: string;
  /** Of a proposal, epoch milliseconds. */
  readonly answerBy?: number;
}

export type RemediationEvent =
  | RemediationDecided
  | { readonly type: 'TokenLeft'; readonly token: string }
  | { readonly type: 'PersonTold' }
  | { readonly type: 'Answered'; readonly approve: boolean; readonly by: string; readonly why: string }
  | { readonly type: 'Started'; readonly deploymentId?: string }
  | { readonly type: 'Ended'; readonly status: RemediationEnd; readonly why: string };

/** Lines kept of a remediation's history; a remediation has fewer. */
const TIMELINE_MAX = 40;

export function requestRemediation(asked: Pick<Remediation, 'id' | 'serviceKey' | 'subject' | 'cause'>, now: number): Remediation {
  const { id, serviceKey, subject, cause } = asked;
  return { schema: 1, id, serviceKey, subject, cause, status: 'Requested', requestedAt: now, updatedAt: now, evidence: [], timeline: [] };
}

export function isOver(remediation: Pick<Remediation, 'status'>): boolean {
  return !open.has(remediation.status);
}

/** How an action ended is news; that a person said no, or that nothing was to be done, is none. */
const newsEnds: ReadonlySet<RemediationStatus> = new Set<RemediationStatus>(['Helped', 'DidNotHelp', 'Inconclusive', 'Failed']);

/** Whether people are to be told how it stands, and were not. */
export function isNews({ status, toldAt, endWhy, endToldAt }: Remediation): boolean {
  if (newsEnds.has(status)) return endWhy !== undefined && endToldAt === undefined;
  return (status === 'Proposed' || status === 'Alerted') && toldAt === undefined;
}

/** Nobody has decided it, or people are to be told and were not: what the sweeper looks after. */
export function isUnattended(remediation: Remediation): boolean {
  return remediation.status === 'Requested' || isNews(remediation);
}

/** Total: an event that does not fit, as after a repeated step, changes nothing. What has ended stays as it is, but for having been told. */
export function evolveRemediation(before: Remediation, event: RemediationEvent, now: number): Remediation {
  const after = apply(before, event, now);
  if (after === before) return before;
  const text = describe(event);
  return { ...after, updatedAt: now, timeline: text === undefined ? before.timeline : [...before.timeline, { at: now, text }].slice(-TIMELINE_MAX) };
}

function apply(before: Remediation, event: RemediationEvent, now: number): Remediation {
  if (event.type === 'PersonTold') {
    if (newsEnds.has(before.status)) return before.endToldAt === undefined ? { ...before, endToldAt: now } : before;
    return before.toldAt === undefined ? { ...before, toldAt: now } : before;
  }
  if (isOver(before)) return before;
  switch (event.type) {
    case 'Decided':
      return before.status === 'Requested' ? { ...before, ...decided(event, now) } : before;
    case 'TokenLeft':
      return before.status === 'Proposed' ? { ...before, token: event.token } : before;
    case 'Answered':
      if (before.status !== 'Proposed' || before.answer !== undefined) return before;
      return { ...before, answer: { approve: event.approve, by: event.by, why: event.why, at: now } };
    case 'Started':
      if (before.status === 'Verifying') return before;
      return {
        ...before,
        status: 'Verifying',
        startedAt: before.startedAt ?? now,
        ...(event.deploymentId === undefined ? {} : { deploymentId: event.deploymentId }),
      };
    case 'Ended':
      return { ...before, status: event.status, endedAt: now, endWhy: event.why };
  }
}

function decided(event: RemediationDecided, now: number): Partial<Remediation> {
  const { runbook, why, evidence, action, held, answerBy } = event;
  return {
    status: event.kind === 'act' ? 'Acting' : event.kind === 'propose' ? 'Proposed' : 'Alerted',
    runbook,
    why,
    evidence,
    ...(action === undefined ? {} : { action }),
    ...(held === undefined ? {} : { held }),
    ...(answerBy === undefined ? {} : { answerBy }),
    ...(event.kind === 'act' ? { startedAt: now } : {}),
    ...(event.kind === 'alert' ? { endedAt: now } : {}),
  };
}

/** The words of `weir remediation list`. */
function describe(event: RemediationEvent): string | undefined {
  switch (event.type) {
    case 'Decided':
      if (event.kind === 'propose') return `Proposed: ${event.why}${event.held === undefined ? '' : ` (not by itself: ${event.held})`}`;
      return `${event.kind === 'act' ? 'Acts' : 'Tells people'}: ${event.why}`;
    case 'TokenLeft':
      return undefined;
    case 'PersonTold':
      return 'People were told';
    case 'Answered':
      return `${event.approve ? 'Approved' : 'Rejected'} by ${event.by}: ${event.why}`;
    case 'Started':
      return event.deploymentId === undefined ? 'Done' : `Deploys it as ${event.deploymentId}`;
    case 'Ended':
      return `${event.status}: ${event.why}`;
  }
}
