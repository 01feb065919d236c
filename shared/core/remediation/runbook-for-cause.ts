// Which runbook looks after a stopped task outside a deployment.
import type { StopCauseCode, StopFamily } from '#core/breaker/stop-cause.ts';
import { stopCause } from '#core/breaker/stop-cause.ts';
import type { RunbookName } from './policy.ts';

/** undefined: nothing is done, because the stop was meant, AWS replaces the task by itself, or people have to read it. */
const runbooks: Readonly<Record<StopFamily, RunbookName | undefined>> = {
  imagePull: 'imagePull',
  secret: 'crashLoop',
  initialization: 'crashLoop',
  outOfMemory: 'outOfMemory',
  exit: 'crashLoop',
  containerHealthCheck: 'crashLoop',
  targetHealthCheck: 'crashLoop',
  startTimeout: 'crashLoop',
  capacity: 'placement',
  interruption: undefined,
  schedulerStop: undefined,
  userStop: undefined,
  unknown: undefined,
};

export function runbookForCause(code: StopCauseCode): RunbookName | undefined {
  return code === 'spotInterrupted' ? 'capacity' : runbooks[stopCause(code).family];
}
