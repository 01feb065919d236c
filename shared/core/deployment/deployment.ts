// What one deployment is: its record and the events that change it. How they change it is in evolve.ts.
import type { ApprovalEvent, ApprovalRules, ApprovalState } from '#core/approval/approval.ts';
import type { CrashLog } from '#core/breaker/crash-cause.ts';
import type { CrashThreshold } from '#core/breaker/crash-threshold.ts';
import type { Operator } from '#core/breaker/service-breaker.ts';
import type { Baseline } from '#core/health/evidence.ts';
import type { EvidenceRecord } from '#core/health/evidence-record.ts';
import type { HealthRules, HealthVerdict } from '#core/health/health.ts';
import type { Strategy } from '#core/strategy/strategy.ts';
import type { DriverKind } from './driver-kind.ts';
import type { GuardEvent, GuardState } from './guard-state.ts';
import type { OutsidePolicy } from './outside-deployment.ts';
import type { PauseEvent, PauseState } from './pause-state.ts';
import type { Remedy } from './remedy.ts';
import type { RollbackCause } from './rollback-cause.ts';
import type { StepEvent, StepState, WeightsChange } from './step-state.ts';
import type { SuspendedScaling } from './suspended-scaling.ts';
import type { ToldVerdict } from './verdict-news.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number;

/** `cluster/service`: what a service is called in keys, logs and commands. */
export type ServiceKey = string;

/** CodeDeploy's lifecycle hooks for ECS, in the order they run. Source: CodeDeploy user guide, AppSpec hooks section. */
export const lifecycleHooks = ['BeforeInstall', 'AfterInstall', 'AfterAllowTestTraffic', 'BeforeAllowTraffic', 'AfterAllowTraffic'] as const;
export type LifecycleHook = (typeof lifecycleHooks)[number];

/**
 * Where a deployment stands.
 * - Requested: accepted, not yet given the service. Queued: waits for the running deployment of its service.
 * - Planning: holds the service, nothing changed in AWS yet. Shifting: the driver is at work. RollingBack: traffic is going back to blue.
 * - Succeeded: green serves all production traffic. RolledBack: blue does. Failed: ended before green got any traffic.
 * - Held: stopped where it stood because there was nothing healthy to go back to; a person has to decide.
 * - Refused: never started, with a reason. Superseded: a newer push took its place.
 */
export type DeploymentStatus =
  | 'Requested'
  | 'Queued'
  | 'Planning'
  | 'Shifting'
  | 'RollingBack'
  | 'Succeeded'
  | 'RolledBack'
  | 'Failed'
  | 'Held'
  | 'Refused'
  | 'Superseded';

export type TerminalStatus = Extract<DeploymentStatus, 'Succeeded' | 'RolledBack' | 'Failed' | 'Held' | 'Refused' | 'Superseded'>;

const terminalStatuses: ReadonlySet<DeploymentStatus> = new Set<DeploymentStatus>(['Succeeded', 'RolledBack', 'Failed', 'Held', 'Refused', 'Superseded']);

export function isTerminal(status: DeploymentStatus): status is TerminalStatus {
  return terminalStatuses.has(status);
}

/** What somebody asked for: this image on this service. */
export interface DeploymentRequest {
  readonly repository: string;
  /** AWS account of the registry. */
  readonly registry: string;
  /** `sha256:...`: what is deployed. */
  readonly digest: string;
  /** The label it was pushed under; never used to find the image. */
  readonly tag: string | undefined;
  readonly pushedAt: EpochMillis;
  /**
   * push: an ECR event. sweep: found by comparing the repository with the record, its event was lost. operator: a person, named in `by`.
   * remedy: nobody pushed; something that went wrong is to be put right, see `remedy`.
   */
  readonly source: 'push' | 'sweep' | 'operator' | 'remedy';
  readonly by?: string | undefined;
  /** A person insists, in spite of a quarantine or an open circuit breaker. */
  readonly force?: Operator | undefined;
  readonly remedy?: Remedy | undefined;
  /** Only while nothing else runs: a rollback or a retry that came second is refused, not queued behind what its sender had not seen. */
  readonly alone?: boolean;
  /** A person insists, in spite of a freeze. */
  readonly bypassFreeze?: Operator | undefined;
}

/** What the manifest says about how to deploy, fixed for this deployment when it starts. */
export interface DeploymentSettings {
  readonly manifestVersion: number;
  readonly strategy: Strategy;
  readonly bakeTimeMinutes: number;
  readonly health: HealthRules;
  readonly crashThreshold: CrashThreshold;
  /** Absent: false. */
  readonly resetOnHealthy?: boolean;
  /** Lines of a crashed container's log that are kept; absent: CRASH_LOG_LINES. */
  readonly crashLogLines?: number;
  /** At the end of the bake time without enough evidence: keep blue as long as the driver can and ask, let blue go if nothing speaks against green, or go back. */
  readonly onInconclusive: 'hold' | 'promote' | 'rollBack';
  readonly waitForSlotMinutes: number;
  readonly quarantineHours: number;
  /** Absent: nobody has to approve. */
  readonly approval?: ApprovalRules;
}

/** One side of the traffic shift. */
export interface Side {
  readonly taskDefinitionArn: string;
  readonly targetGroupArn: string;
  /** Image digest of the deployed container, where it could be read. */
  readonly digest: string | undefined;
}

/** How blue's tasks are launched and reached; green's are the same. Members as the ECS API names them, absent where blue has none. */
export interface LaunchSettings {
  readonly loadBalancerContainer?: string;
  readonly loadBalancerPort?: number;
  readonly platformVersion?: string;
  readonly networkConfiguration?: { readonly subnets: readonly string[]; readonly securityGroups: readonly string[]; readonly assignPublicIp: string };
  readonly capacityProviderStrategy?: readonly { readonly capacityProvider: string; readonly base: number; readonly weight: number }[];
}

export interface Plan {
  readonly settings: DeploymentSettings;
  readonly blue: Side & { readonly taskSetId: string };
  /** The other target group of the pair: green's tasks register there. */
  readonly greenTargetGroupArn: string;
  readonly productionListenerArn: string;
  readonly testListenerArn?: string;
  /** What shifts the traffic; absent: codedeploy, the only one there was. */
  readonly driver?: DriverKind;
  /** The one rule of the production listener whose weights are shifted; absent: all its rules that forward to the pair. */
  readonly productionRuleArn?: string;
  /** What becomes of a deployment whose weights somebody else sets in mid-shift; absent: hold. */
  readonly onWeightsChanged?: 'hold' | 'rollBack';
  /** What becomes of it when somebody else deploys the service in mid-shift; absent: yield. */
  readonly onOutsideDeployment?: OutsidePolicy;
  /**
   * Set for a rolling deployment: tasks are replaced and no traffic is shifted. Shares are then shares of the running tasks, and the
   * members that name target groups hold the keys of the two sides (see rolling.ts).
   */
  readonly rolling?: { readonly cluster: string; readonly service: string };
  readonly launch: LaunchSettings;
  readonly desiredCount: number;
  /** The container whose image changes. */
  readonly containerName: string;
  /** Name of the CodeDeploy deployment configuration, or ECS's strategy in words. */
  readonly configurationName: string;
  /** What blue did before; absent where its metrics could not be read or it had no traffic. */
  readonly baseline?: Baseline;
  /** Set when it is the one that the half-open circuit breaker tries: why the breaker is not closed. */
  readonly trial?: string;
  /** What was noticed and does not prevent the deployment. */
  readonly warnings: readonly string[];
}

export interface HookRecord {
  readonly executionId: string;
  readonly driverDeploymentId: string;
  readonly receivedAt: EpochMillis;
  /** Until then a function is at work on it, or nothing new is expected; after it, Assess has it checked again. */
  readonly nextTryAt: EpochMillis;
  readonly answer?: 'Succeeded' | 'Failed';
  readonly answeredAt?: EpochMillis;
  readonly reason?: string;
  /** When CodeDeploy was told the answer. */
  readonly reportedAt?: EpochMillis;
}

/** Where the driver's own deployment stands, as last observed. */
export interface ShiftState {
  readonly driverDeploymentId: string;
  readonly startedAt: EpochMillis;
  /** When the driver could last be read. */
  readonly observedAt: EpochMillis;
  readonly phase: string;
  /** Share of production traffic on green, percent, read from the listener. */
  readonly greenPercent: number;
  /** When green first got production traffic, and when it first had all of it. */
  readonly firstTrafficAt?: EpochMillis;
  readonly fullTrafficAt?: EpochMillis;
  readonly blueReleasedAt?: EpochMillis;
}

/** toBlue: traffic goes back to blue. freeze: blue is not healthy either, so the driver is stopped and traffic stays where it is. */
export interface Rollback {
  readonly cause: RollbackCause;
  readonly mode: 'toBlue' | 'freeze';
  readonly startedAt: EpochMillis;
}

export interface Outcome {
  readonly status: TerminalStatus;
  readonly at: EpochMillis;
  readonly reason: string;
}

/** A line of the deployment's timeline: what happened, in words for a person, with the event it came from. */
export interface TimelineEntry {
  readonly at: EpochMillis;
  readonly type: DeploymentEvent['type'];
  readonly text: string;
  /** Green's share of production traffic, percent, where this line tells of it; absent in older records. */
  readonly greenPercent?: number;
}

export interface Deployment {
  readonly schema: 1;
  readonly id: string;
  readonly serviceKey: ServiceKey;
  readonly status: DeploymentStatus;
  readonly request: DeploymentRequest;
  readonly requestedAt: EpochMillis;
  readonly updatedAt: EpochMillis;
  /** Fencing number under which it holds its service; 0 before it does. */
  readonly fence: number;
  /** Which execution of the workflow drives it: 1 for the first, one more for each hand-over or restart. An older one must stop. */
  readonly run: number;
  readonly waitingForSlotSince?: EpochMillis;
  readonly plan?: Plan;
  readonly taskDefinitionArn?: string;
  readonly scaling?: { readonly previous: SuspendedScaling; readonly restored: boolean };
  readonly shift?: ShiftState;
  readonly hooks: Readonly<Partial<Record<LifecycleHook, HookRecord>>>;
  readonly step?: StepState;
  readonly weightsChange?: WeightsChange;
  readonly verdict?: HealthVerdict;
  readonly toldVerdict?: ToldVerdict;
  /** What the comparison of green with blue has seen so far. */
  readonly evidence?: EvidenceRecord;
  /** Set once people were asked to approve it. */
  readonly approval?: ApprovalState;
  /** When a person was asked what to do at the end of an inconclusive bake time. */
  readonly askedAt?: EpochMillis;
  /** When the notification of it was sent. */
  readonly toldAt?: EpochMillis;
  readonly promoteRequest?: { readonly by: string; readonly reason: string; readonly at: EpochMillis };
  readonly pause?: PauseState;
  readonly abortRequest?: { readonly by: string; readonly reason: string; readonly at: EpochMillis };
  readonly supersededBy?: string;
  readonly rollback?: Rollback;
  /** How the log of the crashed task that decided ended, where it could be read. */
  readonly crashLog?: CrashLog;
  readonly outcome?: Outcome;
  /** After a success: is it still healthy? */
  readonly guard?: GuardState;
  /** Rounds of the watch loop in the current run. */
  readonly rounds: number;
  readonly timeline: readonly TimelineEntry[];
  readonly timelineDropped: number;
}

export type DeploymentEvent =
  | { readonly type: 'Queued'; readonly behind: string }
  | { readonly type: 'Refused'; readonly reason: string }
  | { readonly type: 'Superseded'; readonly by: string }
  | { readonly type: 'SupersedeRequested'; readonly by: string }
  | { readonly type: 'AbortRequested'; readonly by: string; readonly reason: string }
  | { readonly type: 'PromoteRequested'; readonly by: string; readonly reason: string }
  | { readonly type: 'Started'; readonly fence: number; readonly run: number }
  | { readonly type: 'SlotAwaited'; readonly holder: string }
  | { readonly type: 'Planned'; readonly plan: Plan }
  | { readonly type: 'TaskDefinitionRegistered'; readonly taskDefinitionArn: string; readonly adopted: boolean }
  | { readonly type: 'ScalingSuspended'; readonly previous: SuspendedScaling }
  | { readonly type: 'ScalingRestored' }
  | { readonly type: 'TrafficShiftStarted'; readonly driverDeploymentId: string; readonly adopted: boolean }
  | {
      readonly type: 'HookReceived';
      readonly hook: LifecycleHook;
      readonly executionId: string;
      readonly driverDeploymentId: string;
      readonly nextTryAt: EpochMillis;
    }
  | { readonly type: 'HookPostponed'; readonly hook: LifecycleHook; readonly reason: string; readonly nextTryAt: EpochMillis }
  | { readonly type: 'HookAnswered'; readonly hook: LifecycleHook; readonly answer: 'Succeeded' | 'Failed'; readonly reason: string }
  | { readonly type: 'HookReported'; readonly hook: LifecycleHook }
  | PauseEvent
  | StepEvent
  | ApprovalEvent
  | { readonly type: 'ShiftObserved'; readonly phase: string; readonly greenPercent: number }
  | { readonly type: 'HealthAssessed'; readonly verdict: HealthVerdict; readonly evidence?: EvidenceRecord | undefined }
  | { readonly type: 'PersonAsked'; readonly question: string }
  | { readonly type: 'PersonTold' }
  | { readonly type: 'RollbackStarted'; readonly cause: RollbackCause; readonly mode: Rollback['mode'] }
  | { readonly type: 'CrashLogRead'; readonly log: CrashLog }
  | { readonly type: 'BlueReleased' }
  | { readonly type: 'RoundPassed' }
  | { readonly type: 'RunStarted'; readonly run: number; readonly why: string }
  | { readonly type: 'Concluded'; readonly status: TerminalStatus; readonly reason: string }
  | GuardEvent;
