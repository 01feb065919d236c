// A service as `show-service` answers it, and its lines for a person: what is it doing, and why, in one glance.
import { type Deployment, isTerminal } from '#core/deployment/deployment.ts';
import { openWindow } from '#core/service/freeze.ts';
import { breakerOf } from '#core/service/record-breaker.ts';
import type { ServiceView } from '#flows/show-service.ts';
import { describeApproval } from './approval-view.ts';
import { describeBreaker } from './breaker-view.ts';
import { describeComparison } from './evidence-view.ts';
import { formatPercent, formatSpan, timeOfDay } from './figures.ts';
import type { OperationsClient } from './operations-client.ts';
import { describeSteps, waitsFor } from './progress-view.ts';

export type ShownService = ServiceView & { readonly now: number };

export function showOf(client: OperationsClient, serviceKey: string, limit: number, deploymentId?: string): Promise<ShownService> {
  return client.ask<ShownService>('show-service', { serviceKey, limit, ...(deploymentId === undefined ? {} : { deploymentId }) });
}

const BAR_WIDTH = 40;

/** `blue ████████░░ green 10 %`. */
export function trafficBar(greenPercent: number): string {
  const green = Math.round((BAR_WIDTH * greenPercent) / 100);
  const shown = greenPercent > 0 ? Math.max(1, green) : 0;
  return `blue ${'█'.repeat(BAR_WIDTH - shown)}${'░'.repeat(shown)} green ${formatPercent(greenPercent)}`;
}

export function imageLabel(deployment: Deployment): string {
  const { tag, repository, digest } = deployment.request;
  return tag === undefined ? `${repository}@${digest.slice(0, 19)}` : `${repository}:${tag}`;
}

/** The service's own line, then the newest deployment in detail. */
export function describeService(view: ShownService): readonly string[] {
  const { service, deployments, now } = view;
  const newest = deployments.find((deployment) => deployment.id === service.active?.deploymentId) ?? deployments[0];
  const state = service.active === undefined ? 'idle' : `deploying ${service.active.deploymentId} for ${formatSpan(now - service.active.since)}`;
  return [
    `${service.key}  ${state}${service.next === undefined ? '' : `  next: ${service.next.deploymentId}`}${service.frozen === undefined ? '' : `  FROZEN: ${service.frozen}`}${describeFreeze(service, now)}`,
    `last success: ${service.lastSuccess === undefined ? 'none recorded' : `${service.lastSuccess.deploymentId} (${service.lastSuccess.digest.slice(0, 19)})`}${service.failuresInARow > 0 ? `  failures in a row: ${service.failuresInARow}` : ''}`,
    ...(breakerOf(service).state.kind === 'closed' ? [] : [describeBreaker(breakerOf(service), now)]),
    ...view.remediations.map((remediation) => describeRemediationBriefly(remediation, now)),
    ...(newest === undefined ? ['no deployments yet: push an image'] : ['', ...describeDeployment(newest, now)]),
  ];
}

function describeFreeze({ freeze }: ShownService['service'], now: number): string {
  const open = openWindow(freeze, now);
  return open === undefined ? '' : `  FREEZE WINDOW "${open.name}" until ${open.until}`;
}

/** One line; the whole story is in `weir remediation list`. */
function describeRemediationBriefly({ id, status, runbook, why, requestedAt }: ShownService['remediations'][number], now: number): string {
  return `remediation ${id}  ${runbook ?? 'deciding'}  ${status} ${formatSpan(now - requestedAt)} ago${why === undefined ? '' : `: ${why}`}`;
}

function describeTimeline({ timeline, timelineDropped }: Deployment): readonly string[] {
  const dropped = timelineDropped === 0 ? [] : [`  (${timelineDropped} older lines dropped)`];
  return [...timeline.map((entry) => `  ${timeOfDay(entry.at)}  ${entry.text}`), ...dropped];
}

export function describeDeployment(deployment: Deployment, now: number): readonly string[] {
  const { shift, verdict, outcome, plan } = deployment;
  const ended = isTerminal(deployment.status);
  return [
    `${deployment.id}  ${imageLabel(deployment)}  ${deployment.status}`,
    ...(outcome === undefined ? [] : [`  why: ${outcome.reason}`]),
    ...(shift === undefined ? [] : [`  ${trafficBar(shift.greenPercent)}   ${shift.phase}${plan === undefined ? '' : `  (${plan.configurationName})`}`]),
    ...(shift === undefined ? [] : describeSteps(deployment)),
    ...(ended || shift === undefined ? [] : [`  waits for: ${waitsFor(deployment, now)}`]),
    ...describeWeightsChange(deployment.weightsChange, now),
    ...(deployment.approval === undefined ? [] : describeApproval(deployment.approval, now)),
    ...(verdict === undefined ? [] : [`  health ${verdict.verdict}: ${verdict.reasons.join('; ')}`]),
    ...(verdict?.comparison === undefined ? [] : describeComparison(verdict.comparison)),
    ...Object.entries(deployment.hooks).map(
      ([hook, record]) => `  ${hook}: ${record.answer ?? 'being checked'}${record.reason === undefined ? '' : `, ${record.reason}`}`,
    ),
    ...describeTimeline(deployment),
  ];
}

function describeWeightsChange(change: Deployment['weightsChange'], now: number): readonly string[] {
  if (change === undefined) return [];
  const { ruleArn, expectedPercent, foundPercent, seenAt, restoredAt } = change;
  const ended = restoredAt === undefined ? `seen ${formatSpan(now - seenAt)} ago` : `put right after ${formatSpan(restoredAt - seenAt)}`;
  return [`  WEIGHTS CHANGED by somebody else: ${ruleArn} gave green ${formatPercent(foundPercent)} instead of ${formatPercent(expectedPercent)} (${ended})`];
}
