// The evidence of one deployment as it is kept in its record: each minute that was judged, what the comparison said after it, and the
// state from which the next minute goes on. Bounded; what is dropped is counted.
import { addEvidence, type Comparison, type ComparisonSetting, startComparison } from './comparison.ts';
import { type ComparisonReading, readComparison } from './comparison-reading.ts';
import type { Baseline, EvidenceMinute, SideMinute } from './evidence.ts';

/** A minute and what the comparison said once it was added. */
export interface JudgedMinute extends EvidenceMinute {
  readonly verdict: ComparisonReading['verdict'];
  /** Evidence on failed requests, natural logarithms of odds: against green, and for going on. */
  readonly against: number;
  readonly advance: number;
}

export interface EvidenceRecord {
  readonly baseline?: Baseline;
  readonly minutes: readonly JudgedMinute[];
  /** Oldest minutes no longer kept; the state still holds what they said. */
  readonly dropped: number;
  readonly state: Comparison;
  /** Crashes of each side that are part of the state. */
  readonly crashesSeen: { readonly blue: number; readonly green: number };
}

/** Minutes kept: eight hours. Up to 400 bytes each in a DynamoDB item of at most 400 KB. */
export const EVIDENCE_MINUTES_KEPT = 480;
/** Minutes that one look adds at most; the next look goes on. */
export const EVIDENCE_MINUTES_PER_LOOK = 1_440;
/** A minute in which neither side had anything is taken for a quiet one after this long, milliseconds: data may still be on its way. */
const QUIET_AFTER_MILLISECONDS = 5 * 60_000;
const MINUTE = 60_000;

export interface EvidenceRead {
  /** Start of the first minute that counts, epoch milliseconds. */
  readonly from: number;
  /** Minutes that ended by then are complete, epoch milliseconds. */
  readonly settledBefore: number;
  readonly minutes: readonly EvidenceMinute[];
  /** Crashes of each side since the deployment began. */
  readonly crashes: { readonly blue: number; readonly green: number };
}

export function startEvidence(setting: ComparisonSetting, baseline: Baseline | undefined): EvidenceRecord {
  return { ...(baseline === undefined ? {} : { baseline }), minutes: [], dropped: 0, state: startComparison(setting), crashesSeen: { blue: 0, green: 0 } };
}

/**
 * Adds what was read: each complete minute once and in order, so that reading the same minutes again changes nothing. Minutes that are
 * on record are never judged again, also when CloudWatch changes them afterwards.
 */
export function gatherEvidence(record: EvidenceRecord, setting: ComparisonSetting, read: EvidenceRead): EvidenceRecord {
  const wanted = minutesToJudge(record, read);
  const last = wanted.at(-1);
  if (last === undefined) return record;
  const crashes = { blue: newCrashes(record, read, 'blue'), green: newCrashes(record, read, 'green') };
  const judged: JudgedMinute[] = [];
  let { state } = record;
  for (const minute of wanted) {
    // Nobody knows the minute of a crash; the newest one is the cautious choice, for late crashes weigh no less than early ones.
    const seen = minute === last && crashes.blue + crashes.green > 0 ? { ...minute, crashes } : minute;
    state = addEvidence(state, setting, seen);
    judged.push(judge(seen, state, setting));
  }
  const minutes = [...record.minutes, ...judged];
  const kept = minutes.slice(-EVIDENCE_MINUTES_KEPT);
  return {
    ...record,
    minutes: kept,
    dropped: record.dropped + minutes.length - kept.length,
    state,
    crashesSeen: { blue: record.crashesSeen.blue + crashes.blue, green: record.crashesSeen.green + crashes.green },
  };
}

/** Judges recorded minutes anew from the beginning, with these settings. */
export function replayEvidence(
  setting: ComparisonSetting,
  minutes: readonly EvidenceMinute[],
): { readonly state: Comparison; readonly minutes: readonly JudgedMinute[] } {
  let state = startComparison(setting);
  const judged = minutes.map((minute) => {
    state = addEvidence(state, setting, minute);
    return judge(minute, state, setting);
  });
  return { state, minutes: judged };
}

function judge(minute: EvidenceMinute, state: Comparison, setting: ComparisonSetting): JudgedMinute {
  const reading = readComparison(state, setting);
  const errors = reading.metrics.find(({ metric }) => metric === 'errors');
  const { blue, green } = minute;
  return {
    ...minute,
    ...(blue === undefined ? {} : { blue: shortened(blue) }),
    ...(green === undefined ? {} : { green: shortened(green) }),
    verdict: reading.verdict,
    against: rounded(errors?.evidence ?? 0),
    advance: rounded(errors?.advance ?? 0),
  };
}

/** CloudWatch's percentiles have the digits of a double, and an item has its limit: a thousandth of a millisecond is kept. */
function shortened(side: SideMinute): SideMinute {
  const { latency, limited } = side;
  return {
    ...side,
    ...(latency === undefined ? {} : { latency: { p50: rounded(latency.p50), p90: rounded(latency.p90), p99: rounded(latency.p99) } }),
    ...(limited === undefined ? {} : { limited: rounded(limited) }),
  };
}

function rounded(value: number): number {
  // JSON has no negative zero, and a record is the same however often it was stored.
  return Math.round(value * 1_000) / 1_000 + 0;
}

/** Every minute from the first not yet judged to the last that is complete, quiet ones included, as far as data can be relied on. */
function minutesToJudge(record: EvidenceRecord, read: EvidenceRead): readonly EvidenceMinute[] {
  const next = record.state.through === undefined ? Math.ceil(read.from / MINUTE) * MINUTE : record.state.through + MINUTE;
  const known = new Map(read.minutes.filter(({ blue, green }) => blue !== undefined || green !== undefined).map((seen) => [seen.minute, seen]));
  const complete = Math.floor(read.settledBefore / MINUTE) * MINUTE - MINUTE;
  const newest = Math.max(Number.NEGATIVE_INFINITY, ...[...known.keys()].filter((minute) => minute <= complete));
  const end = Math.max(newest, complete - QUIET_AFTER_MILLISECONDS);
  const count = Math.max(0, Math.min(EVIDENCE_MINUTES_PER_LOOK, Math.floor((end - next) / MINUTE) + 1));
  return Array.from({ length: count }, (_, index) => known.get(next + index * MINUTE) ?? { minute: next + index * MINUTE });
}

function newCrashes(record: EvidenceRecord, read: EvidenceRead, side: 'blue' | 'green'): number {
  return Math.max(0, read.crashes[side] - record.crashesSeen[side]);
}
