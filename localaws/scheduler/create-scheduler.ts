// EventBridge Scheduler of the local AWS: one-time and recurring schedules on the region's clock.
import type { ServiceFactory } from '../region.ts';
import { createGroupOperations } from './group-operations.ts';
import { SCHEDULER_ROUTES } from './routes.ts';
import { createScheduleOperations } from './schedule-operations.ts';
import { createScheduleRunner } from './schedule-runner.ts';
import { createScheduleStore } from './schedule-store.ts';
import { createTagOperations } from './tag-operations.ts';

/** Makes the Scheduler. Targets: Lambda, Step Functions, SQS, SNS and EventBridge buses. Left out: universal targets and the others. */
export const createScheduler: ServiceFactory = (region) => {
  const store = createScheduleStore(region);
  const runner = createScheduleRunner(region, store);
  return {
    name: 'scheduler',
    iamPrefix: 'scheduler',
    wires: [{ kind: 'rest', routes: SCHEDULER_ROUTES }],
    operations: { ...createScheduleOperations(region, store, runner), ...createGroupOperations(region, store, runner), ...createTagOperations(store) },
    async close() {
      for (const schedule of store.all()) runner.stop(schedule);
    },
  };
};
