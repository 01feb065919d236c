// The timers of running deployments: those of a step die when the step is left, all die when the deployment ends.
import type { Clock, Timer } from '../../clock/clock.ts';
import type { DeploymentTimer, StepTimer } from './lifecycle.ts';

export interface DeploymentTimers {
  start(deploymentId: string, name: StepTimer | DeploymentTimer, delayMs: number, fire: () => void): void;
  cancelOfStep(deploymentId: string): void;
  cancelAll(deploymentId: string): void;
}

interface Entry {
  readonly timer: Timer;
  readonly isOfStep: boolean;
}

export function createDeploymentTimers(clock: Clock): DeploymentTimers {
  const running = new Map<string, Set<Entry>>();
  const cancel = (deploymentId: string, isWanted: (entry: Entry) => boolean): void => {
    const entries = running.get(deploymentId);
    for (const entry of entries ?? []) {
      if (!isWanted(entry)) continue;
      entry.timer.cancel();
      entries?.delete(entry);
    }
  };
  return {
    start(deploymentId, name, delayMs, fire) {
      const entries = running.get(deploymentId) ?? new Set();
      running.set(deploymentId, entries);
      const task = (): void => {
        entries.delete(entry);
        fire();
      };
      const entry: Entry = { timer: clock.schedule(delayMs, task, `${deploymentId} ${name}`), isOfStep: name !== 'AlarmPoll' && name !== 'StopSettle' };
      entries.add(entry);
    },
    cancelOfStep: (deploymentId) => cancel(deploymentId, (entry) => entry.isOfStep),
    cancelAll(deploymentId) {
      cancel(deploymentId, () => true);
      running.delete(deploymentId);
    },
  };
}
