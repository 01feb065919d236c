// For tests and simulations that take capacity away: what is short, and Spot tasks that are taken back.

import type { EcsWorld } from './ecs-world.ts';
import type { Placement } from './placement.ts';
import type { TaskEngine } from './tasks/task-engine.ts';

const SPOT = 'FARGATE_SPOT';

export interface CapacityFaults {
  /** Where nothing can be started now: FARGATE, FARGATE_SPOT. */
  readonly short: Set<string>;
  /** Takes back every running task of Fargate Spot: SIGTERM, and SIGKILL after its stop timeout. Answers how many there were. */
  interruptSpot(): number;
  /** Used by the service. */
  attach(interrupt: () => number): void;
}

export function createCapacityFaults(): CapacityFaults {
  let interrupt: (() => number) | undefined;
  return {
    short: new Set(),
    interruptSpot: () => interrupt?.() ?? 0,
    attach(given) {
      interrupt = given;
    },
  };
}

/** Source: ECS developer guide, service event messages and SERVICE_TASK_PLACEMENT_FAILURE (RESOURCE:FARGATE). */
export function placementWithShortage(place: Placement, { short }: Pick<CapacityFaults, 'short'>): Placement {
  return (request) => {
    const answer = place(request);
    if (answer.kind === 'refused' || !short.has(answer.capacityProviderName ?? answer.launchType)) return answer;
    return {
      kind: 'refused',
      reason: 'RESOURCE:FARGATE',
      message: 'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      capacityProviderName: answer.capacityProviderName,
    };
  };
}

/** Source: ECS developer guide, "Fargate Spot termination notices": stop code and reason. The two minutes of warning are not waited for. */
export function interruptSpotTasks({ clusters }: EcsWorld, engine: TaskEngine): number {
  const tasks = [...clusters.values()].flatMap((cluster) => [...cluster.tasks.values()]);
  const running = tasks.filter((task) => task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING' && task.capacityProviderName === SPOT);
  for (const task of running) engine.stop(task, { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' });
  return running.length;
}
