// One incident for all that goes wrong with one revision of one service at one time, whether three tasks stopped or a hundred thousand.
// Stopped tasks are counted by minute and cause where they are recorded (ports/incident-store.ts); an incident is folded from these
// counts, so that its record is bounded and written a few times a minute, however many tasks stop.
import type { StopCauseCode, StopFamily } from '#core/breaker/stop-cause.ts';

/** Something that went wrong once: a stopped task, or an event that ECS says of a service. */
export interface Sighting {
  /** Task id or event id: the same is counted once. */
  readonly id: string;
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  readonly code: StopCauseCode;
  readonly crash: boolean;
  /** What AWS said, in one bounded line. */
  readonly text: string;
}

/** What was counted in one minute. */
export interface SightingMinute {
  /** Its start, epoch milliseconds. */
  readonly minute: number;
  readonly count: number;
  readonly crashes: number;
  readonly causes: readonly CauseCount[];
}

export interface CauseCount {
  readonly code: StopCauseCode;
  readonly count: number;
  /** The last time, epoch milliseconds, and what was said then, verbatim. */
  readonly lastAt: number;
  readonly lastText: string;
}

export interface Incident {
  readonly schema: 1;
  /** Deterministic: service, subject and the minute it began. */
  readonly id: string;
  readonly serviceKey: string;
  /** Task definition ARN, or what else of the service it is about. */
  readonly subject: string;
  /** Starts of the first and the last minute seen, epoch milliseconds. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** A repeated event is told apart among the first of its minute; in a storm one may count twice. */
  readonly count: number;
  /** Most frequent first. */
  readonly causes: readonly CauseCount[];
  /** By minute, oldest first, an hour at most: what is older is in the totals. */
  readonly minutes: readonly SightingMinute[];
  /** What was decided last. An incident gets one action. */
  readonly remediation?: { readonly id: string; readonly kind: 'act' | 'propose' | 'alert'; readonly at: number };
  /** Times a remediation was asked for and found nothing to do; absent: never. */
  readonly dismissed?: number;
}

/** Minutes kept one by one. */
export const INCIDENT_MINUTES_MAX = 60;
const MILLISECONDS_PER_MINUTE = 60_000;

/** An incident is over when nothing was seen for so long. */
export const QUIET_MILLISECONDS = 30 * MILLISECONDS_PER_MINUTE;

/** Stops that were meant are no incident. */
export function isSighting(stop: { readonly family: StopFamily }): boolean {
  return stop.family !== 'schedulerStop' && stop.family !== 'userStop';
}

/**
 * The incident as the counts have it now; another one when the last is over. Counting again gives the same: minutes replace what was
 * known of them.
 * @param counted minutes with something in them, in any order, the last hour's at least
 * @returns undefined when there is nothing new and nothing old
 */
export function observeMinutes(current: Incident | undefined, serviceKey: string, subject: string, counted: readonly SightingMinute[]): Incident | undefined {
  const recent = ordered(counted);
  const last = recent.at(-1);
  if (last === undefined) return current;
  const continues = current !== undefined && last.minute - current.lastSeen < QUIET_MILLISECONDS;
  if (!continues) return fold(newIncident(serviceKey, subject, recent), recent);
  return fold(current, recent);
}

/** The incident with its remediation; the first action stands, a proposal or alert may still become one. */
export function withRemediation(incident: Incident, remediation: NonNullable<Incident['remediation']>): Incident {
  if (incident.remediation?.kind === 'act') return incident;
  if (incident.remediation !== undefined && remediation.kind !== 'act') return incident;
  return { ...incident, remediation };
}

/** There was nothing to do when it was decided: should it go on, it is decided anew. */
export function withDismissal(incident: Incident): Incident {
  return { ...incident, dismissed: (incident.dismissed ?? 0) + 1 };
}

export function isQuiet(incident: Incident, now: number): boolean {
  return now - incident.lastSeen >= QUIET_MILLISECONDS;
}

/** What was counted in the whole minutes that end within so many minutes before now, the present one included. */
export function countsWithin(incident: Incident, minutes: number, now: number): { readonly count: number; readonly crashes: number } {
  const from = minuteOf(now) - (minutes - 1) * MILLISECONDS_PER_MINUTE;
  const within = incident.minutes.filter((entry) => entry.minute >= from);
  return { count: total(within, 'count'), crashes: total(within, 'crashes') };
}

/** Sightings of a cause in the whole minutes that began after a time. */
export function countSince(minutes: readonly SightingMinute[], code: StopCauseCode, after: number): number {
  return minutes.filter((entry) => entry.minute > after).reduce((sum, entry) => sum + (entry.causes.find((cause) => cause.code === code)?.count ?? 0), 0);
}

export function minuteOf(at: number): number {
  return Math.floor(at / MILLISECONDS_PER_MINUTE) * MILLISECONDS_PER_MINUTE;
}

const FINGERPRINT_LENGTH_MAX = 120;

/** What texts of one kind have in common: ARNs, ids and numbers are left out, so that a storm of them is told once. */
export function fingerprint(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/arn:[^\s,;)]+/g, 'arn')
    .replace(/[0-9a-fA-F-]*[0-9][0-9a-fA-F-]*/g, '#')
    .replace(/\s+/g, ' ')
    .slice(0, FINGERPRINT_LENGTH_MAX);
}

/** Only what came together with the last sighting belongs to a new incident: a quiet half hour before it ends the search. */
function newIncident(serviceKey: string, subject: string, recent: readonly SightingMinute[]): Incident {
  let firstSeen = recent.at(-1)?.minute ?? 0;
  for (const { minute } of recent.toReversed()) if (firstSeen - minute < QUIET_MILLISECONDS) firstSeen = Math.min(firstSeen, minute);
  return {
    schema: 1,
    id: `${serviceKey}#${subject.slice(subject.lastIndexOf('/') + 1)}#${firstSeen}`,
    serviceKey,
    subject,
    firstSeen,
    lastSeen: firstSeen,
    count: 0,
    causes: [],
    minutes: [],
  };
}

function fold(before: Incident, recent: readonly SightingMinute[]): Incident {
  const news = recent.filter((entry) => entry.minute >= before.firstSeen && isNews(before, entry));
  if (news.length === 0) return before;
  const replaced = before.minutes.filter((entry) => news.some((one) => one.minute === entry.minute));
  return {
    ...before,
    lastSeen: Math.max(before.lastSeen, ...news.map((entry) => entry.minute)),
    count: before.count + total(news, 'count') - total(replaced, 'count'),
    causes: addCauses(addCauses(before.causes, replaced, -1), news, 1),
    minutes: ordered([...before.minutes.filter((entry) => !replaced.includes(entry)), ...news]).slice(-INCIDENT_MINUTES_MAX),
  };
}

/** A minute that was dropped from the record is in its totals already. */
function isNews(before: Incident, entry: SightingMinute): boolean {
  const known = before.minutes.find((one) => one.minute === entry.minute);
  if (known !== undefined) return known.count < entry.count;
  return before.minutes.length < INCIDENT_MINUTES_MAX || entry.minute > (before.minutes[0]?.minute ?? 0);
}

function addCauses(causes: readonly CauseCount[], minutes: readonly SightingMinute[], sign: 1 | -1): readonly CauseCount[] {
  const byCode = new Map(causes.map((cause) => [cause.code, cause]));
  for (const { code, count, lastAt, lastText } of minutes.flatMap((entry) => entry.causes)) {
    const known = byCode.get(code);
    const newest = known === undefined || lastAt >= known.lastAt ? { lastAt, lastText } : { lastAt: known.lastAt, lastText: known.lastText };
    byCode.set(code, { code, count: (known?.count ?? 0) + sign * count, ...newest });
  }
  return [...byCode.values()].filter((cause) => cause.count > 0).sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

function total(minutes: readonly SightingMinute[], member: 'count' | 'crashes'): number {
  return minutes.reduce((sum, entry) => sum + entry[member], 0);
}

function ordered(minutes: readonly SightingMinute[]): readonly SightingMinute[] {
  return [...minutes].sort((a, b) => a.minute - b.minute);
}
