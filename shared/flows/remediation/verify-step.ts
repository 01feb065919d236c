// Step RemediateVerify: did it help? Asked again until there is an answer; a shift of capacity then waits for its way back.

import { type RemediationAnswered, type RemediationStepInput, remediationOver } from '#contracts/remediation-workflow.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { isTerminal } from '#core/deployment/deployment.ts';
import type { RemediationAction } from '#core/remediation/action.ts';
import { countSince, minuteOf } from '#core/remediation/incident.ts';
import { CAPACITY_SUBJECT } from '#core/remediation/needs-decision.ts';
import { isOver, type Remediation, type RemediationEnd } from '#core/remediation/remediation-record.ts';
import { runbookForCause } from '#core/remediation/runbook-for-cause.ts';
import { type RemediationObservation, verifyRemediation } from '#core/remediation/verify-remediation.ts';
import type { Ports } from '#ports/ports.ts';
import { startRemediation } from './count-sighting.ts';
import { secondsUntil } from './decide-step.ts';
import { endRemediation } from './end-remediation.ts';

/** Longest time between two looks. */
const LOOK_SECONDS_MAX = 600;
const endings: Readonly<Record<'helped' | 'didNotHelp' | 'inconclusive', RemediationEnd>> = {
  helped: 'Helped',
  didNotHelp: 'DidNotHelp',
  inconclusive: 'Inconclusive',
};

export async function verifyStep(ports: Ports, input: RemediationStepInput): Promise<RemediationAnswered> {
  const loaded = await ports.remediations.load(input.serviceKey, input.remediationId);
  if (loaded === undefined) return remediationOver;
  const { remediation } = loaded;
  const { action, startedAt } = remediation;
  if (isOver(remediation) || action === undefined || startedAt === undefined) return remediationOver;
  const seen = await observe(ports, remediation, startedAt);
  const verification = verifyRemediation(action.kind, seen, startedAt, ports.now());
  if (verification.kind === 'wait') {
    return { next: { kind: 'verify', waitSeconds: Math.min(LOOK_SECONDS_MAX, secondsUntil(verification.until, ports.now())) } };
  }
  if (action.kind === 'shiftCapacity' && seen.deployment !== 'failed') await planWayBack(ports, remediation, action);
  await endRemediation(ports, remediation, endings[verification.kind], verification.why);
  return remediationOver;
}

async function observe(ports: Ports, remediation: Remediation, startedAt: number): Promise<RemediationObservation> {
  const { serviceKey, deploymentId } = remediation;
  const service = await ports.services.load(serviceKey);
  if (service === undefined) return { deployment: 'none', effectiveAt: startedAt, recurrences: undefined, runningTasks: undefined, desiredTasks: undefined };
  const manifest = readManifest(service.record.manifest);
  const deployed = deploymentId === undefined ? undefined : (await ports.deployments.load(serviceKey, deploymentId))?.deployment;
  const ended = deployed !== undefined && isTerminal(deployed.status);
  const deployment = deploymentId === undefined ? 'none' : !ended ? 'running' : deployed.status === 'Succeeded' ? 'succeeded' : 'failed';
  const effectiveAt = deployment === 'none' ? startedAt : ended ? deployed.outcome?.at : undefined;
  const [observed, tasks] = await Promise.all([
    ports.ecs.describeService(manifest.cluster, manifest.service),
    ports.tasks.running(manifest.cluster, manifest.service),
  ]);
  const revisions = [remediation.subject, deployed?.taskDefinitionArn].filter((subject) => subject !== undefined);
  const subjects = remediation.runbook === 'capacity' ? [CAPACITY_SUBJECT] : revisions;
  return {
    deployment,
    effectiveAt,
    recurrences: effectiveAt === undefined ? undefined : await countRecurrences(ports, remediation, subjects, effectiveAt),
    runningTasks: tasks.length,
    desiredTasks: observed?.desiredCount,
  };
}

/** Of every cause the runbook looks after: memory that is still too small kills like before, whatever the revision is called now. */
async function countRecurrences(ports: Ports, remediation: Remediation, subjects: readonly string[], after: number): Promise<number> {
  const counted = await Promise.all(subjects.map((subject) => ports.incidents.minutes(remediation.serviceKey, subject, minuteOf(after))));
  const minutes = counted.flat();
  const codes = new Set(minutes.flatMap((minute) => minute.causes.map((cause) => cause.code)));
  return [...codes]
    .filter((code) => remediation.runbook === 'capacity' || runbookForCause(code) === remediation.runbook)
    .reduce((sum, code) => sum + countSince(minutes, code, after), 0);
}

/** Whether or not it helped, tasks go back to where the owner wants them. */
async function planWayBack(ports: Ports, remediation: Remediation, action: Extract<RemediationAction, { kind: 'shiftCapacity' }>): Promise<void> {
  const { id, serviceKey } = remediation;
  const { previous, until } = action;
  await startRemediation(
    ports,
    { id: `${id}-back`, serviceKey, subject: CAPACITY_SUBJECT, cause: { kind: 'wayBack', of: id, previous, until } },
    secondsUntil(until, ports.now()),
  );
}
