// The guard window on a deployment's record: what is gone back to, what was seen since the success, and how it ended.
import type { EvidenceRecord } from '#core/health/evidence-record.ts';
import type { HealthVerdict } from '#core/health/health.ts';

/** The revision that served, or had succeeded, before. */
export interface GuardedTarget {
  /** Undefined: it was not Weir that deployed it. */
  readonly deploymentId?: string;
  readonly taskDefinitionArn: string;
  readonly digest: string;
}

/** over: nothing happened. redeploy: the target is being deployed. propose, alert: people were told. */
export type GuardEnd = 'over' | 'redeploy' | 'propose' | 'alert';

export interface GuardState {
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly target?: GuardedTarget;
  /** What the newest look said. A version that is unhealthy in two looks one after the other has gone bad. */
  readonly verdict?: HealthVerdict;
  /** Since when every look has found it bad; undefined when the newest did not. */
  readonly badSince?: number;
  readonly ended?: {
    readonly kind: GuardEnd;
    readonly at: number;
    readonly why: string;
    readonly evidence: readonly string[];
    /** The deployment of the way back. */
    readonly restoredBy?: string;
    /** Of an end that people are told of: whether they were. */
    readonly news?: 'due' | 'told' | 'givenUp';
  };
}

export type GuardEvent =
  | { readonly type: 'GuardStarted'; readonly target?: GuardedTarget }
  | { readonly type: 'GuardJudged'; readonly verdict: HealthVerdict; readonly evidence?: EvidenceRecord | undefined; readonly isBad: boolean }
  | {
      readonly type: 'GuardEnded';
      readonly kind: GuardEnd;
      readonly why: string;
      readonly evidence: readonly string[];
      readonly restoredBy?: string;
      /** Whether people are to be told. */
      readonly isNews: boolean;
    }
  | { readonly type: 'GuardNewsEnded'; readonly news: 'told' | 'givenUp' };

export function isGuardEvent<Event extends { readonly type: string }>(event: Event): event is Extract<Event, GuardEvent> {
  return event.type === 'GuardStarted' || event.type === 'GuardJudged' || event.type === 'GuardEnded' || event.type === 'GuardNewsEnded';
}

/** Whether the window is open, or people are still to be told how it ended: the listing that the scheduled look reads has it as long. */
export function isGuarded({ guard }: { readonly guard?: GuardState }): boolean {
  return guard !== undefined && (guard.ended === undefined || guard.ended.news === 'due');
}

/** Total: what does not fit, as after a repeated step, changes nothing. */
export function applyGuardEvent(guard: GuardState | undefined, event: GuardEvent, now: number): GuardState | undefined {
  if (event.type === 'GuardStarted') return guard ?? { startedAt: now, ...(event.target === undefined ? {} : { target: event.target }) };
  if (guard === undefined) return guard;
  const { ended } = guard;
  if (event.type === 'GuardNewsEnded') return ended?.news === 'due' ? { ...guard, ended: { ...ended, news: event.news } } : guard;
  if (ended !== undefined) return guard;
  if (event.type === 'GuardJudged') {
    const { badSince = now, ...rest } = guard;
    return { ...rest, verdict: event.verdict, ...(event.isBad ? { badSince } : {}) };
  }
  const { kind, why, evidence, restoredBy, isNews } = event;
  return {
    ...guard,
    ended: { kind, at: now, why, evidence, ...(restoredBy === undefined ? {} : { restoredBy }), ...(isNews ? { news: 'due' as const } : {}) },
  };
}

/** The timeline's words; undefined for what would only fill it. */
export function describeGuardEvent(event: GuardEvent, before: GuardState | undefined): string | undefined {
  switch (event.type) {
    case 'GuardStarted':
      return before === undefined ? 'Goes on being judged: the guard window began' : undefined;
    case 'GuardJudged':
      return before?.ended !== undefined || before?.verdict?.verdict === event.verdict.verdict || event.verdict.verdict !== 'fail'
        ? undefined
        : `Guard window, health fail: ${event.verdict.reasons.join('; ')}`;
    case 'GuardEnded':
      return before === undefined || before.ended !== undefined ? undefined : `Guard window ended: ${endText[event.kind]}${event.why}`;
    case 'GuardNewsEnded':
      return before?.ended?.news === 'due' && event.news === 'givenUp' ? 'Nobody could be told how the guard window ended' : undefined;
  }
}

const endText: Readonly<Record<GuardEnd, string>> = {
  over: '',
  redeploy: 'back to the last successful version, because ',
  propose: 'a person is told how to go back, because ',
  alert: 'people are told, because ',
};
