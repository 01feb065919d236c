// One deployment under way: what its parts share. run-deployment.ts and roll-back.ts go through the stages with it.
import { setMaxListeners } from 'node:events';
import type { ServiceRecord } from '../ecs-records.ts';
import type { EcsWorld } from '../ecs-world.ts';
import type { LifecycleStage, ServiceDeploymentRecord } from './deployment-records.ts';
import { DeploymentEnding, type EndingCause, guarded } from './interruption.ts';
import type { TrafficRoute } from './listener-rules.ts';

export interface DeploymentRun {
  readonly world: EcsWorld;
  readonly deployment: ServiceDeploymentRecord;
  readonly routes: readonly TrafficRoute[];
  /** Stages entered so far, in order; those of the traffic steps repeat. */
  readonly reached: LifecycleStage[];
  /** Aborted when the deployment must end; its reason is a DeploymentEnding. Another one for a rollback. */
  readonly signal: AbortSignal;
  /** Ends what is under way; only the first cause counts. */
  end(cause: EndingCause): void;
  /** Begins a new signal: the rollback is ended by other things than the deployment. */
  renewSignal(): void;
  /** Resolves after a look of the scheduler that finds `isReached` true. Rejects with the signal's reason. */
  untilLooked(isReached: () => boolean): Promise<void>;
  /** The scheduler has looked at the service. */
  looked(): void;
  /** Tasks of the target that have been healthy: each resets the circuit breaker's count once. */
  readonly seenHealthy: Set<string>;
  /** Resolves when the deployment is over, however. */
  readonly over: Promise<void>;
  /** Says so. */
  finished(): void;
}

/** Hooks, sleeps and looks of one stage may all listen to one signal. */
const SIGNAL_LISTENERS_MAX = 64;

export function createRun(
  world: EcsWorld,
  deployment: ServiceDeploymentRecord,
  routes: readonly TrafficRoute[],
  wake: (service: ServiceRecord) => void,
): DeploymentRun {
  let controller = newController();
  let superseded: EndingCause | undefined;
  const waiting = new Set<{ isReached: () => boolean; resolve: () => void }>();
  const { promise: over, resolve: finished } = Promise.withResolvers<void>();
  return {
    world,
    deployment,
    routes,
    reached: [],
    seenHealthy: new Set(),
    over,
    finished,
    get signal() {
      return controller.signal;
    },
    end(cause) {
      if (cause.kind === 'Superseded') superseded = cause;
      controller.abort(new DeploymentEnding(cause));
    },
    renewSignal() {
      controller = newController();
      // A newer deployment may have come between the request to roll back and its beginning.
      if (superseded !== undefined) controller.abort(new DeploymentEnding(superseded));
    },
    async untilLooked(isReached) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const entry = { isReached, resolve };
      waiting.add(entry);
      wake(deployment.service);
      try {
        await guarded(promise, controller.signal);
      } finally {
        waiting.delete(entry);
      }
    },
    looked() {
      for (const entry of [...waiting]) if (entry.isReached()) entry.resolve();
    },
  };
}

function newController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(SIGNAL_LISTENERS_MAX, controller.signal);
  return controller;
}

export function touch(run: DeploymentRun): void {
  run.deployment.updatedAt = run.world.region.clock.now();
}

/** The deployment is in `stage` from here on. */
export function enterStage(run: DeploymentRun, stage: LifecycleStage): void {
  run.deployment.stage = stage;
  run.reached.push(stage);
  touch(run);
}
