// One incident for all that goes wrong with one revision of one service at one time, whether three tasks stopped or a hundred thousand.
// The record is bounded: each stopped task costs one change of it, and only a few of the changes are worth telling anybody.
import type { StopClassification } from '#core/breaker/classify-stop.ts';
import { type CauseCount, countCause } from './top-causes.ts';

/** A stopped task that something was wrong with. */
export interface Sighting {
  readonly taskId: string;
  /** When it stopped, epoch milliseconds. */
  readonly at: number;
  readonly stop: Pick<StopClassification, 'code' | 'family' | 'crash' | 'text'>;
}

export interface Incident {
  readonly schema: 1;
  /** Deterministic: service, revision and when it began. */
  readonly id: string;
  readonly serviceKey: string;
  /** Task definition ARN. */
  readonly revision: string;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** Stopped tasks. A repeated event is told apart among the most recent ones; in a storm one may count twice. */
  readonly count: number;
  readonly causes: readonly CauseCount[];
  /** Crashes by minute (start, epoch milliseconds), oldest first. */
  readonly crashes: readonly { readonly minute: number; readonly count: number }[];
  /** The last tasks seen. */
  readonly recentTasks: readonly string[];
  /** Unknown reasons somebody was told of, as fingerprints. */
  readonly unknownTold: readonly string[];
  /** What was decided. An incident gets one remediation. */
  readonly remediation?: { readonly actionId: string; readonly kind: 'act' | 'propose' | 'alert'; readonly at: number };
}

export interface IncidentChange {
  readonly incident: Incident;
  /** opened: a new one. unknownReason: words nobody has classified, not told of before. undefined: nothing to tell. */
  readonly tell: 'opened' | 'unknownReason' | undefined;
}

const RECENT_TASKS_MAX = 50;
const CRASH_MINUTES_MAX = 60;
const UNKNOWN_TOLD_MAX = 10;
const FINGERPRINT_LENGTH_MAX = 120;
const MILLISECONDS_PER_MINUTE = 60_000;

/** An incident is over when nothing was seen for so long. */
export const QUIET_MILLISECONDS = 30 * MILLISECONDS_PER_MINUTE;

/** Stops that were meant are no incident. */
export function isSighting(stop: Pick<StopClassification, 'family'>): boolean {
  return stop.family !== 'schedulerStop' && stop.family !== 'userStop';
}

/** The incident with one stopped task more; another one when the last is over or was of another revision. */
export function observeStop(current: Incident | undefined, serviceKey: string, revision: string, seen: Sighting): IncidentChange {
  const continues = current !== undefined && current.revision === revision && !isQuiet(current, seen.at);
  const before = continues ? current : newIncident(serviceKey, revision, seen.at);
  if (before.recentTasks.includes(seen.taskId)) return { incident: before, tell: undefined };
  const print = seen.stop.family === 'unknown' ? fingerprint(seen.stop.text) : undefined;
  const key = print === undefined ? seen.stop.code : `unknown: ${print}`;
  const news = print !== undefined && !before.unknownTold.includes(print) && before.unknownTold.length < UNKNOWN_TOLD_MAX;
  const incident: Incident = {
    ...before,
    firstSeen: Math.min(before.firstSeen, seen.at),
    lastSeen: Math.max(before.lastSeen, seen.at),
    count: before.count + 1,
    causes: countCause(before.causes, { key, code: seen.stop.code, text: seen.stop.text }),
    crashes: seen.stop.crash ? withCrash(before.crashes, seen.at) : before.crashes,
    recentTasks: [...before.recentTasks, seen.taskId].slice(-RECENT_TASKS_MAX),
    unknownTold: news ? [...before.unknownTold, print] : before.unknownTold,
  };
  // Whoever is told of a new incident reads its first cause there.
  return { incident, tell: continues ? (news ? 'unknownReason' : undefined) : 'opened' };
}

/** The incident with its remediation; the first decision stands, except that a proposal or alert may still become an action. */
export function withRemediation(incident: Incident, remediation: NonNullable<Incident['remediation']>): Incident {
  if (incident.remediation?.kind === 'act') return incident;
  if (incident.remediation !== undefined && remediation.kind !== 'act') return incident;
  return { ...incident, remediation };
}

export function isQuiet(incident: Incident, now: number): boolean {
  return now - incident.lastSeen >= QUIET_MILLISECONDS;
}

/** Crashes in the whole minutes that end within so many minutes before now, the present one included. */
export function crashesWithin(incident: Incident, minutes: number, now: number): number {
  const from = minuteOf(now) - (minutes - 1) * MILLISECONDS_PER_MINUTE;
  return incident.crashes.filter((entry) => entry.minute >= from).reduce((sum, entry) => sum + entry.count, 0);
}

/** What texts of one kind have in common: ARNs, ids and numbers are left out, so that a storm of them is told once. */
export function fingerprint(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/arn:[^\s,;)]+/g, 'arn')
    .replace(/[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*/g, '#')
    .replace(/\s+/g, ' ')
    .slice(0, FINGERPRINT_LENGTH_MAX);
}

function newIncident(serviceKey: string, revision: string, at: number): Incident {
  return {
    schema: 1,
    id: `${serviceKey}#${revision.slice(revision.lastIndexOf('/') + 1)}#${at}`,
    serviceKey,
    revision,
    firstSeen: at,
    lastSeen: at,
    count: 0,
    causes: [],
    crashes: [],
    recentTasks: [],
    unknownTold: [],
  };
}

function withCrash(crashes: Incident['crashes'], at: number): Incident['crashes'] {
  const minute = minuteOf(at);
  const known = crashes.some((entry) => entry.minute === minute);
  const counted = known
    ? crashes.map((entry) => (entry.minute === minute ? { minute, count: entry.count + 1 } : entry))
    : [...crashes, { minute, count: 1 }].sort((a, b) => a.minute - b.minute);
  return counted.slice(-CRASH_MINUTES_MAX);
}

function minuteOf(at: number): number {
  return Math.floor(at / MILLISECONDS_PER_MINUTE) * MILLISECONDS_PER_MINUTE;
}
