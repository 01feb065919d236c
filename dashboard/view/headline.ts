// "What is it doing, and why?" in one sentence: the first thing on every page.
import { formatPercent } from '#cli/figures.ts';
import { decideApproval } from '#core/approval/approval.ts';
import { assertNever } from '#core/deployment/assert-never.ts';
import type { Deployment } from '#core/deployment/deployment.ts';
import { describeCause } from '#core/deployment/describe-event.ts';
import { isPaused } from '#core/deployment/pause-state.ts';
import { statusWord } from './tone.ts';

/** One sentence; people by their names, whose ARNs the timeline has. */
export function headlineOf(deployment: Deployment, now: number): string {
  return shortPrincipals(sentenceOf(deployment, now));
}

/** `arn:aws:iam::111122223333:user/ann` as `ann`. */
export function shortPrincipals(text: string): string {
  return text.replaceAll(/arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:[\w+=,.@-]+\/)*([\w+=.@-]+)/g, '$1');
}

function sentenceOf(deployment: Deployment, now: number): string {
  const { status, outcome, rollback } = deployment;
  switch (status) {
    case 'Requested':
    case 'Queued':
      return 'Waits for its turn.';
    case 'Planning':
      return planningHeadline(deployment, now);
    case 'Shifting':
      return shiftingHeadline(deployment, now);
    case 'RollingBack':
      return `Going back to blue: ${rollback === undefined ? 'the reason is being recorded' : describeCause(rollback.cause)}`;
    case 'Succeeded':
    case 'RolledBack':
    case 'Failed':
    case 'Held':
    case 'Refused':
    case 'Superseded':
      return outcome === undefined ? `${statusWord(status)}.` : `${statusWord(status)}: ${outcome.reason}`;
    default:
      return assertNever(status);
  }
}

function planningHeadline(deployment: Deployment, now: number): string {
  return (
    approvalHeadline(deployment, now) ??
    (deployment.waitingForSlotSince === undefined ? 'Being planned.' : 'Waits until the other deployment of the service has ended.')
  );
}

function approvalHeadline({ approval }: Deployment, now: number): string | undefined {
  if (approval === undefined) return undefined;
  const decision = decideApproval(approval, now);
  if (decision.kind !== 'waits') return undefined;
  return `Waits for approval: ${approval.rules.required - decision.missing} of ${approval.rules.required} given. Green has no production traffic.`;
}

function shiftingHeadline(deployment: Deployment, now: number): string {
  const { shift, plan, pause, verdict } = deployment;
  const waits = approvalHeadline(deployment, now);
  if (waits !== undefined) return waits;
  if (shift === undefined) return 'Green is about to start.';
  const share = `Green has ${formatPercent(shift.greenPercent)} of ${plan?.rolling === undefined ? 'production traffic' : 'the running tasks'}`;
  if (isPaused(deployment) && pause !== undefined) return `${share} and is held there: ${pause.by} paused it (${pause.reason}).`;
  if (shift.firstTrafficAt === undefined) return `Green starts and is checked; ${share.charAt(0).toLowerCase()}${share.slice(1)}.`;
  return `${share}${shift.fullTrafficAt === undefined ? '' : '; blue still runs and can take over'}${healthWords(verdict?.verdict)}.`;
}

function healthWords(verdict: 'pass' | 'fail' | 'inconclusive' | undefined): string {
  if (verdict === 'pass') return ', and is proven as good as blue';
  if (verdict === 'fail') return ', and is worse than blue';
  return verdict === undefined ? '' : ', and its proof is being gathered';
}
