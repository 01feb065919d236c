// What the local ECS remembers. Plain data, times in epoch ms of the region's clock; the AWS shapes are made from these
// when somebody asks.

import type { Timer } from '../clock/clock.ts';
import type { AwsShape } from '../region.ts';
import type { ServiceDeploymentRecord, ServiceRevisionRecord } from './deployments/deployment-records.ts';
import type { RunningContainer } from './runtime/task-runtime.ts';

export interface Tag {
  key: string;
  value: string;
}

export interface ClusterRecord {
  readonly arn: string;
  readonly name: string;
  status: 'ACTIVE' | 'INACTIVE';
  settings: AwsShape[];
  configuration: AwsShape | undefined;
  serviceConnectDefaults: AwsShape | undefined;
  capacityProviders: string[];
  defaultCapacityProviderStrategy: AwsShape[];
  tags: Tag[];
  readonly services: Map<string, ServiceRecord>;
  readonly tasks: Map<string, TaskRecord>;
}

export interface TaskDefinitionRecord {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** Everything registered, with AWS's defaults filled in. */
  readonly shape: Readonly<AwsShape>;
  readonly registeredAt: number;
  readonly registeredBy: string;
  deregisteredAt: number | undefined;
  deleteRequestedAt: number | undefined;
  tags: Tag[];
}

/** How tasks are run: given on a service, on a task set, or with RunTask. */
export interface Workload {
  readonly taskDefinition: TaskDefinitionRecord;
  readonly launchType: string | undefined;
  readonly capacityProviderStrategy: readonly AwsShape[];
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: AwsShape | undefined;
  readonly loadBalancers: readonly AwsShape[];
  readonly serviceRegistries: readonly AwsShape[];
}

export type ControllerType = 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';

export interface ServiceRecord {
  readonly arn: string;
  readonly name: string;
  readonly cluster: ClusterRecord;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  controller: ControllerType;
  desiredCount: number;
  /** undefined for an EXTERNAL service without a primary task set. */
  workload: Workload | undefined;
  deploymentConfiguration: AwsShape;
  healthCheckGracePeriodSeconds: number | undefined;
  placementConstraints: AwsShape[];
  placementStrategy: AwsShape[];
  readonly schedulingStrategy: string;
  enableECSManagedTags: boolean;
  propagateTags: string;
  enableExecuteCommand: boolean;
  availabilityZoneRebalancing: string;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The request as it was, to tell a repeated CreateService from another one. */
  readonly creation: string;
  tags: Tag[];
  /** Newest first. */
  events: { id: string; createdAt: number; message: string }[];
  /** Oldest first. For the ECS controller these are its deployments. */
  taskSets: TaskSetRecord[];
  /** Only of the ECS controller, oldest first. */
  deployments: ServiceDeploymentRecord[];
  revisions: ServiceRevisionRecord[];
  /** The revision last deployed completely: what a deployment comes from and rolls back to. */
  completedRevision: ServiceRevisionRecord | undefined;
  /** When SERVICE_STEADY_STATE was last announced; undefined while not steady. */
  steadyAnnouncedAt: number | undefined;
}

export interface TaskSetRecord {
  /** `ecs-svc/<digits>`, also its tasks' startedBy. */
  readonly id: string;
  readonly arn: string;
  readonly service: ServiceRecord;
  readonly workload: Workload;
  readonly startedBy: string | undefined;
  readonly externalId: string | undefined;
  readonly clientToken: string | undefined;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  scalePercent: number;
  computedDesiredCount: number;
  readonly createdAt: number;
  updatedAt: number;
  stabilityStatus: 'STABILIZING' | 'STEADY_STATE';
  stabilityStatusAt: number;
  tags: Tag[];
  /** Tasks not yet STOPPED. */
  readonly tasks: Set<TaskRecord>;
  readonly startThrottle: StartThrottle;
  /** Image digest per container name, where ECS keeps one version for all tasks of a deployment. */
  readonly imageDigests: Map<string, string>;
  /** Only for deployments of the ECS controller. */
  rollout: { state: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'; reason: string; failedTasks: number };
}

export interface StartThrottle {
  /** Starts that failed since one last succeeded. */
  failedStarts: number;
  /** Pauses made since one last succeeded. */
  pauses: number;
  notBefore: number;
  impairedAnnounced: boolean;
}

export type TaskStatus = 'PROVISIONING' | 'PENDING' | 'ACTIVATING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'DEPROVISIONING' | 'STOPPED';
export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

export interface TaskRecord {
  readonly arn: string;
  readonly id: string;
  readonly cluster: ClusterRecord;
  readonly workload: Workload;
  readonly taskSet: TaskSetRecord | undefined;
  readonly overrides: AwsShape;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly launchType: string;
  readonly capacityProviderName: string | undefined;
  readonly availabilityZone: string;
  readonly enableExecuteCommand: boolean;
  readonly networkInterface: NetworkInterfaceRecord;
  readonly containers: ContainerRecord[];
  /** Target group members this task is, oldest registration first. */
  readonly targets: TargetRecord[];
  tags: Tag[];
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  version: number;
  healthStatus: HealthStatus;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  readonly times: TaskTimes;
  /** Container starts under way in the runtime; a task cannot end while there are any. */
  startsInFlight: number;
  /** Its containers may not be signalled yet: targets are draining. */
  isDraining: boolean;
  /** Its containers are all over and it is on its way to STOPPED. */
  isEnding: boolean;
  /** The scheduler has counted how it turned out. */
  isOutcomeNoted: boolean;
}

export interface TaskTimes {
  createdAt: number;
  updatedAt: number;
  connectivityAt?: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  stoppingAt?: number;
  executionStoppedAt?: number;
  stoppedAt?: number;
}

export interface NetworkInterfaceRecord {
  readonly attachmentId: string;
  readonly interfaceId: string;
  readonly macAddress: string;
  readonly subnetId: string;
  readonly address: string;
  status: 'PRECREATED' | 'ATTACHED' | 'DELETED';
}

export interface ContainerRecord {
  readonly arn: string;
  readonly name: string;
  /** The container definition with the task's overrides applied. */
  readonly definition: Readonly<AwsShape>;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  imageDigest: string | undefined;
  runtimeId: string | undefined;
  exitCode: number | undefined;
  reason: string | undefined;
  healthStatus: HealthStatus;
  startedAt: number | undefined;
  running: RunningContainer | undefined;
  isSignalled: boolean;
  /** Timers of its health checks and stop timeout. */
  timers: Timer[];
}

export interface TargetRecord {
  readonly targetGroupArn: string;
  readonly port: number;
  /** registering: asked for, not yet confirmed; it may be registered all the same. */
  state: 'registering' | 'registered' | 'draining' | 'gone';
  /** RegisterTargets is under way. */
  isRegistering: boolean;
  /** As the load balancer last said it. */
  health: string | undefined;
  healthReason: string | undefined;
}
