// Weir's own lifecycle hook functions, invoked again for a hook that has no answer yet.
import type { LifecycleHook } from '#core/deployment/deployment.ts';

export interface HookFunctions {
  /** Has the hook checked again, in the background, as if CodeDeploy had just asked. */
  check(hook: LifecycleHook, driverDeploymentId: string, executionId: string): Promise<void>;
}
