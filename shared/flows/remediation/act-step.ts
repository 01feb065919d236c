// Step RemediateAct: do what was decided or approved. Every action may be repeated; none begins while a deployment runs.

import { type RemediationAnswered, type RemediationStepInput, remediationOver } from '#contracts/remediation-workflow.ts';
import { readManifest } from '#contracts/stored-manifest.ts';
import { assertNever } from '#core/deployment/assert-never.ts';
import { isOver, type Remediation, type RemediationEvent } from '#core/remediation/remediation-record.ts';
import { withQuarantined } from '#core/service/service-record.ts';
import type { Ports } from '#ports/ports.ts';
import { changeService } from '../change-service.ts';
import { changeRemediation } from './change-remediation.ts';
import { secondsUntil } from './decide-step.ts';
import { deployRemedy } from './deploy-remedy.ts';
import { endRemediation } from './end-remediation.ts';

/** Between two looks whether the running deployment has ended, and how long that is waited for. */
const WAIT_SECONDS = 60;
const WAIT_MILLISECONDS_MAX = 2 * 3_600_000;
const FIRST_VERIFICATION_SECONDS = 60;
/** Hours a digest with scan findings is refused; a new scan blocks it again. */
const BLOCK_HOURS = 720;

type Acted =
  | { readonly kind: 'done'; readonly deploymentId?: string }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'impossible'; readonly why: string };

export async function actStep(ports: Ports, input: RemediationStepInput, account: string): Promise<RemediationAnswered> {
  const loaded = await ports.remediations.load(input.serviceKey, input.remediationId);
  if (loaded === undefined) return remediationOver;
  const { remediation } = loaded;
  if (isOver(remediation)) return remediationOver;
  if (remediation.status === 'Verifying') return { next: { kind: 'verify', waitSeconds: FIRST_VERIFICATION_SECONDS } };
  const refusal = refusalOf(remediation, ports.now());
  if (refusal === 'unanswered') return { next: { kind: 'propose', waitSeconds: secondsUntil(remediation.answerBy ?? 0, ports.now()) } };
  if (refusal !== undefined) {
    await changeRemediation(ports, input.serviceKey, input.remediationId, () => refusal);
    return remediationOver;
  }
  const acted = await act(ports, remediation, account);
  if (acted.kind === 'wait' && ports.now() - since(remediation) < WAIT_MILLISECONDS_MAX) return { next: { kind: 'wait', waitSeconds: WAIT_SECONDS } };
  if (acted.kind !== 'done') {
    await endRemediation(ports, remediation, 'Failed', acted.why);
    return remediationOver;
  }
  const { deploymentId } = acted;
  await changeRemediation(ports, input.serviceKey, input.remediationId, () => ({ type: 'Started', ...(deploymentId === undefined ? {} : { deploymentId }) }));
  return { next: { kind: 'verify', waitSeconds: FIRST_VERIFICATION_SECONDS } };
}

function since(remediation: Remediation): number {
  return remediation.answer?.at ?? remediation.startedAt ?? remediation.requestedAt;
}

/** undefined: it may be done. */
function refusalOf(remediation: Remediation, now: number): RemediationEvent | 'unanswered' | undefined {
  if (remediation.status !== 'Proposed') return undefined;
  const { answer, answerBy = 0 } = remediation;
  if (answer?.approve === true) return undefined;
  if (answer !== undefined) return { type: 'Ended', status: 'Rejected', why: `${answer.by}: ${answer.why}` };
  return now < answerBy ? 'unanswered' : { type: 'Ended', status: 'Expired', why: 'nobody answered in time' };
}

async function act(ports: Ports, remediation: Remediation, account: string): Promise<Acted> {
  const { action, serviceKey } = remediation;
  const service = await ports.services.load(serviceKey);
  if (action === undefined || service === undefined) return { kind: 'impossible', why: 'there is no action on record, or no service' };
  const manifest = readManifest(service.record.manifest);
  switch (action.kind) {
    case 'blockPromotion': {
      const { digest, reason } = action;
      await changeService(ports, serviceKey, (record) => ({ record: withQuarantined(record, { digest, reason, hours: BLOCK_HOURS }, ports.now()) }));
      return { kind: 'done' };
    }
    case 'shiftCapacity':
    case 'restoreCapacity':
      if (action.through === 'deployment') return deployRemedy(ports, remediation, action, service.record, account);
      if (service.record.active !== undefined) return { kind: 'wait', why: `deployment ${service.record.active.deploymentId} did not end` };
      await ports.capacity.set(manifest.cluster, manifest.service, action.strategy);
      return { kind: 'done' };
    case 'raiseMemory':
    case 'redeployRevision':
    case 'pinDigest':
      return deployRemedy(ports, remediation, action, service.record, account);
    default:
      return assertNever(action);
  }
}
