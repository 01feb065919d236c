// Step RemediateDecide: observe, decide, reserve the budget, record. Nothing is done here yet.

import { type RemediationAnswered, type RemediationStepInput, remediationOver } from '#contracts/remediation-workflow.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { decideRemediation, type RemediationDecision, type Situation } from '#core/remediation/decide-remediation.ts';
import { withDismissal, withRemediation } from '#core/remediation/incident.ts';
import { isOver, type Remediation, type RemediationDecided } from '#core/remediation/remediation-record.ts';
import type { ServiceRecord } from '#core/service/service-record.ts';
import { ConflictError } from '#ports/errors.ts';
import type { Ports } from '#ports/ports.ts';
import { breakerObjection } from './breaker-objection.ts';
import { changeIncident } from './change-incident.ts';
import { changeRemediation } from './change-remediation.ts';
import { observeSituation } from './observe-situation.ts';

/** Tries against others who reserve of the same budget. */
const RESERVE_ATTEMPTS_MAX = 8;
/** A proposal nobody answered within a day is about yesterday. */
const PROPOSAL_SECONDS = 86_400;

/** @param account the one Weir runs in */
export async function decideStep(ports: Ports, input: RemediationStepInput, account: string): Promise<RemediationAnswered> {
  const loaded = await ports.remediations.load(input.serviceKey, input.remediationId);
  if (loaded === undefined) return remediationOver;
  const { remediation } = loaded;
  if (remediation.status !== 'Requested') return whereItStands(remediation, ports.now());
  const service = await ports.services.load(input.serviceKey);
  if (service === undefined) return remediationOver;
  const observed = await observeSituation(ports, remediation, service.record, account);
  if (observed.situation === undefined) return dismiss(ports, remediation, observed.why);
  const decision = await decideAndReserve(ports, remediation, observed.situation);
  if (decision.kind === 'nothing') return dismiss(ports, remediation, decision.why);
  return record(ports, remediation, decision);
}

/** Repeated after a crash: the decision is on record. */
function whereItStands(remediation: Remediation, now: number): RemediationAnswered {
  switch (remediation.status) {
    case 'Acting':
      return { next: { kind: 'act' } };
    case 'Proposed':
      return { next: { kind: 'propose', waitSeconds: secondsUntil(remediation.answerBy ?? now, now) } };
    case 'Verifying':
      return { next: { kind: 'verify', waitSeconds: 1 } };
    case 'Alerted':
      return { next: { kind: remediation.toldAt === undefined ? 'alert' : 'stop' } };
    default:
      return remediationOver;
  }
}

export function secondsUntil(at: number, now: number): number {
  return Math.max(1, Math.ceil((at - now) / 1000));
}

/** The budget is taken before anything is done: of two that ask at once one has to decide again. */
async function decideAndReserve(ports: Ports, remediation: Remediation, situation: Situation): Promise<RemediationDecision> {
  for (let attempt = 1; ; attempt++) {
    const [loaded, own, account] = await Promise.all([
      ports.services.load(remediation.serviceKey),
      ports.remediations.loadActions(remediation.serviceKey),
      ports.remediations.loadActions(undefined),
    ]);
    const service = loaded?.record;
    if (service === undefined) return { kind: 'nothing', runbook: situation.kind, why: 'the service is not on record any more' };
    const now = ports.now();
    const decision = decideRemediation(
      situation,
      readManifest(service.manifest).remediation,
      {
        actionId: remediation.id,
        service: own.log,
        account: account.log,
        runningDeployment: service.active?.deploymentId,
        breakerForbids: objectionOf(service, now),
      },
      now,
    );
    if (decision.kind !== 'act') return decision;
    try {
      if (decision.service !== own.log) await ports.remediations.saveActions(remediation.serviceKey, decision.service, own.version, ports.writeId());
      if (decision.account !== account.log) await ports.remediations.saveActions(undefined, decision.account, account.version, ports.writeId());
      return decision;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= RESERVE_ATTEMPTS_MAX) throw error;
    }
  }
}

/** What stands against any automatic change of the service. */
function objectionOf(service: ServiceRecord, now: number): string | undefined {
  return breakerObjection(service, now) ?? (service.frozen === undefined ? undefined : `the service is frozen: ${service.frozen}`);
}

async function record(ports: Ports, remediation: Remediation, decision: Exclude<RemediationDecision, { kind: 'nothing' }>): Promise<RemediationAnswered> {
  const { kind, runbook, why, evidence } = decision;
  const event: RemediationDecided = {
    type: 'Decided',
    kind,
    runbook,
    why,
    evidence,
    ...(decision.kind === 'alert' ? {} : { action: decision.action }),
    ...(decision.kind === 'propose' && decision.held !== undefined ? { held: decision.held } : {}),
    ...(decision.kind === 'propose' ? { answerBy: ports.now() + PROPOSAL_SECONDS * 1000 } : {}),
  };
  const { serviceKey, subject, id, cause } = remediation;
  const recorded = await changeRemediation(ports, serviceKey, id, () => event);
  if (cause.kind === 'incident') {
    await changeIncident(ports, serviceKey, subject, (incident) =>
      incident?.id === cause.incidentId ? withRemediation(incident, { id, kind, at: ports.now() }) : incident,
    );
  }
  return recorded === undefined || (isOver(recorded) && recorded.status !== 'Alerted') ? remediationOver : whereItStands(recorded, ports.now());
}

async function dismiss(ports: Ports, remediation: Remediation, why: string): Promise<RemediationAnswered> {
  const { serviceKey, subject, id, cause } = remediation;
  const recorded = await changeRemediation(ports, serviceKey, id, () => ({ type: 'Ended', status: 'NotNeeded', why }));
  if (cause.kind === 'incident' && recorded?.status === 'NotNeeded') {
    await changeIncident(ports, serviceKey, subject, (incident) => (incident?.id === cause.incidentId ? withDismissal(incident) : incident));
  }
  return remediationOver;
}
