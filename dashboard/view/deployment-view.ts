// One deployment as the page shows it: plain data that the server makes from the record and the page only draws.
import { formatSpan } from '#cli/figures.ts';
import { waiting } from '#cli/progress-view.ts';
import { imageLabel, type ShownService } from '#cli/service-view.ts';
import { decideApproval } from '#core/approval/approval.ts';
import { type Deployment, isTerminal, lifecycleHooks, type TimelineEntry } from '#core/deployment/deployment.ts';
import { type Explanation, explainDeployment } from '#core/deployment/explain.ts';
import { isPaused, pauseChanges } from '#core/deployment/pause-state.ts';
import type { MetricReading } from '#core/health/comparison-reading.ts';
import { trafficSteps } from '#core/strategy/strategy.ts';
import { type Columns, errorColumns, latencyColumns, requestColumns, weightColumns } from './chart-data.ts';
import { type Control, controlsOf } from './controls.ts';
import { evidenceView, type MetricView } from './evidence-view.ts';
import { headlineOf, shortPrincipals } from './headline.ts';
import { waitsForPerson } from './service-row.ts';
import { statusWord, type Tone, toneOf } from './tone.ts';

export interface DeploymentView {
  readonly id: string;
  readonly image: string;
  readonly digest: string;
  readonly status: string;
  readonly tone: Tone;
  readonly isRunning: boolean;
  readonly headline: string;
  readonly waits?: WaitView;
  readonly requestedAt: number;
  readonly requestedBy: string;
  readonly endedAt?: number;
  readonly traffic?: TrafficView;
  readonly verdict?: { readonly verdict: string; readonly reasons: readonly string[]; readonly at: number };
  readonly metrics: readonly MetricView[];
  readonly charts: { readonly weights: Columns; readonly requests: Columns; readonly errors: Columns; readonly latency: Columns };
  readonly hooks: readonly HookView[];
  readonly approval?: ApprovalView;
  readonly controls: readonly Control[];
  /** How often it was paused or resumed when this was read: sent along with either request. */
  readonly pausesSeen: number;
  /** Newest first. */
  readonly timeline: readonly TimelineEntry[];
  readonly timelineDropped: number;
  readonly explanation: Pick<Explanation, 'why' | 'causes' | 'log' | 'next'>;
  readonly sides?: { readonly blue: string; readonly green?: string };
}

export interface WaitView {
  readonly what: string;
  /** Epoch milliseconds. */
  readonly until?: number;
  readonly about: boolean;
  readonly or?: string;
  readonly forPerson: boolean;
}

export interface TrafficView {
  readonly greenPercent: number;
  readonly phase: string;
  readonly strategy: string;
  readonly ofTasks: boolean;
  readonly steps: readonly { readonly percent: number; readonly state: 'done' | 'now' | 'next' }[];
}

export interface HookView {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'being checked';
  readonly reason?: string;
  readonly at: number;
}

export interface ApprovalView {
  readonly state: string;
  readonly isOpen: boolean;
  readonly answers: readonly { readonly by: string; readonly approves: boolean; readonly reason: string; readonly at: number }[];
}

export function deploymentView(deployment: Deployment, { service, now }: Pick<ShownService, 'service' | 'now'>): DeploymentView {
  const { id, request, status, outcome, verdict, evidence, plan, taskDefinitionArn } = deployment;
  const isRunning = !isTerminal(status);
  const { why, causes, log, next } = explainDeployment(deployment, service, now);
  const minutes = evidence?.minutes ?? [];
  const wait = isRunning ? waitView(deployment, now) : undefined;
  const traffic = trafficView(deployment);
  return {
    id,
    image: imageLabel(deployment),
    digest: request.digest,
    status: isRunning && waitsForPerson(deployment) ? 'Waits for you' : statusWord(status),
    tone: isRunning && waitsForPerson(deployment) ? 'attention' : toneOf(status),
    isRunning,
    headline: headlineOf(deployment, now),
    ...(wait === undefined ? {} : { waits: wait }),
    requestedAt: deployment.requestedAt,
    requestedBy: requestedBy(deployment),
    ...(outcome === undefined ? {} : { endedAt: outcome.at }),
    ...(traffic === undefined ? {} : { traffic }),
    ...(verdict === undefined ? {} : { verdict: { verdict: verdict.verdict, reasons: verdict.reasons, at: verdict.at } }),
    metrics: (verdict?.comparison?.minutes ?? 0) === 0 ? [] : (verdict?.comparison?.metrics ?? []).map((metric: MetricReading) => evidenceView(metric)),
    charts: {
      weights: weightColumns(deployment.timeline, deployment.requestedAt, outcome?.at ?? now),
      requests: requestColumns(minutes),
      errors: errorColumns(minutes),
      latency: latencyColumns(minutes),
    },
    hooks: hookViews(deployment),
    ...(deployment.approval === undefined ? {} : { approval: approvalView(deployment.approval, now) }),
    controls: controlsOf(service, deployment, now),
    pausesSeen: pauseChanges(deployment),
    timeline: deployment.timeline.toReversed(),
    timelineDropped: deployment.timelineDropped,
    explanation: { why, causes, log, next },
    ...(plan === undefined ? {} : { sides: { blue: plan.blue.taskDefinitionArn, ...(taskDefinitionArn === undefined ? {} : { green: taskDefinitionArn }) } }),
  };
}

function requestedBy({ request }: Deployment): string {
  if (request.source === 'operator') return request.by ?? 'an operator';
  if (request.source === 'remedy') return request.remedy === undefined ? 'a remedy' : `${request.remedy.by}: ${request.remedy.why}`;
  return request.source === 'sweep' ? 'a push, found by the sweeper' : 'a push';
}

function waitView(deployment: Deployment, now: number): WaitView {
  const { approval, pause } = deployment;
  if (approval !== undefined) {
    const decision = decideApproval(approval, now);
    if (decision.kind === 'waits') {
      const end = approval.rules.onTimeout === 'goOn' ? 'then it goes on without' : 'then it goes back';
      return { what: `${decision.missing} more approval(s)`, until: decision.until, about: false, or: end, forPerson: true };
    }
  }
  if (isPaused(deployment) && pause !== undefined) {
    return { what: `somebody to resume it; ${shortPrincipals(pause.by)} paused it ${formatSpan(now - pause.at)} ago`, about: false, forPerson: true };
  }
  const { what, until, about, or } = waiting(deployment, now);
  return {
    what: what.replace(/, or your decision: .*$/, ', or your decision'),
    ...(until === undefined ? {} : { until }),
    about: about === true,
    ...(or === undefined ? {} : { or }),
    forPerson: waitsForPerson(deployment),
  };
}

function trafficView({ shift, plan, rollback }: Deployment): TrafficView | undefined {
  if (shift === undefined || plan === undefined) return undefined;
  const { strategy } = plan.settings;
  const shares = strategy.kind === 'rolling' || rollback !== undefined ? [] : trafficSteps(strategy).map(({ greenPercent }) => greenPercent);
  const at = shares.findLastIndex((share) => share <= shift.greenPercent + 0.5);
  return {
    greenPercent: shift.greenPercent,
    phase: shift.phase,
    strategy: plan.configurationName,
    ofTasks: plan.rolling !== undefined,
    steps: shares.map((percent, index) => ({ percent, state: index < at ? 'done' : index === at ? 'now' : 'next' })),
  };
}

function hookViews({ hooks }: Deployment): readonly HookView[] {
  return lifecycleHooks.flatMap((name) => {
    const hook = hooks[name];
    if (hook === undefined) return [];
    const state = hook.answer === undefined ? 'being checked' : hook.answer === 'Succeeded' ? 'passed' : 'failed';
    return [{ name, state, at: hook.answeredAt ?? hook.receivedAt, ...(hook.reason === undefined ? {} : { reason: hook.reason }) }];
  });
}

function approvalView(approval: NonNullable<Deployment['approval']>, now: number): ApprovalView {
  const decision = decideApproval(approval, now);
  const state =
    decision.kind === 'waits' ? `${approval.rules.required - decision.missing} of ${approval.rules.required} given` : `${decision.end}: ${decision.reason}`;
  return { state, isOpen: decision.kind === 'waits', answers: approval.answers };
}
