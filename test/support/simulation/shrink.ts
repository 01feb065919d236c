// The fewest faults that still break it: a failure of forty faults is a riddle, one of two is a story.
import type { Fault } from './faults.ts';

/** Runs of a shrink at most; what is left then is told as it is. */
export const SHRINK_RUNS_MAX = 120;

/**
 * Removes faults in ever smaller parts as long as it still breaks (delta debugging).
 * @param breaks does the run with exactly these faults
 */
export async function shrinkFaults(faults: readonly Fault[], breaks: (faults: readonly Fault[]) => Promise<boolean>): Promise<readonly Fault[]> {
  let kept = faults;
  let runs = 0;
  const stillBreaks = async (candidate: readonly Fault[]): Promise<boolean> => {
    runs++;
    return breaks(candidate);
  };
  if (kept.length > 0 && (await stillBreaks([]))) return [];
  for (let parts = 2; kept.length > 1 && runs < SHRINK_RUNS_MAX; ) {
    const size = Math.ceil(kept.length / parts);
    let reduced = false;
    for (let from = 0; from < kept.length && runs < SHRINK_RUNS_MAX; from += size) {
      const without = [...kept.slice(0, from), ...kept.slice(from + size)];
      if (without.length === 0 || !(await stillBreaks(without))) continue;
      kept = without;
      parts = Math.max(2, parts - 1);
      reduced = true;
      break;
    }
    if (reduced) continue;
    if (size === 1) break;
    parts = Math.min(kept.length, parts * 2);
  }
  return kept;
}
