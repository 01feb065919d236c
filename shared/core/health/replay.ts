// Judges recorded minutes again, with the same settings or with others, and says what differs.
import type { ComparisonSetting } from './comparison.ts';
import { readComparison } from './comparison-reading.ts';
import type { EvidenceMinute } from './evidence.ts';
import { type JudgedMinute, replayEvidence } from './evidence-record.ts';

export interface ReplayedMinute extends JudgedMinute {
  /** What was said at the time; absent where it was not recorded. */
  readonly recorded?: JudgedMinute['verdict'];
}

export interface Replay {
  readonly minutes: readonly ReplayedMinute[];
  /** Minutes whose verdict is another one than at the time. */
  readonly differing: number;
  readonly verdict: JudgedMinute['verdict'];
  readonly reasons: readonly string[];
  /** Start of the first minute after which green would have been rolled back, and of the first that would have let it go on. */
  readonly failsAt?: number;
  readonly passesAt?: number;
  /** Green's requests up to the end of the minute that failed it, or all of them. */
  readonly greenRequests: number;
}

export function replay(setting: ComparisonSetting, recorded: readonly (EvidenceMinute & { readonly verdict?: JudgedMinute['verdict'] })[]): Replay {
  const judged = replayEvidence(setting, recorded);
  const minutes = judged.minutes.map((minute, at): ReplayedMinute => {
    const before = recorded[at]?.verdict;
    return before === undefined ? minute : { ...minute, recorded: before };
  });
  const reading = readComparison(judged.state, setting);
  const failsAt = minutes.find(({ verdict }) => verdict === 'fail')?.minute;
  const passesAt = minutes.find(({ verdict }) => verdict === 'pass')?.minute;
  return {
    minutes,
    differing: minutes.filter((minute) => minute.recorded !== undefined && minute.recorded !== minute.verdict).length,
    verdict: reading.verdict,
    reasons: reading.reasons,
    ...(failsAt === undefined ? {} : { failsAt }),
    ...(passesAt === undefined ? {} : { passesAt }),
    greenRequests: minutes.filter(({ minute }) => failsAt === undefined || minute <= failsAt).reduce((sum, { green }) => sum + (green?.requests ?? 0), 0),
  };
}
