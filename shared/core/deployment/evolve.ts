// How a deployment's record comes to be and changes: by events, here and nowhere else. Everything else decides or acts.
import { type ApprovalEvent, applyApprovalEvent, isApprovalEvent } from '#core/approval/approval.ts';
import type { HealthVerdict } from '#core/health/health.ts';
import { assertNever } from './assert-never.ts';
import {
  type Deployment,
  type DeploymentEvent,
  type DeploymentRequest,
  type EpochMillis,
  type HookRecord,
  isTerminal,
  type ServiceKey,
  type ShiftState,
  type TimelineEntry,
} from './deployment.ts';
import { describeEvent, tellsVerdict } from './describe-event.ts';
import { applyGuardEvent, type GuardEvent, isGuardEvent } from './guard-state.ts';
import { applyPause } from './pause-state.ts';
import { isStepEvent, type StepEvent, type StepState } from './step-state.ts';

/** Longest timeline kept in a record; the oldest entries after the first ten are dropped first and counted. */
export const TIMELINE_ENTRIES_MAX = 150;
const TIMELINE_HEAD_KEPT = 10;
/** Characters of one of its lines. With the evidence at its longest the record stays below the 400 KB of a DynamoDB item. */
export const TIMELINE_TEXT_LENGTH_MAX = 600;

/** A new deployment's record. Its id is given: see deployment-id.ts. */
export function requestDeployment(id: string, serviceKey: ServiceKey, request: DeploymentRequest, now: EpochMillis): Deployment {
  const label = request.tag === undefined ? request.digest : `${request.repository}:${request.tag} (${request.digest})`;
  const who = requestedBy(request);
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

function requestedBy(request: DeploymentRequest): string {
  if (request.source === 'operator') return ` by ${request.by ?? 'an operator'}${operatorsWhy(request)}`;
  if (request.source === 'sweep') return ' (found by the sweeper)';
  return request.remedy === undefined ? '' : ` by ${request.remedy.by}: ${request.remedy.why}`;
}

function operatorsWhy({ force, remedy, bypassFreeze }: DeploymentRequest): string {
  if (bypassFreeze !== undefined) return `, who bypasses the freeze: ${bypassFreeze.why}`;
  if (force !== undefined) return `, who insists: ${force.why}`;
  return remedy === undefined ? '' : `: ${remedy.why}`;
}

/** The record after an event. Total: an event that makes no sense in this status changes nothing but is never an error. A terminal record never changes its status. */
export function evolve(deployment: Deployment, event: DeploymentEvent, now: EpochMillis): Deployment {
  const changed = apply(deployment, event, now);
  const text = describeEvent(event, deployment);
  const timeline = text === undefined ? {} : appendTimeline(changed, { at: now, type: event.type, text: shortened(text), ...shareOf(event) });
  return { ...changed, updatedAt: now, ...timeline };
}

function shortened(text: string): string {
  return text.length > TIMELINE_TEXT_LENGTH_MAX ? `${text.slice(0, TIMELINE_TEXT_LENGTH_MAX - 1)}…` : text;
}

function shareOf(event: DeploymentEvent): Pick<TimelineEntry, 'greenPercent'> {
  return event.type === 'ShiftObserved' ? { greenPercent: event.greenPercent } : {};
}

/** Folds several events of one moment. */
export function evolveAll(deployment: Deployment, events: readonly DeploymentEvent[], now: EpochMillis): Deployment {
  return events.reduce((record, event) => evolve(record, event, now), deployment);
}

function apply(deployment: Deployment, event: DeploymentEvent, now: EpochMillis): Deployment {
  if (isTerminal(deployment.status)) return applyAfterEnd(deployment, event, now);
  if (isGuardEvent(event)) return deployment;
  if (isApprovalEvent(event)) return applyApproval(deployment, event, now);
  if (isStepEvent(event)) return applyStep(deployment, event, now);
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
    case 'PromoteRequested':
    case 'Paused':
    case 'Resumed':
      return applyRequest(deployment, event, now);
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
      return {
        ...deployment,
        verdict: event.verdict,
        ...toldVerdict(deployment, event.verdict),
        ...(event.evidence === undefined ? {} : { evidence: event.evidence }),
      };
    case 'PersonAsked':
      return { ...deployment, askedAt: deployment.askedAt ?? now };
    case 'PersonTold':
      return { ...deployment, toldAt: deployment.toldAt ?? now };
    case 'RollbackStarted':
      return { ...deployment, status: 'RollingBack', rollback: deployment.rollback ?? { cause: event.cause, mode: event.mode, startedAt: now } };
    case 'CrashLogRead':
      return { ...deployment, crashLog: deployment.crashLog ?? event.log };
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

/** What a person asks; of the same request twice the first stays on record. */
function applyRequest(
  deployment: Deployment,
  event: Extract<DeploymentEvent, { type: 'AbortRequested' | 'PromoteRequested' | 'Paused' | 'Resumed' }>,
  now: EpochMillis,
): Deployment {
  const asked = { by: event.by, reason: event.reason, at: now };
  switch (event.type) {
    case 'AbortRequested':
      return { ...deployment, abortRequest: deployment.abortRequest ?? asked };
    case 'PromoteRequested':
      return { ...deployment, promoteRequest: deployment.promoteRequest ?? asked };
    default:
      return applyPause(deployment, event, now);
  }
}

/** After the end only the tidying up and the guard window are still recorded. */
function applyAfterEnd(deployment: Deployment, event: DeploymentEvent, now: EpochMillis): Deployment {
  if (event.type === 'RunStarted') return { ...deployment, run: event.run, rounds: 0 };
  if (isGuardEvent(event)) return applyGuard(deployment, event, now);
  return event.type === 'ScalingRestored' ? restoreScaling(deployment) : deployment;
}

/** Only what succeeded is guarded. The evidence goes on where the deployment's left off. */
function applyGuard(deployment: Deployment, event: GuardEvent, now: EpochMillis): Deployment {
  if (deployment.status !== 'Succeeded') return deployment;
  const guard = applyGuardEvent(deployment.guard, event, now);
  if (guard === undefined || guard === deployment.guard) return deployment;
  return { ...deployment, guard, ...(event.type === 'GuardJudged' && event.evidence !== undefined ? { evidence: event.evidence } : {}) };
}

function applyApproval(deployment: Deployment, event: ApprovalEvent, now: EpochMillis): Deployment {
  const approval = applyApprovalEvent(deployment.approval, event, now);
  return approval === undefined ? deployment : { ...deployment, approval };
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

function applyStep(deployment: Deployment, event: StepEvent, now: EpochMillis): Deployment {
  switch (event.type) {
    case 'StepHeld':
    case 'StepPassed':
      return { ...deployment, step: stepOf(deployment.step, event, now) };
    case 'WeightsChanged': {
      const { ruleArn, expectedPercent, foundPercent } = event;
      return { ...deployment, weightsChange: { ruleArn, expectedPercent, foundPercent, seenAt: now } };
    }
    case 'WeightsRestored':
      return deployment.weightsChange === undefined ? deployment : { ...deployment, weightsChange: { ...deployment.weightsChange, restoredAt: now } };
    case 'HoldTold':
      return toldOfHold(deployment, event.why, now);
    case 'ShiftAdopted':
      return adoptShift(deployment, event.driverDeploymentId, now);
    default:
      return assertNever(event);
  }
}

function stepOf(before: StepState | undefined, event: Extract<StepEvent, { type: 'StepHeld' | 'StepPassed' }>, now: EpochMillis): StepState {
  const { greenPercent, nextPercent, reason } = event;
  const isSame = before?.passedAt === undefined && before?.nextPercent === nextPercent;
  const since = isSame ? before.since : now;
  return {
    greenPercent,
    nextPercent,
    since,
    reason,
    ...(isSame && before.toldAt !== undefined ? { toldAt: before.toldAt } : {}),
    ...(event.type === 'StepPassed' ? { passedAt: now } : {}),
  };
}

function toldOfHold(deployment: Deployment, why: 'step' | 'weights', now: EpochMillis): Deployment {
  const { step, weightsChange } = deployment;
  if (why === 'step') return step === undefined ? deployment : { ...deployment, step: { ...step, toldAt: step.toldAt ?? now } };
  return weightsChange === undefined ? deployment : { ...deployment, weightsChange: { ...weightsChange, toldAt: weightsChange.toldAt ?? now } };
}

/** It begins anew: what green had of the traffic went back to blue when ECS stopped the shift before. */
function adoptShift(deployment: Deployment, driverDeploymentId: string, now: EpochMillis): Deployment {
  if (deployment.shift === undefined) return deployment;
  const { step: _step, weightsChange: _change, ...rest } = deployment;
  return { ...rest, shift: { driverDeploymentId, startedAt: deployment.shift.startedAt, observedAt: now, phase: 'Adopted', greenPercent: 0 } };
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

function toldVerdict(deployment: Deployment, verdict: HealthVerdict): Pick<Deployment, 'toldVerdict'> {
  return tellsVerdict(deployment, verdict) ? { toldVerdict: { verdict: verdict.verdict, greenPercent: deployment.shift?.greenPercent ?? 0 } } : {};
}

function appendTimeline(deployment: Deployment, entry: TimelineEntry): Pick<Deployment, 'timeline' | 'timelineDropped'> {
  const timeline = [...deployment.timeline, entry];
  if (timeline.length <= TIMELINE_ENTRIES_MAX) return { timeline, timelineDropped: deployment.timelineDropped };
  return { timeline: timeline.filter((_, index) => index !== TIMELINE_HEAD_KEPT), timelineDropped: deployment.timelineDropped + 1 };
}
