// Where deployment records, their signals and their task tokens live. A signal and a token are single writes on the same item, so
// that whichever comes second sees the first: neither order loses a wake-up.
import type { Deployment, EpochMillis, ServiceKey } from '#core/deployment/deployment.ts';
import type { VersionedService } from './service-store.ts';

export interface VersionedDeployment {
  readonly deployment: Deployment;
  readonly version: number;
  /** Number of signals recorded so far. */
  readonly signals: number;
}

/** Why the watch loop should look now. */
export interface Signal {
  readonly source: 'codedeploy' | 'ecs' | 'alarm' | 'task' | 'hook' | 'operator' | 'supersede' | 'sweep';
  readonly note: string;
}

export interface UnfinishedDeployment {
  readonly serviceKey: ServiceKey;
  readonly deploymentId: string;
  readonly updatedAt: EpochMillis;
}

export interface DeploymentStore {
  /** Creates the record; answers the one that is there when it was created before (by anybody). */
  create(deployment: Deployment): Promise<VersionedDeployment>;
  /** Strongly consistent. */
  load(serviceKey: ServiceKey, deploymentId: string): Promise<VersionedDeployment | undefined>;
  /** The record and its service's, read with one call (strongly consistent, not one snapshot). */
  loadWithService(
    serviceKey: ServiceKey,
    deploymentId: string,
  ): Promise<{ readonly service: VersionedService | undefined; readonly deployment: VersionedDeployment | undefined }>;
  /**
   * Writes the record if it still has `expectedVersion`; answers the new version. Leaves signals and token alone.
   * A write whose answer was lost and that is tried again with the same `writeId` succeeds.
   * @throws ConflictError when somebody else wrote first
   */
  save(deployment: Deployment, expectedVersion: number, writeId: string): Promise<number>;
  /** Records a signal; answers the waiting task token, if any, which the caller then completes. Unknown deployments are ignored. */
  signal(serviceKey: ServiceKey, deploymentId: string, signal: Signal): Promise<{ readonly token: string | undefined }>;
  /**
   * Leaves the workflow's task token to be completed by the next signal.
   * @param seenSignals number of signals the last decision knew of
   * @returns false when a signal came since: the caller goes on at once instead of waiting
   */
  await(serviceKey: ServiceKey, deploymentId: string, token: string, seenSignals: number): Promise<boolean>;
  /** Deployments that have not ended, oldest change first, up to one page (eventually consistent). */
  unfinished(after: string | undefined): Promise<{ readonly deployments: readonly UnfinishedDeployment[]; readonly after: string | undefined }>;
  /** Deployments whose guard window is open, least recently judged first, up to one page (eventually consistent). */
  guarded(after: string | undefined): Promise<{ readonly deployments: readonly UnfinishedDeployment[]; readonly after: string | undefined }>;
  /** The newest deployments of a service, newest first. */
  history(serviceKey: ServiceKey, limit: number): Promise<readonly Deployment[]>;
}
