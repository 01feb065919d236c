// The table from what ECS says of a stopped task to its cause. Read from the top, the first row that fits holds: what was meant to
// stop comes before what failed, and the deeper cause before its consequence. Texts are compared in lower case and by what they
// contain, because AWS puts prefixes before its reasons ("Service orders: ECS is performing ...") and appends advice to them.
//
// Sources:
// - contracts: aws-contracts.md 1.3, from the ECS developer guide's stopped-task-error-codes and task_cannot_pull_image (2026).
// - failed-to-start: ECS developer guide, "Troubleshooting Amazon ECS TaskFailedToStart errors".
// - service-events: ECS developer guide, "Amazon ECS service event messages".
// - pull-2023, errors-2023: ECS developer guide of 2023, "CannotPullContainer task errors", "Checking stopped tasks for errors".
// - maintenance: ECS user guide for Fargate, "AWS Fargate task maintenance".
// - initialization: ECS developer guide, "ResourceInitializationError"; AWS re:Post, "ecs-unable-to-pull-secrets".
// - agent: error names in the source of aws/amazon-ecs-agent, docker_client errors.
// - unverified: seen in public reports of ECS users, in no AWS document read.
import type { StopCauseCode } from './stop-cause.ts';

/** All members given must fit. `category` and `detail` must fit the same text: the stopped reason or one container's reason. */
export interface StopRule {
  readonly cause: StopCauseCode;
  readonly stopCodes?: readonly string[];
  /** The whole text, in lower case. */
  readonly exactly?: string;
  /** One of these is in the text. */
  readonly category?: readonly string[];
  /** And one of these. */
  readonly detail?: readonly string[];
  /** The task's health status was UNHEALTHY. */
  readonly unhealthy?: true;
  readonly source: string;
}

const pull = ['cannotpullcontainererror', 'cannotpullecrcontainererror', 'cannotpullcontainerautherror', 'cannotpullimagemanifesterror'];
const registryAuth = ['retrieve ecr registry auth', 'pull registry auth'];
const initialization = ['resourceinitializationerror'];
const start = ['cannotstartcontainererror', 'cannotcreatecontainererror', 'containerruntimeerror'];

const rateLimited = ['toomanyrequests:', 'too many requests', 'pull rate limit'];
const denied = [
  'pull access denied',
  'access denied',
  'accessdeniedexception',
  'not authorized to perform',
  '401 unauthorized',
  'unauthorized:',
  '403 forbidden',
  'no basic auth credentials',
  'role has the permissions',
  'insufficient_scope',
];
const unreachable = [
  'i/o timeout',
  'request canceled',
  'context canceled',
  'context deadline exceeded',
  'no such host',
  'connection refused',
  'connection reset',
  'connection issue',
  'connection timed out',
  'network configuration',
  'network is unreachable',
  'send request failed',
  'tls handshake',
];

const intendedOrInterrupted: readonly StopRule[] = [
  // Whoever calls StopTask writes the reason: it may say anything, so the code alone counts.
  { cause: 'userStopped', stopCodes: ['UserInitiated'], source: 'contracts: stopCode UserInitiated, "Task stopped by user" or the caller\'s reason' },
  { cause: 'spotInterrupted', stopCodes: ['SpotInterruption', 'TerminationNotice'], source: 'contracts: stopCode; TerminationNotice in the guide of 2023' },
  { cause: 'spotInterrupted', category: ['your spot task was interrupted'], source: 'contracts: Fargate Spot' },
  { cause: 'maintenance', category: ['performing maintenance on the underlying infrastructure'], source: 'maintenance' },
  { cause: 'hostLost', category: ['host ec2 ('], detail: ['terminated', 'stopped'], source: 'contracts: Host EC2 (instance i-...) terminated/stopped' },
  { cause: 'hostLost', category: ['container instance deregistration forced by user'], source: 'errors-2023' },
  { cause: 'infrastructureUnhealthy', stopCodes: ['InfrastructureHealth'], source: 'contracts: stopCode InfrastructureHealth' },
  { cause: 'schedulerStopped', category: ['scaling activity initiated by'], source: 'contracts: scale-in or deployment' },
  { cause: 'schedulerStopped', stopCodes: ['ServiceSchedulerInitiated'], category: ['is in draining state'], source: 'unverified' },
  { cause: 'userStopped', category: ['task stopped by user'], source: 'contracts: Task stopped by user' },
];

const imagePull: readonly StopRule[] = [
  { cause: 'imagePlatform', category: pull, detail: ['descriptor matching platform', 'no matching manifest for'], source: 'unverified' },
  { cause: 'imageRateLimited', category: pull, detail: rateLimited, source: 'pull-2023: Docker Hub rate limiting' },
  { cause: 'imageDiskFull', category: pull, detail: ['no space left on device'], source: 'pull-2023: insufficient disk space' },
  { cause: 'imageDenied', category: pull, detail: denied, source: 'contracts: no rights; texts from the agent and initialization' },
  { cause: 'imageUnreachable', category: pull, detail: unreachable, source: 'pull-2023: connection timed out, context canceled' },
  {
    cause: 'imageMissing',
    category: pull,
    detail: ['not found', 'api error (404)', 'manifest unknown', 'does not exist', 'name unknown'],
    source: 'contracts: image missing; pull-2023: image not found',
  },
  { cause: 'imagePullFailed', category: pull, source: 'contracts: CannotPullContainerError; other names: agent' },
  { cause: 'imageUnreachable', category: registryAuth, detail: unreachable, source: 'initialization: unable to retrieve ecr registry auth' },
  { cause: 'imageDenied', category: registryAuth, source: 'initialization: unable to retrieve ecr registry auth' },
];

const initializing: readonly StopRule[] = [
  {
    cause: 'secretUnreadable',
    category: [...initialization, 'resourcenotfoundexception'],
    detail: ['secret', 'ssm parameter', 'from ssm', 'parameter store'],
    source: 'contracts: ResourceInitializationError, ResourceNotFoundException; initialization: unable to pull secrets',
  },
  { cause: 'secretUnreadable', category: ['fetching secret data from'], source: 'unverified: the agent on EC2' },
  {
    cause: 'networkInterfaceFailed',
    category: initialization,
    detail: ['configure eni', 'network interface'],
    source: 'contracts: ResourceInitializationError, ENI',
  },
  {
    cause: 'logDriverFailed',
    category: [...initialization, 'resourcenotfoundexception', ...start],
    detail: ['logging driver', 'logger args', 'log group'],
    source: 'contracts: ResourceInitializationError, logs; initialization: failed to initialize logging driver',
  },
  {
    cause: 'volumeUnavailable',
    category: initialization,
    detail: ['efs', 'volume', 'mount'],
    source: 'contracts: ResourceInitializationError, EFS; initialization: failed to invoke EFS utils',
  },
  { cause: 'volumeUnavailable', category: ['cannotcreatevolumeerror'], source: 'contracts: CannotCreateVolumeError' },
  { cause: 'capacityUnavailable', category: initialization, detail: ['unable to launch instance'], source: 'unverified: Managed Instances' },
  { cause: 'resourceInitializationFailed', category: initialization, source: 'contracts: ResourceInitializationError' },
  { cause: 'resourceInitializationFailed', category: ['resourcenotfoundexception'], source: 'contracts: ResourceNotFoundException' },
  { cause: 'incompatibleCompute', category: ['not compatible with the selected compute strategy'], source: 'failed-to-start' },
];

const capacity: readonly StopRule[] = [
  { cause: 'networkInterfaceFailed', category: ['network interface provisioning'], source: 'contracts, unverified there; AWS re:Post names it' },
  {
    cause: 'networkInterfaceFailed',
    category: ['unexpected ec2 error', 'unable to attach network interface', 'insufficientfreeaddressesinsubnet', 'resource:eni'],
    source: 'failed-to-start: Create Network Interface, unused device index; RESOURCE:ENI: ECS API failure reasons',
  },
  {
    cause: 'quotaReached',
    category: ['limit on the number of tasks', 'limit on the number of vcpus', 'vcpu limit'],
    source: 'unverified: RunTask and service event messages',
  },
  {
    cause: 'capacityUnavailable',
    category: ['capacity is unavailable at this time', 'resource:fargate', 'resource:cpu', 'resource:memory', 'resource:ports', 'resource:gpu'],
    source: 'service-events; contracts 1.4: RESOURCE:...',
  },
  { cause: 'agentDisconnected', exactly: 'agent', source: 'failed-to-start: AGENT' },
];

const unhealthy: readonly StopRule[] = [
  { cause: 'targetHealthCheck', category: ['task failed elb health checks'], source: 'contracts: Task failed ELB health checks in (target-group ...)' },
  { cause: 'containerHealthCheck', category: ['task failed container health checks'], source: 'contracts: Task failed container health checks' },
  // ECS's breaker counts Cloud Map's health checks too (contracts 3.4); how it words them is not documented.
  { cause: 'targetHealthCheck', category: ['task failed'], detail: ['health check'], source: 'unverified: Cloud Map, VPC Lattice' },
  { cause: 'containerHealthCheck', stopCodes: ['ServiceSchedulerInitiated'], unhealthy: true, source: 'ECS API, Task.healthStatus' },
];

const running: readonly StopRule[] = [
  {
    cause: 'startTimeout',
    category: ['containerruntimetimeouterror', 'dockertimeouterror'],
    source: 'contracts: ContainerRuntimeTimeoutError; DockerTimeoutError',
  },
  { cause: 'startTimeout', category: start, detail: ['timed out', 'timeout'], source: 'contracts: CannotStartContainerError' },
  { cause: 'imagePlatform', category: start, detail: ['exec format error'], source: 'unverified: containerd and runc on EC2' },
  { cause: 'exitNotFound', category: start, detail: ['executable file not found', 'no such file or directory'], source: 'unverified: containerd and runc' },
  { cause: 'exitNotExecutable', category: start, detail: ['permission denied'], source: 'unverified: containerd and runc' },
  {
    cause: 'containerRuntimeFailed',
    category: [...start, 'cannotstopcontainererror', 'cannotinspectcontainererror'],
    source: 'contracts: CannotStartContainerError, CannotStopContainerError, CannotInspectContainerError, ContainerRuntimeError; agent',
  },
  // After the texts above, which some InternalErrors quote: an interface that came too late is what the guide names first.
  { cause: 'networkInterfaceFailed', category: ['internalerror'], detail: ['network interface', 'eni attachment'], source: 'failed-to-start: InternalError' },
  { cause: 'platformFailed', category: ['internalerror'], source: 'contracts: InternalError, the agent itself failed' },
];

/** A container's reason, not the application's words: ECS writes it. */
const memory: readonly StopRule[] = [{ cause: 'outOfMemory', category: ['outofmemoryerror'], source: 'contracts: OutOfMemoryError' }];

export const stopRules: readonly StopRule[] = [...intendedOrInterrupted, ...memory, ...imagePull, ...initializing, ...capacity, ...unhealthy, ...running];
