// What one deployment is: its record, the events that change it, and how. Everything else decides or acts; only `evolve` changes.
import type { CrashThreshold } from '#core/breaker/crash-threshold.ts';
import type { HealthRules, HealthVerdict } from '#core/health/health.ts';
import type { Strategy } from '#core/strategy/strategy.ts';
import { assertNever } from './assert-never.ts';

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
  /** push: an ECR event. sweep: found by comparing the repository with the record, its event was lost. operator: a person, named in `by`. */
  readonly source: 'push' | 'sweep' | 'operator';
  readonly by?: string | undefined;
}

/** What the manifest says about how to deploy, fixed for this deployment when it starts. */
export interface DeploymentSettings {
  readonly manifestVersion: number;
  readonly strategy: Strategy;
  readonly bakeTimeMinutes: number;
  readonly health: HealthRules;
  readonly crashThreshold: CrashThreshold;
  /** At the end of the bake time without enough evidence: keep blue as long as the driver can, or go back. */
  readonly onInconclusive: 'hold' | 'rollBack';
  readonly waitForSlotMinutes: number;
  readonly quarantineHours: number;
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
  readonly loadBalancerContainer: string;
  readonly loadBalancerPort: number;
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
  readonly launch: LaunchSettings;
  readonly desiredCount: number;
  /** The container whose image changes. */
  readonly containerName: string;
  /** Name of the CodeDeploy deployment configuration. */
  readonly configurationName: string;
  /** What was noticed and does not prevent the deployment. */
  readonly warnings: readonly string[];
}

/** Saved auto scaling state of the service, put back when the deployment ends. */
export interface SuspendedScaling {
  readonly dynamicScalingIn: boolean;
  readonly dynamicScalingOut: boolean;
  readonly scheduledScaling: boolean;
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

export type RollbackCause =
  | { readonly kind: 'health'; readonly reasons: readonly string[] }
  | { readonly kind: 'crashes'; readonly count: number; readonly threshold: number; readonly lastReason: string }
  | { readonly kind: 'alarm'; readonly alarms: readonly string[] }
  | { readonly kind: 'hook'; readonly hook: LifecycleHook; readonly reason: string }
  | { readonly kind: 'driver'; readonly reason: string }
  | { readonly kind: 'operator'; readonly by: string; readonly reason: string }
  | { readonly kind: 'superseded'; readonly by: string }
  | { readonly kind: 'inconclusive'; readonly reasons: readonly string[] }
  | { readonly kind: 'unexpected'; readonly reason: string };

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
}

/** Longest timeline kept in a record; the oldest entries after the first ten are dropped first and counted. */
export const TIMELINE_ENTRIES_MAX = 150;
const TIMELINE_HEAD_KEPT = 10;

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
  readonly verdict?: HealthVerdict;
  readonly abortRequest?: { readonly by: string; readonly reason: string; readonly at: EpochMillis };
  readonly supersededBy?: string;
  readonly rollback?: Rollback;
  readonly outcome?: Outcome;
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
  | { readonly type: 'ShiftObserved'; readonly phase: string; readonly greenPercent: number }
  | { readonly type: 'HealthAssessed'; readonly verdict: HealthVerdict }
  | { readonly type: 'RollbackStarted'; readonly cause: RollbackCause; readonly mode: Rollback['mode'] }
  | { readonly type: 'BlueReleased' }
  | { readonly type: 'RoundPassed' }
  | { readonly type: 'RunStarted'; readonly run: number; readonly why: string }
  | { readonly type: 'Concluded'; readonly status: TerminalStatus; readonly reason: string };

/** A new deployment's record. Its id is given: see deployment-id.ts. */
export function requestDeployment(id: string, serviceKey: ServiceKey, request: DeploymentRequest, now: EpochMillis): Deployment {
  const label = request.tag === undefined ? request.digest : `${request.repository}:${request.tag} (${request.digest})`;
  const who = request.source === 'operator' ? ` by ${request.by ?? 'an operator'}` : request.source === 'sweep' ? ' (found by the sweeper)' : '';
  return {
    schema: 1,
    id,
    serviceKey,
    status: 'Requested',
    request,
    requestedAt: now,
    updatedAt: now,
    fence: 0,
    run: 0,
    hooks: {},
    rounds: 0,
    timeline: [{ at: now, type: 'RunStarted', text: `Requested ${label}${who}` }],
    timelineDropped: 0,
  };
}

/** The record after an event. Total: an event that makes no sense in this status changes nothing but is never an error. A terminal record never changes its status. */
export function evolve(deployment: Deployment, event: DeploymentEvent, now: EpochMillis): Deployment {
  const changed = apply(deployment, event, now);
  const text = describeEvent(event, deployment);
  const timeline = text === undefined ? {} : appendTimeline(changed, { at: now, type: event.type, text });
  return { ...changed, updatedAt: now, ...timeline };
}

/** Folds several events of one moment. */
export function evolveAll(deployment: Deployment, events: readonly DeploymentEvent[], now: EpochMillis): Deployment {
  return events.reduce((record, event) => evolve(record, event, now), deployment);
}

function apply(deployment: Deployment, event: DeploymentEvent, now: EpochMillis): Deployment {
  if (isTerminal(deployment.status)) return applyAfterEnd(deployment, event);
  switch (event.type) {
    case 'Queued':
      return { ...deployment, status: 'Queued' };
    case 'Refused':
      return { ...deployment, status: 'Refused', outcome: { status: 'Refused', at: now, reason: event.reason } };
    case 'Superseded':
      return {
        ...deployment,
        status: 'Superseded',
        supersededBy: event.by,
        outcome: { status: 'Superseded', at: now, reason: `a newer push (${event.by}) took its place` },
      };
    case 'SupersedeRequested':
      return { ...deployment, supersededBy: event.by };
    case 'AbortRequested':
      return { ...deployment, abortRequest: deployment.abortRequest ?? { by: event.by, reason: event.reason, at: now } };
    case 'Started':
      return { ...deployment, status: 'Planning', fence: event.fence, run: event.run };
    case 'RunStarted':
      return { ...deployment, run: event.run, rounds: 0 };
    case 'SlotAwaited':
      return { ...deployment, waitingForSlotSince: deployment.waitingForSlotSince ?? now };
    case 'Planned':
      return { ...deployment, plan: event.plan };
    case 'TaskDefinitionRegistered':
      return { ...deployment, taskDefinitionArn: event.taskDefinitionArn };
    case 'ScalingSuspended':
      return { ...deployment, scaling: deployment.scaling ?? { previous: event.previous, restored: false } };
    case 'ScalingRestored':
      return restoreScaling(deployment);
    case 'TrafficShiftStarted':
      return {
        ...deployment,
        status: 'Shifting',
        shift: { driverDeploymentId: event.driverDeploymentId, startedAt: now, observedAt: now, phase: 'Created', greenPercent: 0 },
      };
    case 'HookReceived':
    case 'HookPostponed':
    case 'HookAnswered':
    case 'HookReported':
      return applyHook(deployment, event, now);
    case 'ShiftObserved':
      return deployment.shift === undefined ? deployment : { ...deployment, shift: observeShift(deployment.shift, event, now) };
    case 'HealthAssessed':
      return { ...deployment, verdict: event.verdict };
    case 'RollbackStarted':
      return { ...deployment, status: 'RollingBack', rollback: deployment.rollback ?? { cause: event.cause, mode: event.mode, startedAt: now } };
    case 'BlueReleased':
      return deployment.shift === undefined ? deployment : { ...deployment, shift: { ...deployment.shift, blueReleasedAt: now } };
    case 'RoundPassed':
      return { ...deployment, rounds: deployment.rounds + 1 };
    case 'Concluded':
      return { ...deployment, status: event.status, outcome: { status: event.status, at: now, reason: event.reason } };
    default:
      return assertNever(event);
  }
}

/** After the end only the tidying up is still recorded. */
function applyAfterEnd(deployment: Deployment, event: DeploymentEvent): Deployment {
  if (event.type === 'RunStarted') return { ...deployment, run: event.run, rounds: 0 };
  return event.type === 'ScalingRestored' ? restoreScaling(deployment) : deployment;
}

function restoreScaling(deployment: Deployment): Deployment {
  return deployment.scaling === undefined ? deployment : { ...deployment, scaling: { ...deployment.scaling, restored: true } };
}

function applyHook(deployment: Deployment, event: Extract<DeploymentEvent, { type: `Hook${string}` }>, now: EpochMillis): Deployment {
  const before = deployment.hooks[event.hook];
  const set = (after: HookRecord): Deployment => ({ ...deployment, hooks: { ...deployment.hooks, [event.hook]: after } });
  if (event.type === 'HookReceived') {
    const { executionId, driverDeploymentId, nextTryAt } = event;
    return set(before?.executionId === executionId ? { ...before, nextTryAt } : { executionId, driverDeploymentId, receivedAt: now, nextTryAt });
  }
  if (before === undefined) return deployment;
  switch (event.type) {
    case 'HookPostponed':
      return set({ ...before, nextTryAt: event.nextTryAt, reason: event.reason });
    case 'HookAnswered':
      return before.answer === undefined ? set({ ...before, answer: event.answer, answeredAt: now, reason: event.reason }) : deployment;
    case 'HookReported':
      return set({ ...before, reportedAt: now });
    default:
      return assertNever(event);
  }
}

function observeShift(shift: ShiftState, event: { phase: string; greenPercent: number }, now: EpochMillis): ShiftState {
  return {
    ...shift,
    observedAt: now,
    phase: event.phase,
    greenPercent: event.greenPercent,
    ...(shift.firstTrafficAt === undefined && event.greenPercent > 0 ? { firstTrafficAt: now } : {}),
    ...(shift.fullTrafficAt === undefined && event.greenPercent >= 100 ? { fullTrafficAt: now } : {}),
  };
}

function appendTimeline(deployment: Deployment, entry: TimelineEntry): Pick<Deployment, 'timeline' | 'timelineDropped'> {
  const timeline = [...deployment.timeline, entry];
  if (timeline.length <= TIMELINE_ENTRIES_MAX) return { timeline, timelineDropped: deployment.timelineDropped };
  return { timeline: timeline.filter((_, index) => index !== TIMELINE_HEAD_KEPT), timelineDropped: deployment.timelineDropped + 1 };
}

/** The timeline's words for an event; undefined for events that would only fill it. */
function describeEvent(event: DeploymentEvent, before: Deployment): string | undefined {
  if (isTerminal(before.status) && event.type !== 'ScalingRestored') return undefined;
  switch (event.type) {
    case 'Queued':
      return `Waits for ${event.behind} to end`;
    case 'Refused':
      return `Refused: ${event.reason}`;
    case 'Superseded':
      return `Superseded by ${event.by}`;
    case 'SupersedeRequested':
      return `A newer push (${event.by}) asks it to make room`;
    case 'AbortRequested':
      return `${event.by} asked to abort: ${event.reason}`;
    case 'Started':
      return `Holds the service (fencing number ${event.fence})`;
    case 'RunStarted':
      return `Workflow run ${event.run} took over: ${event.why}`;
    case 'SlotAwaited':
      return before.waitingForSlotSince === undefined ? `Waits: the deployment group is taken by ${event.holder}` : undefined;
    case 'Planned':
      return `Planned ${event.plan.configurationName}, ${event.plan.desiredCount} task(s), from ${event.plan.blue.taskDefinitionArn}${event.plan.warnings.map((warning) => `; warning: ${warning}`).join('')}`;
    case 'TaskDefinitionRegistered':
      return `${event.adopted ? 'Found' : 'Registered'} task definition ${event.taskDefinitionArn}`;
    case 'ScalingSuspended':
      return 'Suspended auto scaling of the service';
    case 'ScalingRestored':
      return 'Restored auto scaling of the service';
    case 'TrafficShiftStarted':
      return `${event.adopted ? 'Adopted' : 'Started'} CodeDeploy deployment ${event.driverDeploymentId}`;
    case 'HookReceived':
      return before.hooks[event.hook]?.executionId === event.executionId ? undefined : `${event.hook} is being checked`;
    case 'HookPostponed':
      return before.hooks[event.hook]?.reason === event.reason ? undefined : `${event.hook} is not decided yet: ${event.reason}`;
    case 'HookReported':
      return undefined;
    case 'HookAnswered':
      return `${event.hook} ${event.answer === 'Succeeded' ? 'passed' : 'failed'}: ${event.reason}`;
    case 'ShiftObserved':
      return before.shift?.phase === event.phase && before.shift.greenPercent === event.greenPercent
        ? undefined
        : `${event.phase}: green has ${event.greenPercent} % of production traffic`;
    case 'HealthAssessed':
      return before.verdict?.verdict === event.verdict.verdict ? undefined : `Health ${event.verdict.verdict}: ${event.verdict.reasons.join('; ')}`;
    case 'RollbackStarted':
      if (before.rollback !== undefined) return undefined;
      return event.mode === 'toBlue'
        ? `Rolling back: ${describeCause(event.cause)}`
        : `Stopping where it stands, blue has no healthy target: ${describeCause(event.cause)}`;
    case 'BlueReleased':
      return 'Ended the termination wait: blue may go';
    case 'RoundPassed':
      return undefined;
    case 'Concluded':
      return `${event.status}: ${event.reason}`;
    default:
      return assertNever(event);
  }
}

/** Why a rollback happened, in one line. */
export function describeCause(cause: RollbackCause): string {
  switch (cause.kind) {
    case 'health':
      return `green is unhealthy: ${cause.reasons.join('; ')}`;
    case 'crashes':
      return `${cause.count} green task(s) crashed (limit ${cause.threshold}); last: ${cause.lastReason}`;
    case 'alarm':
      return `alarm(s) ${cause.alarms.join(', ')} went off`;
    case 'hook':
      return `${cause.hook} failed: ${cause.reason}`;
    case 'driver':
      return cause.reason;
    case 'operator':
      return `${cause.by} asked for it: ${cause.reason}`;
    case 'superseded':
      return `a newer push (${cause.by}) supersedes it`;
    case 'inconclusive':
      return `not enough evidence at the end of the bake time: ${cause.reasons.join('; ')}`;
    case 'unexpected':
      return `an unexpected error: ${cause.reason}`;
    default:
      return assertNever(cause);
  }
}
