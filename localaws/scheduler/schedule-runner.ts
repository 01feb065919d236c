// Runs schedules: one timer for each, for its next run.
import type { Region } from '../region.ts';
import { startInvocation } from './invocation.ts';
import { nextRun } from './next-run.ts';
import type { ScheduleRecord } from './schedule-records.ts';
import type { ScheduleStore } from './schedule-store.ts';

export interface ScheduleRunner {
  /** Arms a schedule for its runs from now on; does nothing for a disabled one. */
  start(schedule: ScheduleRecord): void;
  stop(schedule: ScheduleRecord): void;
}

export function createScheduleRunner(region: Region, store: ScheduleStore): ScheduleRunner {
  const arm = (schedule: ScheduleRecord, from: number): void => {
    const { settings } = schedule;
    const at = nextRun(schedule, from);
    // A one-time schedule made for the past never runs (unverified: AWS does not say), and is not deleted for it.
    if (at === undefined) return;
    const later = settings.windowMinutes === 0 ? 0 : Math.floor(region.ids.random() * settings.windowMinutes * 60_000);
    const run = (): void => {
      schedule.timer = undefined;
      startInvocation(region, schedule, at);
      if (nextRun(schedule, at + 1) === undefined) complete(schedule);
      // Whatever the flexible window did to this run, the next is the one after it in the plan.
      else arm(schedule, at + 1);
    };
    schedule.timer = region.clock.schedule(at - region.clock.now() + later, run, `schedule ${schedule.name}`);
  };
  const complete = (schedule: ScheduleRecord): void => {
    if (schedule.settings.actionAfterCompletion === 'DELETE') store.remove(schedule);
  };
  return {
    start(schedule) {
      if (schedule.settings.isEnabled) arm(schedule, region.clock.now());
    },
    stop(schedule) {
      schedule.timer?.cancel();
      schedule.timer = undefined;
    },
  };
}
