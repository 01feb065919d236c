// Whether an incident is worth a decision, and by which runbook. Asked whenever an incident was looked at; cheap, and nothing is observed.
import type { StopCauseCode } from '#core/breaker/stop-cause.ts';
import { type CauseCount, countsWithin, type Incident } from './incident.ts';
import type { RemediationPolicy, RunbookName } from './policy.ts';
import { runbookForCause } from './runbook-for-cause.ts';

/** Subjects that are no revision: what they are about concerns the service whatever it runs. */
export const CAPACITY_SUBJECT = 'capacity';
export const PLACEMENT_SUBJECT = 'placement';

/** Failed pulls that make an incident: one may be a moment's trouble of the registry, and ECS tries again. */
const FAILED_PULLS_MIN = 2;
/** Minutes in which a shortage counts as present. */
const SHORTAGE_MINUTES = 5;

/** What a stopped task is counted under. */
export function subjectOfStop(code: StopCauseCode, taskDefinitionArn: string): string {
  const runbook = runbookForCause(code);
  if (runbook === 'capacity') return CAPACITY_SUBJECT;
  return runbook === 'placement' ? PLACEMENT_SUBJECT : taskDefinitionArn;
}

/** The runbook that looks after an incident, and the cause it is about; undefined: people read it in the record, nothing else is done. */
export function runbookOfIncident(incident: Incident): { readonly runbook: RunbookName; readonly cause: CauseCount } | undefined {
  for (const cause of incident.causes) {
    const runbook = incident.subject === CAPACITY_SUBJECT ? 'capacity' : runbookForCause(cause.code);
    if (runbook !== undefined) return { runbook, cause };
  }
  return undefined;
}

/** undefined: not yet, or not any more. */
export function needsDecision(incident: Incident, policy: RemediationPolicy, now: number): RunbookName | undefined {
  if (incident.remediation !== undefined) return undefined;
  const found = runbookOfIncident(incident);
  if (found === undefined || policy[found.runbook].mode === 'off') return undefined;
  return isDue(found.runbook, found.cause, incident, policy, now) ? found.runbook : undefined;
}

function isDue(runbook: RunbookName, cause: CauseCount, incident: Incident, policy: RemediationPolicy, now: number): boolean {
  switch (runbook) {
    case 'crashLoop':
      return countsWithin(incident, policy.crashLoop.windowMinutes, now).crashes >= policy.crashLoop.crashes;
    case 'capacity':
      return isShort(incident, now) || countsWithin(incident, policy.capacity.windowMinutes, now).count >= policy.capacity.interruptions;
    case 'imagePull':
      return cause.count >= FAILED_PULLS_MIN;
    default:
      return true;
  }
}

/** Whether tasks could not be started for want of capacity in the last minutes, rather than taken away. */
export function isShort(incident: Incident, now: number): boolean {
  return incident.causes.some((cause) => cause.code === 'capacityUnavailable' && now - cause.lastAt < SHORTAGE_MINUTES * 60_000);
}

/** Counts of one minute up to which each is looked at; beyond it only the first of its cause: a storm is looked at a few times a minute. */
export function looksPerMinute(policy: RemediationPolicy): number {
  return Math.max(policy.crashLoop.crashes, policy.capacity.interruptions, FAILED_PULLS_MIN);
}
