// When a schedule runs next.
import { SKIPPED_RUNS_MAX } from './limits.ts';
import { momentOf, wallClock } from './local-time.ts';
import type { ScheduleRecord } from './schedule-records.ts';

/**
 * The first run at or after `from`; undefined when there is none any more. A rate counts from its StartDate, or from the moment
 * it was made, and its first run is at once then. StartDate and EndDate do not hold for one-time schedules.
 */
export function nextRun({ settings, modifiedAt }: ScheduleRecord, from: number): number | undefined {
  const { expression, plan, timezone, startDate, endDate } = settings;
  if (expression.startsWith('at(')) return nextOnWallClock(plan, timezone, from);
  const earliest = Math.max(from, startDate ?? from);
  const at = expression.startsWith('rate(') ? nextOfRate(plan, startDate ?? modifiedAt, earliest) : nextOnWallClock(plan, timezone, earliest);
  return at === undefined || (endDate !== undefined && at > endDate) ? undefined : at;
}

function nextOfRate(plan: ScheduleRecord['settings']['plan'], anchor: number, from: number): number | undefined {
  return from <= anchor ? anchor : plan.next(from - 1, anchor);
}

/** Runs whose wall clock time is left out when clocks go forward are skipped, as AWS does. */
function nextOnWallClock(plan: ScheduleRecord['settings']['plan'], timezone: string, from: number): number | undefined {
  let wall = wallClock(from, timezone) - 1;
  for (let skipped = 0; skipped < SKIPPED_RUNS_MAX; skipped++) {
    const next = plan.next(wall, wall);
    if (next === undefined) return undefined;
    const at = momentOf(next, timezone);
    if (at !== undefined && at >= from) return at;
    wall = next;
  }
  return undefined;
}
