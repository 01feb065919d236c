// Container instances that lately lost their agent or left service: hints kept for a while, never state to decide on.
export interface TroubledInstance {
  readonly containerInstanceArn: string;
  readonly ec2InstanceId: string | undefined;
  readonly status: string;
  readonly agentConnected: boolean;
  /** ECS's own version of the instance: grows with every change. */
  readonly version: number;
  readonly at: number;
}

export interface ContainerInstanceStore {
  /** @returns false when something as new is known already */
  record(cluster: string, instance: TroubledInstance): Promise<boolean>;
  /** Those heard of since, newest first by what is known, at most TROUBLED_INSTANCES_MAX. */
  troubled(cluster: string, since: number): Promise<readonly TroubledInstance[]>;
}

export const TROUBLED_INSTANCES_MAX = 20;
