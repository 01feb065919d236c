// Application Auto Scaling of a service: suspended during a deployment, because a scaling event in mid-shift fails a CodeDeploy deployment.
import type { SuspendedScaling } from '#core/deployment/suspended-scaling.ts';

export interface Scaling {
  /** How scaling of the service is suspended now; undefined when it is not a scalable target. */
  read(cluster: string, service: string): Promise<SuspendedScaling | undefined>;
  /** Sets it. Repeatable. */
  set(cluster: string, service: string, state: SuspendedScaling): Promise<void>;
}
