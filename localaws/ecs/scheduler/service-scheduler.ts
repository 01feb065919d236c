// Keeps every service as it should be: looks at one when something has changed, and again and again while it lives. One
// look at a time per service.

import type { Timer } from '../../clock/clock.ts';
import type { DeploymentEngine } from '../deployments/deployment-engine.ts';
import type { ServiceRecord, TaskRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import { INACTIVE_SERVICE_KEPT_MS, STABILIZING_WATCH_MS, STEADY_WATCH_MS } from '../limits.ts';
import { addServiceEvent, subjectOf } from '../services/service-events.ts';
import type { TaskEngine } from '../tasks/task-engine.ts';
import { isRolling, planRolling } from './rolling-plan.ts';
import { planScale } from './scale-plan.ts';
import { announceSteadyService, settleStability } from './stability.ts';
import { noteTaskOutcome } from './start-throttle.ts';
import { lookAtTaskSet } from './task-set-look.ts';

export interface ServiceScheduler {
  /** Looks at a service as soon as possible. */
  wake(service: ServiceRecord): void;
  /** A task of a service has changed, or its health has. */
  noticed(task: TaskRecord): void;
  /** A target group has begun to drain a task. */
  deregistered(task: TaskRecord, targetGroupArn: string): void;
}

interface Watch {
  isLooking: boolean;
  isWoken: boolean;
  timer: Timer | undefined;
}

/** Looks in a row before the next waits for the clock: a service that wakes itself may not hold time for ever. */
const LOOKS_IN_A_ROW_MAX = 10;

/** What the scheduler moves and whom it tells; made after it. */
export interface SchedulerPartners {
  readonly engine: () => TaskEngine;
  readonly deployments: () => DeploymentEngine;
}

export function createServiceScheduler(world: EcsWorld, { engine, deployments }: SchedulerPartners): ServiceScheduler {
  const { clock } = world.region;
  const watches = new Map<ServiceRecord, Watch>();

  const scheduleLook = (service: ServiceRecord, watch: Watch, delayMs: number): void => {
    watch.timer?.cancel();
    watch.timer = clock.schedule(delayMs, () => void lookRepeatedly(service, watch), 'ecs service scheduler');
  };

  const lookRepeatedly = async (service: ServiceRecord, watch: Watch): Promise<void> => {
    watch.isLooking = true;
    try {
      for (let looks = 0; looks < LOOKS_IN_A_ROW_MAX && (looks === 0 || watch.isWoken); looks++) {
        watch.isWoken = false;
        await clock.during(() => look(world, engine(), service));
        deployments().looked(service);
      }
    } catch (error) {
      world.region.log('ecs', `scheduler of ${service.arn}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
    watch.isLooking = false;
    if (service.status === 'INACTIVE') {
      watches.delete(service);
      forgetLater(world, service);
      return;
    }
    // A deployment that waits for somebody is as quiet as a service at rest.
    const isQuiet = service.taskSets.every((taskSet) => taskSet.stabilityStatus === 'STEADY_STATE');
    scheduleLook(service, watch, isQuiet ? STEADY_WATCH_MS : STABILIZING_WATCH_MS);
  };

  const wake = (service: ServiceRecord): void => {
    if (service.status === 'INACTIVE') return;
    const watch = watches.get(service) ?? { isLooking: false, isWoken: false, timer: undefined };
    watches.set(service, watch);
    if (watch.isLooking) watch.isWoken = true;
    else scheduleLook(service, watch, 0);
  };

  return {
    wake,
    noticed(task) {
      const { taskSet } = task;
      if (taskSet === undefined) return;
      if (noteTaskOutcome(world, taskSet, task)) deployments().taskFailed(task);
      wake(taskSet.service);
    },
    deregistered(task, targetGroupArn) {
      const { taskSet } = task;
      if (taskSet === undefined) return;
      addServiceEvent(world, taskSet.service, `${subjectOf(taskSet)} deregistered 1 targets in (target-group ${targetGroupArn})`);
    },
  };
}

async function look(world: EcsWorld, engine: TaskEngine, service: ServiceRecord): Promise<void> {
  if (isRolling(service)) planRolling(world, service);
  else planScale(service);
  for (const taskSet of [...service.taskSets]) await lookAtTaskSet(world, engine, taskSet);
  for (const taskSet of service.taskSets) settleStability(world, taskSet);
  service.taskSets = service.taskSets.filter((taskSet) => taskSet.status !== 'DRAINING' || taskSet.tasks.size > 0);
  if (service.status === 'DRAINING' && service.taskSets.length === 0) {
    service.status = 'INACTIVE';
    return;
  }
  announceSteadyService(world, service);
}

function forgetLater(world: EcsWorld, service: ServiceRecord): void {
  const forget = (): void => {
    if (service.cluster.services.get(service.name) === service) service.cluster.services.delete(service.name);
  };
  world.region.clock.schedule(INACTIVE_SERVICE_KEPT_MS, forget, 'ecs inactive service forgotten');
}
