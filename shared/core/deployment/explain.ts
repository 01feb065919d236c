// One deployment explained: what happened, why, on what evidence, and what to do next. For `weir explain`; a pure view of the records.
import { type CrashCause, type CrashLog, orderedCauses } from '#core/breaker/crash-cause.ts';
import { stopCause } from '#core/breaker/stop-cause.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import type { Deployment, EpochMillis, TimelineEntry } from './deployment.ts';
import { nextSteps } from './explain-next.ts';
import type { RollbackCause } from './rollback-cause.ts';

export interface Explanation {
  readonly deploymentId: string;
  readonly serviceKey: string;
  readonly image: string;
  readonly status: Deployment['status'];
  /** What happened, in one sentence. */
  readonly happened: string;
  /** Why, in one sentence; undefined where it simply went well or goes on. */
  readonly why: string | undefined;
  /** What the decision was taken on. */
  readonly evidence: readonly string[];
  /** Why tasks crashed, most frequent first. */
  readonly causes: readonly ExplainedCause[];
  /** How the log of the crashed container ended. */
  readonly log: CrashLog | undefined;
  readonly decisions: readonly TimelineEntry[];
  /** What a person can do now. */
  readonly next: readonly string[];
}

export interface ExplainedCause extends CrashCause {
  /** What happened, as a sentence. */
  readonly title: string;
}

export function explainDeployment(deployment: Deployment, service: ServiceRecord, now: EpochMillis): Explanation {
  const { id, serviceKey, status, timeline, crashLog, rollback } = deployment;
  const causes = explainedCauses(rollback?.cause);
  return {
    deploymentId: id,
    serviceKey,
    image: imageOf(deployment),
    status,
    happened: whatHappened(deployment),
    why: whyOf(deployment),
    evidence: evidenceOf(deployment),
    causes,
    log: crashLog,
    decisions: timeline,
    next: nextSteps(deployment, service, causes, now),
  };
}

function imageOf({ request: { repository, tag, digest } }: Deployment): string {
  return tag === undefined ? `${repository}@${digest}` : `${repository}:${tag} (${digest})`;
}

function whatHappened(deployment: Deployment): string {
  const { status, shift, outcome, supersededBy } = deployment;
  switch (status) {
    case 'Requested':
    case 'Queued':
    case 'Planning':
      return 'It has not begun to shift traffic.';
    case 'Shifting':
      return `It is under way: green has ${percent(shift?.greenPercent)} of production traffic.`;
    case 'RollingBack':
      return `It is going back: green has ${percent(shift?.greenPercent)} of production traffic left.`;
    case 'Succeeded':
      return `It succeeded${afterSuccess(deployment)}`;
    case 'RolledBack':
      return `It was rolled back: blue serves everything again. ${exposure(deployment)}`;
    case 'Failed':
      return shift?.firstTrafficAt === undefined ? 'It failed, and production never saw it.' : `It failed. ${exposure(deployment)}`;
    case 'Held':
      return 'It was stopped where it stood; a person has to decide.';
    case 'Refused':
      return 'It was refused and never started.';
    case 'Superseded':
      return `A newer one${supersededBy === undefined ? '' : ` (${supersededBy})`} took its place${outcome === undefined ? '' : `: ${outcome.reason}`}.`;
  }
}

const newsText = { due: 'People are being told.', told: 'People were told.', givenUp: 'Nobody could be told.' } as const;

function afterSuccess({ guard }: Deployment): string {
  const ended = guard?.ended;
  if (guard === undefined) return ': green got all production traffic and blue was let go.';
  if (ended === undefined) return ' and goes on being judged in its guard window.';
  if (ended.kind === 'over') return `: green got all production traffic and blue was let go. Its guard window ended: ${ended.why}.`;
  const then = ended.restoredBy === undefined ? newsText[ended.news ?? 'told'] : `Then deployment ${ended.restoredBy} went back to what worked before.`;
  return `, and went bad in its guard window. ${then}`;
}

function exposure({ shift, outcome }: Deployment): string {
  if (shift?.firstTrafficAt === undefined) return 'Production never saw it.';
  const seconds = Math.max(0, Math.round(((outcome?.at ?? shift.observedAt) - shift.firstTrafficAt) / 1000));
  const most = shift.fullTrafficAt === undefined ? 'part' : 'all';
  return `Production sent it ${most} of its traffic for at most ${seconds} s.`;
}

function percent(value: number | undefined): string {
  return value === undefined ? 'none' : `${Number(value.toFixed(1))} %`;
}

function whyOf(deployment: Deployment): string | undefined {
  const { outcome, status, rollback, abortRequest, guard } = deployment;
  if (guard?.ended !== undefined && guard.ended.kind !== 'over') return guard.ended.why;
  if (outcome !== undefined && status !== 'Succeeded') return outcome.reason;
  if (rollback !== undefined) return `It is being rolled back (${rollback.cause.kind}).`;
  return abortRequest === undefined ? undefined : `${abortRequest.by} asked to abort it: ${abortRequest.reason}`;
}

function explainedCauses(cause: RollbackCause | undefined): readonly ExplainedCause[] {
  if (cause?.kind !== 'crashes') return [];
  return orderedCauses(cause.causes ?? []).map((one) => ({ ...one, title: `The task stopped because ${stopCause(one.code).title}.` }));
}

/** Everything that was weighed, the newest state of it. */
function evidenceOf(deployment: Deployment): readonly string[] {
  const { rollback, verdict, hooks, plan, request, guard } = deployment;
  const cause = rollback?.cause;
  return [
    ...(request.remedy === undefined ? [] : [`asked for by ${request.remedy.by}: ${request.remedy.why}`]),
    ...(request.force === undefined ? [] : [`${request.force.by} insisted: ${request.force.why}`]),
    ...(plan?.trial === undefined ? [] : [`the trial of the half-open circuit breaker: ${plan.trial}`]),
    ...(cause?.kind === 'crashes' ? [`${cause.count} of green's tasks crashed, the limit is ${cause.threshold}; the last one: ${cause.lastReason}`] : []),
    ...(cause?.kind === 'alarm' ? [`in ALARM: ${cause.alarms.join(', ')}`] : []),
    ...(verdict === undefined ? [] : verdict.reasons.map((reason) => `health ${verdict.verdict}: ${reason}`)),
    ...(guard?.ended?.evidence ?? []).map((line) => `in the guard window: ${line}`),
    ...Object.entries(hooks).flatMap(([hook, record]) => (record.answer === 'Failed' ? [`${hook} failed: ${record.reason ?? 'no reason recorded'}`] : [])),
    ...(plan?.warnings ?? []).map((warning) => `known before it began: ${warning}`),
  ];
}
