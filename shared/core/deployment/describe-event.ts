// Deployment events in the words of the timeline: what a person reads in `weir status`.
import { describeApprovalEvent, isApprovalEvent } from '#core/approval/approval.ts';
import { crashTitle } from '#core/breaker/crash-cause.ts';
import type { HealthVerdict } from '#core/health/health.ts';
import { assertNever } from './assert-never.ts';
import { type Deployment, type DeploymentEvent, isTerminal } from './deployment.ts';
import { driverName } from './driver-kind.ts';
import { describeGuardEvent, isGuardEvent } from './guard-state.ts';
import { describePause } from './pause-state.ts';
import type { RollbackCause } from './rollback-cause.ts';
import { isStepEvent, type StepEvent } from './step-state.ts';
import { isVerdictNews } from './verdict-news.ts';

/** Whether the timeline tells of a verdict. */
export function tellsVerdict({ toldVerdict, verdict: known, shift }: Deployment, { verdict }: HealthVerdict): boolean {
  return isVerdictNews(toldVerdict, known?.verdict, verdict, shift?.greenPercent ?? 0);
}

/** The timeline's words for an event; undefined for events that would only fill it. */
export function describeEvent(event: DeploymentEvent, before: Deployment): string | undefined {
  if (isGuardEvent(event)) return before.status === 'Succeeded' ? describeGuardEvent(event, before.guard) : undefined;
  if (isTerminal(before.status) && event.type !== 'ScalingRestored') return undefined;
  if (isApprovalEvent(event)) return describeApprovalEvent(event, before.approval);
  if (isStepEvent(event)) return describeStep(event, before);
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
    case 'PromoteRequested':
    case 'Paused':
    case 'Resumed':
      return describeRequest(event, before);
    case 'Started':
      return `Holds the service (fencing number ${event.fence})`;
    case 'RunStarted':
      return `Workflow run ${event.run} took over: ${event.why}`;
    case 'SlotAwaited':
      return before.waitingForSlotSince === undefined ? `Waits: the service is taken by ${event.holder}` : undefined;
    case 'Planned':
      return `Planned ${event.plan.configurationName}${event.plan.trial === undefined ? '' : ', the smallest canary, as the trial of the half-open circuit breaker'}, ${event.plan.desiredCount} task(s), from ${event.plan.blue.taskDefinitionArn}${event.plan.warnings.map((warning) => `; warning: ${warning}`).join('')}`;
    case 'TaskDefinitionRegistered':
      return `${event.adopted ? 'Found' : 'Registered'} task definition ${event.taskDefinitionArn}`;
    case 'ScalingSuspended':
      return 'Suspended auto scaling of the service';
    case 'ScalingRestored':
      return 'Restored auto scaling of the service';
    case 'TrafficShiftStarted':
      return `${event.adopted ? 'Adopted' : 'Started'} ${driverName(before.plan?.driver)} deployment ${event.driverDeploymentId}`;
    case 'HookReceived':
      return before.hooks[event.hook]?.executionId === event.executionId ? undefined : `${event.hook} is being checked`;
    case 'HookPostponed':
      // Once: what it waits for changes with every look, and is in the hook's own record.
      return before.hooks[event.hook]?.reason === undefined ? `${event.hook} is not decided yet: ${event.reason}` : undefined;
    case 'HookReported':
    case 'PersonTold':
      return undefined;
    case 'HookAnswered':
      return `${event.hook} ${event.answer === 'Succeeded' ? 'passed' : 'failed'}: ${event.reason}`;
    case 'ShiftObserved':
      return before.shift?.phase === event.phase && before.shift.greenPercent === event.greenPercent
        ? undefined
        : `${event.phase}: green has ${event.greenPercent} % of production traffic`;
    case 'HealthAssessed':
      return tellsVerdict(before, event.verdict) ? `Health ${event.verdict.verdict}: ${event.verdict.reasons.join('; ')}` : undefined;
    case 'PersonAsked':
      return before.askedAt === undefined ? event.question : undefined;
    case 'RollbackStarted':
      if (before.rollback !== undefined) return undefined;
      return event.mode === 'toBlue'
        ? `Rolling back: ${describeCause(event.cause)}`
        : `Stopping where it stands, blue has no healthy target: ${describeCause(event.cause)}`;
    case 'CrashLogRead':
      return before.crashLog === undefined ? `Read the end of the log of ${event.log.container} in task ${event.log.taskId}` : undefined;
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

function describeRequest(
  event: Extract<DeploymentEvent, { type: 'AbortRequested' | 'PromoteRequested' | 'Paused' | 'Resumed' }>,
  before: Deployment,
): string | undefined {
  switch (event.type) {
    case 'AbortRequested':
      return `${event.by} asked to abort: ${event.reason}`;
    case 'PromoteRequested':
      return before.promoteRequest === undefined ? `${event.by} asked to let green stay: ${event.reason}` : undefined;
    default:
      return describePause(event, before);
  }
}

function describeStep(event: StepEvent, before: Deployment): string | undefined {
  switch (event.type) {
    case 'StepHeld':
      // Once: what it waits for changes with every look, and is in the step's own record.
      return before.step?.nextPercent === event.nextPercent && before.step.passedAt === undefined
        ? undefined
        : `Held at ${event.greenPercent} %, before ${event.nextPercent} %: ${event.reason}`;
    case 'StepPassed':
      return `Goes on from ${event.greenPercent} % to ${event.nextPercent} %: ${event.reason}`;
    case 'WeightsChanged':
      return before.weightsChange?.foundPercent === event.foundPercent && before.weightsChange.restoredAt === undefined
        ? undefined
        : `Somebody else set the weights of ${event.ruleArn}: green has ${event.foundPercent} % of production traffic, ${event.expectedPercent} % expected`;
    case 'WeightsRestored':
      return 'The weights are as expected again';
    case 'HoldTold':
      return undefined;
    case 'ShiftAdopted':
      return `Goes on as ${event.driverDeploymentId}, which somebody else started and which deploys the same`;
  }
}

/** Why a rollback happened, in one line. */
export function describeCause(cause: RollbackCause): string {
  switch (cause.kind) {
    case 'health':
      return `green is unhealthy: ${cause.reasons.join('; ')}`;
    case 'crashes': {
      const why = crashTitle(cause.causes);
      return `${cause.count} green task(s) crashed (limit ${cause.threshold})${why === undefined ? '' : ` because ${why}`}; last: ${cause.lastReason}`;
    }
    case 'alarm':
      return `alarm(s) ${cause.alarms.join(', ')} went off`;
    case 'hook':
      return `${cause.hook} failed: ${cause.reason}`;
    case 'driver':
    case 'weights':
    case 'outside':
    case 'approval':
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
