// The state machine that drives deployments.
import type { ServiceKey } from '#core/deployment/deployment.ts';

export interface WorkflowInput {
  readonly serviceKey: ServiceKey;
  readonly deploymentId: string;
  readonly fence: number;
  /** Which run of the workflow this is; see Deployment.run. */
  readonly run: number;
  /** Where to begin: from the start, or at the watch loop. */
  readonly resume: boolean;
}

export interface Workflow {
  /** Starts the run; starting the same run again is not an error. */
  start(input: WorkflowInput): Promise<void>;
  /** State of a run. unknown: never started (or too long ago). */
  status(deploymentId: string, run: number): Promise<'running' | 'ended' | 'unknown'>;
  /** Completes a task token. A token that was used, timed out or replaced is not an error. */
  wake(token: string): Promise<void>;
}
