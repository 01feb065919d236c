// What Weir knows of one service: who holds it, who waits, what last succeeded. Every change is a pure function here and one
// conditional write in the store, so that two functions at once can never both win.

import { judgeDigest } from '#core/breaker/quarantine.ts';
import type { Operator, ServiceBreaker, ServiceBreakerPolicy } from '#core/breaker/service-breaker.ts';
import { type DeploymentEnd, decideBreakerAdmission, decideDeploymentEnd } from '#core/breaker/service-breaker-decisions.ts';
import type { DeploymentRequest, EpochMillis, ServiceKey } from '#core/deployment/deployment.ts';
import { compactTime } from '#core/deployment/deployment-id.ts';
import { type FreezeCalendar, freezeRefusal } from './freeze.ts';
import { breakerOf, withBreakerEvents } from './record-breaker.ts';

/** Failed digests remembered; the oldest goes first. */
export const QUARANTINE_ENTRIES_MAX = 20;

export interface ActiveDeployment {
  readonly deploymentId: string;
  /** Only the holder of the newest fencing number may act on the service. */
  readonly fence: number;
  readonly since: EpochMillis;
  readonly digest: string;
  readonly pushedAt: EpochMillis;
}

export interface QueuedPush {
  readonly deploymentId: string;
  readonly digest: string;
  readonly pushedAt: EpochMillis;
  readonly force?: Operator;
  readonly bypassFreeze?: Operator;
}

export interface LastSuccess {
  readonly deploymentId: string;
  readonly digest: string;
  readonly taskDefinitionArn: string;
  readonly at: EpochMillis;
}

export interface QuarantinedDigest {
  readonly digest: string;
  readonly until: EpochMillis;
  readonly reason: string;
}

export interface ServiceRecord {
  readonly schema: 1;
  readonly key: ServiceKey;
  /** The manifest as applied, and how many times one was. Parsed again by whoever reads it. */
  readonly manifest: unknown;
  readonly manifestVersion: number;
  readonly onPush: 'queue' | 'supersede' | 'ignore';
  readonly frozen: string | undefined;
  /** Windows in which pushes are refused; absent: none. */
  readonly freeze?: FreezeCalendar;
  /** Last fencing number given out. Only grows. */
  readonly fence: number;
  readonly active: ActiveDeployment | undefined;
  /** The push that goes next. Only the newest waits: a queue of older images would deploy what nobody wants any more. */
  readonly next: QueuedPush | undefined;
  readonly lastSuccess: LastSuccess | undefined;
  readonly quarantine: readonly QuarantinedDigest[];
  /** Deployments that failed or rolled back since the last success. */
  readonly failuresInARow: number;
  /** Absent in older records: see breakerOf. */
  readonly breaker?: ServiceBreaker;
  /** Newest push that was judged, or when the service was first applied: the sweeper looks for lost pushes after it. */
  readonly pushesSeenUntil: EpochMillis;
}

/** What of the manifest decides about pushes. */
export type ServiceSettings = Pick<ServiceRecord, 'onPush' | 'frozen' | 'freeze'>;

/** Images pushed before a service was applied are not deployed by themselves: that would be a surprise. */
export function newServiceRecord(key: ServiceKey, manifest: unknown, settings: ServiceSettings, now: EpochMillis): ServiceRecord {
  return {
    schema: 1,
    key,
    manifest,
    manifestVersion: 1,
    ...settings,
    fence: 0,
    active: undefined,
    next: undefined,
    lastSuccess: undefined,
    quarantine: [],
    failuresInARow: 0,
    pushesSeenUntil: now,
  };
}

/** The record with another manifest; the same manifest again changes nothing, its version included. */
export function applyManifest(record: ServiceRecord, manifest: unknown, settings: ServiceSettings, same: boolean): ServiceRecord {
  if (same) return record;
  return { ...record, manifest, manifestVersion: record.manifestVersion + 1, ...settings };
}

export interface AdmissionRequest {
  readonly deploymentId: string;
  readonly request: DeploymentRequest;
  /** Digest that green or blue serves all production traffic with now, where known. */
  readonly servingDigest: string | undefined;
}

export type Admission =
  /** Holds the service now: start its workflow. */
  | { readonly kind: 'start'; readonly fence: number; readonly displaced?: string }
  /** Waits. `displaced`: the older push that no longer does. `supersedes`: the running deployment that should make room. */
  | { readonly kind: 'queue'; readonly behind: string; readonly displaced?: string; readonly supersedes?: string }
  | { readonly kind: 'refuse'; readonly reason: string }
  | { readonly kind: 'outdated'; readonly by: string }
  /** This very deployment already holds the service or waits for it. */
  | { readonly kind: 'known'; readonly state: 'active' | 'next' };

/**
 * What becomes of a push. Deciding again for the same deployment answers `known`, so that any step after it can be repeated.
 * A push older than the one that runs or waits is outdated: events arrive in any order, the newest image wins.
 */
export function admit(record: ServiceRecord, asked: AdmissionRequest, now: EpochMillis): { readonly record: ServiceRecord; readonly admission: Admission } {
  const decided = judgeAdmission(record, asked, now);
  // Neither a remedy nor an operator's request is a push: one that came before it and whose event is still on the way is not seen yet.
  if (isNoPush(asked.request) || decided.record.pushesSeenUntil >= asked.request.pushedAt) return decided;
  return { ...decided, record: { ...decided.record, pushesSeenUntil: asked.request.pushedAt } };
}

function isNoPush({ source }: DeploymentRequest): boolean {
  return source === 'remedy' || source === 'operator';
}

function judgeAdmission(record: ServiceRecord, asked: AdmissionRequest, now: EpochMillis): { readonly record: ServiceRecord; readonly admission: Admission } {
  const { deploymentId, request } = asked;
  const same = (admission: Admission): { record: ServiceRecord; admission: Admission } => ({ record, admission });
  if (record.active?.deploymentId === deploymentId) return same({ kind: 'known', state: 'active' });
  if (record.next?.deploymentId === deploymentId) return same({ kind: 'known', state: 'next' });
  const freeze = freezeRefusal(record, request, now);
  if (freeze !== undefined) return same({ kind: 'refuse', reason: freeze });
  const digest = judgeDigest(record.quarantine, request.digest, request.force, now);
  if (digest.kind === 'quarantined') {
    return same({ kind: 'refuse', reason: `this image failed before (${digest.reason}); quarantined until ${compactTime(digest.until)}Z` });
  }
  const remedy = request.source === 'remedy';
  if (remedy && record.active !== undefined)
    return same({ kind: 'refuse', reason: `deployment ${record.active.deploymentId} is running: a remedy never interferes with it` });
  if (request.alone === true && record.active !== undefined)
    return same({ kind: 'refuse', reason: `deployment ${record.active.deploymentId} is running: somebody else was first` });
  if (record.active?.digest === request.digest)
    return same({ kind: 'refuse', reason: `deployment ${record.active.deploymentId} is already rolling out this image` });
  if (!remedy && record.active === undefined && asked.servingDigest === request.digest)
    return same({ kind: 'refuse', reason: 'this image is already serving' });

  const waiting = record.next;
  if (waiting !== undefined && isNewer(waiting, { deploymentId, pushedAt: request.pushedAt })) return same({ kind: 'outdated', by: waiting.deploymentId });
  if (record.active !== undefined) return admitBehind(record, record.active, asked, now);
  const breaker = decideBreakerAdmission(breakerOf(record), breakerRequest(deploymentId, request), now);
  if (breaker.kind === 'refuse') return same({ kind: 'refuse', reason: breakerRefusal(breaker) });
  const fence = record.fence + 1;
  // Whatever was pushed since the newest push that was judged is newer than what a remedy deploys.
  const pushedAt = remedy ? record.pushesSeenUntil : request.alone === true ? Math.max(record.pushesSeenUntil, request.pushedAt) : request.pushedAt;
  return {
    record: withBreakerEvents(
      { ...record, fence, active: { deploymentId, fence, since: now, digest: request.digest, pushedAt }, next: undefined },
      breaker.events,
    ),
    admission: { kind: 'start', fence, ...(waiting === undefined ? {} : { displaced: waiting.deploymentId }) },
  };
}

/** Pushes of one second are told apart by their ids: any fixed order does, as long as every function sees the same one. */
function isNewer(
  one: { readonly deploymentId: string; readonly pushedAt: EpochMillis },
  than: { readonly deploymentId: string; readonly pushedAt: EpochMillis },
): boolean {
  return one.pushedAt === than.pushedAt ? one.deploymentId > than.deploymentId : one.pushedAt > than.pushedAt;
}

function admitBehind(
  record: ServiceRecord,
  active: ActiveDeployment,
  asked: AdmissionRequest,
  now: EpochMillis,
): { readonly record: ServiceRecord; readonly admission: Admission } {
  const { deploymentId, request } = asked;
  // Asked again when it gets the service: only what is refused already now need not wait.
  const breaker = decideBreakerAdmission(breakerOf(record), breakerRequest(deploymentId, request), now);
  if (breaker.kind === 'refuse') return { record, admission: { kind: 'refuse', reason: breakerRefusal(breaker) } };
  // Of two pushes in one second the later event is taken for the later push: deploying one image too many beats forgetting the newest.
  if (active.pushedAt > request.pushedAt && request.source !== 'operator') return { record, admission: { kind: 'outdated', by: active.deploymentId } };
  if (record.onPush === 'ignore' && request.source !== 'operator') {
    return { record, admission: { kind: 'refuse', reason: `deployment ${active.deploymentId} is running and the manifest says onPush: ignore` } };
  }
  return {
    record: {
      ...record,
      next: {
        deploymentId,
        digest: request.digest,
        pushedAt: request.pushedAt,
        ...(request.force === undefined ? {} : { force: request.force }),
        ...(request.bypassFreeze === undefined ? {} : { bypassFreeze: request.bypassFreeze }),
      },
    },
    admission: {
      kind: 'queue',
      behind: active.deploymentId,
      ...(record.next === undefined ? {} : { displaced: record.next.deploymentId }),
      ...(record.onPush === 'supersede' ? { supersedes: active.deploymentId } : {}),
    },
  };
}

export interface Release {
  readonly deploymentId: string;
  readonly fence: number;
  readonly succeeded: LastSuccess | undefined;
  /** Set when the image itself is to blame. */
  readonly quarantine: { readonly digest: string; readonly reason: string; readonly hours: number } | undefined;
  /** What the end says of the service, for its circuit breaker. */
  readonly end: Pick<DeploymentEnd, 'end' | 'purpose' | 'reason'>;
  readonly breaker: ServiceBreakerPolicy;
}

export interface Released {
  readonly record: ServiceRecord;
  readonly started: ActiveDeployment | undefined;
  /** The push that waited and that the circuit breaker does not let through. */
  readonly refused?: { readonly deploymentId: string; readonly reason: string };
}

/**
 * The holder gives the service back and the waiting push, if any, gets it in the same write: there is no moment in which a
 * queued push could be forgotten. Releasing what one does not hold changes nothing.
 */
export function release(record: ServiceRecord, done: Release, now: EpochMillis): Released {
  if (record.active?.deploymentId !== done.deploymentId || record.active.fence !== done.fence) return { record, started: undefined };
  const ended = decideDeploymentEnd(breakerOf(record), done.breaker, { deploymentId: done.deploymentId, ...done.end }, now);
  const given: ServiceRecord = withBreakerEvents(
    {
      ...record,
      active: undefined,
      next: undefined,
      lastSuccess: done.succeeded ?? record.lastSuccess,
      quarantine: quarantineAfter(record, done, now),
    },
    ended,
  );
  const { next } = record;
  if (next === undefined) return { record: given, started: undefined };
  const { deploymentId, digest, pushedAt } = next;
  // It began to wait before the window, and would be deployed in it.
  const freeze = freezeRefusal({ frozen: undefined, freeze: record.freeze }, { source: 'push', bypassFreeze: next.bypassFreeze }, now);
  if (freeze !== undefined) return { record: given, started: undefined, refused: { deploymentId, reason: freeze } };
  const admitted = decideBreakerAdmission(breakerOf(given), { deploymentId, purpose: 'change', force: next.force }, now);
  if (admitted.kind === 'refuse') return { record: given, started: undefined, refused: { deploymentId, reason: breakerRefusal(admitted) } };
  const fence = record.fence + 1;
  const started = { deploymentId, fence, since: now, digest, pushedAt };
  return { record: withBreakerEvents({ ...given, fence, active: started }, admitted.events), started };
}

function breakerRequest(deploymentId: string, { remedy, force }: DeploymentRequest): Parameters<typeof decideBreakerAdmission>[1] {
  return { deploymentId, purpose: remedy?.purpose ?? 'change', force };
}

function breakerRefusal({ reason, until }: { readonly reason: string; readonly until?: number }): string {
  return until === undefined ? reason : `${reason}; until ${compactTime(until)}Z`;
}

/** A success that went bad in its guard window: counted as a failure, and its image refused for a while. */
export function countRegression(
  record: ServiceRecord,
  regressed: { readonly deploymentId: string; readonly digest: string; readonly reason: string; readonly hours: number },
  policy: ServiceBreakerPolicy,
  now: EpochMillis,
): ServiceRecord {
  const { deploymentId, digest, reason, hours } = regressed;
  const events = decideDeploymentEnd(breakerOf(record), policy, { deploymentId, purpose: 'change', end: 'regressed', reason }, now);
  const counted = withBreakerEvents(record, events);
  return events.length === 0 || hours <= 0 ? counted : withQuarantined(counted, { digest, reason, hours }, now);
}

function quarantineAfter(record: ServiceRecord, done: Release, now: EpochMillis): readonly QuarantinedDigest[] {
  const kept = record.quarantine.filter((entry) => entry.until > now && entry.digest !== done.quarantine?.digest && entry.digest !== done.succeeded?.digest);
  if (done.quarantine === undefined) return kept;
  const { digest, reason, hours } = done.quarantine;
  return [...kept, { digest, reason, until: now + hours * 3_600_000 }].slice(-QUARANTINE_ENTRIES_MAX);
}

/** The record with one digest more that is refused, for so many hours from now; a longer time on record stays. */
export function withQuarantined(record: ServiceRecord, { digest, reason, hours }: NonNullable<Release['quarantine']>, now: EpochMillis): ServiceRecord {
  const until = now + hours * 3_600_000;
  if (record.quarantine.some((entry) => entry.digest === digest && entry.until >= until)) return record;
  const others = record.quarantine.filter((entry) => entry.until > now && entry.digest !== digest);
  return { ...record, quarantine: [...others, { digest, reason, until }].slice(-QUARANTINE_ENTRIES_MAX) };
}

/** Whether this deployment, with this fencing number, still holds the service. */
export function holds(record: ServiceRecord, deploymentId: string, fence: number): boolean {
  return record.active?.deploymentId === deploymentId && record.active.fence === fence;
}
