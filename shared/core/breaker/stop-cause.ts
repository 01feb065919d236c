// Every cause a stopped task is put down to: a stable code for records, whether it counts as a crash of the revision, whose fault it
// is, and what the person on call does about it. Which text means which cause is in stop-rules.ts.

/** The families that runbooks and the operations guide are organised by. */
export type StopFamily =
  | 'imagePull'
  | 'secret'
  | 'initialization'
  | 'outOfMemory'
  | 'exit'
  | 'containerHealthCheck'
  | 'targetHealthCheck'
  | 'startTimeout'
  | 'capacity'
  | 'interruption'
  | 'schedulerStop'
  | 'userStop'
  | 'unknown';

/**
 * Whose fault a stop is. revision: another image or task definition would not have stopped, so the digest may be quarantined.
 * environment: the same revision works once the account, the network or AWS does. nobody: it was meant to stop.
 */
export type StopFault = 'revision' | 'environment' | 'nobody' | 'unknown';

/** What is said of a cause, whatever task it stopped. */
export interface StopCause {
  readonly family: StopFamily;
  /** Counts against the revision's crash limit: the task ended by itself, could not start, or was stopped because it was not healthy. */
  readonly crash: boolean;
  readonly fault: StopFault;
  /** What happened, as the end of the sentence "The task stopped because ...". */
  readonly title: string;
  /** What to do about it, one sentence. */
  readonly remedy: string;
  /** Instead of `remedy` for tasks of the capacity provider FARGATE_SPOT. */
  readonly remedyOnSpot?: string;
  /** Instead of `remedy` for tasks on EC2 container instances. */
  readonly remedyOnEc2?: string;
}

type Grade = Pick<StopCause, 'crash' | 'fault'>;
/** Could not run, and another revision might. */
const revisionCrash: Grade = { crash: true, fault: 'revision' };
/** ECS counts every task that does not reach RUNNING; that it was not the revision's fault only spares its digest. */
const environmentCrash: Grade = { crash: true, fault: 'environment' };
/** Ran well until the ground under it went away. */
const interrupted: Grade = { crash: false, fault: 'environment' };
const intended: Grade = { crash: false, fault: 'nobody' };

export const stopCauses = {
  imageMissing: {
    family: 'imagePull',
    ...revisionCrash,
    title: 'its image does not exist',
    remedy: 'Check that the digest is still in the repository (lifecycle policies delete images) and push it again, or deploy one that exists.',
  },
  imageDenied: {
    family: 'imagePull',
    ...environmentCrash,
    title: 'it may not pull its image',
    remedy: "Give the task execution role ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer, and check the repository's policy.",
  },
  imageRateLimited: {
    family: 'imagePull',
    ...environmentCrash,
    title: 'the registry limits how often images are pulled',
    remedy: 'Pull through an ECR pull through cache or a private repository, or authenticate to the registry; then start the tasks again.',
  },
  imagePlatform: {
    family: 'imagePull',
    ...revisionCrash,
    title: 'its image was not built for the processor it runs on',
    remedy: "Build the image for the task definition's runtimePlatform (X86_64 or ARM64), best for both, and push it again.",
  },
  imageUnreachable: {
    family: 'imagePull',
    ...environmentCrash,
    title: 'it cannot reach the registry',
    remedy: 'Give the subnet a route to the registry: a NAT gateway, a public IP, or VPC endpoints for ecr.api, ecr.dkr and S3; check security groups and DNS.',
  },
  imageDiskFull: {
    family: 'imagePull',
    ...environmentCrash,
    title: 'its image does not fit on the disk',
    remedy: "Raise the task definition's ephemeralStorage (21 to 200 GiB) or make the image smaller.",
    remedyOnEc2: "Free or enlarge the container instance's root volume.",
  },
  imagePullFailed: {
    family: 'imagePull',
    ...environmentCrash,
    title: 'its image could not be pulled',
    remedy: 'Read the reason below: check that the image exists, that the execution role may pull it, and that the subnet reaches the registry.',
  },
  secretUnreadable: {
    family: 'secret',
    ...environmentCrash,
    title: 'a secret or parameter could not be read',
    remedy:
      'Check that the secret or parameter exists under that ARN and key, that the execution role may read and decrypt it, and that the subnet reaches it.',
  },
  volumeUnavailable: {
    family: 'initialization',
    ...environmentCrash,
    title: 'a volume could not be mounted',
    remedy: "Check the file system's mount target in the task's subnet, port 2049 in both security groups, the access point and the root directory.",
  },
  logDriverFailed: {
    family: 'initialization',
    ...environmentCrash,
    title: 'its log driver could not be started',
    remedy: 'Check that the log group exists or may be created by the execution role, and that the subnet reaches CloudWatch Logs.',
  },
  resourceInitializationFailed: {
    family: 'initialization',
    ...environmentCrash,
    title: 'what it needs around its containers could not be set up',
    remedy: "Read the reason below; the VPC's DNS resolution and the execution role are the usual causes.",
  },
  incompatibleCompute: {
    family: 'initialization',
    ...environmentCrash,
    title: 'its task definition does not fit the capacity it is launched on',
    remedy: "Make the task definition's requiresCompatibilities match the service's launch type or capacity provider.",
  },
  outOfMemory: {
    family: 'outOfMemory',
    ...revisionCrash,
    title: 'a container used more memory than it has',
    remedy: "Raise the container's or the task's memory, or find what uses it: compare MemoryUtilization before and after the last deployment.",
  },
  exitZero: {
    family: 'exit',
    ...revisionCrash,
    title: 'an essential container ended by itself, without an error',
    remedy: "A service's essential container must keep running: check that the process stays in the foreground, or mark the container as not essential.",
  },
  exitError: {
    family: 'exit',
    ...revisionCrash,
    title: 'an essential container ended with an error',
    remedy: "Read the container's last log lines; missing configuration at start is the usual cause.",
  },
  exitNotExecutable: {
    family: 'exit',
    ...revisionCrash,
    title: 'the command of a container cannot be run',
    remedy: 'Check that the entry point is executable and built for this processor.',
  },
  exitNotFound: {
    family: 'exit',
    ...revisionCrash,
    title: 'the command of a container was not found',
    remedy: "Check the image's entry point and the task definition's command and entryPoint: the file or its interpreter is missing in the image.",
  },
  exitKilled: {
    family: 'exit',
    ...revisionCrash,
    title: 'a container was killed',
    remedy: 'Look at its memory first, then at whether it ends within stopTimeout after SIGTERM: both end in SIGKILL.',
  },
  exitAborted: {
    family: 'exit',
    ...revisionCrash,
    title: 'a container aborted itself',
    remedy: 'Read the last log lines: a failed assertion, an uncaught exception of a native runtime or a corrupted heap.',
  },
  exitSegmentationFault: {
    family: 'exit',
    ...revisionCrash,
    title: 'a container accessed memory it may not',
    remedy: 'Suspect native code: a library built for another processor or C library than the image has.',
  },
  exitTerminated: {
    family: 'exit',
    ...revisionCrash,
    title: 'a container was asked to terminate, and not by ECS',
    remedy: 'Look for what sent SIGTERM inside the task: a supervisor, a sidecar, or the process itself.',
  },
  exitSignal: {
    family: 'exit',
    ...revisionCrash,
    title: 'a container was ended by a signal',
    remedy: "Read the container's last log lines and look up the signal.",
  },
  exitUnknown: {
    family: 'exit',
    ...revisionCrash,
    title: 'an essential container ended without saying how',
    remedy: 'Its process probably never ran: check the entry point, the processor architecture and the reason below.',
  },
  containerHealthCheck: {
    family: 'containerHealthCheck',
    ...revisionCrash,
    title: "its container's own health check failed",
    remedy:
      "Run the task definition's healthCheck command inside the image (does its tool exist there?) and check startPeriod against the time it takes to start.",
  },
  targetHealthCheck: {
    family: 'targetHealthCheck',
    ...revisionCrash,
    title: 'the load balancer found it unhealthy',
    remedy: "Check the target group's path, port, matcher and timeout, the security group from the load balancer, and healthCheckGracePeriodSeconds.",
  },
  startTimeout: {
    family: 'startTimeout',
    ...revisionCrash,
    title: 'it did not start or stop in time',
    remedy: 'Check what the container waits for at start (dependsOn, startTimeout, its network), and how long pulling its image takes.',
  },
  containerRuntimeFailed: {
    family: 'initialization',
    ...revisionCrash,
    title: 'the container runtime could not run a container',
    remedy: "Read the reason below: entry point, mount points, devices and user of the container definition; if it names none, it is the platform's own fault.",
  },
  platformFailed: {
    family: 'initialization',
    ...environmentCrash,
    title: "ECS's own agent failed",
    remedy: 'Nothing, if it happens once: the service starts another task. If it repeats, ask AWS Support with the task ids.',
  },
  networkInterfaceFailed: {
    family: 'capacity',
    ...environmentCrash,
    title: 'it got no network interface',
    remedy: "Check the subnet's free IP addresses and the account's quota of network interfaces, and whether a tag policy or permission forbids creating them.",
    remedyOnEc2: "Check the subnet's free IP addresses and how many network interfaces the instance type has left.",
  },
  capacityUnavailable: {
    family: 'capacity',
    ...environmentCrash,
    title: 'there was no capacity to run it on',
    remedy: 'Allow more Availability Zones in the service, or a smaller task; Fargate capacity usually returns within minutes.',
    remedyOnSpot: 'Add FARGATE with a base to the capacity provider strategy: Fargate Spot does not fall back to on-demand by itself.',
    remedyOnEc2: "Raise the Auto Scaling group's maximum or use larger instances: no container instance has what the task asks for.",
  },
  quotaReached: {
    family: 'capacity',
    ...environmentCrash,
    title: "an account's quota is used up",
    remedy: 'Ask for more in Service Quotas (Fargate: On-Demand or Spot vCPU resource count), or stop what is not needed.',
  },
  agentDisconnected: {
    family: 'capacity',
    ...environmentCrash,
    title: "its container instance's agent was not connected",
    remedy: 'Look at the ECS agent on the container instance, or drain and replace the instance.',
  },
  spotInterrupted: {
    family: 'interruption',
    ...interrupted,
    title: 'AWS took its Spot capacity back',
    remedy: 'Nothing, if enough tasks run on demand; else give FARGATE a base in the capacity provider strategy.',
  },
  maintenance: {
    family: 'interruption',
    ...interrupted,
    title: 'AWS maintains the infrastructure under it',
    remedy: 'Nothing: the service starts another task. Keep more than one task so that nobody notices.',
  },
  hostLost: {
    family: 'interruption',
    ...interrupted,
    title: 'its container instance was stopped, terminated or deregistered',
    remedy: 'Find out who or what ended the instance; drain instances before they are ended.',
  },
  infrastructureUnhealthy: {
    family: 'interruption',
    ...interrupted,
    title: 'the infrastructure under it went bad',
    remedy: 'Nothing: the service starts another task. If it repeats, look at the AWS Health Dashboard.',
  },
  schedulerStopped: {
    family: 'schedulerStop',
    ...intended,
    title: 'its service needed it no more',
    remedy: 'Nothing: scaling in and deployments stop tasks.',
  },
  userStopped: { family: 'userStop', ...intended, title: 'somebody stopped it', remedy: 'CloudTrail has who called StopTask.' },
  unknown: {
    family: 'unknown',
    crash: false,
    fault: 'unknown',
    title: 'of something Weir does not know',
    remedy: 'Read the text below, kept as it came; report it so that it gets a name.',
  },
} as const satisfies Readonly<Record<string, StopCause>>;

/** Stable: records and runbooks are keyed by it. */
export type StopCauseCode = keyof typeof stopCauses;

export function isStopCauseCode(value: string): value is StopCauseCode {
  return Object.hasOwn(stopCauses, value);
}

/** The catalogue's entry, with its optional members. */
export function stopCause(code: StopCauseCode): StopCause {
  return stopCauses[code];
}
