// The state machine that carries a remediation through.
import type { ServiceKey } from '#core/deployment/deployment.ts';

export interface RemediationInput {
  readonly serviceKey: ServiceKey;
  readonly remediationId: string;
  /** Before it begins. */
  readonly waitSeconds: number;
}

export interface RemediationWorkflow {
  /** Starts it once: starting the same remediation again is not an error. */
  start(input: RemediationInput): Promise<void>;
  /** Completes the token of a proposal that waits. One that was used, timed out or replaced is not an error. */
  wake(token: string): Promise<void>;
}
