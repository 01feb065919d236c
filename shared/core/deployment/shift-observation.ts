// A running shift as its driver sees it, in words that both drivers share.

/** What the driver's own deployment looks like now. */
export interface ShiftObservation {
  /** running: still at work. ready: waits to be continued. succeeded, failed, stopped: over. */
  readonly status: 'running' | 'ready' | 'succeeded' | 'failed' | 'stopped';
  /** Name of the step under way, in the driver's words (a CodeDeploy lifecycle event, or `Termination wait`). */
  readonly phase: string;
  /** All traffic is on green and the driver only waits before it deletes blue. */
  readonly waitsBeforeBlueEnds: boolean;
  readonly failure: string | undefined;
  /** The driver's own rollback of this deployment. */
  readonly rollback: { readonly id: string; readonly status: 'running' | 'succeeded' | 'failed' } | undefined;
  /** Somebody else's deployment that took the service over and ended this one: its traffic is not ours to move. */
  readonly takenOverBy?: {
    readonly driverDeploymentId: string;
    /** For people. */
    readonly name: string;
    /** It deploys the same task definition. */
    readonly deploysTheSame: boolean;
    readonly isOver: boolean;
  };
  /** It waits for a person at a pause of the service's own, at this stage; never continued without being asked to. */
  readonly pausedAt?: string;
}
