// Approval of a deployment whose driver cannot stand still for days once it has begun: CodeDeploy. It waits before anything is changed,
// and is planned anew once it is approved, for days may have passed.
import type { StepAnswer } from '#contracts/workflow.ts';
import { type ApprovalRules, decideApproval } from '#core/approval/approval.ts';
import { approvalEnd } from '#core/deployment/watch-approval.ts';
import type { VersionedDeployment } from '#ports/deployment-store.ts';
import type { Ports } from '#ports/ports.ts';
import { askApproval } from './ask-approval.ts';
import { recordEvents } from './change-deployment.ts';

const TELL_AGAIN_SECONDS = 60;

export type BeforeStart = { readonly kind: 'goOn'; readonly held: VersionedDeployment } | { readonly kind: 'answer'; readonly answer: StepAnswer };

/** Whether a deployment that was asked about may be planned; goOn where nobody was asked yet. */
export async function approvedBefore(ports: Ports, held: VersionedDeployment): Promise<BeforeStart> {
  const { approval } = held.deployment;
  if (approval === undefined) return { kind: 'goOn', held };
  const decision = decideApproval(approval, ports.now());
  if (decision.kind === 'waits') return { kind: 'answer', answer: await wait(ports, held, approval.rules) };
  const events = approvalEnd(approval, decision);
  if (decision.kind === 'goesOn') return { kind: 'goOn', held: events.length === 0 ? held : await recordEvents(ports, held, events) };
  await recordEvents(ports, held, [...events, { type: 'Concluded', status: 'Failed', reason: `${decision.reason}; nothing was changed` }]);
  return { kind: 'answer', answer: { next: { kind: 'conclude' } } };
}

/** The first time: asks, and waits. */
export async function askBeforeStart(ports: Ports, held: VersionedDeployment, rules: ApprovalRules): Promise<StepAnswer> {
  const asked = await recordEvents(ports, held, [{ type: 'ApprovalAsked', rules }]);
  return wait(ports, asked, rules);
}

/** Nobody looks meanwhile: an answer, an abort or a newer push wakes the workflow, and so does the end of the time. */
async function wait(ports: Ports, held: VersionedDeployment, rules: ApprovalRules): Promise<StepAnswer> {
  const { deployment, signals } = held;
  const told = deployment.approval?.toldAt !== undefined || (await askApproval(ports, deployment, rules));
  const until = (deployment.approval?.askedAt ?? ports.now()) + rules.timeoutMinutes * 60_000;
  const untilEnd = Math.max(1, Math.ceil((until - ports.now()) / 1000));
  return { next: { kind: 'watch', waitSeconds: told ? untilEnd : Math.min(TELL_AGAIN_SECONDS, untilEnd) }, signals };
}
