// What a deployment keeps of the service's auto scaling while it is suspended.

/** Saved auto scaling state of the service, put back when the deployment ends. */
export interface SuspendedScaling {
  readonly dynamicScalingIn: boolean;
  readonly dynamicScalingOut: boolean;
  readonly scheduledScaling: boolean;
}
